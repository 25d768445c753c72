"""States of a training on the disk, which Orbax writes whole or not at all.

Several hosts write to one folder, which all of them must see.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import jax
import orbax.checkpoint as ocp

from builder.errors import BuilderError, first_line

History = Sequence[Mapping[str, float]]
"""The figures of each report: `step`, `loss` and what was measured."""

State = TypeVar("State")


class Checkpoints:
    """The newest states in a folder."""

    def __init__(self, folder: Path):
        options = ocp.CheckpointManagerOptions(
            max_to_keep=1, create=True, enable_async_checkpointing=False
        )
        self._folder = folder.absolute()
        self._manager = ocp.CheckpointManager(
            self._folder, options=options, item_names=("state", "history")
        )

    def __enter__(self) -> "Checkpoints":
        return self

    def __exit__(self, *_: object) -> None:
        self._manager.close()

    def restore(self, state: State) -> tuple[int, State, History]:
        """The newest step, its state in the layout of `state`, and the figures up to it.

        Step 0, the given state and no figures if there is none.

        Raises:
            BuilderError: if what is there is not such a state.
        """
        step = self._manager.latest_step()
        if step is None:
            return 0, state, []
        layout = jax.tree.map(ocp.utils.to_shape_dtype_struct, state)
        try:
            found: Any = self._manager.restore(
                step,
                args=ocp.args.Composite(
                    state=ocp.args.StandardRestore(layout), history=ocp.args.JsonRestore()
                ),
            )
        except Exception as error:  # Orbax raises of any kind for what was altered
            raise BuilderError(
                f"{self._folder}: the state of step {step} cannot be read ({first_line(error)})."
                " Begin again with --restart."
            ) from None
        return step, found.state, found.history["reports"]

    def save(self, step: int, state: Any, history: History) -> None:
        """Keep a state in place of the one before."""
        self._manager.save(
            step,
            args=ocp.args.Composite(
                state=ocp.args.StandardSave(state), history=ocp.args.JsonSave({"reports": history})
            ),
        )
