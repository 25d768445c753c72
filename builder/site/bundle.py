"""From results to files: the manifest and everything it points to, named by content."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from builder import manifest
from builder.cache import Cache
from builder.conversion.image_encoder import ExportedImageEncoder
from builder.conversion.text_encoder import ExportedEncoder
from builder.embedding.embed import Embeddings, Rows
from builder.embedding.matrix import Dtype, encode_matrix
from builder.gallery.built import BuiltGallery
from builder.images.prepare import Picture, PreparedImage
from builder.manifest import (
    CompressibleRef,
    FileRef,
    GallerySiteManifest,
    PageManifest,
    PictureRef,
    SiteManifest,
)
from builder.models.cut import VocabularyReport
from builder.progress import Progress
from builder.site.compression import compress
from builder.site.seal import UNSEALED, seal
from builder.site.similarity import chance_cosines
from builder.site.wishes import NO_WISHES, Sharing
from builder.spec.demo import DemoSpec
from builder.spec.images import ImageSpec
from builder.spec.page import PageSpec
from builder.stored_files import JoinedFiles
from builder.text.reading import find_unread
from builder.text.tokenizer import CuttableTokenizer, Tokenizer
from builder.version import NAME, __version__

_HASH_DIGITS = 10

_IMAGE_ENCODERS = "image-encoders"
"""The folder of the site that has them."""


class DescribedModel(Protocol):
    """What a site says about a model, wherever its rows come from."""

    @property
    def id(self) -> str:
        """Its id in links."""
        ...

    @property
    def card(self) -> manifest.ModelCard:
        """What a visitor is told."""
        ...

    @property
    def dim(self) -> int:
        """Columns of its rows."""
        ...

    @property
    def scoring(self) -> manifest.Scoring:
        """What turns cosines into probabilities."""
        ...

    @property
    def tokenizer(self) -> Tokenizer | None:
        """None for a model that answers only its example prompts."""
        ...


@dataclass(frozen=True)
class BuiltModel:
    """Everything that was computed for one model; `texts` are the rows of the text embeddings.

    `dtype` is how rows are shipped. `fidelity` is the least cosine between what the model saw and
    what the page shows, if they differ. `vocabulary` is what cutting it did, if it was cut.
    `problems` is what the author should know.
    """

    model: DescribedModel
    embeddings: Embeddings
    texts: tuple[str, ...]
    goldens: tuple[manifest.Golden, ...]
    encoder: ExportedEncoder | None
    image_encoder: ExportedImageEncoder | None = None
    dtype: Dtype = "float16"
    fidelity: float | None = None
    vocabulary: VocabularyReport | None = None
    problems: tuple[str, ...] = ()

    @cached_property
    def unread(self) -> Mapping[str, str]:
        """The ends of texts that do not fit the text tower, by the text."""
        tokenizer = self.model.tokenizer
        if not isinstance(tokenizer, CuttableTokenizer):
            return {}
        return find_unread(tokenizer, self.texts)


Manifest = TypeVar("Manifest", bound=PageManifest)


@dataclass(frozen=True)
class Bundle(Generic[Manifest]):
    """A site without its page: the manifest, still without the app's files, and the data files.

    `gallery` has many more pictures, which are among the files.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    sharing: Sharing = NO_WISHES
    gallery: BuiltGallery | None = None


@dataclass
class Files:
    """Collects files under names that change with their content."""

    content: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def add(self, stem: str, suffix: str, data: bytes) -> FileRef:
        """Keep a file as `stem-HASHsuffix`."""
        return self.add_as(
            f"{stem}-{hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]}{suffix}", data
        )

    def add_as(self, url: str, data: bytes) -> FileRef:
        """Keep a file under exactly this URL."""
        self.content[url] = data
        return refer(url, data)

    def add_compressed(self, stem: str, data: bytes, cache: Cache) -> CompressibleRef:
        """Keep a file as `stem-HASH.bin`, compressed if that saves enough.

        Hosts treat .gz and .json in ways of their own, so the name does not say what is in it.
        """
        packed = compress(data, cache)
        file = self.add(stem, ".bin", packed or data)
        return CompressibleRef(**file.model_dump(), encoding="gzip" if packed else None)


