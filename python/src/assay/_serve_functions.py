"""A model given by functions, which answers Assay's requests."""

from __future__ import annotations

import hashlib
import math
import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, Optional, Union

from ._errors import AssayError
from ._frames import Array
from ._serving import Description, Draw, Served, layouts

numpy: Any
try:
    import numpy
except ImportError:
    numpy = None

Weights = Union[str, "os.PathLike[str]", bytes, Any]


class FunctionModel(Served):
    """Functions of arrays: NumPy's where that is installed, else nested lists."""

    def __init__(
        self,
        *,
        logits: Callable[[Any], Any],
        gradient: Optional[Callable[[Any, Any], Any]],
        classes: int,
        shape: Sequence[int],
        weights: Weights,
        draws: Optional[Callable[[Any, Any, int, int, int, int], Any]],
        features: Optional[Mapping[str, Callable[[Any], Any]]],
        draw_gradient: Optional[Callable[[Any, Any, Any, int, int, int, int], Any]],
        feature_gradients: Optional[Mapping[str, Callable[[Any, Any], Any]]],
        name: str,
        batch: int,
        layout: str,
        device: str,
        framework: str,
    ) -> None:
        if layout not in layouts:
            raise AssayError(f"the layout is one of {', '.join(layouts)}, not {layout}")
        if len(shape) != 3:
            raise AssayError(f"the shape of an image is three numbers, not {tuple(shape)}")
        self._logits, self._gradient, self._draws = logits, gradient, draws
        self._features = dict(features or {})
        self._draw_gradient = draw_gradient
        self._feature_gradients = dict(feature_gradients or {})
        if draw_gradient and not draws:
            raise AssayError("draw_gradient is of draws, and there are none")
        if self._feature_gradients and self._feature_gradients.keys() != self._features.keys():
            raise AssayError("feature_gradients has other layers than features")
        self._classes = classes
        capabilities = {
            "gradient": gradient,
            "draws": draws,
            "features": features,
            "draw_gradient": draw_gradient,
            "feature_gradient": feature_gradients,
        }
        digest = hashlib.sha256(repr([name, classes, list(shape), layout]).encode())
        _add(weights, digest)
        grey = Array("float32", (1, *shape), array("f", [0.5] * math.prod(shape)).tobytes())
        self._description = Description(
            name=name,
            classes=classes,
            shape=tuple(shape),
            layout=layout,
            digest=digest.hexdigest(),
            batch=batch,
            device=device,
            framework=framework,
            capabilities=[what for what, function in capabilities.items() if function],
            layers={layer: self._width(layer, grey) for layer in self._features},
            default_layer=next(iter(self._features), None),
        )
        # A wrong number of classes shows before work begins.
        self.logits(grey, keep=False)

    @property
    def description(self) -> Description:
        """What the model says of itself."""
        return self._description

    def logits(self, images: Array, keep: bool) -> Array:
        """The logits; functions keep nothing."""
        made = self._logits(_argument(images))
        return _result("logits", made, (images.shape[0], self._classes))

    def gradient(self, images: Optional[Array], weights: Array) -> Array:
        """What the function makes of images and weights."""
        if images is None or self._gradient is None:
            raise AssayError("functions keep no logits for a gradient")
        if weights.shape != (images.shape[0], self._classes):
            raise AssayError(f"weights of {weights.shape} for {images.shape[0]} images")
        made = self._gradient(_argument(images), _argument(weights))
        return _result("gradient", made, images.shape)

    def draws(self, images: Array, indices: Array, draw: Draw) -> Array:
        """What the function draws."""
        if self._draws is None:
            raise AssayError("the model gives no draws")
        made = self._draws(
            _argument(images),
            _argument(indices),
            draw.seed,
            draw.purpose,
            draw.passes,
            draw.first_pass,
        )
        return _result("draws", made, (images.shape[0], draw.passes, self._classes))

    def features(self, images: Array, layer: str) -> Array:
        """What the layer's function gives."""
        made = self._features[layer](_argument(images))
        return _result("features", made, (images.shape[0], self._description.layers[layer]))

    def draw_gradient(self, images: Array, indices: Array, draw: Draw, weights: Array) -> Array:
        """What the function makes of images, their draws and weights."""
        if self._draw_gradient is None:
            raise AssayError("the model gives no gradients of draws")
        if weights.shape != (images.shape[0], draw.passes, self._classes):
            raise AssayError(f"weights of {weights.shape} for {images.shape[0]} images")
        made = self._draw_gradient(
            _argument(images),
            _argument(indices),
            _argument(weights),
            draw.seed,
            draw.purpose,
            draw.passes,
            draw.first_pass,
        )
        return _result("draw_gradient", made, images.shape)

    def feature_gradient(self, images: Array, layer: str, weights: Array) -> Array:
        """What the layer's function makes of images and weights."""
        if weights.shape != (images.shape[0], self._description.layers[layer]):
            raise AssayError(f"weights of {weights.shape} for {images.shape[0]} images")
        made = self._feature_gradients[layer](_argument(images), _argument(weights))
        return _result("feature_gradient", made, images.shape)

    def _width(self, layer: str, image: Array) -> int:
        shape, _ = _numbers(self._features[layer](_argument(image)))
        if len(shape) != 2 or shape[0] != 1:
            raise AssayError(f"features of {layer} have the shape {shape} for one image")
        return shape[1]


