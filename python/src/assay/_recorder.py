"""The process that records a run which no other command started: `assay record`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import time
from typing import Any, Optional

from ._errors import AssayError
from ._place import Place, run_variables

# Another process may be bringing a large database up to date.
_seconds_until_answer = 60.0
_longest_answer = 16 << 20


class RecorderError(Exception):
    """The tracker can't record. The message is one line."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code
        """As `assay` would exit with; 0 if it didn't answer."""


def find_program() -> str:
    """The path of `assay`: ASSAY_PROGRAM, or the one on the path.

    Raises:
        RecorderError: There is none.
    """
    named = os.environ.get("ASSAY_PROGRAM")
    if named:
        if os.access(named, os.X_OK):
            return named
        raise RecorderError(f"ASSAY_PROGRAM names {named}, which can't be run")
    found = shutil.which("assay")
    if found is None:
        raise RecorderError("the program assay is not on the path; set ASSAY_PROGRAM to it")
    return found


class Conversation:
    """A process of `assay` that answers each line with a line, both JSON."""

    def __init__(self, arguments: list[str]) -> None:
        """Starts `assay` with the arguments.

        Raises:
            RecorderError: It can't be started.
        """
        self._program = find_program()
        command = [self._program, *arguments]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A key such as Ctrl-C in the terminal is meant for the program alone.
                start_new_session=True,
                env=_own_environment(),
            )
        except (OSError, ValueError) as error:
            raise RecorderError(f"{self._program} can't be started: {error}") from None
        self._buffer = b""

    def ask(self, request: dict[str, Any], seconds: Optional[float] = None) -> dict[str, Any]:
        """Sends a line and waits for the answer.

        Raises:
            RecorderError: The process ended, answered with an error, or not at all.
        """
        line = json.dumps(request, default=str).encode("ascii") + b"\n"
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except (OSError, ValueError):
            # It may have said why before it ended.
            pass
        answer = self._read(seconds)
        if "error" in answer:
            raise RecorderError(str(answer["error"]), _code(answer.get("code")))
        return answer

    def _read(self, seconds: Optional[float]) -> dict[str, Any]:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._buffer:
            left = None if end is None else max(end - time.monotonic(), 0)
            if not select.select([descriptor], [], [], left)[0]:
                raise RecorderError(f"assay did not answer within {seconds:.0f} seconds")
            piece = os.read(descriptor, 1 << 16)
            if not piece or len(self._buffer) > _longest_answer:
                raise RecorderError(self._end())
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise RecorderError(f"{self._program} answers as assay does not")
        return answer

    def _end(self) -> str:
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "assay closed its output"
        return f"assay ended with {code}" if code >= 0 else f"assay was ended by signal {-code}"

    @property
    def has_ended(self) -> bool:
        """Whether the process is there no more."""
        return self._process.poll() is not None

    def close(self, seconds: float) -> bool:
        """Ends the conversation. Says whether the process ended well within that time."""
        self.close_input()
        try:
            return self._process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            # It finishes by itself; no warning of Python's that it still runs.
            self._process.returncode = 0
            return False
        finally:
            if self._process.stdout is not None:
                self._process.stdout.close()

    def close_input(self) -> None:
        """Closes this process's end, as a forked child must, whose copy would keep it open."""
        stdin = self._process.stdin
        if stdin is None:
            return
        with contextlib.suppress(OSError):
            stdin.close()


class Recorder(Conversation):
    """`assay record`: records a run as long as this process holds its end of a pipe."""

    def __init__(self, start: dict[str, Any], database: Optional[str]) -> None:
        """Starts the recorder and waits until it has begun the run.

        Raises:
            RecorderError: It can't record.
        """
        super().__init__(["record", *(["--db", database] if database else [])])
        try:
            self.place = Place.of_answer(self.ask(start, _seconds_until_answer), start["run"])
        except RecorderError:
            self.close(0.2)
            raise
        except KeyError as error:
            self.close(0.2)
            raise RecorderError(f"assay's answer lacks {error}") from None


def _own_environment() -> dict[str, str]:
    """The environment without what tells this program's processes of their run."""
    return {name: value for name, value in os.environ.items() if name not in run_variables}


def _code(value: object) -> int:
    return value if isinstance(value, int) else 0


def process_started() -> str:
    """What tells this process from others that had its number, as Assay writes it."""
    if sys.platform != "linux":
        return str(os.getpid())
    try:
        with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
            # The name in parentheses may hold anything, parentheses included.
            return file.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def start_object(
    run: str, name: Optional[str], parameters: dict[str, Any], more: dict[str, Any]
) -> dict[str, Any]:
    """What a recorder, or whoever finds the kept events, must know of a run."""
    try:
        directory = os.getcwd()
    except OSError:  # it was removed
        directory = "/"
    start: dict[str, Any] = {
        "version": 1,
        "run": run,
        "name": name,
        "parameters": parameters,
        "command_line": list(getattr(sys, "orig_argv", None) or [sys.executable, *sys.argv]),
        "working_directory": directory,
        "process_id": os.getpid(),
        "process_started": process_started(),
        "time": time.time(),
    }
    start.update({key: value for key, value in more.items() if value})
    return start


def refusal(error: RecorderError, resume: str) -> Optional[AssayError]:
    """The error that a user must see: she asked to go on with a run that is not there."""
    if resume not in ("allow", "never") and error.code in (64, 66):
        return AssayError(str(error))
    return None
