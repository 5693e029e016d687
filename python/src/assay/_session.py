"""The process's current run: how it starts, and how it ends if the program doesn't say."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Callable, Optional, Union

from ._errors import Complaints
from ._kept import kept_place, recovery
from ._place import Place, run_variables
from ._recorder import Recorder, RecorderError, refusal, start_object
from ._run import Run, error_line
from ._values import Parameters, as_mapping, clean_text, flattened, parameter_value

# How long the end of a program waits for the recorder, which goes on without it.
_seconds_until_recorded = 300.0

_lock = threading.RLock()
_current: Optional[Run] = None
# What a supervisor told this process of its run, until that run is finished here.
_has_joined = False
# What tells processes that this one starts of the trial that it holds.
_held: dict[str, str] = {}
# How the program ended, as far as is known.
_end: Optional[BaseException] = None
_are_hooks_set = False


class _JoinedRun(Run):
    """A run that `assay run`, a sweep or a parent process records."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        # A run ends with the process that began it, not with its workers.
        if os.environ.get("ASSAY_OWNER", str(os.getpid())) != str(os.getpid()):
            self._owner = -1
        else:
            os.environ["ASSAY_OWNER"] = str(os.getpid())
            self._stop.listen()


class _RecordedRun(Run):
    """A run that a process of its own records."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder.place)
        # What it knows is what this program gave.
        self._given = {}
        self._recorder = recorder
        self._exported = _export(self._place)

    def _closed(self) -> None:
        _withdraw(self._exported)
        try:
            is_recorded = self._recorder.close(_seconds_until_recorded)
        except KeyboardInterrupt:
            is_recorded = True
        if not is_recorded:
            self._warn(
                "recorder",
                "the recorder ended early; any command of assay, such as "
                "`assay runs list`, records the rest",
            )

    def _save(self, lines: list[bytes]) -> None:
        if not lines:
            return
        try:
            start = start_object(str(uuid.uuid4()), self.name, {}, {})
            start["note"] = f"the rest of run {self.id}"
            place = kept_place(start)
            with open(place.events, "ab") as file:
                file.writelines(lines)
        except OSError:
            super()._save(lines)
            return
        self._complaints.make(
            "rest", f"{len(lines)} events are in {place.events}: `{recovery(place)}` takes them in"
        )

    def _became_child(self) -> None:
        super()._became_child()
        self._recorder.close_input()


class _KeptRun(Run):
    """A run that no tracker records yet."""

    def __init__(self, place: Place, complaints: Complaints) -> None:
        super().__init__(place, complaints)
        self._exported = _export(place)

    def _closed(self) -> None:
        _withdraw(self._exported)


class _LostRun(Run):
    """A run that nothing can record, not even a file."""

    def __init__(self, run: str, complaints: Complaints) -> None:
        folder = os.path.join(os.devnull, "none")
        super().__init__(Place(run, os.devnull, folder, folder), complaints)


def start(
    name: Optional[str] = None,
    parameters: Parameters = None,
    *,
    tags: Union[str, list[str], tuple[str, ...]] = (),
    note: Optional[str] = None,
    group: Optional[str] = None,
    db: Union[str, os.PathLike[str], None] = None,
    resume: str = "allow",
) -> Run:
    """Starts a run, which becomes the current one.

    Under `assay run` or a sweep it is their run, which this process joins. Alone, it starts `assay
    record`, which records until this process ends. If there is no tracker, the run goes on all the
    same, and a warning says where its events are. An earlier run of this process is finished first.

    Args:
        name: What you call the run. With the same name, command and parameters, an interrupted or
            failed run goes on.
        parameters: A mapping, an `argparse.Namespace` or a dataclass.
        tags: Words to find it by.
        note: What you want to remember of it.
        group: What it is put together with other runs under.
        db: The database; default: ASSAY_DB, else ./assay.db. Under a supervisor, it has chosen.
        resume: 'allow' goes on with an earlier run as `name` says; 'must' raises if there is none;
            'never' always starts a new one; else a run's UUID or its first digits.

    Raises:
        AssayError: `resume` names a run that is not there.
    """
    global _current
    words = [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
    values, objection = _recordable(parameters)
    with _lock:
        _set_hooks()
        joined: Optional[Run] = None
        if _current is not None and not _current.is_finished and _is_shared(_current):
            run = joined = _current
        else:
            if _current is not None:
                _current.finish()
            _current = None
            joined = _join()
            if joined is None:
                more = {"tags": words, "note": note, "group": group, "resume": resume}
                run = _record(name, values, more, None if db is None else os.fspath(db))
                # The recorder knows these from the start.
                run._known_parameters = {**values, **run._known_parameters}
                run.name = run.name or name
            else:
                run = joined
            _current = run
        if objection:
            run._wrong(objection)
        if joined is not None:
            _describe(run, name, values, words, note, group)
        return run


def _recordable(parameters: Parameters) -> tuple[dict[str, Any], Optional[str]]:
    """Parameters by flat names, and what is wrong with them; None: nothing."""
    try:
        named = flattened(as_mapping(parameters))
        return {clean_text(name): parameter_value(value) for name, value in named.items()}, None
    except Exception as error:
        return {}, f"the parameters were left out: {error_line(error)}"


def run() -> Run:
    """The current run. Without one, it joins the run that the environment names, or starts one."""
    with _lock:
        if _current is not None and not _current.is_finished:
            return _current
        return start()


def given() -> dict[str, Any]:
    """The parameters that a sweep or `assay run --param` gives this process; {} if neither does."""
    with _lock:
        if _current is not None and not _current.is_finished:
            return dict(_current.given)
    place = Place.of_environment(os.environ)
    return flattened(place.known.get("parameters") or {}) if place else {}


def hold(run: Optional[Run]) -> None:
    """Makes a trial the current run, which `start` then joins; None: there is no current run."""
    global _current, _held
    with _lock:
        _set_hooks()
        if _current is not None and _current is not run:
            _current.finish()
        _withdraw(_held)
        _held = {} if run is None else _export(run._place)
        _current = run


def _is_shared(run: Run) -> bool:
    """Whether `start` means this run: a sweep's trial, or the run of the process above."""
    return run.is_trial or not run.is_owned


