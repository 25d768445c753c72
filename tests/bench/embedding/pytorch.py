"""The same forward pass in PyTorch, for machines that have it."""

import time
from typing import Any

from tests.bench.embedding.tower import Shape


def import_torch() -> Any | None:
    """The module, or None where it is not installed."""
    try:
        import torch  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None
    return torch


class TorchTransformer:
    """Patches, encoder and class token of a shape like `tower.LARGE`; weights are random."""

    def __init__(self, torch: Any, shape: Shape, size: int, patch: int = 16):
        nn, width = torch.nn, shape.width
        self._torch = torch
        self._size = size
        self._embed = nn.Conv2d(3, width, patch, patch)
        self._positions = torch.randn(1, (size // patch) ** 2 + 1, width)
        self._class_token = torch.randn(1, 1, width)
        layer = nn.TransformerEncoderLayer(
            width,
            shape.num_heads,
            shape.mlp_dim,
            activation=nn.functional.gelu,
            batch_first=True,
            norm_first=True,
        )
        # The fused path of nn.TransformerEncoder takes norms last only.
        norm = nn.LayerNorm(width)
        self._encoder = nn.TransformerEncoder(
            layer, shape.depth, norm, enable_nested_tensor=False
        ).eval()

    def time(self, batch_size: int) -> float:
        """Seconds that one batch takes."""
        torch = self._torch
        images = torch.rand(batch_size, 3, self._size, self._size)
        with torch.inference_mode():
            start = time.perf_counter()
            x = self._embed(images).flatten(2).transpose(1, 2)
            x = torch.cat([self._class_token.expand(batch_size, -1, -1), x], 1) + self._positions
            torch.nn.functional.normalize(self._encoder(x)[:, 0])
            return time.perf_counter() - start
