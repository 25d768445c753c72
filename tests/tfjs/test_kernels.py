"""The table of kernels agrees with the TensorFlow.js that is installed."""

import subprocess
from pathlib import Path
from typing import get_args

import pytest

from builder.manifest import Backend
from builder.tfjs import kernels

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "webapp_src" / "node" / "list-kernels.mjs"


def test_the_table_is_the_one_that_the_installed_packages_give():
    packages = ROOT / "webapp_src" / "node_modules" / "@tensorflow"
    assert packages.is_dir(), f"{packages} is missing; run `make web`"
    listed = subprocess.run(["node", SCRIPT], check=True, capture_output=True, text=True).stdout
    assert listed == Path(kernels.__file__).with_name("kernels.json").read_text()


@pytest.mark.parametrize("op", ["BatchMatMulV2", "_FusedMatMul", "GatherV2", "Square", "Softmax"])
def test_ops_of_the_text_towers_run_everywhere(op: str):
    assert kernels.missing_kernels(op) == {}


def test_ops_that_some_backend_lacks_are_known():
    assert kernels.missing_kernels("Einsum") == {"wasm": ["Einsum"]}
    assert kernels.missing_kernels("BitwiseAnd") == {"webgpu": ["BitwiseAnd"]}


def test_an_op_that_the_converter_does_not_read_runs_nowhere():
    assert set(kernels.missing_kernels("TriangularSolve")) == set(get_args(Backend))
