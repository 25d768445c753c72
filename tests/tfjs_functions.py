"""JAX functions of every kind that the exporter knows, with the shapes to call them on."""

# The table is of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportAttributeAccessIssue=false

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from builder.tfjs.graph import Array

BATCH = 3
"""The size that stands for the symbolic `b` when a function is called."""


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

    def arrays(self, seed: int = 0) -> dict[str, Array]:
        """Random inputs by name: normal numbers, integers from 0 to 4."""
        rng = np.random.default_rng(seed)
        made: dict[str, Array] = {}
        for name, (shape, dtype) in self.specs.items():
            sizes = [int(d) for d in shape.strip("()").replace("b", str(BATCH)).split(",") if d]
            values = rng.integers(0, 5, sizes) if dtype == "int32" else rng.normal(size=sizes)
            made[name] = values.astype(dtype) if dtype != "bool" else values > 0
        return made


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
    _f("exp2", jnp.exp2, X),
    _f("is_finite", lambda x: jnp.isfinite(1 / (x - x[:1])), X),
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
    _f("broadcast_fixed", lambda x: jnp.broadcast_to(x, (5, 2, 3)), "(2,3)"),
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


class _Block(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(num_heads=2)(y, y)
        y = nn.gelu(nn.Dense(16)(nn.LayerNorm()(x)))
        return nn.Dense(8)(y) + x


_BLOCK_PARAMS = _Block().init(jax.random.key(0), jnp.zeros((1, 6, 8)))

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

FUNCTIONS = [*ELEMENTWISE, *SHAPES, *REDUCTIONS, *PRODUCTS, *INDEXING, *LAYERS]
