"""Programs with loops and branches, with the shapes to call them on.

The long ones are long only where few equations are unrolled.
"""

# The table is of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportAttributeAccessIssue=false

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from tests.tfjs.functions import Function

W = np.random.default_rng(1).normal(scale=0.4, size=(4, 4)).astype(np.float32)


def _f(name: str, apply: Any, *shapes: str) -> Function:
    specs = [s.split(":") if ":" in s else [s, "float32"] for s in shapes]
    return Function(name, apply, tuple((shape, dtype) for shape, dtype in specs))


def _newton(a: Any) -> Any:
    """Square roots, each by as many steps as it needs."""
    start = jnp.abs(a) + 1.0

    def goes_on(state: Any) -> Any:
        x, before = state
        return jnp.abs(x - before) > 1e-6 * x

    def step(state: Any) -> Any:
        x, _ = state
        return 0.5 * (x + start / x), x

    return lax.while_loop(goes_on, step, (start, jnp.zeros_like(start)))[0]


def _power_iteration(x: Any) -> Any:
    matrix = x @ x.T + jnp.eye(4)

    def goes_on(state: Any) -> Any:
        _, change, steps = state
        return (change > 1e-6) & (steps < 200)

    def step(state: Any) -> Any:
        v, _, steps = state
        w = matrix @ v
        w = w / jnp.sqrt(jnp.sum(w * w))
        return w, jnp.max(jnp.abs(w - v)), steps + 1

    v, _, _ = lax.while_loop(goes_on, step, (jnp.ones(4) / 2, jnp.inf, 0))
    return v, v @ matrix @ v


def _decode(table: Any, start: Any) -> Any:
    """Tokens one after the other, each the likeliest after the last, until token 0."""

    def goes_on(state: Any) -> Any:
        place, tokens = state
        return (place < 7) & (tokens[place] != 0)

    def step(state: Any) -> Any:
        place, tokens = state
        token = jnp.argmax(table[tokens[place]]).astype(jnp.int32)
        return place + 1, lax.dynamic_update_slice(tokens, token[None], (place + 1,))

    tokens = jnp.full(8, -1, jnp.int32).at[0].set(start[0])
    return lax.while_loop(goes_on, step, (0, tokens))


def _beams(x: Any) -> Any:
    """Two beams of 150 steps, with what was chosen at each."""

    def step(scores: Any, row: Any) -> Any:
        every = scores[:, None] + jnp.sin(row)[None, :]
        best, where = lax.top_k(every.reshape(-1), 2)
        return best * 0.9, where // 4

    rows = jnp.arange(600, dtype=jnp.float32).reshape(150, 4) * x[0]
    return lax.scan(step, x[:2], rows)


def _root(x: Any) -> Any:
    def solve(f: Any, start: Any) -> Any:
        def step(state: Any) -> Any:
            value, steps = state
            return value - f(value) / jax.grad(f)(value), steps + 1

        return lax.while_loop(lambda s: (jnp.abs(f(s[0])) > 1e-6) & (s[1] < 50), step, (start, 0))[
            0
        ]

    def tangent_solve(g: Any, y: Any) -> Any:
        return y / g(1.0)

    def cube_root(a: Any) -> Any:
        return lax.custom_root(lambda v: v**3 - a, 1.0 + a, solve, tangent_solve)

    return jax.value_and_grad(cube_root)(jnp.abs(x) + 0.5)


