"""A PyTorch module that answers Assay's requests."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, Optional, Union

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from . import _masks
from ._errors import AssayError
from ._frames import Array
from ._serving import Description, Draw, Served, layouts, output

FeatureLayers = Union[str, Sequence[str], Mapping[str, Callable[[Any], Any]], None]

# The inputs of the last dense layer, where no layers are named.
_penultimate = "penultimate"


class TorchModel(Served):
    """A `torch.nn.Module` whose batch normalisation stays as trained, and dropout on for draws."""

    def __init__(
        self,
        model: Any,
        *,
        classes: int,
        shape: Sequence[int],
        features: FeatureLayers,
        name: Optional[str],
        batch: int,
        device: Optional[str],
        mean: Optional[Sequence[float]],
        std: Optional[Sequence[float]],
        layout: str,
    ) -> None:
        if not isinstance(model, torch.nn.Module):
            raise AssayError(
                f"assay.serve takes a torch.nn.Module, not a {type(model).__name__}; "
                "assay.serve_functions takes functions"
            )
        if layout not in layouts:
            raise AssayError(f"the layout is one of {', '.join(layouts)}, not {layout}")
        if len(shape) != 3:
            raise AssayError(f"the shape of an image is three numbers, not {tuple(shape)}")
        # What torch.compile makes of a module calls no hooks; the module itself does.
        self._plain = getattr(model, "_orig_mod", model)
        self._digest = _digest(self._plain, [classes, list(shape), layout, mean, std])
        self._device = torch.device(device or _device(self._plain))
        self._model = model.to(self._device).eval()
        for parameter in self._model.parameters():
            parameter.requires_grad_(False)
        floats = (value for value in self._plain.parameters() if value.is_floating_point())
        self._type = next((value.dtype for value in floats), torch.float32)
        self._shape, self._classes, self._layout = tuple(shape), classes, layout
        self._mean, self._std = self._per_channel(mean, 0.0), self._per_channel(std, 1.0)
        self._batch = batch
        self._kept: Optional[tuple[Any, Any]] = None
        self._hooks = self._find_layers(features)
        self._draws_from_first = self._shares_first_layers()
        self._description = Description(
            name=name or type(self._plain).__name__,
            classes=classes,
            shape=self._shape,
            layout=layout,
            digest=self._digest,
            batch=batch,
            device=str(self._device),
            framework=f"torch {torch.__version__}",
            capabilities=self._capabilities(),
            layers=self._widths(),
            default_layer=next(iter(self._hooks), None),
        )

    @property
    def description(self) -> Description:
        """What the model says of itself."""
        return self._description

    def logits(self, images: Array, keep: bool) -> Array:
        """The logits; `keep` holds the graph that gave them."""
        self._kept = None
        x = self._tensor(images)
        if not keep:
            with torch.no_grad():
                return _array(self._run(self._model, x))
        self._kept = (x.requires_grad_(), self._run(self._model, x))
        return _array(self._kept[1])

    def gradient(self, images: Optional[Array], weights: Array) -> Array:
        """The vector-Jacobian product of the logits and `weights`."""
        if images is not None:
            self.logits(images, keep=True)
        if self._kept is None:
            raise AssayError("no logits were kept for a gradient")
        x, logits = self._kept
        if weights.shape != tuple(logits.shape):
            raise AssayError(f"weights of {weights.shape} for logits of {tuple(logits.shape)}")
        # Assay may ask for the rows of a Jacobian one after the other.
        (gradient,) = torch.autograd.grad(
            logits, x, self._tensor(weights).to(logits.dtype), retain_graph=images is None
        )
        if images is not None:
            self._kept = None
        return _array(gradient)

    def draws(self, images: Array, indices: Array, draw: Draw) -> Array:
        """The logits of passes with dropout on."""
        self._kept = None
        x, index, passes = self._tensor(images), self._index(indices), self._passes(draw)
        made = torch.empty(len(x), draw.passes, self._classes)
        # No forward pass has many more rows than the batch that suits the model.
        some = max(1, self._batch // draw.passes)
        for first in range(0, len(x), some):
            for start in range(0, draw.passes, self._batch):
                rows, columns = slice(first, first + some), slice(start, start + self._batch)
                made[rows, columns] = self._drawn(
                    x[rows], index[rows], passes[columns], draw, bool(self._draws_from_first)
                )
        return _array(made)

    def draw_gradient(self, images: Array, indices: Array, draw: Draw, weights: Array) -> Array:
        """The vector-Jacobian product of the logits of passes with dropout on."""
        self._kept = None
        x, index, passes = self._tensor(images), self._index(indices), self._passes(draw)
        if weights.shape != (len(x), draw.passes, self._classes):
            raise AssayError(f"weights of {weights.shape} for {draw.passes} passes over {len(x)}")
        weighted = self._tensor(weights)
        made = torch.zeros_like(x)
        some = max(1, self._batch // draw.passes)
        for first in range(0, len(x), some):
            for start in range(0, draw.passes, self._batch):
                rows, columns = slice(first, first + some), slice(start, start + self._batch)
                part = x[rows].detach().requires_grad_()
                logits = self._passed(
                    part, index[rows], passes[columns], draw, bool(self._draws_from_first)
                )
                (gradient,) = torch.autograd.grad(
                    logits, part, weighted[rows, columns].to(logits.dtype)
                )
                made[rows] += gradient
        return _array(made)

    def features(self, images: Array, layer: str) -> Array:
        """The outputs of a layer, averaged over positions where it has any."""
        self._kept = None
        with torch.no_grad():
            return _array(self._features(self._tensor(images), layer))

    def feature_gradient(self, images: Array, layer: str, weights: Array) -> Array:
        """The vector-Jacobian product of a layer's outputs."""
        self._kept = None
        x = self._tensor(images).requires_grad_()
        features = self._features(x, layer)
        if weights.shape != tuple(features.shape):
            raise AssayError(f"weights of {weights.shape} for features of {tuple(features.shape)}")
        (gradient,) = torch.autograd.grad(features, x, self._tensor(weights).to(features.dtype))
        return _array(gradient)

    def _index(self, indices: Array) -> Any:
        """The images' indices in 64 bits."""
        index = torch.frombuffer(indices.data, dtype=torch.int32).to(torch.int64) & 0xFFFFFFFF
        return index.to(self._device)

    def _passes(self, draw: Draw) -> Any:
        """The numbers of the passes."""
        return torch.arange(draw.passes, device=self._device) + draw.first_pass

    def _tensor(self, array: Array) -> Any:
        if 0 in array.shape:
            return torch.zeros(array.shape, dtype=self._type, device=self._device)
        x = torch.frombuffer(array.data, dtype=torch.float32).view(array.shape)
        return x.to(self._device, self._type)

    def _per_channel(self, values: Optional[Sequence[float]], usual: float) -> Any:
        """One number a channel, of a shape to compute with whole images; None: all are usual."""
        if values is None:
            return None
        channel = 0 if self._layout == "channels_first" else 2
        if len(values) != self._shape[channel]:
            raise AssayError(
                f"{len(values)} means or deviations for {self._shape[channel]} channels"
            )
        sides = [1, 1, 1]
        sides[channel] = len(values)
        return torch.tensor(list(values), device=self._device, dtype=self._type).view(sides)

    def _run(self, model: Any, x: Any) -> Any:
        """The logits of a forward pass over pixels in 0...1, [n, classes]."""
        if self._mean is not None:
            x = x - self._mean
        if self._std is not None:
            x = x / self._std
        made = model(x)
        # Transformers give an object, some networks a tuple with auxiliary outputs behind.
        made = getattr(made, "logits", made)
        logits = made[0] if isinstance(made, (tuple, list)) else made
        if logits.ndim != 2 or logits.shape[1] != self._classes:
            raise AssayError(
                f"the model gives outputs of the shape {tuple(logits.shape)}, where classes says "
                f"{self._classes}"
            )
        return logits

    # MARK: Random draws

    def _drawn(self, x: Any, index: Any, passes: Any, draw: Draw, from_first: bool) -> Any:
        """The logits of some images and passes, [n, passes, classes]."""
        with torch.no_grad():
            return self._passed(x, index, passes, draw, from_first).float().cpu()

    def _passed(self, x: Any, index: Any, passes: Any, draw: Draw, from_first: bool) -> Any:
        """The same where they were computed, with their graph if there is one."""
        images, count = len(x), len(passes)
        rows = (index.repeat_interleave(count), passes.repeat(images))
        with _Dropping(draw, *rows, repeats=count if from_first else 1) as mode:
            if from_first:
                logits = self._run(self._plain, x)
            else:
                logits = self._run(self._plain, x.repeat_interleave(count, 0))
        if mode.sites == 0:
            raise AssayError("the model has no dropout")
        return logits.view(images, count, self._classes)

    def _shares_first_layers(self) -> Optional[bool]:
        """Whether all passes can share the layers before the first dropout; None: there is none.

        Three images take two passes in both ways. Where the layers behind the first dropout depend
        on what lies before it, the shared way fails or gives something else.
        """
        x, index = self._samples(), torch.arange(3, device=self._device)
        passes, draw = torch.arange(2, device=self._device), Draw(1, 0, 2, 0)
        try:
            wholly = self._drawn(x, index, passes, draw, from_first=False)
        except AssayError as error:
            if "no dropout" not in str(error):
                print(f"assay: no random draws: {error}", file=sys.stderr)
            return None
        try:
            shared = self._drawn(x, index, passes, draw, from_first=True)
        except Exception:
            return False
        return bool((wholly - shared).abs().max() <= 1e-4 * wholly.abs().max())

    def _samples(self) -> Any:
        """Three grey images to see what the model makes of them."""
        values = torch.tensor([0.25, 0.5, 0.75], device=self._device, dtype=self._type)
        return values.view(3, 1, 1, 1).repeat(1, *self._shape)

    # MARK: Features

    def _find_layers(self, features: FeatureLayers) -> dict[str, _Layer]:
        """The layers that features can be taken of, by name, the usual one first."""
        modules = dict(self._plain.named_modules())
        if features is None:
            last = self._last_dense()
            return {} if last is None else {_penultimate: _Layer(last, _same, inputs=True)}
        if isinstance(features, str):
            features = [features]
        if not isinstance(features, Mapping):
            features = {layer: _pooled for layer in features}
        missing = [layer for layer in features if layer not in modules]
        if missing:
            there = ", ".join(name for name in modules if name.count(".") < 2 and name)
            raise AssayError(f"the model has no layer {missing[0]}; it has {there}")
        return {layer: _Layer(modules[layer], made) for layer, made in features.items()}

    def _last_dense(self) -> Optional[Any]:
        """The dense layer that computes last, if it gives the classes."""
        ran: list[Any] = []
        dense = [m for m in self._plain.modules() if isinstance(m, torch.nn.Linear)]
        hooks = [m.register_forward_hook(lambda module, *_: ran.append(module)) for m in dense]
        try:
            with torch.no_grad():
                self._run(self._plain, self._samples())
        finally:
            for hook in hooks:
                hook.remove()
        return ran[-1] if ran and ran[-1].out_features == self._classes else None

    def _features(self, x: Any, layer: str) -> Any:
        made: list[Any] = []
        with self._hooks[layer].listening(made.append):
            self._run(self._plain, x)
        if not made:
            raise AssayError(f"the model computes without its layer {layer}")
        features = self._hooks[layer].reduce(made[-1])
        if features.ndim != 2 or len(features) != len(x):
            features = features.reshape(len(x), -1)
        return features

    def _widths(self) -> dict[str, int]:
        with torch.no_grad():
            return {layer: self._features(self._samples(), layer).shape[1] for layer in self._hooks}

    def _capabilities(self) -> list[str]:
        capabilities = ["gradient", "keep"]
        if self._draws_from_first is not None:
            capabilities += ["draws", "draw_gradient"]
        if self._hooks:
            capabilities += ["features", "feature_gradient"]
        return capabilities


