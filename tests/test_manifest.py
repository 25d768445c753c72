import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from builder.manifest import FileRef, json_schema

SCHEMA = Path(__file__).parents[1] / "webapp_src/src/generated/manifest.schema.json"


def test_the_committed_schema_is_that_of_the_models():
    committed = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert committed == json_schema(), "run `make generate` and commit what it changes"


def test_names_in_the_file_are_in_camel_case():
    properties = json_schema()["properties"]
    assert "schemaVersion" in properties
    assert "schema_version" not in properties


@pytest.mark.parametrize(
    "fields",
    [{"sha256": "ABC"}, {"bytes": -1}, {"colour": "red"}],
    ids=["a hash that is none", "a negative size", "an unknown field"],
)
def test_a_file_reference_is_checked(fields: dict[str, object]):
    good = {"url": "a.js", "sha256": "0" * 64, "bytes": 3}
    assert FileRef.model_validate(good).bytes == 3
    with pytest.raises(ValidationError):
        FileRef.model_validate({**good, **fields})
