"""The tower that is measured: the shape of LiT-L16Ti's, with random weights.

`python -m tests.bench.tower FOLDER` exports it to FOLDER and prints what that took as JSON.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from builder.tfjs.export import export
from builder.towers.text_transformer import TextTransformer, embed_tokens

LENGTH = 16
TOWER = TextTransformer(192, width=192, depth=12, mlp_dim=768, num_heads=3, vocab_size=16_000)


def embed(params: Any, tokens: Any) -> jax.Array:
    """ztxt, unit rows `float32[n, 192]`, of token ids `int32[n, 16]`."""
    return embed_tokens(TOWER, params, tokens)


def make_params() -> Any:
    """The same on every machine; scaled so that activations stay near 1."""
    shapes: Any = jax.eval_shape(TOWER.init, jax.random.key(0), np.zeros((1, LENGTH), np.int32))
    rng = np.random.default_rng(0)

    def draw(leaf: jax.ShapeDtypeStruct) -> npt.NDArray[np.float32]:
        return rng.normal(scale=leaf.shape[0] ** -0.5, size=leaf.shape).astype(np.float32)

    return jax.tree.map(draw, shapes["params"])


def make_tokens(prompts: int) -> npt.NDArray[np.int32]:
    """Token ids `[prompts, 16]`."""
    tokens = np.random.default_rng(1).integers(0, TOWER.vocab_size, (prompts, LENGTH))
    return tokens.astype(np.int32)


def _peak_mb() -> float:
    # Not ru_maxrss, which a process inherits from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1000


def main(folder: Path) -> None:
    """Export, and print seconds, peak memory before and after, nodes and bytes."""
    params = make_params()
    before = _peak_mb()
    start = time.perf_counter()
    model = export(embed, params, {"tokens": (f"(b, {LENGTH})", "int32")}, ["embeddings"])
    seconds = time.perf_counter() - start
    peak = _peak_mb()
    for name, content in model.files.items():
        (folder / name).write_bytes(content)
    taken = {"seconds": seconds, "before_mb": before, "peak_mb": peak}
    print(json.dumps({**taken, "nodes": len(model.ops), "bytes": model.bytes}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
