"""Serves networks of PyTorch and JAX and asks for everything, in this process and without Assay.

    python check_serving.py

Ends with an error at the first thing that is not as it should be.
"""

from __future__ import annotations

import io
from typing import Any

import jax
import torch
from torch import nn
from torch.nn import functional

from assay import AssayError, _frames, _masks
from assay._frames import Array
from assay._serve_functions import FunctionModel
from assay._serve_torch import TorchModel, _array
from assay._serving import Served, converse

torch.set_num_threads(1)
torch.manual_seed(1)


class Residual(nn.Module):
    """Batch normalisation, dropout before an addition, and dropout as a function."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.drop = nn.Dropout(0.25)
        self.second = nn.Conv2d(8, 8, 3, padding=1)
        self.dense = nn.Linear(8, 10)

    def forward(self, x: Any) -> Any:
        x = functional.relu(self.norm(self.first(x)))
        x = x + self.second(self.drop(x))
        x = functional.dropout2d(x, 0.5, self.training).mean((2, 3))
        return self.dense(x)


class Chain(nn.Module):
    """Dropout that the first layers lie wholly before."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.drop = nn.Conv2d(3, 8, 3, stride=2), nn.Dropout(0.5, inplace=True)
        self.dense = nn.Linear(8 * 15 * 15, 10)

    def forward(self, x: Any) -> Any:
        return self.dense(self.drop(functional.relu(self.first(x))).flatten(1))


def served(model: nn.Module, **more: Any) -> TorchModel:
    options: dict[str, Any] = dict(
        classes=10, shape=(3, 32, 32), features=None, name=None, batch=16, device="cpu", mean=None,
        std=None, layout="channels_first")  # fmt: skip
    return TorchModel(model, **{**options, **more})


def ask(model: Served, *requests: tuple[dict[str, Any], dict[str, Array]]) -> list[Any]:
    """The answers to requests, as tensors; an error ends the check."""
    asked, answered = io.BytesIO(), io.BytesIO()
    for header, arrays in requests:
        _frames.write(asked, {"id": 1, **header}, arrays)
    asked.seek(0)
    converse(lambda: model, asked, answered)
    answered.seek(0)
    made = []
    for _ in requests:
        frame = _frames.read(answered)
        assert frame is not None
        header, arrays = frame
        assert "error" not in header, header
        made.extend(tensor(array) for array in arrays.values())
    return made


def tensor(array: Array) -> Any:
    return torch.frombuffer(array.data, dtype=torch.float32).view(array.shape)


def near(ours: Any, theirs: Any, tolerance: float = 1e-5) -> None:
    difference = float((ours - theirs).abs().max())
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    assert difference <= tolerance, difference


def check_masks() -> None:
    """Against Philox's published numbers, and the rule for masks written out bit by bit."""
    # Known answers of Random123 (Salmon et al. 2011): zeros, and digits of pi.
    for counter, key, known in [
        ([0, 0, 0, 0], 0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], 0x299F31D0A4093822,
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ]:  # fmt: skip
        words = [torch.tensor([[word]]) for word in counter]
        made = _masks._philox(*words, key)
        assert [int(word) for word in made] == known, made

    for rate, share in [(0.5, 0.5), (0.25, 0.75), (0.1, 0.9), (0, 1)]:
        numerator = _masks.keep_numerator(rate)
        images, passes = torch.tensor([3, 3, 2**32 - 1]), torch.tensor([0, 7, 7])
        mask = _masks.masks(
            images, passes, count=300, numerator=numerator, seed=2**63 + 5, purpose=4, site=2
        )
        assert mask.shape == (3, 300)
        for row, (image, number) in enumerate(zip(images.tolist(), passes.tolist())):
            for element in range(0, 300, 37):
                group, word, bit = element // 128, element // 32 % 4, element % 32
                kept = numerator == 65536
                lowest = next(digit for digit in range(17) if numerator >> digit & 1)
                for digit in range(lowest, 16):
                    block = torch.tensor([[group * 16 + digit]])
                    words = _masks._philox(
                        block, torch.tensor([[number]]), torch.tensor([[image]]), 4 << 8 | 2,
                        2**63 + 5)  # fmt: skip
                    random = int(words[word]) >> bit & 1 == 1
                    kept = kept or random if numerator >> digit & 1 else kept and random
                assert int(mask[row, element]) == kept, (rate, row, element)
        many = _masks.masks(
            torch.arange(100),
            torch.zeros(100, dtype=torch.int64),
            count=1000,
            numerator=numerator,
            seed=1,
            purpose=0,
            site=0,
        )
        assert abs(float(many.float().mean()) - share) < 0.01


def check_requests(network: nn.Module) -> None:
    """Logits, gradients and features against PyTorch's own."""
    network.train()
    for parameter in network.buffers():
        if parameter.is_floating_point():
            parameter.uniform_(0.5, 1.5)
    x, weights = torch.rand(5, 3, 32, 32), torch.randn(5, 10)
    model = served(network, mean=(0.4, 0.5, 0.6), std=(0.2, 0.25, 0.3))
    assert set(model.description.capabilities) == {
        "gradient", "keep", "draws", "features", "draw_gradient", "feature_gradient"
    }  # fmt: skip
    inputs = x.clone().requires_grad_()
    moved = (inputs - torch.tensor([0.4, 0.5, 0.6]).view(3, 1, 1)) / torch.tensor(
        [0.2, 0.25, 0.3]
    ).view(3, 1, 1)
    logits = network.eval()(moved)
    (gradient,) = torch.autograd.grad((logits * weights).sum(), inputs)
    images, sent = {"images": _array(x)}, {"weights": _array(weights)}
    kept, first, again, fresh = ask(
        model,
        ({"request": "logits", "keep": True}, images),
        ({"request": "gradient", "kept": True}, sent),
        ({"request": "gradient", "kept": True}, {"weights": _array(-weights)}),
        ({"request": "gradient", "kept": False}, {**images, **sent}),
    )
    near(kept, logits.detach())
    near(first, gradient)
    near(again, -gradient)
    near(fresh, gradient)
    (features,) = ask(model, ({"request": "features", "layer": "penultimate"}, images))
    near(functional.linear(features, network.dense.weight, network.dense.bias), logits.detach())
    (gradient_of_features,) = ask(
        model,
        (
            {"request": "feature_gradient", "layer": "penultimate"},
            {**images, "weights": _array(weights @ network.dense.weight.detach())},
        ),
    )
    near(gradient_of_features, gradient, 1e-4)
    pooled = served(network, features=["first", "dense"])
    assert pooled.description.layers == {"first": 8, "dense": 10}
    (features,) = ask(pooled, ({"request": "features", "layer": "first"}, {"images": _array(x)}))
    near(features, network.first(x).mean((2, 3)))


