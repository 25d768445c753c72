"""A `tokenizer.json` with fewer pieces, which have other ids."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def renumber_spec(spec: Json, places: Mapping[int, int]) -> Json:
    """The content of a `tokenizer.json` with only the pieces that have a place, which is their id.

    All added tokens must have one, and so must whatever kept pieces are merged from.
    """
    return {
        **spec,
        "added_tokens": [
            {**token, "id": places[token["id"]]} for token in spec.get("added_tokens", ())
        ],
        "post_processor": _renumber_processor(spec.get("post_processor"), places),
        "model": _renumber_model(spec["model"], places),
    }


def _renumber_model(model: Json, places: Mapping[int, int]) -> Json:
    if model["type"] == "Unigram":
        kept = [entry for index, entry in enumerate(model["vocab"]) if index in places]
        return {**model, "vocab": kept, "unk_id": places[model["unk_id"]]}
    vocabulary = {
        piece: places[index] for piece, index in model["vocab"].items() if index in places
    }
    if model["type"] != "BPE":
        return {**model, "vocab": vocabulary}
    merges = [
        [left, right]
        for left, right in model["merges"]
        if left in vocabulary and right in vocabulary and left + right in vocabulary
    ]
    return {**model, "vocab": vocabulary, "merges": merges}


def _renumber_processor(processor: Any, places: Mapping[int, int]) -> Any:
    match processor:
        case {"type": "Sequence", "processors": [*parts]}:
            return {
                **processor,
                "processors": [_renumber_processor(part, places) for part in parts],
            }
        case {"type": "TemplateProcessing", "special_tokens": tokens}:
            renumbered = {
                name: {**token, "ids": [places[index] for index in token["ids"]]}
                for name, token in tokens.items()
            }
            return {**processor, "special_tokens": renumbered}
        case {"sep": [sep, int(sep_id)], "cls": [cls, int(cls_id)]}:
            return {**processor, "sep": [sep, places[sep_id]], "cls": [cls, places[cls_id]]}
        case _:
            return processor
