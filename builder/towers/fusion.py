"""Branches of convolutions and batch norms, fused into one convolution while they are read.

Networks such as FastViT and MobileOne are trained with several convolutions side by side, each
with a batch norm, and are run with their sum, which is one convolution: "structural
reparameterization", https://arxiv.org/abs/2101.03697. Files hold the one or the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from builder.errors import NumberError
from builder.towers.checkpoint import Weights
from builder.towers.renaming import Shape, WeightFile

_EPSILON = 1e-5
_NORM = ("weight", "bias", "running_mean", "running_var")

_Exact = NDArray[np.float64]


@dataclass(frozen=True)
class Branch:
    """A convolution of `size` pixels, a batch norm after it, and a factor for each channel.

    Without a convolution it is the identity; `bias` is whether the convolution has one. `sign` is
    1 or -1.
    """

    convolution: str | None = None
    size: int = 1
    bias: bool = False
    norm: str | None = None
    scale: str | None = None
    sign: int = 1


@dataclass(frozen=True)
class Fusion:
    """The convolution `name`, of weights [out, in / groups, size, size], as a sum of branches.

    Strides are equal and each branch is padded by half of its size, so that a small kernel is a
    large one with zeros around it.
    """

    name: str
    shape: tuple[int, int, int, int]
    branches: tuple[Branch, ...]


class _Source(NamedTuple):
    """An entry that a fusion needs, and its shape."""

    name: str
    shape: Shape


class FusedFile:
    """A file as if it held fused convolutions: `NAME.weight` and `NAME.bias` for each fusion.

    `problems` has a line for each entry that a fusion needs and that is missing or misshapen.
    """

    def __init__(self, file: WeightFile, fusions: Sequence[Fusion]):
        self._file = file
        self._fusions = {f"{f.name}.{leaf}": f for f in fusions for leaf in ("weight", "bias")}
        self.problems = [line for f in fusions for line in _find_problems(f, file.shapes)]
        used = {source.name for f in fusions for source in _list_sources(f)}
        self.shapes: Mapping[str, Shape] = {
            **{name: shape for name, shape in file.shapes.items() if name not in used},
            **{
                name: f.shape if name.endswith(".weight") else f.shape[:1]
                for name, f in self._fusions.items()
            },
        }

    def read(self, name: str) -> Weights:
        """An entry as float32; sums are exact to float64.

        Raises:
            ModelError: if an entry does not hold floating point numbers.
            NumberError: if a number is NaN or infinite, or a variance is negative.
        """
        if (fusion := self._fusions.get(name)) is None:
            return self._file.read(name)
        weight, bias = _fuse(self._file, fusion)
        fused = weight if name.endswith(".weight") else bias
        if (np.abs(fused) > np.finfo(np.float32).max).any():
            raise NumberError(f"{name}: its branches add up to more than float32 can hold.")
        return fused.astype(np.float32)


def _list_sources(fusion: Fusion) -> Iterator[_Source]:
    out, columns, _, _ = fusion.shape
    for branch in fusion.branches:
        if branch.convolution is not None:
            shape = (out, columns, branch.size, branch.size)
            yield _Source(f"{branch.convolution}.weight", shape)
            if branch.bias:
                yield _Source(f"{branch.convolution}.bias", (out,))
        if branch.norm is not None:
            for part in _NORM:
                yield _Source(f"{branch.norm}.{part}", (out,))
        if branch.scale is not None:
            yield _Source(branch.scale, (out, 1, 1))


def _find_problems(fusion: Fusion, shapes: Mapping[str, Shape]) -> Iterator[str]:
    for source in dict.fromkeys(_list_sources(fusion)):
        if source.name not in shapes:
            yield f"missing: {source.name} {source.shape}"
        elif shapes[source.name] != source.shape:
            yield f"wrong shape: {source.name} {shapes[source.name]}, not {source.shape}"


def _fuse(file: WeightFile, fusion: Fusion) -> tuple[_Exact, _Exact]:
    weight, bias = np.zeros(fusion.shape), np.zeros(fusion.shape[0])
    for branch in fusion.branches:
        kernel, shift = _convolution(file, branch, fusion.shape)
        if branch.norm is not None:
            factor, offset = _normalization(file, branch.norm)
            kernel, shift = kernel * factor[:, None, None, None], shift * factor + offset
        if branch.scale is not None:
            scale = _read(file, branch.scale)
            kernel, shift = kernel * scale[..., None], shift * scale[:, 0, 0]
        weight += branch.sign * kernel
        bias += branch.sign * shift
    return weight, bias


def _convolution(
    file: WeightFile, branch: Branch, shape: tuple[int, int, int, int]
) -> tuple[_Exact, _Exact]:
    """Its kernel, with zeros around it if it is smaller than the sum's, and its bias."""
    out, columns, size, _ = shape
    if branch.convolution is None:
        kernel = np.zeros(shape)
        channels = np.arange(out)
        kernel[channels, channels % columns, size // 2, size // 2] = 1
        return kernel, np.zeros(out)
    edge = (size - branch.size) // 2
    kernel = np.pad(
        _read(file, f"{branch.convolution}.weight"), ((0, 0), (0, 0), (edge, edge), (edge, edge))
    )
    return kernel, _read(file, f"{branch.convolution}.bias") if branch.bias else np.zeros(out)


def _normalization(file: WeightFile, name: str) -> tuple[_Exact, _Exact]:
    """A batch norm as a factor and an offset of each channel."""
    gain, bias, mean, variance = (_read(file, f"{name}.{part}") for part in _NORM)
    if (variance < 0).any():
        raise NumberError(f"{name}.running_var holds a negative variance. Download it again.")
    factor = gain / np.sqrt(variance + _EPSILON)
    return factor, bias - mean * factor


def _read(file: WeightFile, name: str) -> _Exact:
    return file.read(name).astype(np.float64)
