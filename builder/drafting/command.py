"""Prompts for the pictures of a `demo.toml` that have none, written into it."""

from dataclasses import dataclass
from pathlib import Path

from builder.cache import Cache
from builder.drafting.edit import find_unwritten, write_prompts
from builder.drafting.phrases import built_in_vocabulary, vocabulary_of
from builder.drafting.suggest import suggest_prompts
from builder.embedding.embed import embed_images
from builder.embedding.views import see_image
from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.images.prepare import prepare_images
from builder.models.fetch import fetch_missing
from builder.models.load import load_model
from builder.progress import Progress
from builder.spec.demo import find_spec, load_draft
from builder.tuning.texts import read_texts


@dataclass(frozen=True)
class Suggested:
    """How many pictures got prompts, of how many; and from which model, if any was asked."""

    pictures: int
    of: int
    model: str


def suggest(
    spec_path: Path, phrases: Path | None, *, cache: Cache, progress: Progress
) -> Suggested:
    """Write prompts into a `demo.toml` for pictures without any, or with drafts.

    They come from the demo's first model, and from the texts of `phrases` or else plain English.

    Raises:
        BuilderError: if the file or the model cannot be used; the file is then unchanged.
    """
    spec_path = find_spec(spec_path)
    text, spec = load_draft(spec_path)
    places = find_unwritten(text)
    model_spec = spec.models[0]
    if model_spec.precomputed:
        raise BuilderError(
            f"{spec_path}: the first model has precomputed rows alone, and cannot embed captions."
            " Put another one first."
        )
    if not places:
        return Suggested(0, len(spec.images), "")
    vocabulary = vocabulary_of(read_texts(phrases).texts) if phrases else built_in_vocabulary()
    fetch_missing([model_spec], cache.folder, progress)
    model = load_model(model_spec, cache.folder)
    seen = (model.preprocessing,)
    with progress.step("Prepare images", len(places)) as advance:
        pictures = [spec.images[place] for place in places]

        def where(index: int, key: str) -> str:
            return spec.where("images", places[index], key)

        images = prepare_images(pictures, seen, cache=cache, advance=advance, where=where).images
    inputs = [see_image(image, model.preprocessing) for image in images]
    zimg = embed_images(model, inputs, cache=cache, progress=progress)
    prompts = suggest_prompts(model, zimg, vocabulary, cache=cache, progress=progress)
    note = f"{model.id} suggests these; a model wrote them, not a person. Edit them."
    changed = write_prompts(text, dict(zip(places, prompts, strict=True)), note)
    with writing(spec_path, "Make it writable."):
        replace_file(spec_path, changed.encode())
    return Suggested(len(places), len(spec.images), model.id)
