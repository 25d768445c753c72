"""Convolutions and products of matrices of every dtype, and their gradients."""

# pyright: reportUnknownLambdaType=false

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.tfjs.graph import Array
from tests.tfjs.comparison import Runtimes, compare


def normal(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def integers(dtype: str, *shape: int) -> Array:
    rng = np.random.default_rng(sum(shape))
    if dtype == "bool":
        return rng.integers(0, 2, shape) > 0
    ends = np.iinfo(dtype)
    return rng.integers(ends.min, ends.max, shape, dtype, endpoint=True)


SPECS = {3: ("NWC", "WIO", "NWC"), 4: ("NHWC", "HWIO", "NHWC"), 5: ("NDHWC", "DHWIO", "NDHWC")}

CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "sequence": ((2, 9, 4), (3, 4, 5), {"window_strides": (2,), "padding": "SAME"}),
    "strided": ((2, 7, 8, 4), (3, 2, 4, 5), {"window_strides": (2, 3), "padding": "SAME"}),
    "transposed": (
        (2, 4, 5, 3), (3, 3, 3, 4),
        {"window_strides": (1, 1), "padding": ((2, 1), (2, 1)), "lhs_dilation": (2, 2)},
    ),
    "dilated": (
        (2, 9, 9, 3), (3, 2, 3, 4),
        {"window_strides": (2, 1), "padding": "VALID", "rhs_dilation": (2, 3)},
    ),
    "cropped": (
        (2, 7, 8, 3), (3, 3, 3, 4), {"window_strides": (1, 1), "padding": ((-1, 2), (0, -2))},
    ),
    "groups": (
        (2, 6, 6, 6), (3, 3, 2, 9),
        {"window_strides": (1, 2), "padding": "SAME", "feature_group_count": 3},
    ),
    "depthwise": (
        (2, 6, 6, 5), (3, 3, 1, 10),
        {"window_strides": (2, 2), "padding": "SAME", "feature_group_count": 5},
    ),
    "batch groups": (
        (6, 5, 5, 4), (3, 3, 4, 6),
        {"window_strides": (1, 1), "padding": "SAME", "batch_group_count": 3},
    ),
    "volume": ((2, 4, 5, 6, 3), (2, 3, 3, 3, 4), {"window_strides": (1, 2, 1), "padding": "SAME"}),
    "dilated volume": (
        (1, 5, 6, 7, 2), (2, 2, 3, 2, 3),
        {"window_strides": (2, 1, 1), "padding": "VALID", "rhs_dilation": (1, 2, 2)},
    ),
    "volume in groups": (
        (1, 4, 4, 4, 4), (2, 2, 2, 2, 6),
        {"window_strides": (1, 1, 1), "padding": "VALID", "feature_group_count": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_and_their_gradients(name: str, runtimes: Runtimes):
    shape, kernel, options = CONVOLUTIONS[name]

    def apply(x: Any, w: Any) -> Any:
        result, pull = jax.vjp(
            lambda a, b: lax.conv_general_dilated(
                a, b, dimension_numbers=SPECS[len(shape)], **options
            ),
            x,
            w,
        )
        return result, pull(jnp.sin(result))

    arrays = [normal(*shape), normal(*kernel)]
    compare(apply, arrays, runtimes)
    if "batch_group_count" not in options:
        batch = f"(b,{','.join(map(str, shape[1:]))})"
        compare(apply, arrays, runtimes, [batch, str(kernel)])


def test_a_kernel_larger_than_its_input_gives_nothing(runtimes: Runtimes):
    w = jnp.asarray(normal(5, 5, 3, 4))
    for sizes in ["(2,4,9,3)", "(b,4,9,3)"]:
        compare(
            lambda x: lax.conv_general_dilated(
                x, w, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
            ),
            [normal(2, 4, 9, 3)],
            runtimes,
            [sizes],
        )


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "uint32"])
def test_convolutions_of_integers(dtype: str, runtimes: Runtimes):
    x, w = integers(dtype, 2, 6, 6, 4), integers(dtype, 3, 3, 4, 5)
    wide = "uint32" if dtype == "uint32" else "int32"
    compare(
        lambda x, w: [
            lax.conv_general_dilated(
                x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"),
                preferred_element_type=kind,
            )
            for kind in (wide, None)
        ],
        [x, w],
        runtimes,
    )  # fmt: skip


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "int32", "uint32"])
def test_products_of_integers(dtype: str, runtimes: Runtimes):
    def apply(x: Any, y: Any) -> Any:
        return [
            x @ y,
            lax.dot_general(x, y, (((0, 1), (1, 0)), ((), ()))),
            lax.dot_general(x, x, (((1,), (1,)), ((0,), (0,)))),
            lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type=jnp.float32),
        ][: 3 if dtype == "uint32" else 4]

    compare(apply, [integers(dtype, 6, 6), integers(dtype, 6, 6)], runtimes, apart=1e-5)
    compare(jnp.matmul, [integers(dtype, 80, 70), integers(dtype, 70, 60)], runtimes)
    compare(
        jnp.matmul, [integers(dtype, 3, 7), integers(dtype, 7, 4)], runtimes, ["(b,7)", "(7,4)"]
    )


def test_products_of_nothing(runtimes: Runtimes):
    compare(
        lambda x, y: (x @ y, lax.dot_general(x, y, (((), ()), ((), ())))),
        [normal(3, 0), normal(0, 4)],
        runtimes,
    )
    compare(lambda x, y: x @ y, [normal(3, 0), normal(0, 4)], runtimes, ["(b,0)", "(0,4)"])


def test_products_of_ragged_groups(runtimes: Runtimes):
    sizes = np.array([2, 0, 3], np.int32)

    def apply(x: Any, w: Any, n: Any) -> Any:
        product, pull = jax.vjp(lambda x, w: lax.ragged_dot(x, w, n), x, w)
        return product, pull(product)

    compare(apply, [normal(7, 4), normal(3, 4, 6), sizes], runtimes)
