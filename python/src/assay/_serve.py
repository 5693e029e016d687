"""Serves a model to Assay, for its attacks, measures and detectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from ._serving import Served, answer_requests

if TYPE_CHECKING:
    from ._serve_functions import Weights


def serve(
    model: Any,
    *,
    classes: int,
    shape: Sequence[int],
    features: Union[str, Sequence[str], Mapping[str, Callable[[Any], Any]], None] = None,
    name: Optional[str] = None,
    batch: int = 256,
    device: Optional[str] = None,
    mean: Optional[Sequence[float]] = None,
    std: Optional[Sequence[float]] = None,
    layout: str = "channels_first",
) -> None:
    """Serves a `torch.nn.Module` until Assay has done with it.

        assay.serve(model, classes=10, shape=(3, 32, 32), features="layer4")

    It is the program's last call: `assay models add NAME --dataset D -- python serve.py` starts the
    program and speaks with it by standard input and output. What the program prints goes to
    standard error. The model is put into evaluation mode. Where Assay asks for random draws,
    dropout is on; all else, batch normalisation too, stays in evaluation mode.

    Args:
        model: Takes images in 0...1, [n, *shape], and gives logits, [n, classes].
        classes: The number of logits.
        shape: One image's: (channels, height, width).
        features: The layers whose outputs detectors may use, by their names among the model's
            modules, the usual one first. Convolutions' outputs are averaged over positions. A
            mapping gives a function for each layer that makes [n, width] of its output. By default
            the inputs of the last `torch.nn.Linear`.
        name: How the model calls itself; by default its class.
        batch: How many images a request should have.
        device: Where to compute; by default where the model is, or on a GPU if there is one.
        mean: Subtracted from each channel before the model sees an image.
        std: What each channel is divided by after that.
        layout: channels_last if the model takes [n, height, width, channels]; `shape` has that
            order, too.
    """

    def make() -> Served:
        from ._serve_torch import TorchModel  # noqa: PLC0415

        return TorchModel(
            model,
            classes=classes,
            shape=shape,
            features=features,
            name=name,
            batch=batch,
            device=device,
            mean=mean,
            std=std,
            layout=layout,
        )

    answer_requests(make)


def serve_functions(
    *,
    logits: Callable[[Any], Any],
    gradient: Optional[Callable[[Any, Any], Any]] = None,
    classes: int,
    shape: Sequence[int],
    weights: Weights,
    draws: Optional[Callable[[Any, Any, int, int, int, int], Any]] = None,
    features: Optional[Mapping[str, Callable[[Any], Any]]] = None,
    draw_gradient: Optional[Callable[[Any, Any, Any, int, int, int, int], Any]] = None,
    feature_gradients: Optional[Mapping[str, Callable[[Any, Any], Any]]] = None,
    name: str = "model",
    batch: int = 256,
    layout: str = "channels_last",
    device: str = "cpu",
    framework: str = "functions",
) -> None:
    """Serves a model that is given by functions, of NumPy, JAX or anything else.

        assay.serve_functions(logits=logits, gradient=gradient, classes=10, shape=(32, 32, 3),
                              weights="weights.npz")

    Arguments of the functions are NumPy arrays of 32-bit floats, or nested lists where NumPy
    is not installed. They give the same.

    Args:
        logits: Takes images in 0...1, [n, *shape], and gives logits, [n, classes].
        gradient: Takes images and weights, [n, classes], and gives the gradient of the weighted sum
            of the logits with respect to the images, [n, *shape]: in JAX,
            `jax.vjp(logits, images)[1](weights)[0]`.
        classes: The number of logits.
        shape: One image's: (height, width, channels).
        weights: What makes this model another one if it changes: the paths of files, bytes or
            arrays, one or several. Assay tells models apart by it.
        draws: Takes images, the index of each, a seed, a purpose, the number of passes and that of
            the first one, and gives random logits, [n, passes, classes]. They may depend on nothing
            but (seed, purpose, index, pass) and the image.
        features: By a layer's name, a function that takes images and gives [n, width]; the usual
            layer first.
        draw_gradient: Takes images, the index of each, weights, [n, passes, classes], and then what
            `draws` takes from the seed on, and gives the gradient of the weighted sum of the draws'
            logits with respect to the images, [n, *shape].
        feature_gradients: By the same names as features, a function that takes images and weights,
            [n, width], and gives the gradient of the weighted sum of the features.
        name: How the model calls itself.
        batch: How many images a request should have.
        layout: channels_first if the functions take [n, channels, height, width]; `shape` has that
            order, too.
        device: Where it computes, for the record.
        framework: What computes, for the record.
    """

    def make() -> Served:
        from ._serve_functions import FunctionModel  # noqa: PLC0415

        return FunctionModel(
            logits=logits,
            gradient=gradient,
            classes=classes,
            shape=shape,
            weights=weights,
            draws=draws,
            features=features,
            draw_gradient=draw_gradient,
            feature_gradients=feature_gradients,
            name=name,
            batch=batch,
            layout=layout,
            device=device,
            framework=framework,
        )

    answer_requests(make)
