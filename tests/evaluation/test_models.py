"""The models that are compared."""

from typing import Any

import pytest

from builder.errors import BuilderError
from builder.evaluation.models import load_models
from tests.conftest import MakeDemo


def test_models_come_by_name_and_from_a_demo(make_demo: MakeDemo, tools: dict[str, Any]) -> None:
    names = ["mini-small", str(make_demo())]
    assert [model.id for model in load_models(names, **tools)] == ["mini-small", "mini-tiny"]
    with pytest.raises(BuilderError, match="there is no model 'nothing'"):
        load_models(["nothing"], **tools)
