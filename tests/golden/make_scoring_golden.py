"""Records the probabilities that NumPy computes from stored embeddings, in all formats.

Run as `python tests/golden/make_scoring_golden.py`; it rewrites scoring.json beside it.
"""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
DIM = 12
STORED = {"float32": "<f4", "float16": "<f2", "int8": "i1"}


def main() -> None:
    """Writes the golden."""
    rng = np.random.default_rng(0)
    cases = [
        make_case(rng, dtype, scoring)
        for dtype in STORED
        for scoring in (
            {"kind": "softmax", "scale": 100.0},
            {"kind": "sigmoid", "scale": 10.0, "bias": -3.5},
        )
    ]
    (HERE / "scoring.json").write_text(json.dumps(cases, indent=1) + "\n")


def make_case(rng: np.random.Generator, dtype: str, scoring: dict[str, Any]) -> dict[str, Any]:
    """One image against five prompts; row 0 of the matrix is the image's."""
    rows = rng.normal(size=(6, DIM))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scale = float(np.abs(rows).max() / 127) if dtype == "int8" else 1.0
    stored = (np.rint(rows / scale) if dtype == "int8" else rows).astype(STORED[dtype])
    decoded = stored.astype(np.float64) * scale
    logits = scoring["scale"] * decoded[1:] @ decoded[0]
    if scoring["kind"] == "softmax":
        weights = np.exp(logits - logits.max())
        probabilities = weights / weights.sum()
    else:
        probabilities = 1 / (1 + np.exp(-(logits + scoring["bias"])))
    return {
        "scoring": scoring,
        "matrix": {"dtype": dtype, "shape": list(rows.shape), "scale": scale},
        "data": base64.b64encode(stored.tobytes()).decode(),
        "probabilities": probabilities.tolist(),
    }


if __name__ == "__main__":
    main()
