"""What `convert_jax` says when it is given what it cannot use: never JAX's own exception."""

# pyright: reportUnknownLambdaType=false

import re
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.conversion.convert_jax import convert_jax
from builder.errors import BuilderError

ROWS = ("(b, 4)", "float32")

FUNCTIONS: list[tuple[str, Any, Any, str]] = [
    ("top_k of a varying axis", lambda _, x: lax.top_k(x.T, 2), [ROWS], "Give it a number"),
    ("top_k of too few", lambda _, x: lax.top_k(x, 9), [ROWS], "k argument"),
    ("forgotten argument", lambda _, x, y: x + y, [ROWS], "missing 1 required"),
    ("forgotten parameters", lambda x: x, [ROWS], "takes 1 positional"),
    ("too many inputs", lambda _, x: x, [ROWS, ROWS], "takes 2 positional"),
    ("no function", 3, [ROWS], "3 is neither"),
    ("python branch", lambda _, x: x if x.sum() > 0 else -x, [ROWS], "jax.lax.cond"),
    ("python number", lambda _, x: jnp.ones(int(x.sum())), [ROWS], "use jax.numpy"),
    ("numpy", lambda _, x: np.sort(x), [ROWS], "use jax.numpy"),
    ("shapes", lambda _, x: x @ jnp.ones((5, 3)), [ROWS], "contracting dimensions"),
    ("two sizes", lambda _, x, y: x + y, [ROWS, ("(c, 4)", "float32")], "broadcasting"),
    ("own exception", lambda _, x: x / (1 // 0), [ROWS], "ZeroDivisionError"),
    ("carry", lambda _, x: lax.while_loop(lambda s: s.sum() < 3, lambda s: s[0], x), [ROWS],
     "carry"),
    ("axis name", lambda _, x: lax.psum(x, "i"), [ROWS], "axis name"),
    ("callback", lambda _, x: jax.pure_callback(np.sin, jax.ShapeDtypeStruct((4,), "float32"), x),
     [((4,), "float32")], "pure_callback"),
    ("text returned", lambda _, x: "x", [ROWS], "not a valid JAX type"),
    ("no list", lambda _, x: x, 5, "give a list"),
    ("no dtype", lambda _, x: x, [("(b, 4)", "float33")], "float33"),
    ("no shape", lambda _, x: x, [("(b 4)", "float32")], "is not a shape"),
    ("half a shape", lambda _, x: x, [("b*(4", "float32")], "is not a shape"),
    ("complex", lambda _, x: x, [("(b, 4)", "complex64")], "complex64"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("apply", "signatures", "words"),
    [case[1:] for case in FUNCTIONS],
    ids=[c[0] for c in FUNCTIONS],
)
def test_what_cannot_be_converted_is_told(apply: Any, signatures: Any, words: str, tmp_path: Path):
    with pytest.raises(BuilderError, match=re.escape(words)):
        convert_jax(apply, (), input_signatures=signatures, model_dir=tmp_path, check=False)
    assert not list(tmp_path.iterdir())


OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"model_dir": None}, "name a folder"),
    ({"model_dir": "/dev/null/x"}, "Name another model_dir"),
    ({"polymorphic_shapes": ["(b"]}, "does not describe"),
    ({"polymorphic_shapes": ["b,4", "c"]}, "2 polymorphic shapes"),
    ({"quantization": "int3"}, "use float16, uint16, uint8"),
    ({"quantization": {"w": "uint8"}}, "no weight 'w'"),
]


@pytest.mark.parametrize(("options", "words"), OPTIONS, ids=str)
def test_an_option_that_cannot_be_used_is_told(options: Any, words: str, tmp_path: Path):
    options = {"model_dir": tmp_path, **options}
    with pytest.raises(BuilderError, match=words):
        convert_jax(
            lambda _, x: x, (), input_signatures=[((None, 4), "float32")], check=False, **options
        )


def test_the_line_that_raised_is_named(tmp_path: Path):
    with pytest.raises(BuilderError, match=r"test_misuse\.py:\d+ \(<lambda>\): JAX cannot trace"):
        convert_jax(
            lambda _, x: lax.top_k(x.T, 2),
            (),
            input_signatures=[ROWS],
            model_dir=tmp_path,
            check=False,
        )


def test_a_loop_that_might_never_end_is_not_tried_at_the_ends_of_numbers(tmp_path: Path):
    def count(_: Any, n: Any, x: Any) -> Any:
        return lax.fori_loop(0, n, lambda i, y: y * 0.5 + i, x)

    model = convert_jax(
        count, (), input_signatures=[((), "int32"), ROWS], model_dir=tmp_path, max_error=1e-5
    )
    assert model.needs_async
