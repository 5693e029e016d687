"""Answers Assay's requests to a model, by standard input and output."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Callable, Optional

from . import _frames
from ._errors import AssayError
from ._frames import Array

protocol_version = 1

layouts = ("channels_first", "channels_last")


@dataclass(frozen=True)
class Description:
    """What a model says of itself when Assay greets it.

    Attributes:
        name: How the model is called.
        classes: The number of outputs.
        shape: One image's, in the order of the layout.
        layout: One of `layouts`.
        digest: 64 hexadecimal digits, the same for the same weights and architecture.
        capabilities: What the model can do besides logits: gradient, draws, features, keep,
            draw_gradient, feature_gradient.
        layers: The layers whose outputs can be asked for, and how many numbers each gives.
        default_layer: The one that features are taken of unless another is named.
        batch: The number of images a request that suits the model best.
        device: Where it computes.
        framework: Its framework and the version.
    """

    name: str
    classes: int
    shape: tuple[int, ...]
    layout: str
    digest: str
    batch: int
    device: str
    framework: str
    capabilities: list[str] = field(default_factory=list)
    layers: dict[str, int] = field(default_factory=dict)
    default_layer: Optional[str] = None

    def header(self) -> dict[str, Any]:
        """The answer to a greeting."""
        return {"version": protocol_version, **vars(self), "shape": list(self.shape)}


class Served(ABC):
    """A model that answers requests. What it is given and gives has the shapes of the protocol."""

    @property
    @abstractmethod
    def description(self) -> Description:
        """What the model says of itself."""

    @abstractmethod
    def logits(self, images: Array, keep: bool) -> Array:
        """The logits, [n, classes]; `keep` holds what a gradient of them needs."""

    @abstractmethod
    def gradient(self, images: Optional[Array], weights: Array) -> Array:
        """The gradient of the weighted sum of logits, of the images' shape.

        Without `images`, it is that of the logits which were kept last.
        """

    @abstractmethod
    def draws(self, images: Array, indices: Array, draw: Draw) -> Array:
        """The logits of several passes with dropout on, [n, passes, classes]."""

    @abstractmethod
    def features(self, images: Array, layer: str) -> Array:
        """The outputs of a layer, [n, width]."""

    def draw_gradient(self, images: Array, indices: Array, draw: Draw, weights: Array) -> Array:
        """The gradient of the weighted sum of the logits of several passes with dropout on.

        `weights` are [n, passes, classes].
        """
        raise AssayError(f"the model {self.description.name} gives no draw_gradient")

    def feature_gradient(self, images: Array, layer: str, weights: Array) -> Array:
        """The gradient of the weighted sum of a layer's outputs; `weights` are [n, width]."""
        raise AssayError(f"the model {self.description.name} gives no feature_gradient")


@dataclass(frozen=True)
class Draw:
    """Which random numbers to use: those of (seed, purpose, an image's index, a pass)."""

    seed: int
    purpose: int
    passes: int
    first_pass: int


def answer_requests(make: Callable[[], Served]) -> None:
    """Makes the model and answers requests until Assay closes standard input.

    Whatever the program prints from here on goes to standard error: standard output is Assay's.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise SystemExit(
            "assay: this program serves a model and waits for Assay's requests on standard input; "
            f"try: assay models serve-check -- {' '.join([_python(), *sys.argv])}"
        )
    with _streams() as (requests, answers):
        if threading.current_thread() is threading.main_thread():
            # Control-C reaches all processes of the terminal; Assay decides what becomes of this.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(BrokenPipeError):
            converse(make, requests, answers)


def converse(make: Callable[[], Served], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers the requests of one stream in another, until the first one ends."""
    served: Optional[Served] = None
    trouble = ""
    try:
        served = make()
    except Exception as error:
        trouble = _line(error)
    while True:
        try:
            frame = _frames.read(requests)
        except _frames.FrameError as error:
            # After that nobody knows where the next frame begins.
            _frames.write(answers, {"error": _line(error), "id": None}, {})
            return
        if frame is None:
            return
        header, arrays = frame
        number = header.get("id")
        if served is None:
            _frames.write(answers, {"error": trouble, "id": number}, {})
            continue
        try:
            said, made = _answer(served, header, arrays)
        except Exception as error:
            _frames.write(answers, {"error": _line(error), "id": number}, {})
        else:
            said = {"answer": header.get("request"), "id": number, **said}
            _frames.write(answers, said, made)


