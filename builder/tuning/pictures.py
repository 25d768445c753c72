"""Pictures of a demo, or of a folder or csv, as a model sees them."""

from collections.abc import Sequence
from pathlib import Path

from builder.cache import Cache, digest
from builder.embedding.embed import Input, embed_images
from builder.errors import BuilderError, reading
from builder.evaluation.data import load_captioned_images, make_inputs
from builder.fingerprint import image_code
from builder.images.prepare import prepare_images
from builder.input_file import find_fault, find_folder_fault
from builder.model import ImageTextModel, Rows
from builder.progress import Progress
from builder.spec.images import ImageSpec

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".gif", ".tif", ".tiff"}
_REMEDY = "Name a folder of pictures, or a csv with the columns file and caption."
_MOST = 2048
"""Pictures in a bank: more cost time at every step and agree on nothing else."""


def embed_demo_pictures(
    model: ImageTextModel, images: Sequence[ImageSpec], *, cache: Cache, progress: Progress
) -> Rows:
    """Unit rows of a demo's pictures, cut as its page shows them.

    Raises:
        BuilderError: naming every picture that cannot be used.
    """
    seen = model.preprocessing
    with progress.step("Prepare images", len(images)) as advance:
        prepared = prepare_images(images, (seen,), cache=cache, advance=advance)
    inputs = [
        Input(
            str(image.spec.file),
            digest(image.views[seen].content, image_code()),
            lambda view=image.views[seen]: view.pixels,
        )
        for image in prepared.images
    ]
    return embed_images(model, inputs, cache=cache, progress=progress)


def embed_pictures(model: ImageTextModel, place: Path, *, cache: Cache, progress: Progress) -> Rows:
    """Unit rows of the pictures below a folder, or of a csv with the columns file and caption.

    Of more than 2,048, as many that are spread evenly.

    Raises:
        BuilderError: if there are none, or naming every picture that cannot be used.
    """
    files = _find_files(place)
    if not files:
        raise BuilderError(f"{place}: has no pictures. {_REMEDY}")
    if len(files) > _MOST:
        files = [files[len(files) * i // _MOST] for i in range(_MOST)]
    inputs = make_inputs(files, [model.preprocessing], progress)[model.preprocessing]
    return embed_images(model, inputs, cache=cache, progress=progress)


def _find_files(place: Path) -> Sequence[Path]:
    if place.suffix.lower() == ".csv":
        return load_captioned_images(place).files
    if fault := find_folder_fault(place):
        raise BuilderError(f"{place}: {fault}. {_REMEDY}")
    with reading(place, _REMEDY):
        found = sorted(path for path in place.rglob("*") if path.suffix.lower() in _SUFFIXES)
    return [path for path in found if not find_fault(path)]
