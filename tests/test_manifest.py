import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from builder.manifest import (
    CompressibleRef,
    FileRef,
    GraphModelRef,
    MatrixRef,
    Model,
    SoftmaxScoring,
    json_schema,
)

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


def test_a_model_may_be_without_an_encoder_but_not_without_a_tokenizer_only():
    file = CompressibleRef(url="a", sha256="0" * 64, bytes=3)
    rows = MatrixRef(**file.model_dump(), dtype="int8", shape=(1, 3), scale=1.0, rows=("a",))
    whole = Model(
        id="m", name="M", description="", image_tower="", text_tower="", license="CC0-1.0",
        source=None, dim=3, scoring=SoftmaxScoring(scale=1.0), tokenizer=None, encoder=None,
        image_embeddings=rows, prompt_embeddings=rows, goldens=(),
    )  # fmt: skip
    encoder = GraphModelRef(model=file, weights=(), input="tokens", output="ztxt")
    with pytest.raises(ValidationError, match="useless without an encoder"):
        Model.model_validate({**whole.model_dump(), "encoder": encoder.model_dump()})
