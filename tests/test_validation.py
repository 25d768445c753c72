"""What pydantic finds wrong, in words for an author."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from builder.validation import Finding, Hints, Location, explain_errors, mistake

HINTS = Hints({"name": 'name = "x"', "sizes": "sizes = [1]"}, {"name": "a small letter"})


class Inner(BaseModel):
    """A table in a table."""

    model_config = ConfigDict(extra="forbid", strict=True)

    depth: int = 1


class Outer(BaseModel):
    """A table with a key of every kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(pattern="^[a-z]$")
    sizes: tuple[int, ...] = Field(default=(1,), min_length=1, strict=False)
    inner: Inner = Inner()
    level: float = Field(default=0, ge=0)

    @field_validator("level")
    @classmethod
    def _not_seven(cls, level: float) -> float:
        if level == 7:
            raise mistake("seven is taken", "Take eight.")
        return level


def known_keys(location: Location) -> list[str]:
    return list((Inner if "inner" in location else Outer).model_fields)


def find(table: dict[str, Any], hints: Hints = HINTS) -> list[Finding]:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(table)
    return list(explain_errors(caught.value.errors(include_url=False), known_keys, hints))


@pytest.mark.parametrize(
    ("table", "location", "message", "remedy"),
    [
        ({}, ("name",), "this key is missing", 'For example: name = "x"'),
        ({"name": "XY"}, ("name",), "'XY' is not a small letter", 'For example: name = "x"'),
        ({"name": 3}, ("name",), "expected text, not 3", 'For example: name = "x"'),
        ({"name": "a", "sizes": []}, ("sizes",), "the list is empty", "For example: sizes = [1]"),
        ({"name": "a", "sizes": 3}, ("sizes",), "expected a list, not 3", "For example: sizes ="),
        ({"name": "a", "inner": 3}, ("inner",), "expected a table, not 3", ""),
        ({"name": "a", "level": 7.0}, ("level",), "seven is taken", "Take eight."),
        ({"name": "a", "nmae": 1}, ("nmae",), "unknown key 'nmae'", "Did you mean 'name'?"),
        ({"name": "a", "zzz": 1}, ("zzz",), "unknown key 'zzz'", "Known keys: name, sizes, inner"),
        (
            {"name": "a", "inner": {"dept": 1}},
            ("inner", "dept"),
            "unknown key 'dept'",
            "Did you mean 'depth'?",
        ),
    ],
)
def test_a_finding_says_where_what_and_what_to_do(
    table: dict[str, Any], location: Location, message: str, remedy: str
):
    (finding,) = find(table)
    assert finding.location == location
    assert finding.message == message
    assert finding.remedy.startswith(remedy)
    assert bool(finding.remedy) == bool(remedy)


def test_other_errors_are_told_in_pydantics_words_with_the_value():
    (finding,) = find({"name": "a", "level": -1.0})
    assert finding.message == "input should be greater than or equal to 0, not -1.0"


def test_a_list_with_a_wrong_entry_is_not_called_empty_too():
    findings = find({"name": "a", "sizes": ["x"]})
    assert [finding.location for finding in findings] == [("sizes", 0)]


def test_without_hints_there_is_no_example():
    (finding,) = find({}, Hints({}, {}))
    assert finding.remedy == ""
