"""Sets of prompts that go with every picture of a `demo.toml`."""

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from builder.spec.types import Prompts, Table, Text
from builder.validation import mistake

MAX_PROMPTS = 32
"""As many as the page compares on a picture."""


class PromptSetSpec(Table):
    """Prompts that visitors can try on any picture, such as colours."""

    name: Text
    """What visitors choose it by."""
    prompts: Prompts
    """Its prompts, whose answers are precomputed: from 2 to 32."""

    @model_validator(mode="after")
    def _can_be_compared(self) -> "PromptSetSpec":
        count = len(self.prompts)
        if count == 1:
            raise mistake("one prompt alone has nothing to compare with", "Add another.")
        if count > MAX_PROMPTS:
            raise mistake(
                f"{count} prompts are more than the page compares",
                f"Keep {MAX_PROMPTS} of them, or make two sets.",
            )
        return self


def name_of_prompt_set(table: Mapping[str, Any]) -> str | None:
    """The name in a table of a set, if it has one."""
    name = table.get("name")
    return name.strip() if isinstance(name, str) else None
