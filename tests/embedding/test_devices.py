"""Towers on devices: batch sizes, several devices, bfloat16."""

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.embedding import devices
from builder.embedding.devices import (
    BatchLimit,
    choose_batch_size,
    in_bfloat16,
    multiplies_bfloat16,
    on_bytes,
    place_tower,
    prefer_fast,
)
from builder.errors import ModelError
from builder.model import Tower

LIMIT = BatchLimit(cpu=8, accelerator=64)


def make_tower(seed: int = 0) -> Tower:
    kernel = np.random.default_rng(seed).normal(size=(6, 16)).astype(np.float32)

    def apply(params: Any, x: Any) -> Any:
        rows = x @ params
        return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)

    return Tower(apply, kernel)


def random_inputs(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, 6)).astype(np.float32)


@pytest.mark.parametrize(
    ("count", "largest", "batch_size"),
    [(1, 8, 1), (8, 8, 8), (9, 8, 5), (10, 8, 5), (16, 8, 8), (17, 8, 6), (1000, 64, 50)],
)
def test_the_batch_size_wastes_least(count: int, largest: int, batch_size: int) -> None:
    assert choose_batch_size(count, largest) == batch_size


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 31, 64, 65, 1001])
@pytest.mark.parametrize("devices", [1, 2, 8])
def test_batches_are_split_evenly_and_within_the_limit(count: int, devices: int) -> None:
    size = choose_batch_size(count, 8, devices)
    assert size % devices == 0
    assert size <= 8 * devices


def test_a_placed_tower_fills_up_a_short_batch() -> None:
    tower = make_tower()
    placed = place_tower(tower, (6,), np.float32, 20, LIMIT)
    inputs = random_inputs(3)
    rows = np.asarray(placed.start(inputs))
    assert rows.shape == (placed.batch_size, 16)
    np.testing.assert_allclose(rows[:3], tower(inputs), atol=1e-6)


def test_the_batch_shrinks_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    def fits(needed: Any, stats: object) -> bool:
        return needed.output_size_in_bytes < 3 * 64

    monkeypatch.setattr(devices, "_fits", fits)
    assert place_tower(make_tower(), (6,), np.float32, 100, LIMIT).batch_size == 2


def test_a_tower_that_never_fits_is_refused_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def fits(needed: Any, stats: object) -> bool:
        return False

    monkeypatch.setattr(devices, "_fits", fits)
    with pytest.raises(ModelError, match="JAX_PLATFORMS=cpu"):
        place_tower(make_tower(), (6,), np.float32, 100, LIMIT)


@pytest.mark.parametrize(
    ("stats", "fits"),
    [
        (None, True),
        ({"bytes_in_use": 10**12}, True),
        ({"bytes_limit": 10**6, "bytes_in_use": 0}, True),
        ({"bytes_limit": 10**6, "bytes_in_use": 999_900}, False),
    ],
)
def test_two_batches_must_fit_into_what_is_free(stats: dict[str, int] | None, fits: bool) -> None:
    needed = SimpleNamespace(temp_size_in_bytes=100, output_size_in_bytes=100)
    assert devices._fits(needed, stats) is fits  # pyright: ignore[reportPrivateUsage]


def test_images_are_seen_in_minus_one_to_one() -> None:
    seen = on_bytes(Tower(lambda _, x: x, {}))(np.array([0, 51, 255], np.uint8))
    np.testing.assert_allclose(seen, [-1, -0.6, 1], atol=1e-6)
    assert seen.dtype == np.float32


def test_bfloat16_is_taken_where_its_rows_stay_close() -> None:
    exact = place_tower(make_tower(), (6,), np.float32, 8, LIMIT)
    chosen, cosine = prefer_fast(in_bfloat16(make_tower()), exact, random_inputs(8))
    assert chosen is not exact
    assert chosen.params.dtype == jnp.bfloat16
    assert devices.MIN_COSINE <= cosine < 1.000001
    rows = np.asarray(chosen.start(random_inputs(8)))
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_bfloat16_is_left_where_it_strays() -> None:
    exact = place_tower(make_tower(0), (6,), np.float32, 8, LIMIT)
    chosen, cosine = prefer_fast(in_bfloat16(make_tower(1)), exact, random_inputs(8))
    assert chosen is exact
    assert cosine < devices.MIN_COSINE


@pytest.mark.parametrize(("backend", "expected"), [("cpu", False), ("gpu", True), ("tpu", True)])
def test_bfloat16_is_for_machines_that_have_it(
    backend: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    assert multiplies_bfloat16() is expected


TWO_DEVICES = """
import jax, numpy as np
from builder.embedding.devices import place_tower
from tests.embedding.test_devices import LIMIT, make_tower, random_inputs

assert len(jax.devices()) == 2
placed = place_tower(make_tower(), (6,), np.float32, 10, LIMIT)
rows = placed.start(random_inputs(10))
assert placed.batch_size == 10
assert [shard.data.shape for shard in rows.addressable_shards] == [(5, 16), (5, 16)]
assert {shard.device for shard in rows.addressable_shards} == set(jax.devices())
assert all(shard.data.shape == (6, 16) for shard in placed.params.addressable_shards)
np.testing.assert_allclose(rows, make_tower()(random_inputs(10)), atol=1e-6)
"""


@pytest.mark.slow
def test_two_devices_share_a_batch() -> None:
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
