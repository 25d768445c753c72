"""Pictures as the image processors of transformers and open_clip prepare them, to the last bit.

Both have Pillow resize the whole picture, and then cut out the middle; where an odd number of
pixels is cut off, they round its half differently. Sources: transformers 4.53 and 5.24
(image_processing_clip.py, image_transforms.py), torchvision 0.28 (functional.py), open_clip 3.3
(transform.py).
"""

from PIL import Image

from builder.model import Preprocessing

_FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "box": Image.Resampling.BOX,
    "hamming": Image.Resampling.HAMMING,
    "lanczos": Image.Resampling.LANCZOS,
    "nearest": Image.Resampling.NEAREST,
}


def preprocess_as_library(picture: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The square of `preprocessing.size` pixels that `preprocessing.library` makes of a picture."""
    size, edge = preprocessing.size, preprocessing.edge or preprocessing.size
    width, height = picture.size
    match preprocessing.fit:
        case "squash":
            target = (edge, edge)
        case "crop":
            # Multiplied first, and cut off: with a factor, some sides would be one pixel shorter.
            short = min(width, height)
            target = (int(edge * width / short), int(edge * height / short))
        case "pad":
            ratio = max(width, height) / edge
            target = (round(width / ratio), round(height / ratio))
    resized = picture
    if target != picture.size:
        resized = picture.resize(target, _FILTERS[preprocessing.resize])
    left, top = (_place_crop(side, preprocessing) for side in resized.size)
    if (left, top) == (0, 0) and resized.size == (size, size):
        return resized
    # What lies outside of the picture becomes black, as there.
    return resized.crop((left, top, left + size, top + size))


def _place_crop(side: int, preprocessing: Preprocessing) -> int:
    """Where the middle begins; below zero if the side is shorter than that of the square."""
    rest = side - preprocessing.size
    if preprocessing.library == "open_clip" and rest > 0:
        return round(rest / 2)
    if preprocessing.library == "open_clip":
        return -(-rest // 2)
    return rest // 2