def _collatz(n: Any) -> Any:
    def step(state: Any) -> Any:
        value, steps = state
        return jnp.where(value % 2 == 0, value // 2, 3 * value + 1), steps + 1

    return lax.while_loop(lambda s: s[0] > 1, step, (n + 20, jnp.zeros((), jnp.int32)))


def _nested(x: Any) -> Any:
    def inner(limit: Any, y: Any) -> Any:
        return lax.while_loop(lambda s: s.sum() < limit, lambda s: s * 1.5 + x**2, y)

    def outer(state: Any) -> Any:
        limit, y = state
        return limit * 2, inner(limit, y) + limit

    return lax.while_loop(lambda s: s[0] < 100, outer, (jnp.abs(x).sum() + 1, jnp.ones_like(x)))


def _looping_branch(x: Any) -> Any:
    return lax.cond(
        x.sum() > 0,
        lambda y: lax.while_loop(lambda s: s.sum() < 10, lambda s: s + 1, y),
        lambda y: lax.while_loop(lambda s: s.sum() > -10, lambda s: s - x**2 - 0.1, y),
        x,
    )


def _looping_switch(x: Any, i: Any) -> Any:
    def repeat(function: Any) -> Any:
        return lambda y: lax.while_loop(
            lambda s: s[0] < i[0] + 2, lambda s: (s[0] + 1, function(s[1])), (0, y)
        )

    return lax.switch(i[0] - 1, [repeat(jnp.sin), repeat(jnp.cos), repeat(lambda y: y * x)], x)


def _branch_in_loop(x: Any) -> Any:
    def step(state: Any) -> Any:
        count, y = state
        looping = lambda v: lax.while_loop(lambda s: s.sum() < 5, lambda s: s + 1, v)  # noqa: E731
        return count + 1, lax.cond(y.sum() > 0, lambda v: -v, looping, y)

    return lax.while_loop(lambda s: s[0] < jnp.abs(x).sum(), step, (jnp.float32(0), x))


def _swap(x: Any) -> Any:
    """Carried values change places, and one is given up for a constant."""
    return lax.while_loop(
        lambda s: s[0] < 4 + x[0],
        lambda s: (s[0] + 1, s[2], s[1], jnp.ones(3), s[4], s[1]),
        (x[0] * 0, x, x + 1, x * 2, x * 3, jnp.zeros(3)),
    )


def _long_scan(step: Any, **options: Any) -> Any:
    return lambda x: lax.scan(step, x[0], jnp.tile(x, (60, 1)), **options)


def _lstm(x: Any, w: Any) -> Any:
    def step(state: Any, row: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(jnp.concatenate([row, h], -1) @ w, 4, -1)
        c = jax.nn.sigmoid(f + 1) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((x.shape[0], 3))
    (h, _), rows = lax.scan(step, (zero, zero), jnp.swapaxes(x, 0, 1))
    return h, rows.sum(-1)


def _mask_scan(x: Any) -> Any:
    """Truth values and whole numbers are carried, read and stacked."""

    def step(state: Any, row: Any) -> Any:
        flag, count = state
        flag = flag ^ (row > 0)
        count = count * 3 + flag
        return (flag, count), (flag, count, row > 0.5)

    start = (jnp.zeros(2, bool), jnp.zeros(2, jnp.int32))
    return lax.scan(step, start, jnp.sin(jnp.arange(600.0) * x[0]).reshape(300, 2))


def _masks_in(m: Any) -> Any:
    return lax.scan(lambda c, row: (c ^ row, c & row), m[0], m)


LOOPS: tuple[Function, ...] = (
    _f(
        "while_computed",
        lambda x: lax.while_loop(lambda y: y.sum() < 9, lambda y: y + 1, x),
        "(b,4)",
    ),
    _f(
        "while_no_step",
        lambda x: lax.while_loop(
            lambda s: s[0] < 0, lambda s: (s[0] + 1, s[1] * 2), (jnp.abs(x).sum(), jnp.ones(3))
        ),
        "(3)",
    ),
    _f("while_swap", _swap, "(3)"),
    _f("while_nested", _nested, "(b,4)"),
    _f(
        "while_closes_over",
        lambda x, y: lax.while_loop(
            lambda s: s.sum() < y.sum() ** 2, lambda s: s @ W**2 + jnp.exp(y) + 1.0, x
        ),
        "(b,4)",
        "(4)",
    ),
    _f("while_vmapped", jax.vmap(_newton), "(b)"),
    _f("while_vmapped_static", jax.vmap(lambda a: _newton(a)), "(5)"),
    _f("while_int", _collatz, "():int32"),
    _f("while_batched_int", jax.vmap(_collatz), "(b):int32"),
    _f(
        "while_two_sizes",
        lambda x: lax.while_loop(
            lambda s: s.sum() < 99, lambda s: (s.reshape(-1) + 1).reshape(x.shape), x
        ),
        "(b,c)",
    ),
    _f(
        "while_flat_two_sizes",
        lambda x: lax.while_loop(
            lambda s: s.sum() < 99,
            lambda s: s + (jnp.ones(x.shape) + s.reshape(x.shape)).reshape(-1),
            jnp.abs(x).reshape(-1),
        ),
        "(b,c)",
    ),
    _f(
        "while_size",
        lambda x: lax.while_loop(
            lambda s: s[0] < x.shape[0], lambda s: (s[0] + 1, s[1] + x.shape[0]), (0, x)
        ),
        "(b,4)",
    ),
    _f(
        "fori_computed",
        lambda n, x: lax.fori_loop(0, n, lambda i, y: y * 0.5 + i, x),
        "():int32",
        "(b,4)",
    ),
    _f(
        "fori_computed_from",
        lambda n, x: lax.fori_loop(n, n * 3, lambda i, y: y.at[i % 4].add(1.0), x),
        "():int32",
        "(4)",
    ),
    _f(
        "fori_symbolic",
        lambda x: lax.fori_loop(0, x.shape[0], lambda i, y: y + x[i], jnp.zeros(4)),
        "(b,4)",
    ),
    _f("fori_long", lambda x: lax.fori_loop(0, 503, lambda i, y: y * 3 + i, x), "(3):int32"),
    _f("newton", _newton, "()"),
    _f("power_iteration", _power_iteration, "(4,4)"),
    _f("custom_root", _root, "()"),
    _f("decode", _decode, "(5,5)", "(1):int32"),
    _f("beams", _beams, "(4)"),
    _f("cond_loops", _looping_branch, "(b,4)"),
    _f("cond_in_while", _branch_in_loop, "(4)"),
    _f("switch_loops", _looping_switch, "(b,4)", "(1):int32"),
    _f(
        "grad_of_cond",
        jax.grad(
            lambda x: lax.cond(x[0] > 0, lambda y: jnp.sin(y).sum(), lambda y: (y**2).sum(), x)
        ),
        "(4)",
    ),
    _f(
        "grad_of_long_scan",
        jax.grad(lambda x: _long_scan(lambda c, r: (jnp.sin(c) * 0.5 + r, c))(x)[1].mean()),
        "(2,4)",
    ),
    _f("scan_long", _long_scan(lambda c, r: (c * 0.5 + r, c * r)), "(2,4)"),
    _f("scan_long_reverse", _long_scan(lambda c, r: (c * 0.5 + r, c - r), reverse=True), "(2,4)"),
    _f(
        "scan_long_nothing_carried",
        lambda x: lax.map(lambda r: jnp.sort(jnp.sin(r)), jnp.tile(x, (80, 1))),
        "(2,4)",
    ),
    _f(
        "scan_long_only_carry",
        lambda x: lax.scan(lambda c, _: (jnp.cos(c), None), x, None, length=203)[0],
        "(b,4)",
    ),
    _f(
        "scan_long_batch",
        lambda x: lax.scan(
            lambda c, r: (c * 0.9 + r @ W, c.sum(-1)), x, jnp.tile(x[None], (101, 1, 1)) * 0.1
        ),
        "(b,4)",
    ),
    _f("scan_symbolic", lambda x: lax.scan(lambda c, r: (c + r, c * r), x[0], x), "(b,4)"),
    _f(
        "scan_symbolic_reverse",
        lambda x: lax.scan(lambda c, r: (c + r, c * r), x[0], x, reverse=True),
        "(b,4)",
    ),
    _f(
        "scan_two_symbolic",
        lambda x: lax.scan(lambda c, r: (c + r, (c * r).sum(-1)), x[0], x),
        "(b,c,2)",
    ),
    _f("scan_symbolic_bool", _masks_in, "(b,3):bool"),
    _f("scan_masks", _mask_scan, "(1)"),
    _f(
        "scan_nested_long",
        lambda x: lax.scan(
            lambda c, r: (lax.scan(lambda d, s: (d * 0.5 + s * r, d), c, x)[0], c),
            x[0],
            jnp.tile(x, (50, 1)),
        ),
        "(5,2)",
    ),
    _f(
        "scan_nested_symbolic",
        lambda x: lax.scan(lambda c, r: lax.scan(lambda d, s: (d * 0.5 + s * r, d), c, x), x[0], x),
        "(b,2)",
    ),
    _f("lstm", _lstm, "(b,101,2)", "(5,12)"),
    _f(
        "checkpoint",
        jax.grad(
            lambda x: lax.scan(
                jax.checkpoint(lambda c, r: (jnp.sin(c * r), None)), x[0], jnp.tile(x, (60, 1))
            )[0].sum()
        ),
        "(2,4)",
    ),
    _f("associative_scan", lambda x: lax.associative_scan(jnp.multiply, x, reverse=True), "(37,2)"),
    _f(
        "vectorize",
        jnp.vectorize(lambda a, b: _newton(a[0]) + b.sum(), signature="(n),(m)->()"),
        "(3,1,4)",
        "(2,5)",
    ),
)
