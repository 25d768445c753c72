"""What lies beside the checkout and is not part of it: data that may not be shipped."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"

OFFICIAL_DEMO = SHARED / "official_demo"
"""The data folder of the original LiT demo, with its genuine vocabulary."""

needs_official_demo = pytest.mark.skipif(
    not OFFICIAL_DEMO.is_dir(), reason="needs ../shared/official_demo"
)

FIELD_CASES = SHARED / "field_cases"
"""Inputs that people brought to other tools, and the right answers in its README."""

needs_field_cases = pytest.mark.skipif(
    not FIELD_CASES.is_dir(), reason="needs ../shared/field_cases"
)
"""Files of field cases may not be copied."""

HUB_GOLDENS = SHARED / "goldens" / "hub"
"""Models as hubs have them, of other shapes than ours."""

needs_hub_goldens = pytest.mark.skipif(
    not HUB_GOLDENS.is_dir(), reason="needs ../shared/goldens/hub"
)
