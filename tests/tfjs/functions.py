"""JAX functions of every kind that the exporter knows, with the shapes to call them on."""

# The table is of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportAttributeAccessIssue=false

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from builder.tfjs.graph import Array

BATCH = 3
"""The size that stands for the symbolic `b` when a function is called; 7 stands for `c`."""


@dataclass(frozen=True)
class Function:
    """A function of arrays; `inputs` are the shapes and dtypes of its arguments."""

    name: str
    apply: Callable[..., Any]
    inputs: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.name

    @property
    def specs(self) -> dict[str, tuple[str, str]]:
        """The inputs by name, as the exporter takes them."""
        return {f"x{i}": spec for i, spec in enumerate(self.inputs)}

    def arrays(self, seed: int = 0, batch: int = BATCH) -> dict[str, Array]:
        """Random inputs by name: normal numbers, integers from 0 to 4."""
        rng = np.random.default_rng(seed)
        made: dict[str, Array] = {}
        for name, (shape, dtype) in self.specs.items():
            numbers = shape.strip("()").replace("b", str(batch)).replace("c", "7")
            sizes = [int(d) for d in numbers.split(",") if d]
            values = rng.integers(0, 5, sizes) if dtype == "int32" else rng.normal(size=sizes)
            made[name] = values.astype(dtype) if dtype != "bool" else values > 0
        return made

    @cache  # noqa: B019 (the functions live as long as the module)
    def results(self) -> list[Array]:
        """What JAX computes for the random inputs, flat."""
        outputs = jax.jit(self.apply)(*map(jnp.asarray, self.arrays().values()))
        return [np.asarray(a) for a in jax.tree.leaves(outputs)]


def _f(name: str, apply: Callable[..., Any], *shapes: str) -> Function:
    """A function of float32 arrays; a shape may end in ":" and another dtype."""
    specs = [s.split(":") if ":" in s else [s, "float32"] for s in shapes]
    return Function(name, apply, tuple((shape, dtype) for shape, dtype in specs))


X = "(b,4)"
ROWS = "(b,6,8)"
INTS = "(b,4):int32"
BOOLS = "(b,4):bool"

W = np.random.default_rng(1).normal(size=(8, 5)).astype(np.float32)
BIAS = np.random.default_rng(2).normal(size=5).astype(np.float32)
TABLE = np.random.default_rng(3).normal(size=(5, 7)).astype(np.float32)