def refer(url: str, data: bytes) -> FileRef:
    """The manifest's entry for a file."""
    return FileRef(url=url, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def row_id(text: str) -> str:
    """The id of a text's embedding row: the same text has the same id in every model."""
    return f"p-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"


def bundle(
    spec: DemoSpec,
    images: Sequence[PreparedImage],
    models: Sequence[BuiltModel],
    *,
    gallery: BuiltGallery | None = None,
    sharing: Sharing = NO_WISHES,
    cache: Cache,
    progress: Progress,
) -> Bundle[SiteManifest]:
    """Put a site's data together; what models need is compressed."""
    files = Files()
    specs = tuple(image.spec for image in images)
    site = SiteManifest(
        **_describe_spec(spec),
        models=tuple(_add_model(model, specs, files, cache, progress) for model in models),
        images=tuple(_describe_image(image, files) for image in images),
        gallery=gallery and gallery.part,
        prompt_sets=tuple(
            manifest.PromptSet(name=one.name, prompts=_describe_prompts(one.prompts))
            for one in spec.prompt_sets
        ),
    )
    return Bundle(site, _join(files, gallery), sharing, gallery)


def bundle_gallery(
    spec: DemoSpec,
    gallery: BuiltGallery,
    models: Sequence[BuiltModel],
    *,
    sharing: Sharing = NO_WISHES,
    cache: Cache,
    progress: Progress,
) -> Bundle[GallerySiteManifest]:
    """The same of a site of a gallery alone."""
    files = Files()
    site = GallerySiteManifest(
        **_describe_spec(spec),
        models=tuple(_add_model(model, (), files, cache, progress) for model in models),
        gallery=gallery.part,
    )
    return Bundle(site, _join(files, gallery), sharing, gallery)


def _join(files: Files, gallery: BuiltGallery | None) -> Mapping[str, bytes]:
    return JoinedFiles(files.content, gallery.files) if gallery else files.content


def _describe_spec(spec: DemoSpec) -> dict[str, Any]:
    """What is said of every page that compares pictures and sentences."""
    return {
        **describe_page(spec).model_dump(),
        "base_url": spec.base_url and f"{spec.base_url.rstrip('/')}/",
        "visitor_language": spec.visitor_language,
    }


def describe_page(spec: PageSpec) -> PageManifest:
    """What every manifest says, still without the page's files."""
    return PageManifest(
        generator=manifest.Generator(name=NAME, version=__version__),
        title=spec.title,
        description=spec.description,
        language=spec.language,
        links=tuple(manifest.Link(label=link.label, url=link.url) for link in spec.links),
        offline=spec.offline,
        files=(),
    )


def referenced_files(site: BaseModel) -> Iterator[FileRef]:
    """Every file that a manifest, or a part of one, names."""
    pending: list[Any] = [site]
    while pending:
        part = pending.pop()
        if isinstance(part, FileRef):
            yield part
        elif isinstance(part, BaseModel):
            pending += vars(part).values()
        elif isinstance(part, tuple | dict):
            pending += part.values() if isinstance(part, dict) else part


def encoder_files(model: manifest.Model) -> tuple[FileRef, ...]:
    """What a page fetches before it can embed a visitor's text; nothing if it cannot."""
    if model.tokenizer is None or model.encoder is None:
        return ()
    return (model.tokenizer.file, model.encoder.model, *model.encoder.weights)


def _describe_image(image: PreparedImage, files: Files) -> manifest.Image:
    spec = image.spec

    def add(picture: Picture) -> PictureRef:
        file = files.add(f"images/{spec.id}-{picture.size}", ".jpg", picture.jpeg)
        return PictureRef(**file.model_dump(), width=picture.size, height=picture.size)

    return manifest.Image(
        id=spec.id,
        description=spec.description,
        prompts=_describe_prompts(spec.prompts),
        photo=add(image.photo),
        display=tuple(add(picture) for picture in image.display),
        thumbnail=add(image.thumbnail),
        credit=manifest.Credit(author=spec.author, license=spec.license, source=spec.source),
    )


def _describe_prompts(texts: Sequence[str]) -> tuple[manifest.Prompt, ...]:
    return tuple(manifest.Prompt(id=row_id(text), text=text) for text in texts)


def image_encoder_files(model: manifest.Model) -> tuple[FileRef, ...]:
    """What a page fetches before it can embed a visitor's picture; nothing if it cannot."""
    if (encoder := model.image_encoder) is None:
        return ()
    return (encoder.graph.model, *encoder.graph.weights, encoder.golden)


_Add = Callable[[str, bytes], CompressibleRef]
"""Keeps a file of a model, given the beginning of its name."""


def _add_model(
    built: BuiltModel,
    images: Sequence[ImageSpec],
    files: Files,
    cache: Cache,
    progress: Progress,
) -> manifest.Model:
    encoder = built.encoder if built.model.tokenizer else None
    pictures = built.image_encoder
    count = 2 + (2 + len(encoder.weights) if encoder else 0)
    count += 2 + len(pictures.weights) if pictures else 0
    with progress.step(f"Compress {built.model.id}", count) as advance:

        def add_to(folder: str, stem: str, data: bytes) -> CompressibleRef:
            file = files.add_compressed(f"{folder}/{stem}", data, cache)
            advance(1)
            return file

        described = _describe_model(built, images, partial(add_to, f"models/{built.model.id}"))
        if pictures is None:
            return described
        # Models that share an image tower share its files, which are named by their content.
        shared = _describe_image_encoder(pictures, partial(add_to, _IMAGE_ENCODERS))
        return described.model_copy(update={"image_encoder": shared})


def _add_matrix(
    add: _Add, stem: str, rows: Rows, dtype: Dtype, ids: tuple[str, ...]
) -> manifest.MatrixRef:
    stored = encode_matrix(rows, dtype)
    return manifest.MatrixRef(
        **add(stem, stored.data).model_dump(),
        dtype=stored.dtype,
        shape=stored.shape,
        scale=stored.scale,
        rows=ids,
    )


def _describe_model(built: BuiltModel, images: Sequence[ImageSpec], add: _Add) -> manifest.Model:
    model, embeddings = built.model, built.embeddings
    ids, texts = tuple(image.id for image in images), tuple(map(row_id, built.texts))
    tokenizer, encoder = _describe_encoder(built, add)
    return manifest.Model(
        **built.model.card.model_dump(),
        id=model.id,
        dim=model.dim,
        scoring=model.scoring,
        tokenizer=tokenizer,
        encoder=encoder,
        image_embeddings=_add_matrix(add, "images", embeddings.zimg, built.dtype, ids),
        prompt_embeddings=_add_matrix(add, "prompts", embeddings.ztxt, built.dtype, texts),
        chance=chance_cosines(
            embeddings.zimg,
            dict(zip(built.texts, embeddings.ztxt, strict=True)),
            [image.prompts for image in images],
        ),
        unread={row_id(text): end for text, end in built.unread.items() if end},
        goldens=built.goldens,
    )


def _describe_encoder(
    built: BuiltModel, add: _Add
) -> tuple[manifest.TokenizerRef | None, manifest.GraphModelRef | None]:
    tokenizer, encoder = built.model.tokenizer, built.encoder
    if tokenizer is None or encoder is None:
        return None, None
    vocabulary = tokenizer.to_manifest().model_dump_json(by_alias=True).encode()
    graph = _describe_graph(encoder, add)
    return tokenizer.to_ref(add("vocabulary", vocabulary)), graph


def _describe_graph(
    encoder: ExportedEncoder | ExportedImageEncoder, add: _Add
) -> manifest.GraphModelRef:
    return manifest.GraphModelRef(
        model=add("model", encoder.model),
        # The page takes shards in this order, so they need not have the names that the model gives.
        weights=tuple(add("weights", data) for data in encoder.weights.values()),
        input=encoder.input,
        output=encoder.output,
    )


def _describe_image_encoder(encoder: ExportedImageEncoder, add: _Add) -> manifest.ImageEncoder:
    return manifest.ImageEncoder(
        graph=_describe_graph(encoder, add),
        preparation=manifest.PicturePreparation(**asdict(encoder.preprocessing)),
        golden=_add_matrix(add, "golden", encoder.golden, "float16", ("pattern",)),
    )


def to_json(site: PageManifest) -> bytes:
    """`manifest.json`, byte for byte the same for the same site."""
    content = site.model_copy(update={"sha256": UNSEALED}).model_dump(by_alias=True)
    return seal(json.dumps(content, ensure_ascii=False).encode())
