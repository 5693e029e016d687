"""The file of events, to which a program only ever appends."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
import time
from collections import deque
from typing import Any, Callable, Optional

# Above this many bytes, events that no disk takes are lost.
_longest_backlog = 64 << 20
_seconds_between_tries = 1.0


def event_line(event: dict[str, Any]) -> bytes:
    """An event as one line in UTF-8. Text that is no Unicode has its faults replaced."""
    return json.dumps(event, separators=(",", ":"), default=str).encode("ascii") + b"\n"


class EventFile:
    """Appends lines to a file, each by one write, so those of several processes don't mix.

    Lines that the disk refuses are kept in memory and tried again.
    """

    def __init__(self, path: str, complain: Callable[[str], None]) -> None:
        """Opens the file, which is made if it isn't there.

        Raises:
            OSError: It can't be opened.
        """
        self.path = path
        self._complain = complain
        self._lock = threading.Lock()
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._next_try = 0.0
        self._is_closed = False
        self.lost = 0
        """Lines that neither the disk nor the backlog took."""
        self._descriptor = self._open()

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        return os.open(self.path, flags, 0o600)

    def append(self, line: bytes) -> None:
        """Writes a line with its newline. It survives this process, though not a power cut."""
        if self._backlog:
            self._append_behind(line)
            return
        try:
            written = os.write(self._descriptor, line)
        except OSError as error:
            self._keep(line, error)
            return
        if written != len(line):
            # The rest may come behind another process's line: this one begins anew on its own.
            self._keep(b"\n" + line, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def _append_behind(self, line: bytes) -> None:
        with self._lock:
            self._add(line)
            if time.monotonic() >= self._next_try:
                self._try_backlog()

    def _keep(self, line: bytes, error: OSError) -> None:
        with self._lock:
            self._add(line)
            if error.errno == errno.EBADF and not self._is_closed:
                # The program closed all files that it didn't know.
                try:
                    self._descriptor = self._open()
                    self._try_backlog()
                except OSError:
                    pass
            is_kept = bool(self._backlog)
            self._next_try = time.monotonic() + _seconds_between_tries
        if is_kept:
            self._complain(
                f"{self.path} can't be written: {error.strerror}. Events are kept in memory and "
                "tried again; make room on the disk"
            )

    def _add(self, line: bytes) -> None:
        if self._backlog_bytes + len(line) > _longest_backlog:
            self.lost += 1
            return
        self._backlog.append(line)
        self._backlog_bytes += len(line)

    def _try_backlog(self) -> None:
        self._next_try = time.monotonic() + _seconds_between_tries
        while self._backlog:
            line = self._backlog[0]
            try:
                written = os.write(self._descriptor, line)
            except OSError:
                return
            if written != len(line):
                self._backlog[0] = line if line.startswith(b"\n") else b"\n" + line
                return
            self._backlog.popleft()
            self._backlog_bytes -= len(line)

    def forget_backlog(self) -> None:
        """Drops what waits: in a forked child, since its parent has it too."""
        self._lock = threading.Lock()
        self._backlog.clear()
        self._backlog_bytes = 0

    def close(self) -> list[bytes]:
        """Writes what waits, closes the file, and gives back the lines that it didn't take."""
        with self._lock:
            self._try_backlog()
            self._is_closed = True
            rest = [line.lstrip(b"\n") for line in self._backlog]
            self._backlog.clear()
            self._backlog_bytes = 0
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1
        return rest


def last_words(path: Optional[str], offset: int) -> tuple[list[dict[str, Any]], int]:
    """The whole lines of a file from `offset` on, and where the next one begins."""
    if path is None:
        return [], offset
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            content = file.read()
    except OSError:
        return [], offset
    end = content.rfind(b"\n") + 1
    words = []
    for line in content[:end].splitlines():
        try:
            word = json.loads(line)
        except ValueError:
            continue
        if isinstance(word, dict):
            words.append(word)
    return words, offset + end
