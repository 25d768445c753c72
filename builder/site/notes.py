"""What an author should know although nothing is wrong: a sentence for each kind of thing."""

from collections.abc import Iterator, Sequence

from builder.images.alike import find_alike
from builder.images.prepare import ImageSet
from builder.listing import name_some
from builder.site.built_model import BuiltModel
from builder.spec.images import ImageSpec
from builder.text.reading import find_unknown
from builder.text.tokenizer import CuttableTokenizer

_SHOWN = 3
_CHANCE = 95
"""The percentile below which the page says that none of a picture's captions fits well."""


def note_pictures(images: ImageSet) -> Iterator[str]:
    """Sentences on pictures that are too small, or there twice."""
    yield from _note(images.enlarged, "smaller than what a model sees, so enlarged", "picture")
    alike = [f"{one} and {other}" for one, other in find_alike(images.images)]
    yield from _note(alike, "of pictures that look the same", "pair")


def note_prompts(built: BuiltModel, images: ImageSet, chance: Sequence[float]) -> Iterator[str]:
    """Sentences on the prompts of a demo's images; `chance` is that of the manifest's `Model`."""
    specs = [image.spec for image in images.images]
    prompts = list(dict.fromkeys(prompt for spec in specs for prompt in spec.prompts))
    tokenizer = built.model.tokenizer
    if isinstance(tokenizer, CuttableTokenizer):
        unread = [(text, built.unread[text]) for text in prompts if text in built.unread]
        ends = [f"'{text}' loses '{end}'" for text, end in unread]
        room = tokenizer.layout.max_length
        yield from _note(ends, f"longer than its {room} tokens, so their ends are not read")
        unknown = [f"'{text}'" for text in find_unknown(tokenizer, prompts)]
        yield from _note(unknown, "with characters that its vocabulary lacks")
    ties = list(_find_ties(built, specs)) if built.embeddings.tokens.size else []
    yield from _note(ties, "of the same tokens, so that they always tie", "pair")
    weak = list(_find_weak(built, specs, chance))
    yield from _note(weak, "whose prompts fit no better than chance", "picture")


def _note(things: Sequence[str], what: str, kind: str = "prompt") -> Iterator[str]:
    """How many there are of a kind, and the first of them; nothing if there are none."""
    if things:
        count = f"{len(things)} {kind}{'s' if len(things) > 1 else ''}"
        yield f"{count} {what}: {name_some(things, _SHOWN, '; ', '; and ')}"


def _find_ties(built: BuiltModel, images: Sequence[ImageSpec]) -> Iterator[str]:
    tokens = built.embeddings.tokens
    rows = {text: row.tobytes() for text, row in zip(built.texts, tokens, strict=True)}
    for image in images:
        seen: dict[bytes, str] = {}
        for prompt in image.prompts:
            first = seen.setdefault(rows[prompt], prompt)
            if first != prompt:
                yield f"'{first}' and '{prompt}' of {image.id}"


def _find_weak(
    built: BuiltModel, images: Sequence[ImageSpec], chance: Sequence[float]
) -> Iterator[str]:
    """Pictures of which the page would say that no caption fits well."""
    ztxt = dict(zip(built.texts, built.embeddings.ztxt, strict=True))
    for image, row in zip(images, built.embeddings.zimg, strict=True):
        best = max(float(row @ ztxt[prompt]) for prompt in image.prompts)
        if chance and best < chance[_CHANCE]:
            yield str(image.id)
