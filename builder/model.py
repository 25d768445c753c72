"""What the pipeline needs from a model, whichever family it belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from builder.errors import ModelError
from builder.manifest import ModelCard, Scoring
from builder.options import Library, StorageChoice
from builder.text.tokenizer import Tokenizer

Params = Any
"""A pytree of arrays."""

Rows = NDArray[np.float32]


class Apply(Protocol):
    """A tower as a JAX function: parameters and a batch to float32[n, d] unit rows."""

    def __call__(self, params: Params, inputs: Any, /) -> Any:
        """Parameters and a batch to unit rows."""
        ...


@dataclass(frozen=True)
class TokenTable:
    """Where a text tower has a row for each token id, and what it is with fewer of them.

    `path` leads to the table in the parameters, float32[ids, width]. `renumber` takes the ids that
    are kept, in order, and gives the tower's function where each of them is its place in that
    order. Ids below `fixed` must keep their numbers, since the tower counts with them.
    """

    path: tuple[str, ...]
    renumber: Callable[[Sequence[int]], Apply]
    fixed: int = 0


@dataclass(frozen=True)
class Tower:
    """One tower with its weights; `table` is that of its tokens, where it is known."""

    apply: Apply
    params: Params
    table: TokenTable | None = None

    def __call__(self, inputs: NDArray[Any]) -> Rows:
        """Unit rows, float32[n, d], of a batch; compiled once per shape."""
        import jax

        # By default, accelerators round what they multiply; rows must be those of the checkpoint.
        with jax.default_matmul_precision("float32"):
            return np.asarray(self._jitted(self.params, inputs))

    @cached_property
    def _jitted(self) -> Apply:
        import jax

        return jax.jit(self.apply)


@dataclass(frozen=True)
class Towers:
    """The two towers with their weights, and what turns a cosine into a logit.

    `image` is None if there is only a text tower, `scale` if the temperature is unknown, and `bias`
    for models that were trained with a softmax.
    """

    image: Tower | None
    text: Tower
    scale: float | None = None
    bias: float | None = None

    def embed_images(self, images: NDArray[np.float32]) -> Rows:
        """zimg, float32[n, d] unit rows, of float32[n, h, w, 3] in [-1, 1].

        Raises:
            ModelError: if there is no image tower.
        """
        if self.image is None:
            raise ModelError("this model has only a text tower, so it cannot embed images.")
        return self.image(images)

    def embed_tokens(self, tokens: NDArray[np.int32]) -> Rows:
        """ztxt, float32[n, d] unit rows, of token rows int32[n, l]."""
        return self.text(tokens)


Filter = Literal["bicubic", "bilinear", "box", "hamming", "lanczos", "nearest"]
"""A kernel with which Pillow resizes."""


@dataclass(frozen=True)
class Preprocessing:
    """How a picture becomes pixels: the side that the image tower wants, and the kernel.

    `fit` says what a picture that is not square loses: its edges or its proportions, or nothing,
    when it is padded. The model sees the square that the page shows, after JPEG compression. With a
    `library`, it sees exactly the pixels that this library makes of the whole picture, unless the
    author has cut it: the shorter side (of "pad" the longer one) becomes `edge` pixels, by default
    `size`, and the middle is cut out.
    """

    size: int = 224
    resize: Filter | Literal["tf-bilinear"] = "bicubic"
    fit: Literal["crop", "squash", "pad"] = "crop"
    library: Library | None = None
    edge: int | None = None


@dataclass(frozen=True)
class PageTower:
    """An image tower for visitors' devices, in the space of a model's own, which is larger."""

    preprocessing: Preprocessing
    fingerprint: str
    load: Callable[[], Tower]


@dataclass(frozen=True)
class ImageTextModel:
    """A two-tower model as a demo needs it. Weights are read when they are first needed.

    The fingerprints are hashes of everything an embedding depends on, so that results can be
    cached. `storage` is how the text tower's weights are stored if the author does not say. `space`
    is a hash of the image tower's weights alone, without our code: a text tower that was made for
    this model has it written down. `page_tower` embeds visitors' pictures, if it is not the image
    tower that does.
    """

    id: str
    card: ModelCard
    dim: int
    scoring: Scoring
    tokenizer: Tokenizer
    preprocessing: Preprocessing
    image_fingerprint: str
    text_fingerprint: str
    load_image: Callable[[], Tower]
    load_text: Callable[[], Tower]
    storage: StorageChoice = "auto"
    space: str = ""
    page_tower: PageTower | None = None

    @cached_property
    def text_tower(self) -> Tower:
        """The text tower with its weights, which is both run and exported."""
        return self.load_text()

    @property
    def on_device(self) -> "ImageTextModel":
        """The model with the image tower that visitors' devices run."""
        if (tower := self.page_tower) is None:
            return self
        return replace(
            self,
            preprocessing=tower.preprocessing,
            image_fingerprint=tower.fingerprint,
            load_image=tower.load,
        )
