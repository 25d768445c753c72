"""What the stages before the last one would have made of a demo, made up."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from builder.cache import Cache
from builder.conversion.image_encoder import ExportedImageEncoder
from builder.conversion.text_encoder import EncoderParity, ExportedEncoder
from builder.embedding.embed import Embeddings
from builder.images.prepare import Picture, PreparedImage, View
from builder.manifest import (
    CompressibleRef,
    ModelCard,
    RowLayout,
    SiteManifest,
    SoftmaxScoring,
    WordPieceRef,
)
from builder.model import Preprocessing
from builder.progress import Progress
from builder.site.built_model import BuiltModel
from builder.site.bundle import Bundle, bundle
from builder.site.goldens import GOLDEN_TEXTS, choose_goldens
from builder.site.licenses import License, Licenses
from builder.site.webapp import WebApp
from builder.spec.demo import DemoSpec
from builder.spec.images import ImageSpec
from builder.text.sentencepiece import SentencePieceTokenizer

PROMPTS = ("a red square", "a blue circle")

APP = WebApp(
    files={
        "assets/demo.js": b"demo",
        "assets/demo.css": b"css",
        "assets/unstarted.js": b"why",
        "assets/visitor-language.js": b"whose",
        "assets/de.js": b"Deutsch",
        "assets/worker.js": b"worker",
    },
    entry="assets/demo.js",
    preloads=(),
    styles=("assets/demo.css",),
    unstarted="assets/unstarted.js",
    visitor_language="assets/visitor-language.js",
    runtime=("assets/worker.js",),
    catalogues={"de": "assets/de.js"},
)
ONE_LICENSE = Licenses((License("A licence", "Its text.", ()),), "assets/plain.css", b"")


class Vocabulary:
    """What `to_manifest` of a tokenizer gives, as far as a site stores it."""

    def model_dump_json(self, *, by_alias: bool) -> str:
        assert by_alias
        return '{"pieces": []}'


class WordTokenizer:
    """A tokenizer of which only what a site says is there."""

    layout = RowLayout(max_length=4, pad_id=0)

    def to_manifest(self) -> Vocabulary:
        return Vocabulary()

    def to_ref(self, file: CompressibleRef) -> WordPieceRef:
        return WordPieceRef(**self.layout.model_dump(), file=file)


class DescribedModel:
    """A model as a site describes it."""

    id = "nano"
    card = ModelCard(
        name="Nano",
        description="The smallest.",
        image_tower="one layer",
        text_tower="one layer",
        license="CC0-1.0",
        source=None,
    )
    dim = 3
    scoring = SoftmaxScoring(scale=10)
    tokenizer: Any = WordTokenizer()


def demo_spec(folder: Path, **fields: Any) -> DemoSpec:
    """A demo of one picture, whose file need not be one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "red.jpg").touch()
    image = {"file": "red.jpg", "description": "Red.", "prompts": PROMPTS, "author": "Nobody"}
    table = {
        "title": "A title",
        "description": "A description",
        "models": [{"name": "mini-tiny", "id": "nano"}],
        "images": [image],
        **fields,
    }
    return DemoSpec.model_validate(table, context=folder)


def prepared_image(spec: ImageSpec, side: int = 448) -> PreparedImage:
    """A picture of which the files hold their own names."""
    return PreparedImage(
        spec=spec,
        views={Preprocessing(): View(Picture(b"photo", 224))},
        display=(Picture(b"display", 448),),
        thumbnail=Picture(b"thumbnail", 112),
        side=side,
    )


VOCABULARY = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"


class ReadingModel(DescribedModel):
    """A model with a real tokenizer, of five tokens."""

    tokenizer = SentencePieceTokenizer.load(
        VOCABULARY, RowLayout(max_length=5, end_id=1, pad_id=1, canonicalization=("lower",))
    )


def built_model(
    *, with_encoder: bool = True, model: DescribedModel | None = None, **fields: Any
) -> BuiltModel:
    """A model of random rows, with an encoder or without."""
    texts = (*PROMPTS, *GOLDEN_TEXTS)
    rng = np.random.default_rng(0)
    zimg, ztxt = (rng.normal(size=(n, 3)).astype(np.float32) for n in (1, len(texts)))
    tokens = np.arange(4 * len(texts), dtype=np.int32).reshape(-1, 4)
    encoder = ExportedEncoder(
        model=b"{}",
        weights={"weights-1.bin": b"shard"},
        nodes=7,
        quantization="float16",
        parity=EncoderParity(6, 1e-6, 2e-4, 0.99998),
        problems=(),
    )
    return BuiltModel(
        model=model or DescribedModel(),
        embeddings=Embeddings(zimg, ztxt, tokens),
        texts=texts,
        goldens=choose_goldens(PROMPTS, texts, tokens) if with_encoder else (),
        encoder=encoder if with_encoder else None,
        **fields,
    )


def image_encoder() -> ExportedImageEncoder:
    """The image tower of such a model, for devices."""
    return ExportedImageEncoder(
        model=b"{graph}",
        weights={"weights-1.bin": b"filters"},
        nodes=5,
        quantization="int8",
        preprocessing=Preprocessing(96),
        golden=np.ones((1, 3), np.float32),
        pictures=1,
        min_cosine=0.9996,
    )


def bundle_demo(folder: Path, *models: BuiltModel, **fields: Any) -> Bundle[SiteManifest]:
    """The data of such a demo with these models."""
    spec = demo_spec(folder, **fields)
    return bundle_models(folder, spec, [prepared_image(spec.images[0])], models)


def bundle_models(
    folder: Path, spec: DemoSpec, images: Sequence[PreparedImage], models: Sequence[BuiltModel]
) -> Bundle[SiteManifest]:
    """The same of any demo; what is compressed is kept in the folder."""
    cache, progress = Cache(folder / "cache"), Progress(Console(quiet=True))
    return bundle(spec, images, models, cache=cache, progress=progress)
