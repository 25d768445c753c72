"""Windows that move over an array: of numbers that combine, or cut out and laid side by side."""

from dataclasses import dataclass

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Shape, Value, constant
from builder.tfjs.lower.monoid import Monoid
from builder.tfjs.lower.order import pad_with
from builder.tfjs.lower.registry import Equation
from builder.tfjs.lower.shape import broadcast, take_block


@dataclass(frozen=True)
class Windows:
    """The parameters of a reduce_window; of each, one for every axis."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    base_dilation: tuple[int, ...]
    dilation: tuple[int, ...]

    @staticmethod
    def of(eqn: Equation) -> "Windows":
        """Those of an equation, which may have no dilation."""
        sizes = tuple(map(int, eqn.params["window_dimensions"]))
        ones = (1,) * len(sizes)
        return Windows(
            sizes=sizes,
            strides=tuple(map(int, eqn.params["window_strides"])),
            padding=tuple((int(low), int(high)) for low, high in eqn.params["padding"]),
            base_dilation=tuple(map(int, eqn.params.get("base_dilation", ones))),
            dilation=tuple(map(int, eqn.params.get("window_dilation", ones))),
        )

    @property
    def pads(self) -> bool:
        """Whether a window may hold anything but entries of the array."""
        return any(n > 0 for pair in self.padding for n in pair) or max(self.base_dilation) > 1

    @property
    def moved(self) -> list[int]:
        """The axes along which windows have more than one entry, or do not start at each."""
        pairs = zip(self.sizes, self.strides, strict=True)
        return [axis for axis, pair in enumerate(pairs) if pair != (1, 1)]

    def pad(self, eqn: Equation, x: Value, fill: Value) -> Value:
        """`x` with what the padding and the dilation of the base add."""
        gaps = [n - 1 for n in self.base_dilation]
        config = [(*pair, gap) for pair, gap in zip(self.padding, gaps, strict=True)]
        return pad_with(eqn, x, fill, config)

    def cut(self, eqn: Equation, padded: Value, shape: Shape) -> Value:
        """The windows of a padded array, [number of windows, entries of a window].

        `shape` is how many windows there are along each axis.
        """
        x = ops.reshape(padded, (*padded.shape, 1))
        for axis in range(len(self.sizes)):
            if axis in self.moved:
                x = self._cut_axis(eqn, x, axis, shape[axis])
        return ops.reshape(x, (ops.size(shape), x.shape[-1]))

    def mark_entries(self, eqn: Equation, x: Value) -> Value:
        """Which entries of the windows of `x` are its own, not padding; bool, as `cut` has them."""
        whole = broadcast(eqn, constant(np.full((1,) * len(x.shape), True)), x.shape)
        return self.cut(eqn, self.pad(eqn, whole, constant(False)), eqn.outputs[0].shape)

    def _cut_axis(self, eqn: Equation, x: Value, axis: int, count: Dim) -> Value:
        """An axis of an array cut up, with the place in the window joined to the last axis."""
        if not ops.is_fixed(count):
            raise eqn.refuse("windows move along a symbolic axis.", "fix the size of that axis.")
        before, after, last = x.shape[:axis], x.shape[axis + 1 : -1], x.shape[-1]
        size = self.sizes[axis]
        starts = np.arange(count)[:, None] * self.strides[axis]
        places = starts + np.arange(size) * self.dilation[axis]
        column = ops.reshape(x, (ops.size(before), x.shape[axis], ops.size(after), last))
        taken = ops.gather(column, constant(places, "int32"), 1)
        moved = ops.transpose(taken, [0, 1, 3, 4, 2])
        return ops.reshape(moved, (*before, count, *after, last * size))


def combine_windows(eqn: Equation, x: Value, windows: Windows, monoid: Monoid) -> Value:
    """One number for each window of a padded array, one axis after the other."""
    for axis in windows.moved:
        x = _combine_run(eqn, x, windows, axis, monoid)
    return x


def _combine_run(eqn: Equation, x: Value, windows: Windows, axis: int, monoid: Monoid) -> Value:
    """By doubling: a run of 2k entries is one of k and the one after it.

    The runs that the binary digits of the length name make up the whole.
    """
    rest, step = windows.sizes[axis], windows.dilation[axis]
    whole: Value | None = None
    whole_size, run, run_size = 0, x, 1
    while rest:
        if rest % 2:
            joined = whole_size * step
            whole = run if whole is None else _join(eqn, whole, run, axis, joined, monoid)
            whole_size += run_size
        rest //= 2
        if rest:
            run = _join(eqn, run, run, axis, run_size * step, monoid)
            run_size *= 2
    assert whole is not None
    stride, shape = windows.strides[axis], list(whole.shape)
    shape[axis] = eqn.type.shape[axis]
    if stride == 1:
        return whole
    strides = [stride if i == axis else 1 for i in range(len(shape))]
    return ops.strided_slice(whole, [0] * len(shape), strides, tuple(shape))


def _join(eqn: Equation, x: Value, y: Value, axis: int, apart: int, monoid: Monoid) -> Value:
    """Each entry of `x` with the entry of `y` that lies so many places further."""
    shape = list(x.shape)
    shape[axis] = y.shape[axis] - apart
    begin = [apart if i == axis else 0 for i in range(len(shape))]
    first = take_block(eqn, x, [0] * len(shape), tuple(shape))
    return monoid.combine(first, take_block(eqn, y, begin, tuple(shape)))
