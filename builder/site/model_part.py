"""What a manifest says of a model, and the model's files."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from builder.cache import Cache
from builder.conversion.image_encoder import ExportedImageEncoder
from builder.conversion.text_encoder import ExportedEncoder
from builder.embedding.embed import Rows
from builder.embedding.matrix import Dtype, encode_matrix
from builder.manifest import (
    CompressibleRef,
    GraphModelRef,
    ImageEncoder,
    MatrixRef,
    Model,
    PicturePreparation,
    TokenizerRef,
)
from builder.progress import Progress
from builder.site.built_model import BuiltModel, row_id
from builder.site.files import Files
from builder.site.similarity import chance_cosines
from builder.spec.images import ImageSpec

_IMAGE_ENCODERS = "image-encoders"
"""The folder of the site that has them."""

_Add = Callable[[str, bytes], CompressibleRef]
"""Keeps a file of a model, given the beginning of its name."""


def add_model(
    built: BuiltModel,
    images: Sequence[ImageSpec],
    files: Files,
    cache: Cache,
    progress: Progress,
) -> Model:
    """Add a model's files, compressed; returns what a manifest says of it.

    `images` are those of its picture embeddings, in the order of the rows.
    """
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


def _add_matrix(add: _Add, stem: str, rows: Rows, dtype: Dtype, ids: tuple[str, ...]) -> MatrixRef:
    stored = encode_matrix(rows, dtype)
    return MatrixRef(
        **add(stem, stored.data).model_dump(),
        dtype=stored.dtype,
        shape=stored.shape,
        scale=stored.scale,
        rows=ids,
    )


def _describe_model(built: BuiltModel, images: Sequence[ImageSpec], add: _Add) -> Model:
    model, embeddings = built.model, built.embeddings
    ids, texts = tuple(image.id for image in images), tuple(map(row_id, built.texts))
    tokenizer, encoder = _describe_encoder(built, add)
    return Model(
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
) -> tuple[TokenizerRef | None, GraphModelRef | None]:
    tokenizer, encoder = built.model.tokenizer, built.encoder
    if tokenizer is None or encoder is None:
        return None, None
    vocabulary = tokenizer.to_manifest().model_dump_json(by_alias=True).encode()
    graph = _describe_graph(encoder, add)
    return tokenizer.to_ref(add("vocabulary", vocabulary)), graph


def _describe_graph(encoder: ExportedEncoder | ExportedImageEncoder, add: _Add) -> GraphModelRef:
    return GraphModelRef(
        model=add("model", encoder.model),
        # The page takes shards in this order, so they need not have the names that the model gives.
        weights=tuple(add("weights", data) for data in encoder.weights.values()),
        input=encoder.input,
        output=encoder.output,
    )


def _describe_image_encoder(encoder: ExportedImageEncoder, add: _Add) -> ImageEncoder:
    return ImageEncoder(
        graph=_describe_graph(encoder, add),
        preparation=PicturePreparation(**asdict(encoder.preprocessing)),
        golden=_add_matrix(add, "golden", encoder.golden, "float16", ("pattern",)),
    )