def _describe(
    run: Run,
    name: Optional[str],
    values: Mapping[str, Any],
    tags: list[str],
    note: Optional[str],
    group: Optional[str],
) -> None:
    # A name that the user gave the supervisor is nearer to what she means now.
    if name is not None and run.name is None:
        run.rename(name)
    if values:
        run.update(values)
    if tags:
        run.tag(*tags)
    if note is not None:
        run.note(note)
    if group is not None:
        run.group(group)


def _join() -> Optional[Run]:
    """The run that the environment names, unless this process had it already."""
    global _has_joined
    if _has_joined:
        return None
    place = Place.of_environment(os.environ)
    if place is None:
        return None
    try:
        joined = _JoinedRun(place)
    except OSError as error:
        complaints = Complaints()
        start = start_object(str(uuid.uuid4()), None, {}, {})
        return _keep(start, f"{place.events} can't be written: {error.strerror}", complaints)
    _has_joined = True
    return joined


def _record(
    name: Optional[str], parameters: dict[str, Any], more: dict[str, Any], db: Optional[str]
) -> Run:
    start = start_object(str(uuid.uuid4()), name, parameters, more)
    try:
        return _RecordedRun(Recorder(start, db))
    except RecorderError as error:
        refused = refusal(error, more["resume"])
        if refused is not None:
            raise refused from None
        reason = str(error)
    except Exception as error:
        reason = f"the run can't be recorded: {error_line(error)}"
    return _keep({**start, "run": str(uuid.uuid4())}, reason, Complaints())


def _keep(start: dict[str, Any], reason: str, complaints: Complaints) -> Run:
    try:
        place = kept_place(start)
        kept = _KeptRun(place, complaints)
    except OSError as error:
        complaints.make("tracker", f"nothing is recorded: {reason}; and {error}")
        return _LostRun(start["run"], complaints)
    complaints.make(
        "tracker", f"{reason}. Events go to {place.events}: `{recovery(place)}` takes them in later"
    )
    return kept


def _export(place: Place) -> dict[str, str]:
    """Tells processes that this one starts where events go."""
    variables = {**place.environment(), "ASSAY_OWNER": str(os.getpid())}
    os.environ.update(variables)
    global _has_joined
    _has_joined = True
    return variables


def _withdraw(variables: Mapping[str, str]) -> None:
    for name in run_variables:
        if name in variables and os.environ.get(name) == variables[name]:
            del os.environ[name]


# How a program ends that doesn't finish its run.


def _set_hooks() -> None:
    global _are_hooks_set
    if _are_hooks_set:
        return
    _are_hooks_set = True
    atexit.register(_finish_at_exit)
    sys.excepthook = _excepthook(sys.excepthook)
    sys.exit = _exit(sys.exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)


def _excepthook(
    earlier: Callable[[type[BaseException], BaseException, Optional[TracebackType]], Any],
) -> Callable[[type[BaseException], BaseException, Optional[TracebackType]], Any]:
    def hook(
        kind: type[BaseException], error: BaseException, trace: Optional[TracebackType]
    ) -> None:
        global _end
        _end = error
        earlier(kind, error, trace)

    return hook


def _exit(earlier: Callable[..., Any]) -> Callable[..., Any]:
    """Notes the code that the program exits with, which nothing tells at its end."""

    def exit(code: object = None, /) -> None:
        global _end
        if threading.current_thread() is threading.main_thread():
            _end = SystemExit(code)
        earlier(code)

    return exit


def _finish_at_exit() -> None:
    if _current is not None:
        _current.finish_by(_end)


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()
    if _current is not None:
        _current._became_child()


def current_database() -> Optional[str]:
    """The database of the current run; None: there is no run, or no tracker takes it yet."""
    return None if _current is None else _current.database
