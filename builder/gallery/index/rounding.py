"""Numbers that all searches need, in eight bits, as the page has them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_LARGEST = 127


@dataclass(frozen=True)
class Rounded:
    """Rows of numbers: `scales`, float32[n], times `codes`, int8[n, columns]."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.floating]) -> "Rounded":
        """The nearest to rows, [n, columns]."""
        scales = (np.abs(rows).max(axis=1) / _LARGEST).astype(np.float32)
        scales[scales == 0] = 1
        return cls(np.rint(rows / scales[:, None]).astype(np.int8), scales)

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """float32[n, columns]."""
        return self.codes * self.scales[:, None]

    def tobytes(self) -> bytes:
        """The scales, then the codes."""
        return self.scales.astype("<f4").tobytes() + self.codes.tobytes()
