"""Converts models with one converter: `python -m tests.crosscheck.worker ours|reference FOLDER`.

Each line of stdin is a model's place in MODELS; its parameters are read from FOLDER/PLACE.npz and
the graph model is written to FOLDER/CONVERTER/PLACE. The answer is a line of JSON: the seconds that
the last attempt took, whether it worked, what was wrong with the others, and the peak memory of the
process in MB.
"""

import json
import sys
import time
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from builder.params import unflatten_params
from tests.crosscheck.models import MODELS, Model

CONVERTERS = {"ours": "builder", "reference": "tensorflowjs.converters"}
"""Where each convert_jax is imported from."""


ATTEMPTS: dict[str, list[dict[str, bool]]] = {
    "ours": [{}],
    "reference": [{}, {"skip_op_check": True}],
}
"""Options to try until one works: tensorflowjs refuses what it may yet write."""


def _make_signature(converter: str, model: Model) -> Any:
    """The input, as each converter takes it."""
    if converter == "ours":
        return model.shape, model.dtype
    return import_module("tensorflow").TensorSpec(model.shape, model.dtype)


def _convert(converter: str, place: int, folder: Path) -> dict[str, Any]:
    model = MODELS[place]
    convert_jax = import_module(CONVERTERS[converter]).convert_jax
    signature = _make_signature(converter, model)
    with np.load(folder / f"{place}.npz") as file:
        params = unflatten_params(dict(file))
    problems: list[str] = []
    seconds = 0.0
    converted = False
    for options in ATTEMPTS[converter]:
        start = time.perf_counter()
        try:
            convert_jax(
                model.apply,
                params,
                input_signatures=[signature],
                polymorphic_shapes=model.polymorphic_shapes,
                model_dir=str(folder / converter / str(place)),
                **options,
            )
            converted = True
        except Exception as error:  # whatever a converter fails with is the finding
            problems.append(f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - start
        if converted:
            break
    return {
        "converted": converted,
        "seconds": seconds,
        "peak_mb": _peak_mb(),
        "problems": problems,
    }


def _peak_mb() -> float:
    # Not ru_maxrss, which a process inherits from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1000


def main(converter: str, folder: Path) -> None:
    """Answer until stdin ends."""
    for line in sys.stdin:
        with redirect_stdout(sys.stderr):  # the reference prints
            answer = _convert(converter, int(line), folder)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
