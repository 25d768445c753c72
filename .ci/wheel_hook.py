"""Puts templates and data into the wheel, beside the built web app.

A hook and not `force-include`, since that would copy them into editable installs too, where they
are read from the checkout.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelHook(BuildHookInterface[Any]):
    """Adds what `builder.resources` looks for in an installed package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel is written; `version` says which kind."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "builder" / "_web" / "app").is_dir():
            raise FileNotFoundError("builder/_web: the web app is not built; run `make web` first")
        for name in ("templates", "data"):
            build_data["force_include"][str(root / name)] = f"builder/_resources/{name}"