def _answer(
    served: Served, header: Mapping[str, Any], arrays: Mapping[str, Array]
) -> tuple[dict[str, Any], dict[str, Array]]:
    """The answer to one request: what to say, and the arrays."""
    request = header.get("request")
    description = served.description
    if request == "hello":
        if header.get("version") != protocol_version:
            raise AssayError(
                f"this package speaks version {protocol_version} of the protocol, "
                f"not {header.get('version')}"
            )
        return description.header(), {}
    needed = {
        "gradient": "gradient" if header.get("draws") is None else "draw_gradient",
        "draws": "draws",
        "features": "features",
        "feature_gradient": "feature_gradient",
    }.get(str(request))
    if needed is not None and needed not in description.capabilities:
        raise AssayError(f"the model {description.name} gives no {needed}")
    if request == "logits":
        keep = bool(header.get("keep", False)) and "keep" in description.capabilities
        return {}, {"logits": served.logits(_images(description, arrays), keep)}
    if request == "gradient" and header.get("draws") is not None:
        images = _images(description, arrays)
        weights = _take(arrays, "weights", "float32")
        draw = _draw(header["draws"])
        indices = _indices(arrays, images)
        return {}, {"gradient": served.draw_gradient(images, indices, draw, weights)}
    if request == "gradient":
        kept = bool(header.get("kept", False))
        weights = _take(arrays, "weights", "float32")
        given = None if kept else _images(description, arrays)
        return {}, {"gradient": served.gradient(given, weights)}
    if request == "draws":
        images = _images(description, arrays)
        indices = _indices(arrays, images)
        return {}, {"logits": served.draws(images, indices, _draw(header))}
    if request in ("features", "feature_gradient"):
        layer = str(header.get("layer") or description.default_layer)
        if layer not in description.layers:
            named = ", ".join(description.layers)
            raise AssayError(f"there are no features of the layer {layer}, only of {named}")
        images = _images(description, arrays)
        if request == "features":
            return {}, {"features": served.features(images, layer)}
        weights = _take(arrays, "weights", "float32")
        return {}, {"gradient": served.feature_gradient(images, layer, weights)}
    raise AssayError(f"this package knows no request {request}")


def _draw(header: Mapping[str, Any]) -> Draw:
    return Draw(
        int(header["seed"]),
        int(header["purpose"]),
        int(header["passes"]),
        int(header.get("first_pass", 0)),
    )


def _indices(arrays: Mapping[str, Array], images: Array) -> Array:
    indices = _take(arrays, "indices", "uint32")
    if indices.shape != images.shape[:1]:
        raise AssayError(f"{indices.shape} indices for {images.shape[0]} images")
    return indices


def _images(description: Description, arrays: Mapping[str, Array]) -> Array:
    images = _take(arrays, "images", "float32")
    if images.shape[1:] != description.shape:
        raise AssayError(
            f"images of the shape {images.shape[1:]}, where the model takes {description.shape}"
        )
    return images


def _take(arrays: Mapping[str, Array], name: str, kind: str) -> Array:
    array = arrays.get(name)
    if array is None or array.type != kind:
        raise AssayError(f"the request has no array {name} of {kind}")
    return array


def _line(error: BaseException) -> str:
    """An exception as one line; where it came from is for standard error."""
    if not isinstance(error, (AssayError, _frames.FrameError)):
        traceback.print_exception(type(error), error, error.__traceback__)
    said = " ".join(str(error).split()) or type(error).__name__
    return said if isinstance(error, AssayError) else f"{type(error).__name__}: {said}"


def _python() -> str:
    return os.path.basename(sys.executable) or "python3"


class _Output:
    """Where standard output led before it was moved aside, and which process of several this is."""

    descriptor: Optional[int] = None
    process: int = 0

    def move_aside(self) -> int:
        """Has everything that is printed go to standard error; once."""
        if self.descriptor is None:
            # What was printed so far and not written is no answer: it goes to standard error, too.
            self.descriptor = os.dup(1)
            os.dup2(2, 1)
            with contextlib.suppress(AttributeError, ValueError):
                sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        return self.descriptor


output = _Output()


def notice_assay() -> None:
    """Moves standard output aside at once where Assay started this program to serve a model.

    Programs that this one starts have an output of their own.
    """
    process = os.environ.pop("ASSAY_MODEL_PROCESS", None)
    if process is not None:
        output.process = int(process) if process.isdigit() else 0
        output.move_aside()


class _streams:
    """Standard input and output for the conversation alone, while this context lasts."""

    def __enter__(self) -> tuple[BinaryIO, BinaryIO]:
        answers = output.move_aside()
        for descriptor in (0, answers):
            _widen(descriptor)
        self._answers = open(answers, "wb", buffering=0, closefd=True)
        self._requests = open(0, "rb", buffering=0, closefd=False)
        return self._requests, self._answers

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        self._answers.close()


def _widen(descriptor: int) -> None:
    """Gives a pipe room for a batch of images where the system allows it."""
    with contextlib.suppress(ImportError, OSError):
        # Windows has no fcntl.
        import fcntl  # noqa: PLC0415

        # F_SETPIPE_SZ, which Python names from 3.10 on; Linux alone has it.
        if sys.platform == "linux":
            fcntl.fcntl(descriptor, 1031, 1 << 20)
