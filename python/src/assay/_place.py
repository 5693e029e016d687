"""Where a run's events and files go, by the environment or as the recorder answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

run_variables = frozenset(
    f"ASSAY_{name}"
    for name in (
        "PROTOCOL EVENTS RUN ATTEMPT STATE CONTROL CHECKPOINTS FILES SWEEP TRIAL OWNER"
    ).split()
)
"""The environment's names for one run, which mean nothing to another."""


@dataclass(frozen=True)
class Place:
    """The files by which a run speaks with whoever records it."""

    run: str
    """The run's UUID."""
    events: str
    """The file to which events are appended."""
    checkpoints: str
    """The run's own directory of checkpoints, which survives its attempts."""
    files: str
    """Where contents are copied before an event names them."""
    state: Optional[str] = None
    """What the run knows as this attempt starts, as JSON."""
    control: Optional[str] = None
    """Words from the supervisor; may not be there until there is one."""
    attempt: int = 1
    """Counts the processes that worked on the run, from 1."""
    database: Optional[str] = None
    """The database that will hold the run."""
    known: Mapping[str, Any] = field(default_factory=dict)
    """What `state` holds."""

    @staticmethod
    def of_environment(environment: Mapping[str, str]) -> Optional[Place]:
        """The place that `assay run` or a sweep gave this process; None if neither started it."""
        events = environment.get("ASSAY_EVENTS")
        if not events:
            return None
        folder = os.path.dirname(os.path.abspath(events))
        return Place(
            run=environment.get("ASSAY_RUN", ""),
            events=os.path.abspath(events),
            checkpoints=environment.get("ASSAY_CHECKPOINTS") or os.path.join(folder, "checkpoints"),
            files=environment.get("ASSAY_FILES") or os.path.join(folder, "files"),
            state=environment.get("ASSAY_STATE"),
            control=environment.get("ASSAY_CONTROL"),
            attempt=_whole(environment.get("ASSAY_ATTEMPT"), 1),
            database=environment.get("ASSAY_DB"),
            known=_read_state(environment.get("ASSAY_STATE")),
        )

    @staticmethod
    def of_answer(answer: Mapping[str, Any], run: str) -> Place:
        """The place that a recorder answered with.

        Raises:
            KeyError: The answer lacks a part.
        """
        return Place(
            run=str(answer.get("run") or run),
            events=str(answer["events"]),
            checkpoints=str(answer["checkpoints"]),
            files=str(answer["files"]),
            state=answer.get("state"),
            control=answer.get("control"),
            attempt=_whole(answer.get("attempt"), 1),
            database=answer.get("db"),
            known=_read_state(answer.get("state")),
        )

    def environment(self) -> dict[str, str]:
        """What tells other processes, such as workers, where this run's events go."""
        named = {
            "ASSAY_PROTOCOL": "1",
            "ASSAY_EVENTS": self.events,
            "ASSAY_RUN": self.run,
            "ASSAY_ATTEMPT": str(self.attempt),
            "ASSAY_STATE": self.state,
            "ASSAY_CONTROL": self.control,
            "ASSAY_CHECKPOINTS": self.checkpoints,
            "ASSAY_FILES": self.files,
            "ASSAY_DB": self.database,
        }
        return {name: value for name, value in named.items() if value}


def _whole(value: object, otherwise: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return otherwise


def _read_state(path: Optional[str]) -> dict[str, Any]:
    if not path:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}
