"""PyTorch Lightning: `Trainer(logger=AssayLogger(), callbacks=[AssayCallback()])`.

To go on with an interrupted training, fit with `ckpt_path=logger.restored`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

try:
    from lightning.pytorch.callbacks import Callback
    from lightning.pytorch.loggers import Logger
    from lightning.pytorch.utilities import rank_zero_only
except ImportError:
    from pytorch_lightning.callbacks import Callback
    from pytorch_lightning.loggers import Logger
    from pytorch_lightning.utilities import rank_zero_only

from . import _session
from ._run import Run
from ._values import Parameters


class AssayLogger(Logger):
    """Records what modules log, their hyperparameters, and the checkpoints that Lightning saves."""

    def __init__(
        self,
        name: Optional[str] = None,
        *,
        tags: Union[str, list[str]] = (),  # type: ignore[assignment]
        db: Union[str, os.PathLike[str], None] = None,
        checkpoints: bool = True,
    ) -> None:
        """Describes the run, which starts with the first thing that is logged.

        Args:
            name: As for `assay.start`. Without a name, tags and database, the current run is used.
            tags: As for `assay.start`.
            db: As for `assay.start`.
            checkpoints: Whether to keep the newest checkpoint, for a training to go on from.
        """
        super().__init__()
        self._run_name = name
        self._tags = tags
        self._database = db
        self._keeps_checkpoints = checkpoints
        self._run: Optional[Run] = None
        self._kept: Optional[str] = None

    @property
    def run(self) -> Run:
        """The run that this logger reports to."""
        if self._run is None or self._run.is_finished:
            if self._run_name is None and not self._tags and self._database is None:
                self._run = _session.run()
            else:
                self._run = _session.start(self._run_name, tags=self._tags, db=self._database)
        return self._run

    @property
    def experiment(self) -> Run:
        """The run, by the name that Lightning has for what a logger writes to."""
        return self.run

    @property
    def name(self) -> Optional[str]:
        """The run's name."""
        return self.run.name

    @property
    def version(self) -> str:
        """The run's UUID, which names the directory of Lightning's checkpoints."""
        return self.run.id

    @property
    def restored(self) -> Optional[Path]:
        """The checkpoint to go on from, for `Trainer.fit(ckpt_path=...)`; None: there is none."""
        return self.run.restored

    @rank_zero_only  # type: ignore[untyped-decorator, unused-ignore]
    def log_metrics(self, metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Records numbers at Lightning's global step."""
        self.run.log(metrics, step=step)

    @rank_zero_only  # type: ignore[untyped-decorator, unused-ignore]
    def log_hyperparams(self, params: Parameters, *args: Any, **kwargs: Any) -> None:
        """Records a module's or data module's hyperparameters."""
        self.run.update(params)

    @rank_zero_only  # type: ignore[untyped-decorator, unused-ignore]
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Keeps the newest checkpoint that Lightning saved."""
        path = checkpoint_callback.last_model_path or checkpoint_callback.best_model_path
        newest = str(getattr(checkpoint_callback, "_last_checkpoint_saved", "") or path)
        if not self._keeps_checkpoints or not os.path.isfile(newest) or newest == self._kept:
            return
        step = getattr(checkpoint_callback, "_last_global_step_saved", None)
        self.run.checkpoint(newest, name="lightning.ckpt", step=step)
        # Lightning writes the last one under the same path again.
        self._kept = None if newest == checkpoint_callback.last_model_path else newest


class AssayCallback(Callback):
    """Ends a training that a sweep gives up or a supervisor interrupts, and tells its progress."""

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Tells how many epochs are done."""
        if trainer.is_global_zero:
            most = trainer.max_epochs
            total = most if isinstance(most, int) and most > 0 else None
            _session.run().progress(trainer.current_epoch + 1, total)

    def on_train_batch_end(self, trainer: Any, *arguments: Any, **named: Any) -> None:
        """Stops the training where that was asked."""
        if _session.run().should_stop:
            trainer.should_stop = True
