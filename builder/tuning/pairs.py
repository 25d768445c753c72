"""Rows of pictures, from a locked image tower, with the captions that a text tower learns."""

import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import jax
import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest, pack, unpack
from builder.embedding.embed import embed_images
from builder.errors import BuilderError, SpecError
from builder.evaluation.data import load_captioned_images, make_inputs
from builder.evaluation.scores import Ints
from builder.fingerprint import embedding_code, image_code
from builder.model import ImageTextModel, Rows
from builder.progress import Progress
from builder.tuning.hosts import wait_for_hosts
from builder.tuning.shards import Shard, find_shards

_KIND = "pairs"


@dataclass(frozen=True)
class Pairs:
    """zimg float32[n, d], and one or more captions of each picture."""

    zimg: Rows
    captions: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.captions)

    def choose(self, rows: NDArray[np.intp]) -> "Pairs":
        """Those pictures, in that order."""
        return Pairs(self.zimg[rows], tuple(self.captions[row] for row in rows))

    @property
    def texts(self) -> list[str]:
        """All captions, picture by picture."""
        return [text for captions in self.captions for text in captions]

    @property
    def image_of(self) -> Ints:
        """The picture of each of `texts`."""
        counts = [len(captions) for captions in self.captions]
        return np.repeat(np.arange(len(counts), dtype=np.intp), counts)


def read_pairs(
    places: Sequence[str], model: ImageTextModel, *, cache: Cache, progress: Progress
) -> Pairs:
    """The pairs of all places: a csv on this machine, Parquet files, or WebDataset's shards.

    Every picture is embedded once; rows are cached, those of a shard together. Of several hosts,
    each embeds its share of the shards, and reads the others' where they share a cache.

    Raises:
        BuilderError: if a place cannot be read, or one of its pictures.
    """
    parts = [
        _read_csv(Path(place), model, cache, progress)
        for place in places
        if place.lower().endswith(".csv")
    ]
    shards = [s for p in places if not p.lower().endswith(".csv") for s in find_shards(p)]
    for shard in shards[jax.process_index() :: jax.process_count()]:
        _read_shard(shard, model, cache, progress)
    wait_for_hosts("pairs")
    parts += [_read_shard(shard, model, cache, progress) for shard in shards]
    captions = tuple(texts for part in parts for texts in part.captions)
    return Pairs(np.concatenate([part.zimg for part in parts]), captions)


def hold_out(pairs: Pairs, count: int, seed: int) -> tuple[Pairs, Pairs]:
    """The pairs to train on, and `count` others.

    Raises:
        BuilderError: if that leaves too few to train on.
    """
    if len(pairs) < 2 * count:
        raise BuilderError(
            f"there are {len(pairs):,} pictures, too few to hold out {count:,}. Bring more, or"
            " lower --held-out."
        )
    order = np.random.default_rng(seed).permutation(len(pairs))
    return pairs.choose(order[count:]), pairs.choose(order[:count])


def _read_csv(path: Path, model: ImageTextModel, cache: Cache, progress: Progress) -> Pairs:
    data = load_captioned_images(path)
    zimg = _embed_files(data.files, model, cache, progress)
    captions: list[list[str]] = [[] for _ in data.files]
    for image, text in zip(data.image_of, data.captions, strict=True):
        captions[image].append(text)
    return Pairs(zimg, tuple(map(tuple, captions)))


def _read_shard(shard: Shard, model: ImageTextModel, cache: Cache, progress: Progress) -> Pairs:
    seen = json.dumps(astuple(model.preprocessing))
    code = (embedding_code(), image_code(), seen)
    key = digest(shard.address, shard.version, model.image_fingerprint, *code)
    if kept := cache.load(_KIND, key):
        about, files = unpack(kept)
        zimg = np.load(io.BytesIO(files["zimg.npy"]), allow_pickle=False)
        return Pairs(zimg, tuple(map(tuple, about["captions"])))
    progress.say(f"Reading {shard.address}")
    examples = shard.read()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}" for number in range(len(examples))]
        for file, example in zip(files, examples, strict=True):
            file.write_bytes(example.picture)
        try:
            zimg = _embed_files(files, model, cache, progress)
        except SpecError as error:
            text = str(error)
            for file, example in zip(files, examples, strict=True):
                text = text.replace(f"{file}:", f"{example.name}:")
            raise BuilderError(text) from None
    data = io.BytesIO()
    np.save(data, zimg, allow_pickle=False)
    captions = [example.captions for example in examples]
    cache.store(_KIND, key, pack({"captions": captions}, {"zimg.npy": data.getvalue()}))
    return Pairs(zimg, tuple(captions))


def _embed_files(
    files: Sequence[Path], model: ImageTextModel, cache: Cache, progress: Progress
) -> Rows:
    inputs = make_inputs(files, [model.preprocessing], progress)[model.preprocessing]
    return embed_images(model, inputs, cache=cache, progress=progress)
