"""The engine on Ray: clusters of several nodes on this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.embedding import on_ray
from builder.embedding.on_ray import embed_on_ray
from builder.errors import BuilderError
from tests.gallery.galleries import Gallery, paint_many

ray: Any = pytest.importorskip("ray", reason="needs ray: pip install 'lit-demo-builder[ray]'")

# Ray leaves files and sockets to the garbage collector, and warns of its own next versions.
pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]

EMBED = """
import sys
from functools import partial
from pathlib import Path

from builder.embedding.on_ray import embed_on_ray
from tests.gallery.galleries import Gallery

gallery = Gallery(Path(sys.argv[1]), shard_size=50)
gallery.engine = partial(embed_on_ray, gallery.model, address=None)
print(gallery.embed().written)
"""


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Of 600 pictures, of which two cannot be read, embedded on Ray."""
    names = paint_many(tmp_path / "photos", 600)
    for name in (names[7], names[311]):
        (tmp_path / "photos" / name).write_bytes(b"not a picture")
    gallery = Gallery(tmp_path, shard_size=50)
    gallery.engine = partial(embed_on_ray, gallery.model, address=None)
    return gallery


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Three nodes on this machine, to which this process is connected."""
    from ray.cluster_utils import Cluster

    memory = 100 * 2**20
    nodes = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 2, "object_store_memory": memory},
    )
    for _ in range(2):
        nodes.add_node(num_cpus=2, object_store_memory=memory)
    nodes.wait_for_nodes()
    ray.init(nodes.address, log_to_driver=False)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


def require_whole(gallery: Gallery) -> None:
    """Every picture has one row, that of the engine on this machine."""
    alone = Gallery(gallery.folder, shard_size=gallery.shard_size, name="alone")
    alone.embed()
    for column in ("id", "file", "thumbnail", "size", "error"):
        assert gallery.read(column) == alone.read(column), column
    rows, expected = gallery.rows(), alone.rows()
    assert len(rows) == 598
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(expected, axis=1)
    assert (np.sum(rows * expected, axis=1) / lengths).min() > 1 - 1e-6


def test_a_cluster_that_is_not_there_is_named(gallery: Gallery):
    gallery.engine = partial(embed_on_ray, gallery.model, address="127.0.0.1:9")
    with pytest.raises(BuilderError, match=r"--address 127.0.0.1:9: cannot be reached: Connection"):
        gallery.embed()


@pytest.mark.slow
def test_ray_computes_what_this_machine_computes(gallery: Gallery):
    assert gallery.embed().failures == 2
    require_whole(gallery)
    assert not ray.is_initialized()


@pytest.mark.long
def test_what_an_actor_says_is_what_the_author_reads(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_ray, "_code", lambda: "another")
    with pytest.raises(BuilderError, match="a node of the cluster has another version"):
        gallery.embed()


@pytest.mark.long
def test_a_node_that_dies_costs_no_picture(gallery: Gallery, cluster: Any):
    whole = partial(embed_on_ray, gallery.model, address=None, block=8)
    others = [node for node in cluster.list_all_nodes() if node is not cluster.head_node]

    def kill_a_node(pictures: Any) -> Iterator[Any]:
        for number, embedded in enumerate(whole(pictures)):
            if number == 40:
                cluster.remove_node(others[0], allow_graceful=False)
            yield embedded

    gallery.engine = kill_a_node  # pyright: ignore[reportAttributeAccessIssue]
    assert gallery.embed().written == 12
    require_whole(gallery)


@pytest.mark.long
def test_a_driver_that_is_killed_leaves_whole_shards_and_the_next_one_goes_on(gallery: Gallery):
    words = [sys.executable, "-c", EMBED, str(gallery.folder)]
    driver = subprocess.Popen(words, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not gallery.times() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    before = len(gallery.times())
    assert before > 0
    assert gallery.embed().written == 12 - before
    require_whole(gallery)
