"""Keras: `model.fit(..., callbacks=[AssayCallback()])`.

To go on with an interrupted training, keep checkpoints by `AssayCallback(checkpoints=True)`, and
begin with:

    run = assay.start("name")
    model = keras.models.load_model(run.restored) if run.restored else build()
    model.fit(..., initial_epoch=0 if run.restored_step is None else run.restored_step + 1)
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from typing import Any, Optional

import keras

from . import _session
from ._run import Run


class AssayCallback(keras.callbacks.Callback):
    """Records each epoch's numbers, and ends a training that a sweep gives up."""

    def __init__(self, run: Optional[Run] = None, *, checkpoints: bool = False) -> None:
        """Names the run.

        Args:
            run: Default: the current one, else a new one.
            checkpoints: Whether to keep the whole model after each epoch.
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

    def on_train_begin(self, logs: Optional[Mapping[str, Any]] = None) -> None:
        """Records how long the training is to be, and the optimizer."""
        optimizer = getattr(self.model, "optimizer", None)
        parameters = {"epochs": (self.params or {}).get("epochs")}
        if optimizer is not None and hasattr(optimizer, "get_config"):
            parameters["optimizer"] = optimizer.get_config()
        self.run.update(parameters)

    def on_epoch_end(self, epoch: int, logs: Optional[Mapping[str, Any]] = None) -> None:
        """Records the epoch's numbers."""
        self.run.log(logs or {}, step=epoch)
        if self._keeps_checkpoints:
            with tempfile.TemporaryDirectory() as folder:
                # Keras takes the format from the name.
                path = os.path.join(folder, "model.keras")
                self.model.save(path)
                self.run.checkpoint(path, step=epoch)
        self.run.progress(epoch + 1, (self.params or {}).get("epochs"))
        if self.run.should_stop:
            self.model.stop_training = True

    def on_train_batch_end(self, batch: int, logs: Optional[Mapping[str, Any]] = None) -> None:
        """Stops the training where that was asked."""
        if self.run.should_stop:
            self.model.stop_training = True
