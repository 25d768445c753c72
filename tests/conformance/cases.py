"""The cases of JAX's primitive harness, as functions of arrays and arguments for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax._src.internal_test_util import test_harnesses

UNDEFINED = {
    "isstable_False_num_keys_1": "where equal keys go in a sort that is not stable",
    "top_k_sort_inf_nan": "the order of NaN of either sign, which TensorFlow.js cannot tell apart",
    "num_arrays_3_shape_int32_100_axis_0_isstable_False_num_keys_2": "the same of two keys",
}
"""Parts of the names of cases that JAX promises nothing about, and what is undefined there."""


@dataclass(frozen=True)
class Case:
    """One case: JAX's name for it, the primitive it exercises, the dtype it is about."""

    name: str
    primitive: str
    dtype: str
    harness: Any

    def arguments(self) -> list[Any]:
        """The arrays it is called with, the same at every call."""
        made = self.harness.dyn_args_maker(np.random.RandomState(0))
        return [_as_array(argument) for argument in made]

    def function(self, *arrays: Any) -> Any:
        """What it computes; a uint32, which TensorFlow.js does not have, as int32 of its bits."""
        return jax.tree.map(_without_unsigned, self.harness.dyn_fun(*arrays))

    def with_parameters(self, _: Any, *arrays: Any) -> Any:
        """The same with the parameters that an export takes first, of which there are none."""
        return self.function(*arrays)


def _as_array(argument: Any) -> Any:
    if isinstance(argument, jax.Array):
        return argument
    array = np.asarray(argument)
    return array.astype(jax.dtypes.canonicalize_dtype(array.dtype))


def _without_unsigned(leaf: Any) -> Any:
    if getattr(leaf, "dtype", None) == np.uint32:
        return jax.lax.convert_element_type(leaf, jnp.int32)
    return leaf


@cache
def all_cases() -> Sequence[Case]:
    """Every defined case that JAX runs on processors, in JAX's order, but for those of 64 bits."""
    found: dict[str, Case] = {}
    for harness in test_harnesses.all_harnesses:
        dtype = np.dtype(harness.dtype).name
        if dtype in ("float64", "complex128", "int64", "uint64") or not harness.filter("cpu"):
            continue
        if harness.params.get("enable_xla") is False:
            continue
        if any(part in harness.fullname for part in UNDEFINED):
            continue
        case = Case(harness.fullname, harness.group_name, dtype, harness)
        found.setdefault(case.name, case)
    return tuple(found.values())
