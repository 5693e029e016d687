"""What goes wrong, and how users hear of it without their program ending."""

from __future__ import annotations

import os
import sys
import warnings


class AssayError(Exception):
    """Something that was asked for can't be done: a query, a sweep, or going on with a run."""


class AssayWarning(UserWarning):
    """Something was not recorded as asked; the program goes on."""


def is_strict() -> bool:
    """Whether wrong values raise instead of warning, for tests of one's own (ASSAY_STRICT=1)."""
    return os.environ.get("ASSAY_STRICT", "0") not in ("", "0")


class Complaints:
    """Warns of each trouble once, and never raises."""

    # A program that goes wrong in a thousand ways hears of the first ones.
    _limit = 20

    def __init__(self) -> None:
        self._made: set[str] = set()

    def make(self, key: str, message: str) -> bool:
        """Warns unless it warned of `key` before. Says whether it did."""
        if key in self._made or len(self._made) >= self._limit:
            return False
        self._made.add(key)
        try:
            warnings.warn(f"assay: {message}", AssayWarning, stacklevel=_users_level())
        except AssayWarning:
            # Python was asked to raise warnings, which must not end a training.
            if sys.stderr is not None:
                print(f"assay: {message}", file=sys.stderr)
        return True


def _users_level() -> int:
    """How many calls up the user's own code is, for the place that a warning names."""
    level = 2
    folder = os.path.dirname(__file__)
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(folder):
        frame = frame.f_back
        level += 1
    return level - 1