class _Layer:
    """A module whose outputs, or inputs, are features."""

    def __init__(self, module: Any, reduce: Callable[[Any], Any], inputs: bool = False) -> None:
        self._module, self._takes_inputs = module, inputs
        self.reduce = reduce

    @contextlib.contextmanager
    def listening(self, hear: Callable[[Any], None]) -> Iterator[None]:
        """Tells of the module's outputs while this context lasts."""
        if self._takes_inputs:
            hook = self._module.register_forward_pre_hook(lambda _, inputs: hear(inputs[0]))
        else:
            hook = self._module.register_forward_hook(lambda _, inputs, output: hear(output))
        try:
            yield
        finally:
            hook.remove()


def _same(value: Any) -> Any:
    return value


def _pooled(output: Any) -> Any:
    """The averages over positions of a convolution's outputs; all numbers of others."""
    return output.mean((2, 3)) if output.ndim == 4 else output.flatten(1)


class _Dropping(TorchFunctionMode):
    """Has every dropout drop by the addressed random numbers, whatever mode its module is in.

    Sites are numbered in the order in which one forward pass comes to them.
    """

    def __init__(self, draw: Draw, index: Any, passes: Any, repeats: int) -> None:
        super().__init__()
        self.sites = 0
        self._draw, self._index, self._passes = draw, index, passes
        self._repeats = repeats

    def __torch_function__(
        self, function: Any, types: Any, arguments: Any = (), named: Any = None
    ) -> Any:
        kind = _kinds.get(function)
        if kind is None:
            return function(*arguments, **(named or {}))
        given = dict(zip(("input", "p", "training", "inplace"), arguments), **(named or {}))
        return self._drop(kind, given["input"], given.get("p", 0.5), given.get("inplace", False))

    def _drop(self, kind: str, x: Any, rate: float, in_place: bool) -> Any:
        site, self.sites = self.sites, self.sites + 1
        if site > 255:
            raise AssayError("no more than 256 dropout layers have random numbers of their own")
        if site == 0 and self._repeats > 1:
            x, in_place = x.repeat_interleave(self._repeats, 0), False
        if len(x) != len(self._index):
            raise AssayError("a dropout layer's input does not have one row an image")
        numerator = _masks.keep_numerator(rate)
        shape = x.shape[1:2] if "channels" in kind else x.shape[1:]
        # Bits are numbered by row, column and channel.
        last = (*shape[1:], shape[0]) if len(shape) > 2 else tuple(shape)
        mask = _masks.masks(
            self._index,
            self._passes,
            count=math.prod(last),
            numerator=numerator,
            seed=self._draw.seed,
            purpose=self._draw.purpose,
            site=site,
        ).view(len(x), *last)
        if len(shape) > 2:
            mask = mask.movedim(-1, 1)
        mask = mask.to(x.dtype).view(*mask.shape, *[1] * (x.ndim - mask.ndim))
        dropped = _alpha(x, mask, rate) if "alpha" in kind else x * (mask * (65536 / numerator))
        return x.copy_(dropped) if in_place else dropped


