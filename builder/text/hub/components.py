"""The parts of a `tokenizer.json`, as steps for the web app; what it cannot do is refused by name.

The format is that of Hugging Face's `tokenizers`:
https://huggingface.co/docs/tokenizers/components.
"""

from collections.abc import Mapping
from typing import Any, cast

from tokenizers import normalizers

from builder.errors import ModelError
from builder.text.bert_characters import bert_step
from builder.text.characters import find_changes, to_spans
from builder.text.hub.patterns import PatternWriter, known_spans, quote
from builder.text.hub.steps import (
    FORMS,
    make_charsmap,
    make_map,
    make_rust_form,
    make_rust_lower,
)
from builder.vocabulary import (
    BytesStep,
    NormalFormStep,
    ReplaceStep,
    SpaceAroundStep,
    SplitStep,
    TextStep,
    WordStep,
)

Json = Mapping[str, Any]

_BEHAVIORS = {
    "Removed": "removed",
    "Isolated": "isolated",
    "MergedWithPrevious": "merged-with-previous",
    "MergedWithNext": "merged-with-next",
    "Contiguous": "contiguous",
}

# GPT-2's own pattern, which `ByteLevel` splits at.
_BYTE_LEVEL = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def describe_normalizer(part: Json | None, patterns: PatternWriter) -> list[TextStep]:
    """The steps of a normalizer.

    Raises:
        ModelError: if the web app has no steps for it.
    """
    if part is None:
        return []
    match part:
        case {"type": "Sequence", "normalizers": children}:
            return [step for child in children for step in describe_normalizer(child, patterns)]
        case {"type": ("NFC" | "NFD" | "NFKC" | "NFKD") as form}:
            return [make_rust_form(FORMS[FORMS.index(form)])]
        case {"type": "Lowercase"}:
            return [make_rust_lower()]
        case {"type": "StripAccents"}:
            return [make_map(find_changes(normalizers.StripAccents().normalize_str))]
        case {"type": "Nmt"}:
            return [make_map(find_changes(normalizers.Nmt().normalize_str))]
        case {"type": "Replace", "pattern": pattern, "content": content}:
            return [ReplaceStep(pattern=_translate(pattern, patterns), content=content)]
        case {"type": "Prepend", "prepend": content}:
            return [ReplaceStep(pattern="^(?=[^])", content=content)]
        case {"type": "Strip", "strip_left": left, "strip_right": right}:
            white = patterns.name_class("white", known_spans()["white"])
            ends = [f"^[{white}]+"] * left + [f"[{white}]+$"] * right
            return [ReplaceStep(pattern="|".join(ends), content="")] if ends else []
        case {"type": "Precompiled", "precompiled_charsmap": str() as charsmap}:
            return [make_charsmap(charsmap)]
        case {"type": "BertNormalizer"}:
            return _describe_bert_normalizer(part)
        case _:
            raise _refuse("normalizer", part)


def _describe_bert_normalizer(part: Json) -> list[TextStep]:
    lower = part["lowercase"]
    steps: list[TextStep] = []
    if part["clean_text"]:
        steps.append(make_map(find_changes(bert_step(clean_text=True))))
    if part["handle_chinese_chars"]:
        spaced = find_changes(bert_step(handle_chinese_chars=True))
        steps.append(SpaceAroundStep(characters=to_spans(spaced)))
    if lower if part["strip_accents"] is None else part["strip_accents"]:
        stripped = find_changes(bert_step(strip_accents=True))
        form: NormalFormStep = make_rust_form("NFD")
        steps += [form, make_map({char: "" for char, text in stripped.items() if not text})]
    if lower:
        steps.append(make_rust_lower())
    return steps