def _positive(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: f(jnp.abs(x) + 0.5)


ELEMENTWISE = [
    *(_f(f.__name__, f, X) for f in (jnp.abs, jnp.ceil, jnp.cos, jnp.exp, jnp.expm1, jnp.floor)),
    *(_f(f.__name__, f, X) for f in (jnp.sign, jnp.sin, jnp.square, jnp.tanh, jnp.negative)),
    *(_f(f.__name__, _positive(f), X) for f in (jnp.log, jnp.log1p, jnp.sqrt, lax.rsqrt)),
    _f("logistic", jax.nn.sigmoid, X),
    _f("erf", jax.scipy.special.erf, X),
    _f("erf_inv", lambda x: jax.scipy.special.erfinv(jnp.tanh(2 * x)), X),
    _f(
        "erf_inv_ends", lambda x: jax.scipy.special.erfinv(jnp.array([-1, 0, 1.0]) + 0 * x[0, 0]), X
    ),
    _f("exp2", jnp.exp2, X),
    _f("is_finite", lambda x: jnp.isfinite(1 / (x - x[:1])), X),
    *(_f(f.__name__, f, X) for f in (jnp.sinh, jnp.cosh, jnp.tan, jnp.arctan, jnp.arcsinh)),
    *(_f(f.__name__, lambda x, f=f: f(jnp.tanh(x)), X) for f in (jnp.arcsin, jnp.arccos)),
    _f("arctanh", lambda x: jnp.arctanh(0.9 * jnp.tanh(x)), X),
    _f("arccosh", lambda x: jnp.arccosh(1.1 + jnp.abs(x)), X),
    _f("arctan2", jnp.arctan2, X, X),
    _f("cbrt", jnp.cbrt, X),
    _f("round", lambda x: jnp.round(2 * x), X),
    _f("round_halves", lambda x: jnp.round(jnp.arange(-3.5, 4) + 0 * x[0, 0]), X),
    _f("round_away", lambda x: lax.round(jnp.arange(-3.5, 4) + 0 * x[0, 0]), X),
    _f("rem", lambda x, y: lax.rem(3 * x, y), X, X),
    _f("remainder", lambda x, y: jnp.remainder(3 * x, y), X, X),
    _f("int_rem", lambda x: lax.rem(x - 2, jnp.int32(3)), INTS),
    _f("int_div", lambda x: lax.div(3 * (x - 2), jnp.int32(2)), INTS),
    _f("floor_divide", lambda x: (3 * (x - 2)) // 2, INTS),
    _f("int_abs", lambda x: jnp.abs(x - 2), INTS),
    _f("int_sign", lambda x: jnp.sign(x - 2), INTS),
    _f("int_clip", lambda x: jnp.clip(x, 1, 3), INTS),
    _f("isnan", lambda x: jnp.isnan(jnp.log(x)), X),
    _f("choose", lambda i, x, y: lax.select_n(jnp.clip(i, 0, 2), x, y, x * y), INTS, X, X),
    *(_f(f"power_{n}", lambda x, n=n: x**n, X) for n in (0, 1, 2, 3, 5, -2)),
    _f("pow", lambda x, y: jnp.abs(x) ** y, X, X),
    _f("integer_exponent", lambda x, y: lax.pow(jnp.abs(x), y), X, INTS),
    *(_f(f.__name__, f, X, X) for f in (jnp.add, jnp.subtract, jnp.multiply, jnp.divide)),
    *(_f(f.__name__, f, X, X) for f in (jnp.maximum, jnp.minimum, jnp.less, jnp.greater_equal)),
    *(_f(f"int_{f.__name__}", f, INTS, INTS) for f in (jnp.add, jnp.multiply, jnp.maximum)),
    *(_f(f"int_{f.__name__}", f, INTS, INTS) for f in (jnp.equal, jnp.not_equal, jnp.less_equal)),
    *(_f(f.__name__, f, BOOLS, BOOLS) for f in (jnp.logical_and, jnp.logical_or, jnp.logical_xor)),
    _f("logical_not", jnp.logical_not, BOOLS),
    _f("where", jnp.where, BOOLS, X, X),
    _f("where_flags", lambda c, x: jnp.where(c, x, ~c[:1]), BOOLS, BOOLS),
    _f("int_of_flags", lambda c: c.astype(jnp.int32), BOOLS),
    _f("where_scalar", lambda x: jnp.where(x > 0, x, -1.0), X),
    _f("clip", lambda x: jnp.clip(x, -0.5, 0.5), X),
    _f("broadcast", lambda x, y: x[:, None] * y[None, :, :1], X, "(3,2)"),
    _f("to_int", lambda x: x.astype(jnp.int32), X),
    _f("to_float", lambda x: x.astype(jnp.float32) / 2, INTS),
    _f("to_bool", lambda x: x.astype(jnp.bool_), INTS),
]
SHAPES = [
    _f("reshape", lambda x: x.reshape(-1, 2), X),
    _f("transpose", lambda x: x.transpose(2, 0, 1), ROWS),
    _f("heads", lambda x: x.reshape(-1, 6, 2, 4).transpose(0, 2, 1, 3), ROWS),
    _f("expand", lambda x: x[:, None, :, None], X),
    _f("squeeze", lambda x: jnp.squeeze(x[:, :1], 1), ROWS),
    _f("slice", lambda x: x[:, 1:4, 2:], ROWS),
    _f("concatenate", lambda x, y: jnp.concatenate([x, y, x], axis=1), X, X),
    _f("split", lambda x: jnp.split(x, 2, axis=1), X),
    _f("iota", lambda x: x + jnp.arange(4.0), X),
    _f("broadcast_symbolic", lambda x: jnp.broadcast_to(W[:1, :4], x.shape) + 0, X),
    _f("ones", lambda x: jnp.concatenate([jnp.ones((x.shape[0], 2)), x], axis=1), X),
    _f("symbolic_iota", lambda x: jnp.arange(2 * x.shape[0] + 1), X),
    _f("average", lambda x: jnp.sum(x, axis=0) / x.shape[0], X),
    _f("tile", lambda x: jnp.tile(x, (2, 1, 3)), ROWS),
    _f("tile_batch", lambda x, y: jnp.tile(y, (x.shape[0], 1)), X, "(1,3)"),
    _f("repeat", lambda x: jnp.repeat(x, 3, axis=1), ROWS),
    _f("broadcast_fixed", lambda x: jnp.broadcast_to(x, (5, 2, 3)), "(2,3)"),
    _f("stack", lambda x: jnp.stack([x, 2 * x], axis=1), X),
    _f("unstack", lambda x: jnp.unstack(x, axis=1), ROWS),
    _f("roll", lambda x: jnp.roll(x, 2, axis=1), X),
    _f("first_rows", lambda x: x[:2] + 1, X),
    _f("columns_of_batch", lambda x: x.reshape(x.shape[0], -1), "(b,b,4)"),
]
REDUCTIONS = [
    *(_f(f.__name__, lambda x, f=f: f(x, axis=1), ROWS) for f in (jnp.sum, jnp.mean, jnp.prod)),
    *(_f(f.__name__, lambda x, f=f: f(x, axis=(1, 2)), ROWS) for f in (jnp.max, jnp.min)),
    *(_f(f.__name__, lambda x, f=f: f(x, axis=-1), BOOLS) for f in (jnp.all, jnp.any)),
    *(_f(f.__name__, lambda x, f=f: f(x, axis=1), ROWS) for f in (jnp.argmax, jnp.argmin)),
    _f("sum_all", jnp.sum, "(2,3)"),
    _f("norm", lambda x: jnp.linalg.norm(x, axis=-1, keepdims=True), ROWS),
]
PRODUCTS = [
    _f("dense", lambda x: x @ W + BIAS, ROWS),
    _f("dense_rank_2", lambda x: jax.nn.relu(x @ W + BIAS), "(b,8)"),
    _f("matrix_vector", lambda x: x @ W[:, 0], ROWS),
    _f("vector_matrix", lambda x: x @ W, "(8)"),
    _f("inner", lambda x, y: x @ y, "(8)", "(8)"),
    _f("of_two_inputs", lambda x, y: x @ y, "(b,8)", "(8,3)"),
    _f("batched", lambda x, y: x @ y, "(b,6,8)", "(b,8,3)"),
    _f("scores", lambda q, k: jnp.einsum("bqhd,bkhd->bhqk", q, k), "(b,6,2,4)", "(b,5,2,4)"),
    _f("mixed", lambda p, v: jnp.einsum("bhqk,bkhd->bqhd", p, v), "(b,2,6,5)", "(b,5,2,4)"),
    _f("two_contracted", lambda x, y: jnp.einsum("bqhd,hdn->bqn", x, y), "(b,6,2,4)", "(2,4,3)"),
    _f("two_free", lambda x, y: jnp.einsum("bqn,nhd->bqhd", x, y), "(b,6,8)", "(8,2,4)"),
    _f("outer", lambda x, y: jnp.einsum("bi,bj->bij", x, y), X, "(b,3)"),
    _f("batch_last", lambda x, y: jnp.einsum("ijb,jkb->bik", x, y), "(2,3,b)", "(3,4,b)"),
    _f("int_product", lambda x, y: x @ y, "(b,6,4):int32", "(b,4,3):int32"),
    _f("int_dense", lambda x: x @ jnp.arange(12, dtype=jnp.int32).reshape(4, 3) * 50021, INTS),
    _f("int_inner", lambda x, y: x @ y, "(4):int32", "(4):int32"),
    _f("swapped", lambda x, y: jnp.einsum("bkm,bnk->bmn", x, y), "(b,3,4)", "(b,5,3)"),
]
INDEXING = [
    _f("take", lambda i: jnp.take(TABLE, i, axis=0), INTS),
    _f("take_clip", lambda i: jnp.take(TABLE, i * 3 - 2, axis=0, mode="clip"), INTS),
    _f("take_axis_1", lambda x: x[:, np.array([2, 0])], X),
    _f("embed_columns", lambda i: jnp.take(TABLE, i, axis=1), INTS),
    _f("negative", lambda i: jnp.asarray(TABLE)[i - 5], INTS),
    _f("last", lambda x: x[:, -1], ROWS),
    _f("one_element", lambda x: x[:, 2, 3], ROWS),
    _f("dynamic_slice", lambda x: lax.dynamic_slice_in_dim(x, 1, 2, axis=1), ROWS),
]


def random_params(module: nn.Module, *examples: jax.Array) -> Any:
    """Random parameters and statistics of a module; its own initializers would be compiled."""
    rng = np.random.default_rng(0)

    def draw(path: Any, leaf: jax.ShapeDtypeStruct) -> Array:
        # Factors and variances are positive.
        centre = 1.0 if path[-1].key in ("scale", "var") else 0.0
        return (centre + rng.uniform(-0.3, 0.3, leaf.shape)).astype(leaf.dtype)

    shapes: Any = jax.eval_shape(module.init, jax.random.key(0), *examples)
    return jax.tree_util.tree_map_with_path(draw, shapes)


class _Block(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(num_heads=2)(y, y)
        y = nn.gelu(nn.Dense(16)(nn.LayerNorm()(x)))
        return nn.Dense(8)(y) + x


_BLOCK_PARAMS = random_params(_Block(), jnp.zeros((1, 6, 8)))

SEQUENCES = [
    _f("all_in_a_row", lambda x: x.reshape(-1), "(b,c,8)"),
    _f("heads_of_any", lambda x: x.reshape(*x.shape[:2], 2, 4).transpose(0, 2, 1, 3), "(b,c,8)"),
    _f("dense_of_any", lambda x: jax.nn.relu(x @ W + BIAS), "(b,c,8)"),
    _f("means_of_any", lambda x: x.mean(axis=1), "(b,c,8)"),
    _f("causal", lambda x: jax.nn.softmax(jnp.where(jnp.tri(x.shape[1], dtype=bool),
                                                    x @ x.transpose(0, 2, 1), -1e9)), "(b,c,8)"),
    _f("rotated", lambda x: x * jnp.cos(jnp.arange(x.shape[1])[:, None] * jnp.arange(8.0)),
       "(b,c,8)"),
    _f("block_of_any", lambda x: _Block().apply(_BLOCK_PARAMS, x), "(b,c,8)"),
]  # fmt: skip
LAYERS = [
    _f("softmax", jax.nn.softmax, ROWS),
    _f("softmax_axis_1", lambda x: jax.nn.softmax(x, axis=1), ROWS),
    _f("log_softmax", jax.nn.log_softmax, ROWS),
    _f("relu", jax.nn.relu, X),
    _f("silu", jax.nn.silu, X),
    _f("gelu_tanh", lambda x: jax.nn.gelu(x, approximate=True), X),
    _f("gelu_erf", lambda x: jax.nn.gelu(x, approximate=False), X),
    _f("softplus", jax.nn.softplus, X),
    _f("elu", jax.nn.elu, X),
    _f("checkpoint", jax.checkpoint(lambda x: jnp.tanh(x) * x), X),
    _f("transformer_block", lambda x: _Block().apply(_BLOCK_PARAMS, x), ROWS),
]

PICTURES = "(b,9,8,4)"


def _conv(spec: str = "NHWC,HWIO,NHWC", **options: Any) -> Callable[..., Any]:
    """A convolution of two inputs; options as those of lax.conv_general_dilated."""
    options = {"window_strides": (1, 1), "padding": "SAME", **options}
    numbers: Any = tuple(spec.split(","))
    return lambda x, w: lax.conv_general_dilated(x, w, dimension_numbers=numbers, **options)


CONVOLUTIONS = [
    _f("conv", _conv(), PICTURES, "(3,3,4,5)"),
    _f("conv_valid", _conv(padding="VALID"), PICTURES, "(3,2,4,5)"),
    _f("conv_strided", _conv(window_strides=(2, 3)), PICTURES, "(3,3,4,5)"),
    _f("conv_dilated", _conv(rhs_dilation=(2, 1)), PICTURES, "(3,3,4,5)"),
    _f("conv_both", _conv(window_strides=(2, 2), rhs_dilation=(2, 2)), PICTURES, "(3,3,4,5)"),
    _f("conv_explicit", _conv(padding=((1, 0), (0, 2))), PICTURES, "(3,3,4,5)"),
    _f("conv_cropped", _conv(padding=((-1, 0), (2, -2))), PICTURES, "(3,3,4,5)"),
    _f("conv_depthwise", _conv(feature_group_count=4), PICTURES, "(3,3,1,8)"),
    _f("conv_depthwise_strided", _conv(feature_group_count=4, window_strides=(2, 2)),
       PICTURES, "(5,5,1,4)"),
    _f("conv_grouped", _conv(feature_group_count=2), PICTURES, "(3,3,2,6)"),
    _f("conv_nchw", _conv("NCHW,OIHW,NCHW"), "(b,4,9,8)", "(5,4,3,3)"),
    _f("conv_fixed", _conv(), "(2,9,8,4)", "(1,1,4,5)"),
    _f("conv_1d", _conv("NWC,WIO,NWC", window_strides=(2,)), "(b,9,4)", "(3,4,5)"),
    _f("conv_transpose", lambda x, w: lax.conv_transpose(x, w, (2, 3), "SAME"),
       PICTURES, "(3,3,4,5)"),
    _f("conv_transpose_valid", lambda x, w: lax.conv_transpose(x, w, (2, 2), "VALID"),
       PICTURES, "(2,3,4,5)"),
    _f("max_pool", lambda x: nn.max_pool(x, (2, 2), (2, 2)), PICTURES),
    _f("max_pool_same", lambda x: nn.max_pool(x, (3, 3), (2, 2), "SAME"), PICTURES),
    _f("avg_pool", lambda x: nn.avg_pool(x, (2, 2), (2, 2)), PICTURES),
    _f("avg_pool_same", lambda x: nn.avg_pool(x, (3, 3), (2, 1), "SAME"), PICTURES),
    _f("avg_pool_inside", lambda x: nn.avg_pool(x, (3, 3), padding="SAME", count_include_pad=False),
       PICTURES),
    _f("min_pool", lambda x: -nn.max_pool(-x, (2, 3), (2, 3)), PICTURES),
    _f("min_window", lambda x: lax.reduce_window(x, jnp.inf, lax.min, (1, 2, 2, 1), (1, 1, 1, 1),
                                                 "SAME"), PICTURES),
    _f("pool_1d", lambda x: nn.max_pool(x, (3,), (2,)), "(b,9,4)"),
    _f("pool_nchw", lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2),
                                                "VALID"), "(b,4,9,8)"),
]  # fmt: skip


def _holes(x: Any) -> Any:
    return jnp.where(x > 0, x, jnp.nan)


ORDER = [
    _f("pad", lambda x: jnp.pad(x, ((0, 0), (2, 1)), constant_values=3.0), X),
    _f("pad_negative", lambda x: lax.pad(x, 0.0, ((0, 0, 0), (-1, 2, 0))), X),
    _f("pad_interior", lambda x: lax.pad(x, 1.0, ((0, 0, 0), (1, 0, 2))), X),
    _f("pad_ints", lambda x: jnp.pad(x, ((0, 0), (1, 1))), INTS),
    _f("pad_edge", lambda x: jnp.pad(x, ((0, 0), (2, 1)), mode="edge"), X),
    _f("flip", lambda x: jnp.flip(x, axis=1), ROWS),
    _f("flip_both", lambda x: jnp.flip(x, axis=(1, 2)), ROWS),
    _f("cumsum", lambda x: jnp.cumsum(x, axis=1), ROWS),
    _f("cumsum_reverse", lambda x: lax.cumsum(x, axis=2, reverse=True), ROWS),
    _f("cumprod", lambda x: jnp.cumprod(x, axis=-1), ROWS),
    _f("cummax", lambda x: lax.cummax(x, axis=1), ROWS),
    _f("cummin_reverse", lambda x: lax.cummin(x, axis=2, reverse=True), ROWS),
    _f("sort", lambda x: jnp.sort(x, axis=-1), ROWS),
    _f("sort_axis_1", lambda x: jnp.sort(x, axis=1), ROWS),
    _f("argsort", lambda x: jnp.argsort(x, axis=-1), ROWS),
    _f("argsort_ties", lambda x: jnp.argsort(x, axis=-1), INTS),
    _f("sort_falling", lambda x: jnp.sort(x, axis=-1, descending=True), ROWS),
    _f("sort_flags", lambda x: jnp.sort(x, axis=-1), BOOLS),
    _f("sort_by_two", lambda i, x: lax.sort((i, x, 2 * x), num_keys=2), INTS, X),
    _f("sort_with_flags", lambda x, b: lax.sort((x, b), num_keys=1), X, BOOLS),
    _f("lexsort", lambda i, x: jnp.lexsort((x, i)), INTS, X),
    _f("median", lambda x: jnp.median(x, axis=-1), ROWS),
    _f("logcumsumexp", lambda x: lax.cumlogsumexp(x, axis=1), ROWS),
    _f("logcumsumexp_reverse", lambda x: lax.cumlogsumexp(x, axis=2, reverse=True), ROWS),
    _f(
        "logcumsumexp_of_nothing",
        lambda x: lax.cumlogsumexp(jnp.where(x > 0, x, -jnp.inf), axis=1),
        ROWS,
    ),
    _f("top_k", lambda x: lax.top_k(x, 3), ROWS),
    _f("approx_max_k", lambda x: lax.approx_max_k(x, 3), ROWS),
    _f("approx_min_k", lambda x: lax.approx_min_k(x, 3), ROWS),
    _f("searchsorted", lambda x: jnp.searchsorted(jnp.arange(-1.0, 2.0), x), X),
    _f("interpolate", lambda x: jnp.interp(x, jnp.arange(-2.0, 3.0), jnp.arange(5.0) ** 2), X),
    _f(
        "order_with_nan",
        lambda x, y: (
            lax.lt_to_p.bind(_holes(x), _holes(y)),
            lax.le_to_p.bind(_holes(x), _holes(y)),
        ),
        X,
        X,
    ),
    _f("flip_flags", lambda x: x[:, ::-1], BOOLS),
    _f("strided", lambda x: x[:, 1::2, ::3], ROWS),
    _f("all_but_last_row", lambda x: x[:-1], X),
    _f("last_row", lambda x: x[-1:], X),
    _f("last_row_alone", lambda x: x[-1], X),
    _f("strided_batch", lambda x: x[:, ::2], X),
]
GATHERS = [
    _f("two_indices", lambda x: x[:, np.array([0, 2]), np.array([1, 3])], ROWS),
    _f("two_arrays", lambda x, i: x[jnp.arange(x.shape[0])[:, None], i], X, "(b,2):int32"),
    _f("take_along_axis", lambda x, i: jnp.take_along_axis(x, i, axis=1), "(b,5)", "(b,3):int32"),
    _f("take_fill", lambda i: jnp.asarray(TABLE).at[i, i * 2].get(mode="fill"), INTS),
    _f("moving_slice", lambda x, i: lax.dynamic_slice_in_dim(x, i[0, 0], 3, 1), ROWS, INTS),
    _f("moving_element", lambda x, i: lax.dynamic_index_in_dim(x, i[0, 1], 1), ROWS, INTS),
    _f("vmapped_slice", lambda x, i: jax.vmap(lambda r, j: lax.dynamic_slice(r, (j,), (2,)))(x, i),
       "(3,6)", "(3):int32"),
    _f("update_slice", lambda x, y: lax.dynamic_update_slice(x, y, (0, 1)), "(5,4)", "(2,2)"),
    _f("one_hot", lambda i: jax.nn.one_hot(i, 6), INTS),
]  # fmt: skip
TWICE = np.array([1, 3, 1])
ROW_INDICES = "(b):int32"
UPDATES = [
    _f("set_column", lambda x: x.at[:, 1].set(7.0), X),
    _f("set_block", lambda x, y: x.at[:, 1:3].set(y), X, "(b,2)"),
    _f("set_strided", lambda x: x.at[:, ::2].set(0.5), X),
    _f("set_last", lambda x: x.at[:, -1].set(-1), X),
    _f("set_outside", lambda x: x.at[:, 9].set(7.0), X),
    _f("set_moving", lambda x, i: x.at[i[0, 0]].set(7.0), "(6,4)", INTS),
    _f("set_rows", lambda x, i: x.at[jnp.arange(x.shape[0]), i].set(7.0), "(b,5)", ROW_INDICES),
    _f("set_some_outside", lambda x, i: x.at[jnp.arange(x.shape[0]), i].set(7.0), X, "(b):int32"),
    _f("set_flags", lambda x, i: x.at[0, i].set(True), BOOLS, "(2):int32"),
    _f("set_clipped", lambda x, i: x.at[0, i].set(7.0, mode="clip"), "(3,3)", "(2):int32"),
    *(_f(f"set_row_{i}", lambda x, i=i: x.at[i].set(1.0), X) for i in (0, 1, -1)),
    _f("add_one", lambda x: x.at[:, 2].add(1.0), X),
    _f("add_repeated", lambda x, i: x.at[:, i[0]].add(x), "(b,5)", "(1,5):int32"),
    _f("add_ints", lambda i: jnp.zeros((5,), jnp.int32).at[i].add(1), INTS),
    _f("subtract_rows", lambda x, i: x.at[i].subtract(2.0), "(5,4)", "(7):int32"),
    _f("max_repeated", lambda x, y: x.at[:, TWICE].max(y), X, "(b,3)"),
    _f("min_moving", lambda x, i, y: x.at[i].min(y), "(5,4)", "(3):int32", "(3,4)"),
    _f("multiply_repeated", lambda x, i: x.at[i].mul(3.0), "(5,4)", "(7):int32"),
    _f("multiply_block", lambda x: x.at[:, 1:3].mul(3.0), X),
    _f("max_unique", lambda x, i: x.at[jnp.arange(x.shape[0]), i].max(0.0, unique_indices=True),
       "(b,5)", ROW_INDICES),
    _f("vmapped_set", jax.vmap(lambda r, i: r.at[i].set(7.0)), "(b,5)", ROW_INDICES),
    _f("vmapped_max", jax.vmap(lambda r, i: r.at[i].max(0.5)), "(3,5)", "(3,2):int32"),
    _f("segment_sum", lambda x, i: jax.ops.segment_sum(x, i, 5), "(7,4)", "(7):int32"),
    _f("bincount", lambda i: jnp.bincount(i, length=5), "(9):int32"),
    _f("update_batch", lambda x, y: lax.dynamic_update_slice(x, y, (0, 1)), X, "(b,2)"),
    _f("update_moving", lambda x, y, i: lax.dynamic_update_slice(x, y, (0, i[0, 0], 2)),
       ROWS, "(b,2,3)", INTS),
    _f("update_index", lambda x, y, i: lax.dynamic_update_index_in_dim(x, y, i[0, 0], 1),
       ROWS, "(b,8)", INTS),
]  # fmt: skip


def _signed(f: Callable[..., Any]) -> Callable[..., Any]:
    """On integers of both signs, small and large."""
    return lambda x: f((x - 2) * jnp.array([1, 7, 1001, 70001], jnp.int32))


BITS = [
    *(_f(f"and_{n}", _signed(lambda x, n=n: x & n), INTS) for n in (1, 4, 255, 0x7FFF0000)),
    *(_f(f"or_{n}", _signed(lambda x, n=n: x | n), INTS) for n in (1, 24)),
    *(_f(f"xor_{n}", _signed(lambda x, n=n: n ^ x), INTS) for n in (1, 24)),
    _f("invert", _signed(lambda x: ~x), INTS),
    *(_f(f"left_{n}", _signed(lambda x, n=n: x << n), INTS) for n in (0, 3, 20)),
    *(_f(f"right_{n}", _signed(lambda x, n=n: x >> n), INTS) for n in (0, 3, 20)),
    *(_f(f"logical_right_{n}", _signed(lambda x, n=n: lax.shift_right_logical(x, n)), INTS)
      for n in (1, 3)),
    *(_f(f"{t}_wraps", _signed(lambda x, t=t: (x.astype(t) * 77 + 9).astype("int32")), INTS)
      for t in ("uint8", "int8", "uint16", "int4")),
    _f("uint8_inverted", lambda x: (~x.astype("uint8")).astype("int32"), INTS),
    _f("unpack", lambda x: (x[:, :, None] >> jnp.arange(3)) & 1, INTS),
]  # fmt: skip


def _custom(kind: Callable[..., Any]) -> Callable[..., Any]:
    """A function with its own derivative, which the export must look through."""
    function = kind(lambda x: jnp.sin(x) * x)
    if kind is jax.custom_vjp:
        function.defvjp(lambda x: (x, ()), lambda _, g: (g,))
    else:
        function.defjvp(lambda primals, tangents: (primals[0], tangents[0]))
    return function


CONTROL = [
    _f("custom_jvp", _custom(jax.custom_jvp), X),
    _f("custom_vjp", _custom(jax.custom_vjp), X),
    _f("debug", lambda x: (jax.debug.callback(lambda y: None, x), jnp.sin(x))[1], X),
    _f("named", lambda x: checkpoint_name(jnp.sin(x), "wave"), X),
    _f("for_platform", lambda x: lax.platform_dependent(x, tpu=jnp.sin, default=jnp.cos), X),
    _f("composite", lax.composite(jnp.sin, name="my.wave"), X),
    _f("scan", lambda x: lax.scan(lambda c, r: (c + r, c * r), x[0], x), "(5,4)"),
    _f("scan_reverse", lambda x: lax.scan(lambda c, r: (c * r, c), x[0], x, reverse=True), "(5,4)"),
    _f("scan_constants", lambda x, y: jax.tree.leaves(lax.scan(
        lambda c, r: ((c[0] + r * y, c[1]), c[1] * r), (x[0], x[1]), x)), "(5,4)", "(4)"),
    _f("scan_tree", lambda x: lax.scan(lambda c, r: ({"a": c["a"] + r["y"]}, (c["a"], r["y"] * 2)),
                                       {"a": x[0]}, {"x": x, "y": x}, unroll=2), "(5,4)"),
    _f("scan_length", lambda x: lax.scan(lambda c, _: (c * x, None), x, None, length=3)[0], X),
    _f("scan_searchsorted", lambda x: lax.scan(
        lambda c, r: (c, jnp.searchsorted(jnp.array([-1.0, 0.0, 1.0]), r)), 0, x)[1], "(5,4)"),
    _f("scan_nested", lambda x: lax.scan(
        lambda c, r: lax.scan(lambda d, s: (d + s, d * r), c, x), x[0], x), "(3,4)"),
    _f("map", lambda x: lax.map(lambda r: r * x[0], x), "(5,4)"),
    _f("associative_scan", lambda x: lax.associative_scan(jnp.add, x), "(5,4)"),
    _f("checkpoint", lambda x: jax.checkpoint(lambda y: jnp.sin(y) * y)(x), X),
    _f("vmap_scan", lambda x: jax.vmap(lambda r: lax.scan(lambda c, s: (c + s, c), 0.0, r))(x), X),
    _f("derivative_of_scan", jax.grad(lambda x: lax.scan(lambda c, r: (c * r, None), x[0], x)[0]
                                      .sum()), "(3,4)"),
    _f("while_constants", lambda x, y: lax.while_loop(lambda s: s[0] < 3, lambda s: (
        s[0] + 1, s[1] * y), (0, x))[1], X, X),
    _f("fori_loop", lambda x: lax.fori_loop(0, 4, lambda i, y: y * x + i, x), X),
    _f("while", lambda x: lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * x),
                                         (0, x))[1], X),
    _f("cond_constant", lambda x: lax.cond(True, jnp.sin, jnp.cos, x), X),
    _f("cond", lambda x: lax.cond(x[0, 0] > 0, jnp.sin, jnp.cos, x), X),
    _f("switch", lambda x, i: lax.switch(i[0, 0], [jnp.sin, jnp.cos, jnp.exp], x), X, INTS),
]  # fmt: skip