def _alpha(x: Any, mask: Any, rate: float) -> Any:
    """Alpha dropout (Klambauer et al. 2017), which keeps the mean and variance of SELUs."""
    low = -1.7580993408473766
    factor = ((1 - rate) * (1 + rate * low**2)) ** -0.5 if rate < 1 else 0.0
    return (x * mask + low * (1 - mask)) * factor - factor * rate * low


# The functions of torch that drop, by what they drop.
_kinds = {
    getattr(functional, name): kind
    for name, kind in {
        "dropout": "elements",
        "dropout1d": "channels",
        "dropout2d": "channels",
        "dropout3d": "channels",
        "alpha_dropout": "alpha elements",
        "feature_alpha_dropout": "alpha channels",
    }.items()
    if hasattr(functional, name)
}
_kinds[torch.dropout] = "elements"


def _array(tensor: Any) -> Array:
    """A tensor's numbers as bytes, by way of neither NumPy nor a list."""
    shape = tuple(tensor.shape)
    data = bytearray(4 * math.prod(shape))
    if data:
        torch.frombuffer(data, dtype=torch.float32).view(shape).copy_(tensor.detach())
    return Array("float32", shape, data)


def _device(model: Any) -> str:
    """Where the model is; if that is the processor, a graphics processor where there is one."""
    there = next((value.device for value in model.parameters()), torch.device("cpu"))
    if there.type != "cpu":
        return str(there)
    if torch.cuda.is_available():
        return f"cuda:{output.process % torch.cuda.device_count()}"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _digest(model: Any, more: list[Any]) -> str:
    """The SHA-256 of a model's modules and weights, wherever they lie.

    Of modules that are not PyTorch's own, the text of `forward` belongs to it.
    """
    digest = hashlib.sha256(repr(more).encode())
    for name, module in model.named_modules():
        kind = type(module)
        digest.update(f"\n{name} {kind.__qualname__}({module.extra_repr()})".encode())
        if not kind.__module__.startswith("torch."):
            with contextlib.suppress(OSError, TypeError):
                digest.update(inspect.getsource(kind.forward).encode())
    for name, value in sorted(model.state_dict().items()):
        if not isinstance(value, torch.Tensor):
            continue
        plain = value.detach().cpu().contiguous()
        digest.update(f"\n{name} {plain.dtype} {tuple(plain.shape)}".encode())
        data = bytearray(plain.numel() * plain.element_size())
        if data:
            torch.frombuffer(data, dtype=torch.uint8).copy_(plain.view(-1).view(torch.uint8))
        digest.update(data)
    return digest.hexdigest()