def _argument(given: Array) -> Any:
    """An array as the functions take it."""
    if numpy is not None:
        return numpy.frombuffer(given.data, dtype=given.type).reshape(given.shape)
    if 0 in given.shape:
        return []
    view = memoryview(given.data).cast("B")
    return view.cast("f" if given.type == "float32" else "I", given.shape).tolist()


def _result(what: str, made: Any, shape: tuple[int, ...]) -> Array:
    """What a function made, which has to have a shape."""
    found, data = _numbers(made)
    if found != shape:
        raise AssayError(f"the function {what} gives the shape {found}, not {shape}")
    return Array("float32", shape, data)


def _numbers(made: Any) -> tuple[tuple[int, ...], bytes]:
    """The shape and the 32-bit floats of an array or of nested lists."""
    if numpy is not None:
        floats = numpy.asarray(made, dtype="float32")
        return tuple(floats.shape), floats.tobytes()
    if hasattr(made, "tolist"):
        made = made.tolist()
    shape: list[int] = []
    while isinstance(made, (list, tuple)):
        if not shape:
            rows = made
        shape.append(len(made))
        made = made[0] if len(made) > 0 else None
    flat: Any = rows if shape else []
    for sides in range(len(shape) - 1):
        if any(len(row) != shape[sides + 1] for row in flat):
            raise AssayError("a list's rows differ in length")
        flat = [number for row in flat for number in row]
    return tuple(shape), array("f", flat).tobytes()


def _add(weights: Weights, digest: Any) -> None:
    """Adds weights to a digest, each with its kind and length."""
    if isinstance(weights, (str, os.PathLike)):
        with open(weights, "rb") as file:
            content = file.read()
        digest.update(f"\nfile {len(content)}\n".encode())
        digest.update(content)
    elif isinstance(weights, Mapping):
        for name in sorted(weights):
            digest.update(f"\nname {name}".encode())
            _add(weights[name], digest)
    elif isinstance(weights, (list, tuple)) and not _is_number(next(iter(weights), 0)):
        for each in weights:
            _add(each, digest)
    elif isinstance(weights, (bytes, bytearray)):
        digest.update(f"\nbytes {len(weights)}\n".encode())
        digest.update(weights)
    elif isinstance(weights, (list, tuple)):
        _add(array("d", weights).tobytes(), digest)
    else:
        plain = weights if numpy is None else numpy.ascontiguousarray(weights)
        view = memoryview(plain)
        digest.update(f"\narray {view.format} {view.shape}".encode())
        _add(view.tobytes(), digest)


def _is_number(value: Union[Iterable[Any], float]) -> bool:
    return isinstance(value, (int, float))
