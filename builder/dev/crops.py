"""The crop of a picture, moved by its author on a page and written into `demo.toml`."""

import codecs
import threading
from pathlib import Path

from builder.drafting.edit import write_focal_point
from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.images.preprocess import Point
from builder.spec.demo import load_draft

_WRITING = threading.Lock()


def move_crop(path: Path, image_id: str, point: Point) -> None:
    """Write the focal point of a picture, in fractions of its size, into a `demo.toml`.

    All else in the file stays as it is, byte for byte.

    Raises:
        BuilderError: if there is no such picture, its crop is a box, or the file has problems.
    """
    if not all(0 <= fraction <= 1 for fraction in point):
        raise BuilderError(f"{list(point)} is not a point of the picture.")
    path = path.resolve()
    with _WRITING:
        text, spec = load_draft(path)
        images = {image.id: (place, image) for place, image in enumerate(spec.images)}
        if image_id not in images:
            raise BuilderError(f"{path} has no picture '{image_id}' any more.")
        place, image = images[image_id]
        if image.crop:
            raise BuilderError(f"{path} gives '{image_id}' a crop. Remove it first.")
        mark = codecs.BOM_UTF8 if path.read_bytes().startswith(codecs.BOM_UTF8) else b""
        with writing(path, "Make it writable."):
            replace_file(path, mark + write_focal_point(text, place, point).encode())
