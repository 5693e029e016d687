"""What the tests share: programs to record, and where their events go."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path
from typing import Any, Callable, Optional

package = Path(__file__).resolve().parent.parent
repository = package.parent


def tracker() -> str:
    """The built program: ASSAY_PROGRAM, or the release or debug build of this repository."""
    named = os.environ.get("ASSAY_PROGRAM")
    builds = [repository / ".build" / kind / "assay" for kind in ("release", "debug")]
    for path in [Path(named)] if named else builds:
        if os.access(path, os.X_OK):
            return str(path)
    raise FileNotFoundError(f"no built assay among {named or builds}: set ASSAY_PROGRAM")


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without anything of a tracker around it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ASSAY_")}
    # No program assay is found by chance.
    environment["PATH"] = "/usr/bin:/bin"
    environment["PYTHONPATH"] = str(package / "src")
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment.update(more)
    return environment


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Waits for a condition; the test fails if it doesn't come about."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


class ProgramTestCase(unittest.TestCase):
    """A test that runs Python programs in a directory of its own."""

    def setUp(self) -> None:
        folder = tempfile.mkdtemp(prefix="assay-python-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.folder = Path(folder)

    def write(self, script: str) -> Path:
        """Writes a program."""
        # The same program has the same command line, as a user has it who starts it again.
        name = hashlib.sha256(script.encode()).hexdigest()[:8]
        path = self.folder / f"program-{name}.py"
        path.write_text("import assay\n" + textwrap.dedent(script))
        return path

    def start(
        self, script: str, environment: Optional[dict[str, str]] = None, **options: Any
    ) -> subprocess.Popen[str]:
        """Starts a program."""
        process = subprocess.Popen(
            [sys.executable, str(self.write(script))],
            cwd=self.folder,
            env=clean_environment(**(environment or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **{"text": True, **options},
        )
        self.addCleanup(self._end, process)
        return process

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.communicate()

    def run_program(
        self, script: str, environment: Optional[dict[str, str]] = None, status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end, which must be as expected."""
        process = self.start(script, environment)
        output, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, error)
        return subprocess.CompletedProcess(process.args, process.returncode, output, error)

    def executable(self, name: str, script: str) -> str:
        """Writes a program that stands in for assay."""
        path = self.folder / name
        path.write_text(f"#!{sys.executable}\n" + textwrap.dedent(script))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def kept_events(self) -> list[dict[str, Any]]:
        """The events of the one run that no tracker took."""
        paths = list(self.folder.glob("assay-events/*/events.jsonl"))
        self.assertEqual(len(paths), 1, paths)
        return read_events(paths[0])


class Supervision:
    """The files that a supervisor gives a program, without one that reads them."""

    def __init__(
        self,
        folder: Path,
        parameters: Optional[dict[str, Any]] = None,
        checkpoint: Optional[dict[str, Any]] = None,
        attempt: int = 1,
    ) -> None:
        self.folder = folder / "run"
        self.checkpoints = self.folder / "checkpoints"
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        self.events = self.folder / f"events-{attempt}.jsonl"
        self.control = self.folder / f"control-{attempt}.jsonl"
        state = self.folder / f"state-{attempt}.json"
        state.write_text(
            json.dumps(
                {
                    "version": 1,
                    "run": "5fb1a9d0-0000-4000-8000-000000000000",
                    "attempt": attempt,
                    "name": None,
                    "parameters": parameters or {},
                    "progress": {"done": 0, "total": None},
                    "sweep": None,
                    "trial": None,
                    "checkpoint": checkpoint,
                }
            )
        )
        self.environment = {
            "ASSAY_PROTOCOL": "1",
            "ASSAY_EVENTS": str(self.events),
            "ASSAY_RUN": "5fb1a9d0-0000-4000-8000-000000000000",
            "ASSAY_ATTEMPT": str(attempt),
            "ASSAY_STATE": str(state),
            "ASSAY_CONTROL": str(self.control),
            "ASSAY_CHECKPOINTS": str(self.checkpoints),
            "ASSAY_FILES": str(self.folder / "files"),
        }

    def say_stop(self, reason: str) -> None:
        with self.control.open("a") as file:
            file.write(json.dumps({"stop": reason}) + "\n")

    def read(self) -> list[dict[str, Any]]:
        return read_events(self.events)

    def metrics(self) -> list[tuple[Optional[int], dict[str, Any]]]:
        return [
            (event.get("step"), event["metrics"]) for event in self.read() if "metrics" in event
        ]

    def last_checkpoint(self) -> dict[str, Any]:
        """The newest checkpoint as a supervisor tells the next attempt of it."""
        newest = [event["checkpoint"] for event in self.read() if "checkpoint" in event][-1]
        path = self.checkpoints / newest["path"]
        return {**newest, "path": str(path)}

    def named(self, field: str) -> list[Any]:
        return [event[field] for event in self.read() if field in event]


def read_events(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