class _Cnn(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for features, groups in ((8, 1), (8, 8)):
            x = nn.Conv(features, (3, 3), strides=2, feature_group_count=groups)(x)
            x = nn.relu(nn.BatchNorm(use_running_average=True)(x))
        x = nn.GroupNorm(num_groups=2)(x)
        return nn.Dense(3)(x.mean(axis=(1, 2)))


class _Lstm(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        cell = nn.LSTMCell(5)
        states: Any = nn.RNN(cell)(x)
        return states[:, -1]


def _model(module: nn.Module, shape: tuple[int, ...]) -> Callable[..., Any]:
    """A module as a function, with random parameters and statistics."""
    params = random_params(module, jnp.zeros(shape))
    return lambda x: module.apply(params, x)


MODELS = [
    _f("cnn", _model(_Cnn(), (1, 9, 8, 4)), PICTURES),
    _f("lstm", _model(_Lstm(), (3, 6, 8)), "(3,6,8)"),
    _f("rms_norm", _model(nn.RMSNorm(), (1, 6, 8)), ROWS),
    _f("glu", nn.glu, ROWS),
    _f("hard_swish", nn.hard_swish, X),
]

FUNCTIONS = [
    *(*ELEMENTWISE, *SHAPES, *SEQUENCES, *REDUCTIONS, *PRODUCTS, *INDEXING, *LAYERS),
    *(*CONVOLUTIONS, *ORDER, *GATHERS, *UPDATES, *BITS, *CONTROL, *MODELS),
]
