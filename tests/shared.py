"""What lies beside the checkout and is not part of it: data that may not be shipped."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"

OFFICIAL_DEMO = SHARED / "official_demo"
"""The data folder of the original LiT demo, with its genuine vocabulary."""

FIELD_CASES = SHARED / "field_cases"
"""Inputs that people brought to other tools, and the right answers in its README."""

HUB_GOLDENS = SHARED / "goldens" / "hub"
"""Models as hubs have them, of other shapes than ours."""

BIG_VISION_GOLDENS = SHARED / "goldens" / "big_vision"
"""Models of big_vision, of other sizes than ours."""

CAPTIONS = SHARED / "captions" / "captions.csv"
"""The captions that the default models were scored on."""


def needs(path: Path) -> pytest.MarkDecorator:
    """Skip a test where a file or folder beside the checkout is not there."""
    return pytest.mark.skipif(
        not path.exists(), reason=f"needs ../shared/{path.relative_to(SHARED)}"
    )
