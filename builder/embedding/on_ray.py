"""The engine for a cluster: Ray Data reads pictures in tasks, and a pool of actors embeds them.

Ray bounds what is in memory, spreads the work and repeats what was lost with a node. The nodes need
this program in the same version, and whatever the addresses of pictures need; the tower is sent to
them. An actor has a GPU of its own; where there are none, it has the processors of a node.
"""

import importlib
import json
import logging
import os
import re
import socket
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import digest
from builder.embedding.pictures import (
    EmbeddedPicture,
    Numbered,
    PictureRecord,
    StoredPicture,
    check_readable,
    see_picture,
)
from builder.embedding.stream import BatchRunner, load_ahead
from builder.errors import BuilderError, first_line, reason_of
from builder.fingerprint import embedding_code, image_code
from builder.model import ImageTextModel, Preprocessing, Tower

BLOCK = 128
"""Pictures in a task: the largest batch of a device."""
_READERS = 4
"""Threads in a task, since pictures at addresses are waited for."""

_OUR_ERROR = re.compile(r"^builder\.errors\.\w+: (.+)$", re.MULTILINE)
_HOST_AND_PORT = re.compile(r"([^/]+):(\d{1,5})")
_CONNECT_S = 10.0
_REMEDY = "Name the head node's HOST:6379, or leave --address out to start Ray on this machine."
_SETTINGS = {
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""Nothing is reported to Ray's makers, and what its processes log stays in its files."""

_READER_CPUS, _ACTOR_CPUS = 0.5, 0.25
"""What Ray reckons with. Both fit on the smallest node, since an actor computes with all processors
anyway. They differ, or Ray would fuse the two steps, and an actor would read what it embeds."""

Block = Mapping[str, NDArray[Any]]
"""Columns of some pictures: `picture`, as JSON, and then `jpeg`, and `pixels` or `row`."""


def embed_on_ray(
    model: ImageTextModel,
    pictures: Iterable[Numbered],
    *,
    address: str | None,
    thumbnails: bool = True,
    block: int = BLOCK,
) -> Generator[EmbeddedPicture]:
    """The rows of pictures, in any order.

    `address` is that of a running cluster; without one, Ray starts on this machine, unless the
    environment names a cluster (RAY_ADDRESS) or this process is connected to one. A task reads
    `block` pictures.

    Raises:
        BuilderError: if Ray is not installed, cannot be reached, or gives up, or the tower returns
            rows of the wrong size or that are not finite.
    """
    ray = _import_ray()
    with _connected(ray, address), _explaining(ray):
        data: Any = importlib.import_module("ray.data")
        data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        code = _code()
        tower = {
            "tower": ray.put(model.load_image()),
            "model_id": model.id,
            "dim": model.dim,
            "size": model.preprocessing.size,
            "code": code,
        }
        rows = (
            data.from_arrow_refs([ray.put(table) for table in _make_blocks(pictures, block)])
            .map_batches(
                _Reader(model.preprocessing, thumbnails, code),
                batch_size=None,
                num_cpus=_READER_CPUS,
            )
            .map_batches(
                _Embedder, fn_constructor_kwargs=tower, batch_size=None, **_choose_pool(ray, data)
            )
        )
        for done in rows.iter_batches(batch_size=None, batch_format="numpy"):
            yield from zip(_decode_records(done), done["row"], strict=True)


def _import_ray() -> Any:
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError:
        raise BuilderError(
            "--engine ray: Ray is not installed. Install it: pip install 'lit-demo-builder[ray]'"
        ) from None


@contextmanager
def _connected(ray: Any, address: str | None) -> Generator[None]:
    """Connect to a cluster, or start one on this machine, for the block."""
    if ray.is_initialized():
        yield
        return
    if address and (found := _HOST_AND_PORT.fullmatch(address)):
        _require_listener(found[1], int(found[2]))
    try:
        # By itself, Ray would join whatever cluster somebody has started on this machine.
        place = address or os.environ.get("RAY_ADDRESS") or "local"
        ray.init(place, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise BuilderError(
            f"--address {address}: Ray cannot be started or joined ({first_line(error)}). {_REMEDY}"
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


def _require_listener(host: str, port: int) -> None:
    """Make sure that something listens there; Ray would try for minutes."""
    try:
        socket.create_connection((host, port), timeout=_CONNECT_S).close()
    except OSError as error:
        raise BuilderError(
            f"--address {host}:{port}: cannot be reached: {reason_of(error)}. {_REMEDY}"
        ) from None


@contextmanager
def _explaining(ray: Any) -> Generator[None]:
    """Say in a sentence why Ray gives up: what this program said on a node, or what Ray does."""
    try:
        yield
    except ray.exceptions.RayError as error:
        # Of an exception on a node, Ray keeps the text.
        if said := _OUR_ERROR.findall(str(error)):
            raise BuilderError(said[-1]) from None
        raise BuilderError(
            f"Ray gave up ({first_line(error)}). Its logs say more: /tmp/ray/session_latest/logs."
            " Run the same command again: finished shards are kept."
        ) from None


def _choose_pool(ray: Any, data: Any) -> dict[str, Any]:
    """An actor for each GPU, or else one for each node, which computes with all its processors."""
    if gpus := int(ray.cluster_resources().get("GPU", 0)):
        compute = data.ActorPoolStrategy(size=gpus)
        return {"compute": compute, "num_gpus": 1, "num_cpus": _ACTOR_CPUS}
    nodes = sum(node["Alive"] and node["Resources"].get("CPU", 0) > 0 for node in ray.nodes())
    compute = data.ActorPoolStrategy(size=max(nodes, 1))
    return {"compute": compute, "num_cpus": _ACTOR_CPUS}


def _make_blocks(pictures: Iterable[Numbered], size: int) -> Iterator[Any]:
    arrow: Any = importlib.import_module("pyarrow")
    waiting = iter(pictures)
    while block := list(islice(waiting, size)):
        yield arrow.table({"picture": [_encode((place, astuple(p))) for place, p in block]})


class _Reader:
    """Reads the pictures of a block, in a task."""

    def __init__(self, preprocessing: Preprocessing, thumbnails: bool, code: str):
        self._preprocessing = preprocessing
        self._thumbnails = thumbnails
        self._code = code

    def __call__(self, block: Block) -> dict[str, NDArray[Any]]:
        """The same pictures with what is known of them, and pixels uint8[n, size, size, 3]."""
        _require_code(self._code)
        pictures = map(_decode_numbered, block["picture"])
        see = partial(see_picture, preprocessing=self._preprocessing, thumbnails=self._thumbnails)
        seen = [result for _, result in load_ahead(pictures, see, _READERS)]
        texts = [_encode(astuple(replace(record, jpeg=None))) for record, _ in seen]
        return {
            "picture": np.array(texts, object),
            "jpeg": np.array([record.jpeg or b"" for record, _ in seen], object),
            "pixels": np.stack([pixels for _, pixels in seen]),
        }


class _Embedder:
    """A tower in an actor."""

    def __init__(self, tower: Any, model_id: str, dim: int, size: int, code: str):
        self._tower, self._size, self._code = tower, size, code
        self._model_id, self._dim = model_id, dim

    @cached_property
    def _runner(self) -> BatchRunner:
        # Not when it is constructed: Ray does not say why that has failed.
        from builder.embedding.devices import BATCH_LIMITS, place_tower, see_bytes

        _require_code(self._code)
        loaded: Tower = _import_ray().get(self._tower)
        seeing, fast = see_bytes(loaded)
        shape = (self._size, self._size, 3)
        placed = place_tower(seeing, shape, np.uint8, None, BATCH_LIMITS["images"])
        return BatchRunner(placed, fast, print)

    def __call__(self, block: Block) -> dict[str, NDArray[Any]]:
        """The same pictures with `row`, float32[n, dim]."""
        size = self._runner.batch_size
        records = _decode_records(block)
        batches = (
            (records[start : start + size], block["pixels"][start : start + size])
            for start in range(0, len(records), size)
        )
        rows = [computed for _, computed in self._runner.run(batches)]
        whole = np.concatenate(rows)
        check_readable(records, whole, self._model_id, self._dim)
        return {"picture": block["picture"], "jpeg": block["jpeg"], "row": whole}


def _encode(fields: Any) -> str:
    return json.dumps(fields)


def _decode_numbered(text: str) -> Numbered:
    (shard, place), fields = json.loads(text)
    return (shard, place), StoredPicture(*fields)


def _decode_records(block: Block) -> list[PictureRecord]:
    records: list[PictureRecord] = []
    for text, jpeg in zip(block["picture"], block["jpeg"], strict=True):
        place, id_, name, size, error, _ = json.loads(text)
        size = size and tuple(size)
        records.append(PictureRecord(tuple(place), id_, name, size, error, bytes(jpeg) or None))
    return records


def _code() -> str:
    """What the rows depend on besides tower and pictures, which all nodes must have in common."""
    return digest(embedding_code(), image_code())


def _require_code(code: str) -> None:
    if code != _code():
        raise BuilderError(
            "a node of the cluster has another version of this program, JAX, NumPy or Pillow."
            " Install the same on all nodes."
        )
