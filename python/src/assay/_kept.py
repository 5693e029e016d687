"""Where events go when no tracker takes them, for `assay record --recover` to take in later."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from ._events import event_line
from ._place import Place

folder_name = "assay-events"


def kept_place(start: dict[str, Any]) -> Place:
    """Makes a directory whose events begin with `start`: below the working directory, or where
    temporary files are if that can't be written.

    Raises:
        OSError: Neither can be written.
    """
    try:
        return _make(os.path.abspath(folder_name), start)
    except OSError:
        return _make(os.path.join(tempfile.gettempdir(), f"{folder_name}-{os.getuid()}"), start)


def _make(folder: str, start: dict[str, Any]) -> Place:
    directory = os.path.join(folder, start["run"])
    place = Place(
        run=start["run"],
        events=os.path.join(directory, "events.jsonl"),
        checkpoints=os.path.join(directory, "checkpoints"),
        files=os.path.join(directory, "files"),
    )
    os.makedirs(directory, mode=0o700)
    with open(place.events, "xb") as file:
        file.write(event_line({"start": start}))
    return place


def recovery(place: Place) -> str:
    """The command that takes the events in."""
    folder = os.path.dirname(os.path.dirname(place.events))
    if folder == os.path.abspath(folder_name):
        return "assay record --recover"
    return f"assay record --recover {folder}"
