"""Pictures of a demo as inputs of image towers."""

from builder.cache import digest
from builder.embedding.embed import Input
from builder.fingerprint import image_code
from builder.images.prepare import PreparedImage
from builder.model import Preprocessing


def see_image(image: PreparedImage, preprocessing: Preprocessing) -> Input:
    """The image as a model with that preprocessing sees it."""
    view = image.views[preprocessing]
    content = digest(view.content, image_code())
    return Input(str(image.spec.file), content, lambda: view.pixels)