def describe_pre_tokenizer(part: Json | None, patterns: PatternWriter) -> list[WordStep]:
    """The steps of a pre-tokenizer.

    Raises:
        ModelError: if the web app has no steps for it.
    """
    if part is None:
        return []

    def bracket(name: str) -> str:
        return f"[{patterns.name_class(name, known_spans()[name])}]"

    match part:
        case {"type": "Sequence", "pretokenizers": children}:
            if any(child.get("prepend_scheme") == "first" for child in children[1:]):
                raise ModelError("pre_tokenizer: prepend_scheme 'first' is only supported first.")
            return [step for child in children for step in describe_pre_tokenizer(child, patterns)]
        case {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}:
            return [_split(_translate(pattern, patterns), behavior, invert)]
        case {"type": "ByteLevel"}:
            return _describe_byte_level(part, patterns)
        case {"type": "Metaspace"}:
            return _describe_metaspace(part)
        case {"type": "WhitespaceSplit"}:
            return [_split(bracket("white"), "Removed")]
        case {"type": "BertPreTokenizer"}:
            signs = bracket("punctuation")
            return [_split(bracket("white"), "Removed"), _split(signs, "Isolated")]
        case {"type": "Whitespace"}:
            words = patterns.translate(r"\w+|[^\w\s]+")
            return [_split(words, "Removed", invert=True)]
        case {"type": "Punctuation", "behavior": behavior}:
            return [_split(bracket("punctuation"), behavior)]
        case {"type": "Digits", "individual_digits": individual}:
            return [_split(bracket("numeric"), "Isolated" if individual else "Contiguous")]
        case {"type": "CharDelimiterSplit", "delimiter": delimiter}:
            return [_split(quote(delimiter), "Removed")]
        case _:
            raise _refuse("pre_tokenizer", part)


def _describe_byte_level(part: Json, patterns: PatternWriter) -> list[WordStep]:
    steps: list[WordStep] = []
    if part["add_prefix_space"]:
        steps.append(ReplaceStep(pattern="^(?=[^ ])", content=" "))
    if part.get("use_regex", True):
        steps.append(_split(patterns.translate(_BYTE_LEVEL), "Isolated"))
    return [*steps, BytesStep()]


def _describe_metaspace(part: Json) -> list[WordStep]:
    mark, scheme = part["replacement"], part["prepend_scheme"]
    steps: list[WordStep] = [ReplaceStep(pattern=quote(" "), content=mark)]
    if scheme != "never":
        pattern = f"^(?=[^{quote(mark)}])"
        steps.append(ReplaceStep(pattern=pattern, content=mark, at_start=scheme == "first"))
    if part["split"]:
        steps.append(_split(quote(mark), "MergedWithNext"))
    return steps


def _split(pattern: str, behavior: str, invert: bool = False) -> SplitStep:
    return SplitStep(pattern=pattern, behavior=cast("Any", _BEHAVIORS[behavior]), invert=invert)


def _translate(pattern: Json, patterns: PatternWriter) -> str:
    match pattern:
        case {"String": text}:
            return quote(text)
        case {"Regex": source}:
            return patterns.translate(source)
        case _:
            raise _refuse("pattern", pattern)


def describe_marks(part: Json | None) -> tuple[int | None, int | None]:
    """The ids that a post-processor puts at the start and at the end of a text.

    Raises:
        ModelError: if it does anything else.
    """
    match part:
        case None | {"type": "ByteLevel"}:
            return None, None
        case {"type": "BertProcessing" | "RobertaProcessing", "cls": [_, start], "sep": [_, end]}:
            return start, end
        case {"type": "TemplateProcessing", "single": pieces, "special_tokens": tokens}:
            return _read_template(pieces, tokens)
        case {"type": "Sequence", "processors": children}:
            found = [marks for marks in map(describe_marks, children) if marks != (None, None)]
            if len(found) < 2:
                return found[0] if found else (None, None)
        case _:
            pass
    raise _refuse("post_processor", part or {})


def _read_template(pieces: list[Json], tokens: Json) -> tuple[int | None, int | None]:
    sides: tuple[list[int], list[int]] = [], []
    after = 0
    for piece in pieces:
        if "Sequence" in piece:
            after += 1
        else:
            sides[min(after, 1)].extend(tokens[piece["SpecialToken"]["id"]]["ids"])
    if after != 1 or max(map(len, sides)) > 1:
        raise ModelError(
            f"post_processor: {len(sides[0])} tokens before {after} texts and {len(sides[1])} after"
            " them; at most one on each side of one text is supported."
        )
    return sides[0][0] if sides[0] else None, sides[1][0] if sides[1] else None


def _refuse(where: str, part: Json) -> ModelError:
    return ModelError(
        f"{where}: {part.get('type', part)!r} is not supported.",
        "Name another tokenizer for the model, or give it in code of your own.",
    )