def check_draws(network: nn.Module, shares: bool) -> None:
    """Draws depend on their address alone, whatever the batch, and are dropout's."""
    model = served(network)
    assert model._draws_from_first is shares
    x = torch.rand(4, 3, 32, 32)

    def draw(rows: list[int], seed: int = 2**64 - 1, first: int = 0, passes: int = 40) -> Any:
        indices = bytearray(b"".join((2**31 + row).to_bytes(4, "little") for row in rows))
        header = {
            "request": "draws", "seed": str(seed), "purpose": 3, "passes": passes,
            "first_pass": first,
        }  # fmt: skip
        arrays = {"images": _array(x[rows]), "indices": Array("uint32", (len(rows),), indices)}
        return ask(model, (header, arrays))[0]

    whole = draw([0, 1, 2, 3])
    near(draw([3, 1]), whole[[3, 1]])
    near(draw([2], first=38, passes=2), whole[[2], 38:])
    assert float((draw([0], seed=1) - whole[[0]]).abs().max()) > 1e-3
    assert float(whole.std(1).min()) > 1e-4
    header = {"seed": "5", "purpose": 40, "passes": 5, "first_pass": 2}
    indices = Array("uint32", (4,), bytearray(b"".join(i.to_bytes(4, "little") for i in range(4))))
    weights = torch.randn(4, 5, 10)

    def value(images: Any) -> Any:
        arrays = {"images": _array(images), "indices": indices}
        return (ask(model, ({"request": "draws", **header}, arrays))[0] * weights).sum((1, 2))

    arrays = {"images": _array(x), "indices": indices, "weights": _array(weights)}
    (gradient,) = ask(model, ({"request": "gradient", "kept": False, "draws": header}, arrays))
    length = gradient.flatten(1).norm(dim=1)
    step = 0.01 * gradient / length.view(-1, 1, 1, 1)
    slopes = (value(x + step) - value(x - step)) / 0.02
    # Most images have no kink of a rectifier so near.
    assert float(((slopes - length).abs() / length).median()) < 0.02
    # Without the shared first layers, too.
    model._draws_from_first = False
    near(draw([0, 1, 2, 3]), whole)
    assert not any(module.training for module in network.modules())


def check_descriptions() -> None:
    """Models are told apart by their weights and forward passes; what does not fit is refused."""
    network = Chain()
    first = served(network).description.digest
    assert served(network).description.digest == first
    with torch.no_grad():
        network.dense.bias[0] += 1
    assert served(network).description.digest != first
    plain = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
    assert served(plain).description.capabilities == [
        "gradient", "keep", "features", "feature_gradient",
    ]  # fmt: skip
    for wrong, said in [
        ({"classes": 9}, "where classes says 9"),
        ({"features": "fc"}, "no layer fc; it has first, drop, dense"),
        ({"mean": (0.5,)}, "1 means"),
        ({"layout": "NCHW"}, "one of channels_first"),
    ]:
        try:
            served(Chain(), **wrong)
        except AssayError as error:
            assert said in str(error), error
        else:
            raise SystemExit(f"{wrong} is taken")


def check_functions() -> None:
    """A network that is functions of JAX gives what the same one in PyTorch does."""
    first, second = torch.randn(48, 12) / 7, torch.randn(12, 10)
    x, weights = torch.rand(6, 4, 4, 3), torch.randn(6, 10)

    def logits(images: Any) -> Any:
        return jax.nn.relu(images.reshape(len(images), -1) @ first.numpy()) @ second.numpy()

    def gradient(images: Any, factors: Any) -> Any:
        return jax.vjp(logits, images)[1](factors)[0]

    model = FunctionModel(
        logits=jax.jit(logits), gradient=jax.jit(gradient), classes=10, shape=(4, 4, 3),
        weights=[first.numpy(), second.numpy()], draws=None, features=None, draw_gradient=None,
        feature_gradients=None, name="jax", batch=16, layout="channels_last", device="cpu",
        framework=f"jax {jax.__version__}")  # fmt: skip
    assert model.description.capabilities == ["gradient"], model.description
    inputs = x.clone().requires_grad_()
    expected = functional.relu(inputs.flatten(1) @ first) @ second
    images = {"images": _array(x)}
    answer, slope = ask(
        model,
        ({"request": "logits"}, images),
        ({"request": "gradient", "kept": False}, {**images, "weights": _array(weights)}),
    )
    near(answer, expected.detach())
    near(slope, torch.autograd.grad((expected * weights).sum(), inputs)[0])


check_masks()
check_requests(Residual())
check_draws(Chain(), shares=True)
check_draws(Residual(), shares=False)
check_descriptions()
check_functions()
print("check_serving.py: all holds")
