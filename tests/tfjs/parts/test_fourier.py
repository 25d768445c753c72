"""Fourier transforms, next to those of numpy in double precision."""

# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.parts.fourier import LONGEST_PRIME, LONGEST_PRODUCT
from tests.tfjs.parts.conftest import Run

LENGTHS = (1, 2, 7, LONGEST_PRODUCT, 100, 127, 131, 512)
"""One product, several, a prime that is one product, and one that is not."""

KINDS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "fft": (jnp.fft.fft, np.fft.fft),
    "ifft": (jnp.fft.ifft, np.fft.ifft),
    "rfft": (jnp.fft.rfft, np.fft.rfft),
    "irfft": (jnp.fft.irfft, np.fft.irfft),
}


def draw(kind: str, *shape: int) -> Any:
    rng = np.random.default_rng(0)
    real = rng.normal(size=shape)
    if kind.startswith("rfft"):
        return real.astype(np.float32)
    return (real + 1j * rng.normal(size=shape)).astype(np.complex64)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_transform_is_within_a_millionth_of_the_largest_number(kind: str, length: int, run: Run):
    transform, reference = KINDS[kind]
    x = draw(kind, 3, length if kind != "irfft" else length // 2 + 1)
    results = run(lambda x: transform(x, n=length), x, specs=[(f"(b,{x.shape[1]})", x.dtype.name)])
    exact = reference(x.astype(np.complex128 if kind != "rfft" else np.float64), n=length)
    parts = [exact.real, exact.imag] if np.iscomplexobj(exact) else [exact]
    for backend, pairs in results.pairs.items():
        for (found, _), expected in zip(pairs, parts, strict=True):
            assert np.abs(found - expected).max() <= 1e-6 * np.abs(exact).max(), backend


@pytest.mark.parametrize(
    "transform", [jnp.fft.fft2, jnp.fft.ifftn, jnp.fft.rfftn, jnp.fft.irfft2, jnp.fft.irfftn]
)
def test_several_axes_are_transformed_one_after_the_other(transform: Any, run: Run):
    run(transform, draw(transform.__name__, 2, 6, 5, 8)).check(2e-6)


def test_a_spectrum_is_symmetric_for_irfft_whatever_its_ends_are(run: Run):
    run(lambda x: jnp.fft.irfft(x, 6), np.array([1 + 5j, 2j, 3, 4 - 7j], np.complex64)).check()


def test_functions_of_transforms_go_through(run: Run):
    x = draw("rfft", 2, 48)
    run(lambda x: jnp.fft.fftshift(jnp.abs(jnp.fft.fft(x * jnp.hanning(48))), -1), x).check()
    run(lambda x: jnp.fft.irfft(jnp.fft.rfft(x) * jnp.fft.rfft(x[::-1])), x).check()
    run(lambda x: jnp.fft.rfftfreq(48) * jnp.angle(jnp.fft.rfft(x)), x).check(1e-5)


def test_long_transforms_take_few_ops_and_few_bytes():
    model = export(lambda _, x: jnp.fft.rfft(x), (), {"x": ("(b, 4096)", "float32")})
    assert len(model.ops) <= 30
    assert model.bytes < 150_000


def test_a_symbolic_length_is_refused():
    with pytest.raises(ExportError, match="symbolic length"):
        export(lambda _, x: jnp.fft.fft(x), (), {"x": ("(2, b)", "complex64")})


def test_a_prime_that_is_one_product_is_not_large():
    assert (2 * LONGEST_PRIME) ** 2 * 4 <= 300_000
