"""Hugging Face: `Trainer(..., callbacks=[AssayCallback()])`, with `report_to="none"` or not.

To go on with an interrupted training: `trainer.train(resume_from_checkpoint=callback.restored)`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Optional

from transformers import TrainerCallback

from . import _session
from ._run import Run


class AssayCallback(TrainerCallback):
    """Records what the Trainer logs, its arguments, and its checkpoints."""

    def __init__(self, run: Optional[Run] = None, *, checkpoints: bool = False) -> None:
        """Names the run.

        Args:
            run: Default: the current one, else a new one of the arguments' name.
            checkpoints: Whether to keep each checkpoint that the Trainer saves, to go on from it.
        """
        super().__init__()
        self._run = run
        self._keeps_checkpoints = checkpoints

    @property
    def run(self) -> Run:
        """The run that this callback reports to."""
        if self._run is None or self._run.is_finished:
            self._run = _session.run()
        return self._run

    @property
    def restored(self) -> Optional[str]:
        """The directory of the checkpoint to go on from; None: there is none."""
        restored = self.run.restored
        return None if restored is None else str(restored)

    def on_train_begin(self, args: Any, state: Any, control: Any, **named: Any) -> None:
        """Records the arguments and the model's configuration."""
        if not state.is_world_process_zero:
            return
        self.run.update(args.to_dict())
        config: Any = getattr(named.get("model"), "config", None)
        if hasattr(config, "to_dict"):
            self.run.update({"model": config.to_dict()})

    def on_log(
        self,
        args: Any,
        state: Any,
        control: Any,
        logs: Optional[Mapping[str, Any]] = None,
        **named: Any,
    ) -> None:
        """Records the numbers at the Trainer's global step."""
        if state.is_world_process_zero and logs:
            numbers = {name: value for name, value in logs.items() if not isinstance(value, str)}
            self.run.log(numbers, step=state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **named: Any) -> Any:
        """Stops the training where that was asked."""
        if state.is_world_process_zero:
            self.run.progress(state.global_step, state.max_steps if state.max_steps > 0 else None)
        if self.run.should_stop:
            control.should_training_stop = True
        return control

    def on_save(self, args: Any, state: Any, control: Any, **named: Any) -> None:
        """Keeps the checkpoint that the Trainer has saved."""
        folder = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
        if self._keeps_checkpoints and state.is_world_process_zero and os.path.isdir(folder):
            self.run.checkpoint(folder, name="trainer", step=state.global_step)
