"""JAX's harness through the converters of others: `python -m tests.conformance.peers NAME`.

Each runs in an environment of its own: tensorflowjs in that of `make crosscheck`, jax2onnx in one
with jax2onnx and onnxruntime. One case of EVERY is tried and judged as ours are; the counts are
printed as JSON.
"""

import argparse
import json
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax
import numpy as np

from builder.tfjs.graph import Array
from tests.conformance.cases import Case, all_cases
from tests.conformance.outcome import compare

EVERY = 8
_LONGEST = 60
"""Seconds after which a conversion is given up."""

DTYPES = ("float32", "int32", "bool")

Run = Callable[[Sequence[Array]], list[Array]]
"""Runs a converted model on arrays."""

Convert = Callable[[Case, Sequence[Array]], Run]


def convert_to_onnx(case: Case, arguments: Sequence[Array]) -> Run:
    """By jax2onnx for browsers, run by ONNX Runtime's native build."""
    structs = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arguments]
    model = import_module("jax2onnx").to_onnx(case.function, structs, export_mode="web")

    def run(arrays: Sequence[Array]) -> list[Array]:
        runtime = import_module("onnxruntime")
        session = runtime.InferenceSession(model.SerializeToString())
        names = [given.name for given in session.get_inputs()]
        return session.run(None, dict(zip(names, arrays, strict=True)))

    return run


def convert_by_tensorflowjs(case: Case, arguments: Sequence[Array]) -> Run:
    """By tensorflowjs' convert_jax, without its check of ops, run on wasm or else on cpu."""
    from builder.tfjs.model import read_files
    from builder.tfjs.runtime import Runtime

    tensorflow = import_module("tensorflow")
    with tempfile.TemporaryDirectory() as folder:
        import_module("tensorflowjs.converters").convert_jax(
            case.with_parameters,
            {},
            input_signatures=[tensorflow.TensorSpec(a.shape, a.dtype) for a in arguments],
            model_dir=folder,
            skip_op_check=True,
        )
        files = read_files(Path(folder))
    signature = json.loads(files["model.json"])["signature"]

    def run(arrays: Sequence[Array]) -> list[Array]:
        with Runtime("wasm") as wasm, Runtime("cpu") as cpu:
            found = _first_that_runs(
                (wasm, cpu), files, dict(zip(signature["inputs"], arrays, strict=True))
            )
        return [found[name] for name in sorted(found)]

    return run


def _first_that_runs(
    runtimes: Sequence[Any], files: Mapping[str, bytes], inputs: Mapping[str, Array]
) -> Mapping[str, Array]:
    problem: Exception | None = None
    for runtime in runtimes:
        try:
            runtime.load(files)
            return runtime.predict(inputs)
        except Exception as error:  # whatever fails is the finding
            problem = error
    assert problem is not None
    raise problem


CONVERTERS: Mapping[str, Convert] = {
    "jax2onnx": convert_to_onnx,
    "tensorflowjs": convert_by_tensorflowjs,
}


def _give_up(*_: object) -> None:
    raise TimeoutError


def _join_complex(found: Array, expected: Array) -> Array:
    """Complex numbers, which ONNX has as pairs of real ones."""
    is_pair = np.iscomplexobj(expected) and found.shape == (*expected.shape, 2)
    return found[..., 0] + 1j * found[..., 1] if is_pair else found


def judge(convert: Convert, case: Case) -> str:
    """What becomes of a case: passed, wrong, not converted, or not run."""
    arguments = [np.asarray(argument) for argument in case.arguments()]
    expected = [np.asarray(leaf) for leaf in jax.tree.leaves(jax.jit(case.function)(*arguments))]
    signal.alarm(_LONGEST)
    try:
        run = convert(case, arguments)
    except Exception:  # whatever a converter fails with is the finding
        return "not converted"
    finally:
        signal.alarm(0)
    try:
        found = list(map(_join_complex, run(arguments), expected))
    except Exception:
        return "not run"
    if [a.shape for a in found] != [e.shape for e in expected] or compare(found, expected):
        return "wrong"
    return "passed"


def main() -> None:
    """Try one case of EVERY and print what becomes of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CONVERTERS)
    parser.add_argument("--every", type=int, default=EVERY)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _give_up)
    cases = [case for case in all_cases() if case.dtype in DTYPES][:: arguments.every]
    counts: Counter[str] = Counter()
    for case in cases:
        result = judge(CONVERTERS[arguments.name], case)
        counts[result] += 1
        print(result, case.name, file=sys.stderr, flush=True)
    versions = {name: version(name) for name in ("jax", arguments.name)}
    print(json.dumps({"cases": len(cases), **counts, **versions}))


if __name__ == "__main__":
    main()
