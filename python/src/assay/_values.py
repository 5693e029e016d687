"""How numbers and parameters are written in events."""

from __future__ import annotations

import dataclasses
import enum
import math
import operator
from collections.abc import Mapping
from typing import Any, Optional

Metrics = Mapping[str, Any]
"""Numbers by their names; nested mappings become names with dots."""

Parameters = Any
"""A mapping, an `argparse.Namespace` or a dataclass, nested or not."""


def clean_text(text: str) -> str:
    """The text without surrogates, which JSON's readers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


# SQLite's integers; a larger one is written as a float.
_integers = range(-(2**63), 2**63)
# An array longer than this is described, not listed.
_longest_list = 1000


def float_text(value: float) -> str:
    """A float as JSON, with the bare words that Python's json module has for what isn't finite."""
    if value - value == 0.0:
        return float.__repr__(value)
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def number_text(value: object) -> Optional[str]:
    """A number as JSON; None if it is no number.

    Takes Python's numbers and whatever gives one by `item()`, as scalars of numpy and torch do, or
    by `float()`.
    """
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return float_text(value)
    try:
        if isinstance(value, int):
            return int.__repr__(value) if value in _integers else float_text(float(value))
        item = getattr(value, "item", None)
        if callable(item):
            scalar = item()
            return number_text(scalar) if isinstance(scalar, (bool, int, float)) else None
        if isinstance(value, (str, bytes, bytearray)) or not hasattr(value, "__float__"):
            return None
        return float_text(float(value))
    except Exception:  # of a foreign type, such as an array of many numbers
        return None


def step_number(step: object) -> Optional[int]:
    """A step as an integer; None if it is none."""
    try:
        if isinstance(step, float):
            return int(step) if step.is_integer() else None
        number = operator.index(step)  # type: ignore[arg-type]
    except Exception:  # of a foreign type
        return None
    return number if number in _integers else None


def flattened(values: Mapping[Any, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dots between the names."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat.update(flattened(value, f"{name}."))
        else:
            flat[name] = value
    return flat


def as_mapping(parameters: Parameters) -> Mapping[Any, Any]:
    """Parameters as a mapping.

    Raises:
        TypeError: `parameters` has no names for its values.
    """
    if parameters is None:
        return {}
    if isinstance(parameters, Mapping):
        return parameters
    if dataclasses.is_dataclass(parameters) and not isinstance(parameters, type):
        return dataclasses.asdict(parameters)
    try:
        return dict(vars(parameters))
    except TypeError:
        pass
    raise TypeError(
        "parameters are a mapping, an argparse.Namespace or a dataclass, "
        f"not a {type(parameters).__name__}"
    )


def parameter_value(value: object) -> Any:
    """A parameter as what JSON can hold: itself, a number, a list, or its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, (int, float)):
        return _number_value(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): parameter_value(element) for key, element in value.items()}
    if isinstance(value, (list, tuple)):
        return [parameter_value(element) for element in value]
    if isinstance(value, (set, frozenset)):
        return sorted((parameter_value(element) for element in value), key=str)
    return _foreign_value(value)


def _number_value(value: float) -> Any:
    if isinstance(value, int):
        return int(value) if value in _integers else str(value)
    return float(value) if math.isfinite(value) else float_text(value)


def _foreign_value(value: object) -> Any:
    """What a value of a type that is not Python's own is recorded as."""
    try:
        size = getattr(value, "size", None)
        size = size() if callable(size) else size
        if hasattr(value, "item") and size in (None, 1, ()):
            return parameter_value(value.item())
        if hasattr(value, "tolist") and isinstance(size, int) and size <= _longest_list:
            return parameter_value(value.tolist())
        if callable(value) and hasattr(value, "__qualname__"):
            return f"{value.__module__}.{value.__qualname__}"
        return clean_text(str(value))
    except Exception:  # of a foreign type
        return f"<{type(value).__name__}>"
