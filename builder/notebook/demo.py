"""A demo of pictures and sentences made in Python: what `demo.toml` says, said there."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.cache import digest
from builder.errors import Problem, SpecError, show
from builder.images.arrays import take_picture
from builder.model import ImageTextModel
from builder.models.author import TwoTowerModel, as_image_text_model
from builder.models.load import load_model, require_known
from builder.models.text_tower import replace_text_tower
from builder.notebook.page import Page
from builder.options import Converter, StorageChoice
from builder.pipeline.image_text import build_spec
from builder.progress import Progress
from builder.spec.demo import DemoSpec, read_table
from builder.spec.images import ImageSpec
from builder.spec.models import ModelSpec, Resize, ScoringKind, id_of_source
from builder.spec.types import slug

if TYPE_CHECKING:
    from builder.site.report import Report

_IN_MEMORY = "notebook:towers"
"""The name of `towers` in the spec of a model that is an object."""


class Demo(Page):
    """A demo of pictures and sentences, to be built, shown and published from a notebook.

    A model or picture with the id of an earlier one replaces it, so a cell can be run again. A
    wrong one raises BuilderError when it is added.

    Example:
        ```python
        demo = builder.Demo(title="Which sentence fits?")
        demo.add_model("mini-tiny")
        demo.add_image("kitten.jpg", prompts=["a kitten", "a puppy"])
        demo.show()
        ```
    """

    def __init__(
        self,
        title: str,
        description: str = "Which sentence fits the picture?",
        *,
        language: str = "en",
        visitor_language: bool = False,
        links: Sequence[tuple[str, str]] = (),
        prompt_sets: Mapping[str, Sequence[str]] = MappingProxyType({}),
        base_url: str | None = None,
        max_bytes: int | None = None,
        offline: bool = True,
        sharing: Mapping[str, str | Path] = MappingProxyType({}),
        cache_dir: str | Path | None = None,
    ) -> None:
        """A demo without models or pictures.

        Args:
            title: Title of the page.
            description: A sentence below it.
            language: Language of these texts and of the prompts, such as `en` or `de-CH`.
            visitor_language: Whether the page speaks the language of each visitor, where it can.
            links: Links in the header: the label and the address of each.
            prompt_sets: Prompts that visitors can try on any picture, by the name of each set.
            base_url: Where `models/` and `images/` are served from, if not from beside the page.
            max_bytes: Largest size of the whole site, in bytes.
            offline: Whether browsers keep what a visit used, to open the page without a network.
            sharing: What others show of the page: `address`, where it will be, `icon` and `font`.
            cache_dir: Where results of slow steps are kept; by default the user's cache folder.
        """
        super().__init__(
            title,
            description,
            language=language,
            links=links,
            max_bytes=max_bytes,
            offline=offline,
            sharing=sharing,
            cache_dir=cache_dir,
        )
        self._page = {
            **self._page,
            "visitor_language": visitor_language,
            "prompt_sets": tuple(
                {"name": name, "prompts": tuple(prompts)} for name, prompts in prompt_sets.items()
            ),
            "base_url": base_url,
        }
        self._models: dict[str, ModelSpec] = {}
        self._towers: dict[str, TwoTowerModel] = {}
        self._images: dict[str, ImageSpec] = {}
        self.report: Report | None = None
        """Figures of the last build."""

    def add_model(
        self,
        name: Literal["mini-tiny", "mini-small"] | str | None = None,
        *,
        checkpoint: str | Path | None = None,
        towers: str | TwoTowerModel | Callable[[], TwoTowerModel] | None = None,
        precomputed: str | Path | None = None,
        text_tower: str | Path | None = None,
        vocabulary: Mapping[str, Any] | None = None,
        id: str | None = None,
        architecture: Mapping[str, Any] | None = None,
        tokenizer: Mapping[str, Any] | None = None,
        resolution: int | None = None,
        max_length: int | None = None,
        scoring: ScoringKind | None = None,
        card: Mapping[str, str] | None = None,
        converter: Converter | None = None,
        quantization: StorageChoice | None = None,
        image_encoder: Literal["on-device"] | None = None,
        resize: Resize | None = None,
    ) -> None:
        """Add a model; the page opens with the first.

        Args:
            name: One of the models that `lit-demo models` lists, or `hf:OWNER/NAME` on the
                Hugging Face hub.
            checkpoint: Instead, a folder that transformers or open_clip wrote, or an npz file in
                one of big_vision's layouts, which needs a `tokenizer`.
            towers: Instead, JAX functions with their parameters, or a function that returns them,
                or its name as `module:function`.
            precomputed: Instead, a data folder of the original LiT demo.
            text_tower: A folder that `lit-demo distil` or `lit-demo tune` wrote, in place of the
                model's own text tower.
            vocabulary: What its vocabulary is cut to: `languages`, `corpus` and `pieces`, as in
                `[models.vocabulary]`.
            id: Its id in links; made from its name or file if left out.
            architecture: Keyword arguments of big_vision's `two_towers.Model`.
            tokenizer: How texts become token rows: `vocabulary`, `max_length` and more, as in
                `[models.tokenizer]`.
            resolution: Side of the pictures in pixels.
            max_length: Tokens of a text that a folder's model reads.
            scoring: "softmax" or "sigmoid".
            card: What a visitor is told, as in `[models.card]`.
            converter: What converts the text tower; "tensorflowjs" is the reference converter.
            quantization: How the text tower's weights are stored; if left out, in eight bits
                wherever that changes no answer, or "none" if they have less than 1 MB.
            image_encoder: "on-device" ships the image tower too, for pictures of visitors' own.
            resize: How pictures are resized; by default, as the model expects.

        Raises:
            BuilderError: if that is not a model, or an option is wrong.
        """
        options = {
            "name": name,
            "checkpoint": checkpoint,
            "precomputed": precomputed,
            "text_tower": text_tower,
            "vocabulary": vocabulary,
            "id": id,
            "architecture": architecture,
            "tokenizer": tokenizer,
            "resolution": resolution,
            "max_length": max_length,
            "scoring": scoring,
            "card": card,
            "converter": converter,
            "quantization": quantization,
            "image_encoder": image_encoder,
            "resize": resize,
        }
        table = {key: value for key, value in options.items() if value is not None}
        model = None
        if isinstance(towers, str):
            table["towers"] = towers
        elif towers is not None:
            model = towers if isinstance(towers, TwoTowerModel) else towers()
            table = {"id": slug(model.name or "") or "towers", **table, "towers": _IN_MEMORY}
        spec = read_table(ModelSpec, table, "add_model")
        if spec.name:
            require_known(spec.name)
        key = spec.id or id_of_source(spec)
        self._models[key] = spec
        self._towers.pop(key, None)
        if model is not None:
            self._towers[key] = model
        self._site = None

    def add_image(
        self,
        picture: str | Path | NDArray[Any] | Image.Image,
        prompts: Sequence[str],
        *,
        description: str | None = None,
        id: str | None = None,
        author: str | None = None,
        license: str | None = None,
        source: str | None = None,
        focal_point: tuple[float, float] | None = None,
        crop: tuple[int, int, int, int] | None = None,
    ) -> None:
        """Add a picture with its example prompts.

        Args:
            picture: A file; or an array [height, width] or [height, width, 3 or 4], uint8 or floats
                from 0 to 1; or a Pillow image, which is turned upright as a file would be.
            prompts: Sentences to compare it with.
            description: What it shows, for people who cannot see it (its alt text).
            id: Its id in links; made from the file's name if left out.
            author: Who made it.
            license: Its licence, such as `CC-BY-4.0`.
            source: The web address that it comes from.
            focal_point: The point that the square should keep, in fractions of width and height.
            crop: The square itself: left, top, right, bottom in pixels of the upright picture.

        Raises:
            BuilderError: if it is not a picture, there is no prompt, or an option is wrong.
        """
        if isinstance(prompts, str):
            what = f"{show(prompts)} is one text, not a list of them"
            remedy = f"Write prompts=[{show(prompts)}]."
            raise SpecError([Problem("add_image: prompts", what, remedy)])
        if isinstance(picture, str | Path):
            path, described = Path(picture), Path(picture).stem.replace("-", " ")
        else:
            path, described = self._save(picture), "A picture."
        table = {
            "file": path,
            "prompts": tuple(prompts),
            "description": description or described,
            "id": id,
            "author": author,
            "license": license,
            "source": source,
            "focal_point": focal_point,
            "crop": crop,
        }
        given = {key: value for key, value in table.items() if value is not None}
        spec = read_table(ImageSpec, given, "add_image")
        self._images[spec.id] = spec
        self._site = None

    def __repr__(self) -> str:
        models = ", ".join(self._models) or "none yet"
        return f"Demo({self._title!r}, models: {models}, images: {len(self._images)})"

    def _write(self, out: Path, progress: Progress) -> "Report":
        table = {
            **self._page,
            "models": tuple(self._models.values()),
            "images": tuple(self._images.values()),
        }
        spec = read_table(DemoSpec, table, "Demo")
        self.report = build_spec(spec, out, cache=self._cache, progress=progress, load=self._load)
        return self.report

    def _save(self, picture: NDArray[Any] | Image.Image) -> Path:
        """Write a picture to a file named after its content."""
        upright = take_picture(picture)
        name = digest(str(upright.size), upright.tobytes())[:10]
        path = self._folder / f"picture-{name}.png"
        # What the picture says about itself has been applied.
        Image.fromarray(np.asarray(upright)).save(path)
        return path

    def _load(self, spec: ModelSpec) -> ImageTextModel:
        key = spec.id or id_of_source(spec)
        if model := self._towers.get(key):
            loaded = as_image_text_model(model, key)
            return replace_text_tower(loaded, spec.text_tower) if spec.text_tower else loaded
        return load_model(spec, self._cache.folder)
