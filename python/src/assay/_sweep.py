"""Ask and tell: a sweep whose trials run in a loop of the user's own program."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Optional, Union

from ._errors import AssayError
from ._place import Place
from ._recorder import Conversation, RecorderError
from ._run import Run, error_line
from ._session import hold
from ._values import flattened

# The rest of a trial may have to be recorded.
_seconds_until_released = 60.0


class Pruned(Exception):
    """Raised in a trial's `with` block, it ends the trial as pruned."""


class Trial(Run):
    """A trial of a sweep: a run with the parameters to try.

    Leaving the loop's body finishes it with the metrics that it logged. `with trial:` around the
    body makes an exception its failure, and the loop goes on.
    """

    is_trial = True

    def __init__(self, place: Place, number: int, parameters: dict[str, Any]) -> None:
        """Opens the trial's events; `sweep` does it.

        Raises:
            OSError: They can't be opened.
        """
        super().__init__(place)
        self.number = number
        """Counts the sweep's trials."""
        self._proposed = parameters
        self._given.update(flattened(parameters))
        self._known_parameters.update(self._given)
        self._told: Optional[dict[str, Any]] = None

    def __getitem__(self, name: str) -> Any:
        """A parameter's value: `trial["lr"]`."""
        return self._proposed[name]

    def __contains__(self, name: object) -> bool:
        """Whether the trial has the parameter; one with a condition may be absent."""
        return name in self._proposed

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters to try."""
        return dict(self._proposed)

    @property
    def should_prune(self) -> bool:
        """Whether the sweep gives this trial up, by the metrics that it logged so far.

        A trial that leaves its body after that is pruned.
        """
        return self.pruned

    def tell(self, *values: float) -> None:
        """Says the objectives' values, instead of leaving them to the logged metrics."""
        self._told = {"tell": {"values": [float(value) for value in values]}}

    def prune(self) -> None:
        """Gives the trial up, as a rule of the program's own says."""
        self._told = {"prune": True}

    def fail(self, error: str) -> None:
        """Fails the trial, for a reason in one line."""
        self._told = {"fail": error}

    def __enter__(self) -> Trial:
        """The trial; an exception within the block fails it, and the loop goes on."""
        return self

    def __exit__(  # type: ignore[override]
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> bool:
        """Fails or prunes the trial by an exception, which goes no further."""
        if error is None:
            return False
        if isinstance(error, Pruned):
            self.prune()
            return True
        if not isinstance(error, Exception):
            return False
        self.fail(error_line(error))
        print(f"assay: trial {self.number} failed:", file=sys.stderr)
        traceback.print_exception(kind, error, trace)
        return True

    def _write_end(self, end: dict[str, Optional[str]]) -> None:
        """Nothing: the sweep hears of a trial's end, or gives the trial to another process."""

    def _answer(self) -> dict[str, Any]:
        """What is said of the trial as its body is left."""
        if self._told is not None:
            return self._told
        if self._stop.has_said_pruned:
            return {"prune": True}
        return {"tell": {}}


class Sweep:
    """Trials to run, one after another, until the sweep's budget is spent.

    Several processes may iterate over one sweep. A trial whose process died is given to another
    one, with its checkpoint.
    """

    def __init__(self, path: str, db: Optional[str]) -> None:
        """Names a sweep; `sweep` does it."""
        self._path = path
        self._database = db
        self.end: Optional[str] = None
        """Why the sweep gave no more trials: 'finished' or 'stopped'; None: it may give more."""

    def __iter__(self) -> Iterator[Trial]:
        """The trials, as the sweep proposes them.

        Raises:
            AssayError: There is no tracker, the sweep is wrong, or the tracker ended.
        """
        options = ["--db", self._database] if self._database else []
        try:
            conversation = Conversation(["sweep", "ask", self._path, *options])
        except RecorderError as error:
            raise AssayError(str(error)) from None
        try:
            while (trial := self._ask(conversation)) is not None:
                hold(trial)
                try:
                    yield trial
                finally:
                    hold(None)
                self._tell(conversation, trial)
        except RecorderError as error:
            raise AssayError(f"{self._path}: {error}") from None
        finally:
            # A trial that is still held is given back.
            conversation.close(_seconds_until_released)

    def _ask(self, conversation: Conversation) -> Optional[Trial]:
        answer = conversation.ask({"ask": True})
        if "trial" not in answer:
            self.end = str(answer.get("end"))
            return None
        try:
            place = Place.of_answer(answer, str(answer.get("run")))
            return Trial(place, int(answer["trial"]), dict(answer["parameters"]))
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise RecorderError(f"the trial can't begin: {error!r}") from None

    def _tell(self, conversation: Conversation, trial: Trial) -> None:
        conversation.ask(trial._answer())


def sweep(
    path: Union[str, os.PathLike[str]], *, db: Union[str, os.PathLike[str], None] = None
) -> Sweep:
    """A sweep to iterate over: each element is a trial to run.

        for trial in assay.sweep("sweep.yaml"):
            with trial:
                for step in range(20):
                    trial.log({"loss": train(trial["lr"])}, step=step)
                    if trial.should_prune:
                        break

    Args:
        path: A sweep file, or the name of a sweep in the database.
        db: The database; default: ASSAY_DB, else ./assay.db.
    """
    return Sweep(os.fspath(path), None if db is None else os.fspath(db))
