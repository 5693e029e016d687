"""The supervisor's word that the program should stop."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Any, Optional

from ._events import last_words


class StopSign:
    """What the control file and SIGTERM say."""

    def __init__(self, control: Optional[str]) -> None:
        self._control = control
        self._offset = 0
        self._reason: Optional[str] = None
        self._was_signalled = False
        self._is_watched = False
        self._previous: Any = None
        self._owner = os.getpid()
        self.has_said_pruned = False
        """Whether the program has heard that its trial is given up."""
        self.ended_by_signal = False
        """Whether SIGTERM ended the program, which never looked at the sign."""

    def reason(self) -> Optional[str]:
        """Why the program should stop, such as 'pruned' or 'interrupted'; None: it should go on."""
        self._is_watched = True
        if self._reason is None and self._control is not None:
            try:
                has_news = os.stat(self._control).st_size > self._offset
            except OSError:
                has_news = False
            if has_news:
                words, self._offset = last_words(self._control, self._offset)
                for word in words:
                    if word.get("stop"):
                        self._reason = str(word["stop"])
        if self._reason is None and self._was_signalled:
            return "stopped"
        self.has_said_pruned = self._reason == "pruned"
        return self._reason

    def listen(self) -> None:
        """Takes SIGTERM as a word to stop, where it would end the process at once."""
        if threading.current_thread() is not threading.main_thread():
            return
        try:
            if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                self._previous = signal.signal(signal.SIGTERM, self._handle)
        except ValueError:  # an interpreter within another one
            pass

    def stop_listening(self) -> None:
        """Gives SIGTERM back."""
        if self._previous is None:
            return
        try:
            if signal.getsignal(signal.SIGTERM) == self._handle:
                signal.signal(signal.SIGTERM, self._previous)
        except (ValueError, TypeError):
            pass
        self._previous = None

    def _handle(self, number: int, frame: Optional[FrameType]) -> None:
        if os.getpid() != self._owner:
            # A worker that was forked ends as it would have.
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        is_second = self._was_signalled
        self._was_signalled = True
        # A program that looks at the sign ends by itself; others end as by an exit, with their
        # files closed.
        if is_second or not self._is_watched:
            self.ended_by_signal = True
            raise SystemExit(128 + number)
