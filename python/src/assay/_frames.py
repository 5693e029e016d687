"""The frames of a conversation with a served model, both ways.

A frame is four bytes "ASSY", the length of its header as a 32-bit number, the header as one JSON
object, and the arrays that the header lists, all little-endian.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Optional, Union

mark = b"ASSY"
item_sizes = {"float32": 4, "uint32": 4, "uint64": 8}

# A header names a few arrays and numbers. Anything longer is not a header.
_longest_header = 1 << 20
# Whatever the header says, one request holds no more than this.
_largest_array = 1 << 33

Buffer = Union[bytes, bytearray, memoryview]


class FrameError(Exception):
    """What was read is not a frame."""


@dataclass(frozen=True)
class Array:
    """Numbers of one type, row by row."""

    type: str
    shape: tuple[int, ...]
    data: Buffer


def read(stream: BinaryIO) -> Optional[tuple[dict[str, Any], dict[str, Array]]]:
    """Reads the next frame: its header and its arrays; None where the stream ends before it."""
    start = bytearray(8)
    count = _fill(stream, start)
    if count == 0:
        return None
    if count < 8 or start[:4] != mark:
        raise FrameError("a frame does not begin with ASSY")
    (length,) = struct.unpack("<I", start[4:])
    if length > _longest_header:
        raise FrameError(f"a header of {length} bytes")
    text = bytearray(length)
    _fill_wholly(stream, text)
    try:
        header = json.loads(text)
    except ValueError as error:
        raise FrameError(f"a header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise FrameError("a header is not a JSON object")
    arrays = {}
    for listed in header.get("arrays", []):
        name, kind, shape = _description(listed)
        data = bytearray(item_sizes[kind] * math.prod(shape))
        _fill_wholly(stream, data)
        arrays[name] = Array(kind, shape, data)
    return header, arrays


def write(stream: BinaryIO, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Writes one frame."""
    listed = [
        {"name": name, "type": array.type, "shape": array.shape} for name, array in arrays.items()
    ]
    text = json.dumps({**header, "arrays": listed} if listed else header).encode()
    _write_wholly(stream, mark + struct.pack("<I", len(text)) + text)
    for array in arrays.values():
        _write_wholly(stream, array.data)
    stream.flush()


def _description(listed: Any) -> tuple[str, str, tuple[int, ...]]:
    """The name, type and shape of an array that a header lists."""
    if not isinstance(listed, dict) or listed.get("type") not in item_sizes:
        raise FrameError(f"no description of an array: {listed}")
    shape: Any = listed.get("shape")
    if not isinstance(shape, Sequence) or not all(
        isinstance(side, int) and side >= 0 for side in shape
    ):
        raise FrameError(f"no shape of an array: {shape}")
    kind: str = listed["type"]
    if item_sizes[kind] * math.prod(shape) > _largest_array:
        raise FrameError(f"an array of the shape {shape} is too large")
    return str(listed.get("name")), kind, tuple(shape)


def _fill(stream: BinaryIO, room: bytearray) -> int:
    """Reads until `room` is full or the stream ends; returns how many bytes it read."""
    count = 0
    with memoryview(room) as view:
        while count < len(room):
            # A raw stream gives what the pipe holds, and a buffered one at times no more.
            more = stream.readinto(view[count:])  # type: ignore[attr-defined]
            if not more:
                break
            count += more
    return count


def _fill_wholly(stream: BinaryIO, room: bytearray) -> None:
    if _fill(stream, room) < len(room):
        raise FrameError("a frame ends early")


def _write_wholly(stream: BinaryIO, data: Buffer) -> None:
    view = memoryview(data).cast("B")
    while len(view) > 0:
        view = view[stream.write(view) :]
