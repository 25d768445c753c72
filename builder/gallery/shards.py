"""Rows of pictures in Parquet files, one a shard, each there whole or not at all.

Columns: `id`, `file` (where the picture is), `row` (float16[d], none if the picture cannot be
read), `size` (width and height of the picture), `error` (why there is no row), and, if a site is to
have thumbnails, `jpeg` (the small square), `thumbnail` (its SHA-256) and `thumbnail_bytes`. The
schema's metadata `lit-demo` holds what `About` says, as JSON.
"""

import hashlib
import importlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import digest
from builder.embedding.pictures import PictureRecord
from builder.errors import reading, writing
from builder.file_system import replace_file
from builder.fingerprint import embedding_code, image_code
from builder.gallery.sources import EXTRA
from builder.model import ImageTextModel
from builder.parquet import import_parquet
from builder.version import NAME, __version__

_NAME = re.compile(r"rows-(\d{5,})\.parquet")
_KEY = b"lit-demo"
_ERRORS = ("file", "error")
_REMEDY = "Delete it, and run the same command again; or name another folder."


@dataclass(frozen=True)
class About:
    """What a shard was made of and with.

    `fingerprint` is that of model and preprocessing, `pictures` a hash of the ids and versions of
    its pictures; `shard_size` is the most that each shard has. `thumbnail_size` is that of its
    thumbnails in pixels, 0 if it has none.
    """

    model: str
    fingerprint: str
    dim: int
    shard_size: int
    pictures: str
    count: int
    failures: int
    versions: Mapping[str, str]
    thumbnail_size: int = 0


def fingerprint_of(model: ImageTextModel) -> str:
    """A hash of everything that a picture's row depends on besides the picture."""
    seen = repr(model.preprocessing)
    return digest(embedding_code(), image_code(), model.image_fingerprint, seen)


def current_versions() -> Mapping[str, str]:
    """What the rows are computed with, for whoever looks at them later."""
    packages = ("jax", "numpy", "pillow")
    return {NAME: __version__, **{name: metadata.version(name) for name in packages}}


def shard_path(folder: Path, number: int) -> Path:
    """The file of a shard, which are counted from 0."""
    return folder / f"rows-{number:05}.parquet"


def find_shards(folder: Path) -> dict[int, Path]:
    """The files of shards in a folder, by number."""
    if not folder.is_dir():
        return {}
    named = ((_NAME.fullmatch(path.name), path) for path in sorted(folder.iterdir()))
    return {int(found[1]): path for found, path in named if found}


def write_shard(
    path: Path, about: About, records: Sequence[PictureRecord], rows: NDArray[np.float16]
) -> None:
    """Write a shard in one step; `rows` is float16[len(records), dim].

    Raises:
        BuilderError: if the system refuses it. What had that name is then still there.
    """
    parquet: Any = import_parquet(path, EXTRA)
    arrow: Any = importlib.import_module("pyarrow")
    failed = np.array([record.error is not None for record in records])
    listed = arrow.FixedSizeListArray.from_arrays
    sizes = np.array([record.size or (0, 0) for record in records], np.int32)
    columns = {
        "id": [record.id for record in records],
        "file": [record.name for record in records],
        "row": listed(arrow.array(rows.ravel()), about.dim, mask=arrow.array(failed)),
        "size": listed(arrow.array(sizes.ravel()), 2, mask=arrow.array(failed)),
        "error": arrow.array([record.error for record in records], arrow.string()),
    }
    if about.thumbnail_size:
        jpegs = [record.jpeg for record in records]
        hashes = [jpeg and hashlib.sha256(jpeg).hexdigest() for jpeg in jpegs]
        columns["thumbnail"] = arrow.array(hashes, arrow.string())
        columns["thumbnail_bytes"] = arrow.array([len(j or b"") for j in jpegs], arrow.int32())
        columns["jpeg"] = arrow.array(jpegs, arrow.binary())
    table = arrow.table(columns).replace_schema_metadata({_KEY: json.dumps(asdict(about))})
    compression = {name: "NONE" if name == "jpeg" else "ZSTD" for name in _leaves(table)}
    data = io.BytesIO()
    parquet.write_table(table, data, compression=compression, use_dictionary=False)
    remedy = "Then run the same command again: finished shards are kept."
    with writing(path, f"Free space, or change what forbids it. {remedy}"):
        replace_file(path, data.getvalue())


def _leaves(table: Any) -> list[str]:
    """The names of columns as Parquet has them."""
    lists = ("row", "size")
    return [f"{name}.list.element" if name in lists else name for name in table.column_names]


def read_about(path: Path) -> About:
    """What a shard was made of.

    Raises:
        BuilderError: if it is damaged, or another program's.
    """
    parquet: Any = import_parquet(path, EXTRA)
    with reading(path, _REMEDY):
        return About(**json.loads(parquet.read_schema(path).metadata[_KEY]))


def read_failures(path: Path) -> Iterator[tuple[str, str]]:
    """The files of a shard that could not be read, each with the reason."""
    columns = read_columns(path, *_ERRORS)
    for file, error in zip(*(columns[name].to_pylist() for name in _ERRORS), strict=True):
        if error is not None:
            yield file, error


def read_columns(path: Path, *names: str) -> Any:
    """Columns of a shard, as a table of pyarrow.

    Raises:
        BuilderError: if it is damaged, or has no such columns.
    """
    parquet: Any = import_parquet(path, EXTRA)
    with reading(path, _REMEDY):
        return parquet.read_table(path, columns=list(names)).select(list(names))


def rows_of(table: Any, dim: int) -> NDArray[np.float16]:
    """The rows of a table, float16[n, dim]; what has none has zeros."""
    values = table["row"].combine_chunks()
    rows = np.zeros((len(table), dim), np.float16)
    rows[values.is_valid().to_numpy(zero_copy_only=False)] = (
        values.flatten().to_numpy(zero_copy_only=False).reshape(-1, dim)
    )
    return rows
