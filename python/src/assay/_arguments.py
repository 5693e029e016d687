"""A sweep's parameters as the defaults of a program's arguments."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, Optional, TypeVar

from ._session import given

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)


def argparse_defaults(parser: Parser, parameters: Optional[Mapping[str, Any]] = None) -> Parser:
    """Makes given parameters the defaults of the arguments that have their names.

    A sweep over `lr` then sets `--lr`, without a word of it in the sweep's command. What stands on
    the command line comes first. Names match with `-` for `_`, too.

    Args:
        parser: The program's parser; it is changed and given back.
        parameters: Default: those that a sweep or `assay run --param` gives this process.
    """
    values = given() if parameters is None else dict(parameters)
    for action in parser._actions:
        for name in (action.dest, action.dest.replace("_", "-")):
            if action.dest != argparse.SUPPRESS and name in values:
                action.default = _converted(values[name], action)
                # It need not be said any more.
                action.required = False
    return parser


def _converted(value: Any, action: argparse.Action) -> Any:
    """The value as the argument's own type, which argparse makes of texts alone."""
    if isinstance(value, (list, tuple)) or action.type is None or value is None:
        return value
    # A text goes through the argument's type as if it had been said.
    return value if isinstance(value, str) else str(value)
