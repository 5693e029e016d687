"""A run: what a program reports while it works."""

from __future__ import annotations

import functools
import itertools
import json
import operator
import os
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Optional, TypeVar, Union, cast

from ._contents import (
    Source,
    remove_old_checkpoints,
    restored_path,
    store_checkpoint,
    store_file,
)
from ._errors import Complaints, is_strict
from ._events import EventFile, event_line
from ._place import Place
from ._stop import StopSign
from ._values import (
    Metrics,
    Parameters,
    as_mapping,
    clean_text,
    flattened,
    number_text,
    parameter_value,
    step_number,
)

Element = TypeVar("Element")
Call = TypeVar("Call", bound=Callable[..., None])

_seconds_between_progress = 0.1
_most_known_names = 10_000
_safe_integers = 2**53


def _harmless(call: Call) -> Call:
    """Makes a method warn where it would raise: recording must not end what is recorded."""

    @functools.wraps(call)
    def guarded(run: Run, *arguments: Any, **named: Any) -> None:
        try:
            call(run, *arguments, **named)
        except Exception as error:
            if is_strict():
                raise
            run._warn(
                f"{call.__name__} {error}", f"{call.__name__} recorded nothing: {error_line(error)}"
            )

    return cast(Call, guarded)


class Run:
    """A run that this process reports to. `assay.start()` makes one.

    Nothing here ends the program that is recorded: what can't be recorded is left out with one
    warning (`assay.AssayWarning`). With ASSAY_STRICT=1 wrong values raise instead.
    """

    is_trial = False
    """Whether a loop over a sweep gave this run."""

    def __init__(self, place: Place, complaints: Optional[Complaints] = None) -> None:
        """Opens the run's events.

        Raises:
            OSError: The file of events can't be opened.
        """
        self._complaints = complaints or Complaints()
        self._place = place
        self._events = EventFile(place.events, self._warn_of_events)
        self._stop = StopSign(place.control)
        self._owner = os.getpid()
        self._names: dict[str, str] = {}
        self._is_finished = False
        self._known_parameters: dict[str, Any] = flattened(place.known.get("parameters") or {})
        self._given = dict(self._known_parameters)
        self._was_restored_read = False
        self._restored: Optional[Path] = None
        self._done = 0
        self._loops: list[int] = []
        self._newest_checkpoint: Optional[str] = None
        checkpoint = place.known.get("checkpoint")
        self._checkpoint: Mapping[str, Any] = checkpoint if isinstance(checkpoint, dict) else {}
        self._to_skip = _count(self._checkpoint.get("done"))
        self.name: Optional[str] = place.known.get("name")
        """The run's name; None: it has none."""

    # What the run is.

    @property
    def id(self) -> str:
        """The run's UUID."""
        return self._place.run

    @property
    def attempt(self) -> int:
        """Counts the processes that worked on the run, from 1."""
        return self._place.attempt

    @property
    def database(self) -> Optional[str]:
        """The path of the database that records the run; None: no tracker takes the events yet."""
        return self._place.database

    @property
    def given(self) -> Mapping[str, Any]:
        """The parameters that a sweep or `assay run --param` gave; nested names have dots."""
        return dict(self._given)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All parameters that are known here: given ones, and those that the program set."""
        return dict(self._known_parameters)

    @property
    def is_finished(self) -> bool:
        """Whether the run has been finished here."""
        return self._is_finished

    @property
    def is_owned(self) -> bool:
        """Whether this process began the run; others, such as its workers, only report to it."""
        return self._owner == os.getpid()

    def __repr__(self) -> str:
        """Names the run."""
        name = f" {self.name!r}" if self.name else ""
        return f"<assay.Run{name} {self.id[:8]}>"

    # Metrics.

    def log(self, metrics: Metrics, step: Optional[int] = None) -> None:
        """Records numbers.

        Takes Python's numbers and scalars of numpy, torch and the like; NaN and infinities stay
        what they are. What is no number is left out with one warning. When this returns, the
        numbers survive the end of this process. It costs microseconds and waits for no disk.

        Args:
            metrics: Numbers by name. Nested mappings become names with dots.
            step: Such as the epoch. Without one, each metric counts its own values from 0.
        """
        if self._is_finished:
            self._warn("finished", "the run is finished; what is logged after that is left out")
            return
        names = self._names
        texts = []
        try:
            for name, value in metrics.items():
                kind = type(value)
                if (kind is float and value - value == 0.0) or (
                    kind is int and -_safe_integers < value < _safe_integers
                ):
                    text = repr(value)
                else:
                    more = self._unusual(name, value)
                    if more is None:
                        continue
                    text = more
                    if text[0] == '"':
                        texts.append(text)
                        continue
                try:
                    texts.append(names[name] + text)
                except (KeyError, TypeError):
                    texts.append(self._quoted(name) + text)
        except Exception as error:
            if isinstance(metrics, Mapping):
                self._wrong(f"metrics can't be read: {error_line(error)}")
            else:
                self._wrong(f"metrics are a mapping of names to numbers, not {_kind(metrics)}")
            return
        if not texts:
            return
        values = ",".join(texts)
        if step is None:
            line = f'{{"time":{time.time():.3f},"metrics":{{{values}}}}}\n'
        else:
            if type(step) is not int:
                number = step_number(step)
                if number is None:
                    self._wrong(f"a step is an integer, not {_kind(step)}; it was left out")
                    self.log(metrics)
                    return
                step = number
            line = f'{{"time":{time.time():.3f},"step":{step},"metrics":{{{values}}}}}\n'
        self._events.append(line.encode())

    @_harmless
    def log_points(self, points: Iterable[Sequence[Any]]) -> None:
        """Records many numbers at once: triples of a metric's name, a step and a number."""
        texts = []
        for point in points:
            try:
                name, step, value = point
            except (TypeError, ValueError):
                self._wrong(f"a point is a name, a step and a number, not {point!r:.60}")
                continue
            text, number = number_text(value), step_number(step)
            if text is None or number is None:
                self._wrong(f"the point {point!r:.60} is not a name, a step and a number")
                continue
            texts.append(f"[{json.dumps(clean_text(str(name)))},{number},{text}]")
        # A line stays far below the length that is still read.
        for first in range(0, len(texts), 10_000):
            values = ",".join(texts[first : first + 10_000])
            self._write_line(f'{{"time":{time.time():.3f},"points":[{values}]}}\n'.encode())

    def _unusual(self, name: object, value: Any) -> Optional[str]:
        """A number, or a nested mapping's numbers with names, as JSON; None: it is neither."""
        if isinstance(value, Mapping):
            members = []
            for inner, number in flattened(value, f"{name}.").items():
                text = number_text(number)
                if text is None:
                    self._wrong_metric(inner, number)
                else:
                    members.append(self._quoted(inner) + text)
            return ",".join(members) or None
        text = number_text(value)
        if text is None:
            self._wrong_metric(name, value)
        return text

    def _quoted(self, name: object) -> str:
        """A metric's name as the JSON before its value."""
        text = json.dumps(clean_text(str(name))) + ":"
        if isinstance(name, str) and len(self._names) < _most_known_names:
            self._names[name] = text
        return text

    def _wrong_metric(self, name: object, value: object) -> None:
        self._wrong(
            f"the metric {str(name)!r:.60} is {_kind(value)}, not a number; it was left out",
            key=f"metric {name}",
        )

    # Parameters and words.

    @_harmless
    def update(self, parameters: Parameters) -> None:
        """Records parameters. Each is written once: another value later is a warning.

        Args:
            parameters: A mapping, an `argparse.Namespace` or a dataclass. Nested mappings become
                names with dots. What JSON doesn't have is recorded by its text.
        """
        values = flattened(as_mapping(parameters))
        news = {}
        for key, element in values.items():
            name, value = clean_text(key), parameter_value(element)
            if name not in self._known_parameters:
                news[name] = value
            elif not _is_same(self._known_parameters[name], value):
                self._warn(
                    f"parameter {name}",
                    f"the parameter {name!r:.60} stays {self._known_parameters[name]!r:.60}, "
                    f"as {'given' if name in self._given else 'set'}, and not {value!r:.60}. "
                    "Read it from run.parameters",
                )
        if news:
            self._known_parameters.update(news)
            self._write({"parameters": news})

    @_harmless
    def note(self, text: str) -> None:
        """Adds a note to the run."""
        self._write({"note": clean_text(str(text))})

    @_harmless
    def tag(self, *tags: str) -> None:
        """Gives the run words to find it by."""
        self._write({"tags": [clean_text(str(tag)) for tag in tags]})

    @_harmless
    def rename(self, name: str) -> None:
        """Names the run."""
        self.name = clean_text(str(name))
        self._write({"name": self.name})

    @_harmless
    def group(self, name: str) -> None:
        """Puts the run together with others of the same group."""
        self._write({"group": clean_text(str(name))})

    @_harmless
    def progress(self, done: int, total: Optional[int] = None) -> None:
        """Tells how much of the work is done. `resume` does it by itself."""
        numbers = {"done": operator.index(done), "total": total and operator.index(total)}
        self._write({"progress": _without_none(numbers)})

    # Artifacts and checkpoints.

    @_harmless
    def artifact(
        self,
        source: Union[str, os.PathLike[str], bytes],
        name: Optional[str] = None,
        media_type: Optional[str] = None,
    ) -> None:
        """Keeps a file, every file of a directory, or a content under a name.

        It is copied now; what becomes of the file later doesn't matter.

        Args:
            source: A path, or bytes.
            name: Default: the file's name. Bytes need one.
            media_type: Such as 'image/png'; default: by the name.
        """
        if isinstance(source, (bytes, bytearray, memoryview)):
            if name is None:
                raise TypeError("an artifact of bytes needs a name")
            self._write_artifact(bytes(source), name, media_type)
        elif os.path.isdir(source):
            root = Path(source)
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    inner = path.relative_to(root).as_posix()
                    self._write_artifact(path, f"{name or root.name}/{inner}", media_type)
        else:
            self._write_artifact(source, name or os.path.basename(source), media_type)

    def _write_artifact(
        self, source: Union[str, os.PathLike[str], bytes], name: str, media_type: Optional[str]
    ) -> None:
        path = store_file(source, self._place.files)
        described = {"path": path, "name": clean_text(str(name)), "media_type": media_type}
        self._write({"artifact": _without_none(described)})

    @_harmless
    def checkpoint(
        self, source: Source, name: Optional[str] = None, step: Optional[int] = None
    ) -> None:
        """Keeps a state that the next attempt goes on from; `restored` gives it back.

        It is copied to the disk, whole, before this returns. Within `resume`, it says that the
        present iteration is done. One checkpoint holds all that is needed to go on: the newest one
        is given back.

        Args:
            source: A file's or directory's path, bytes, or a function that writes the file whose
                path it is given, such as `lambda path: torch.save(state, path)`.
            name: Default: the file's name, or 'checkpoint'. It replaces an older one of the name.
            step: Such as the epoch.
        """
        if self._is_finished:
            self._warn("finished", "the run is finished; what is logged after that is left out")
            return
        file_name, name = store_checkpoint(source, name, self._place.checkpoints)
        done = self._loops[-1] + 1 if self._loops else None
        event = {
            "path": file_name,
            "name": clean_text(name),
            "step": None if step is None else step_number(step),
            "done": done,
        }
        self._write({"checkpoint": _without_none(event)})
        remove_old_checkpoints(
            self._place.checkpoints, file_name, spared=self._checkpoint.get("path")
        )

    @property
    def restored(self) -> Optional[Path]:
        """The newest checkpoint of an earlier attempt: its file, or the directory laid out anew.

        None: there is none, so the program begins at the beginning.
        """
        self._was_restored_read = True
        path = self._checkpoint.get("path")
        if self._restored is None and path:
            try:
                self._restored = restored_path(str(path), str(self._checkpoint.get("name") or ""))
                if not self._restored.exists():
                    raise FileNotFoundError(f"{self._restored} is not there")
            except Exception as error:
                self._restored = None
                self._checkpoint, self._to_skip = {}, 0
                self._warn("restored", f"the checkpoint can't be read, so all begins anew: {error}")
        return self._restored

    @property
    def restored_step(self) -> Optional[int]:
        """The step of the restored checkpoint; None: it was not told, or there is none."""
        return self._checkpoint.get("step")

    def resume(self, iterable: Iterable[Element], total: Optional[int] = None) -> Iterator[Element]:
        """Iterates, and goes on after the iteration in which the restored checkpoint was made.

        It reports progress, and it ends when a supervisor says stop. Without a checkpoint it begins
        at the beginning. A program with a state loads `restored` before it.

        Args:
            iterable: Such as `range(20)`. The elements that are done are skipped.
            total: How many elements there are; default: its length, if it has one.
        """
        if self._loops:
            self._warn("nested", "resume within resume begins at the beginning: use it once")
            yield from iterable
            return
        base = self._done
        skipped = self._skipped_of(iterable)
        remaining = _behind(iterable, skipped)
        if total is None and isinstance(iterable, Sized):
            total = len(iterable)
        if skipped and not self._was_restored_read:
            self._warn(
                "not restored",
                f"{skipped} iterations are done, but the program didn't load their checkpoint: "
                "load run.restored before the loop, if it has a state",
            )
        self._done = base + skipped
        told = 0.0
        try:
            for element in remaining:
                if self.should_stop:
                    break
                self._loops.append(self._done)
                try:
                    yield element
                finally:
                    self._loops.pop()
                self._done += 1
                if time.monotonic() - told >= _seconds_between_progress:
                    told = time.monotonic()
                    self.progress(self._done, None if total is None else base + total)
        finally:
            if self._done > base + skipped:
                self.progress(self._done, None if total is None else base + total)

    def _skipped_of(self, iterable: Iterable[Any]) -> int:
        """How many of a loop's elements are done, the loops before it being done too."""
        left = self._to_skip
        if isinstance(iterable, Sized):
            left = min(left, len(iterable))
        self._to_skip -= left
        return left

    # Stopping and the end.

    @property
    def stop_reason(self) -> Optional[str]:
        """Why the supervisor wants the program to stop, such as 'pruned'; None: it doesn't."""
        return self._stop.reason()

    @property
    def should_stop(self) -> bool:
        """Whether the supervisor wants the program to stop: a pruned trial, or an interruption."""
        return self._stop.reason() is not None

    @property
    def pruned(self) -> bool:
        """Whether the sweep gave this trial up."""
        return self._stop.reason() == "pruned"

    def finish(self, state: str = "finished", error: Optional[str] = None) -> None:
        """Ends the run. Further calls do nothing.

        Args:
            state: 'finished', 'failed' or 'interrupted'.
            error: What went wrong, in one line.
        """
        if self._is_finished or not self.is_owned:
            return
        if state not in ("finished", "failed", "interrupted"):
            self._wrong(f"a run ends 'finished', 'failed' or 'interrupted', not {state!r:.40}")
            state = "finished"
        self._write_end({"state": state, "error": clean_text(error) if error else None})
        self._is_finished = True
        self._stop.stop_listening()
        self._save(self._events.close())
        if self._events.lost:
            self._warn("lost", f"{self._events.lost} events are lost: no disk took them")
        self._closed()

    def _write_end(self, end: dict[str, Optional[str]]) -> None:
        self._write({"end": _without_none(end)})

    def _closed(self) -> None:
        """For those who record the run: it has ended."""

    def _save(self, lines: list[bytes]) -> None:
        """Puts the lines that the events' file didn't take elsewhere."""
        self._events.lost += len(lines)

    def finish_by(self, error: Optional[BaseException]) -> None:
        """Ends the run by the exception that ended the program; None: it ended well."""
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.finish("interrupted" if self._stop.ended_by_signal else "finished")
        elif isinstance(error, KeyboardInterrupt) or self._stop.ended_by_signal:
            self.finish("interrupted")
        elif isinstance(error, SystemExit):
            self.finish("failed", f"exit code {error.code!s:.200}")
        else:
            self.finish("failed", error_line(error))

    def __enter__(self) -> Run:
        """The run; leaving the block ends it."""
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Ends the run: finished, failed by an exception, or interrupted by Ctrl-C."""
        self.finish_by(error)

    # How it is written.

    def _write(self, event: dict[str, Any]) -> None:
        self._write_line(event_line({"time": round(time.time(), 3), **event}))

    def _write_line(self, line: bytes) -> None:
        if self._is_finished:
            self._warn("finished", "the run is finished; what is logged after that is left out")
            return
        self._events.append(line)

    def _wrong(self, message: str, key: Optional[str] = None) -> None:
        """The program gave something that can't be recorded."""
        if is_strict():
            raise TypeError(message)
        self._warn(key or message, message)

    def _warn(self, key: str, message: str) -> None:
        if self._complaints.make(key, message) and not self._is_finished:
            self._events.append(event_line({"time": round(time.time(), 3), "warning": message}))

    def _warn_of_events(self, message: str) -> None:
        self._complaints.make("events", message)

    def _became_child(self) -> None:
        """This process was forked off the one that began the run."""
        self._events.forget_backlog()


def error_line(error: BaseException) -> str:
    """An exception in one line, as Python ends its traceback with it."""
    lines = traceback.format_exception_only(type(error), error)
    return " ".join(lines[-1].split())[:1000]


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _kind(value: object) -> str:
    """What a value is, for a message."""
    if value is None:
        return "None"
    text = f"{value!r}" if isinstance(value, str) else f"of type {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _is_same(one: object, other: object) -> bool:
    """Whether two values of a parameter are one; a number may come as its text."""
    if one == other:
        return True
    return isinstance(one, str) != isinstance(other, str) and str(one) == str(other)


def _behind(iterable: Iterable[Element], count: int) -> Iterator[Element]:
    """The elements after the first `count`."""
    if isinstance(iterable, range):
        return iter(iterable[count:])  # type: ignore[arg-type]
    return itertools.islice(iterable, count, None)
