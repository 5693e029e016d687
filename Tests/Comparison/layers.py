"""Holds every kind of layer against PyTorch, and its export against onnxruntime.

    python layers.py ASSAY DATA WORK [--record]

compare.py adds the rows to its table. The networks are lists of layers: Assay reads them as YAML, of
which JSON is a part, and Network makes PyTorch modules of them. Weights are made up, running statistics
too. With --record, what PyTorch and onnxruntime made of two small networks becomes the fixture of
Assay's own tests.
"""

import argparse
import json
from pathlib import Path

import numpy
import onnxruntime
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

FIXTURE = Path(__file__).resolve().parents[1] / "Fixtures/networks"
FIXTURE_IMAGES = 16


def convolution(filters, kernel, **others):
    return {"convolution": {"filters": filters, "kernel": kernel, **others}}


def block(*branch, shortcut=()):
    return {"residual": {"branch": list(branch), "shortcut": list(shortcut)}}


def dense(units):
    return {"dense": {"units": units}}


def rectified(*filters, **others):
    return [layer for count in filters for layer in [convolution(count, 3, **others), "relu"]]


POOL = {"max_pool": {"size": 2}}
DROPOUT = {"dropout": {"rate": 0.5}}

# All kinds of layers between them, with even and odd sides, uneven zeros, and flattened images of
# several pixels and channels.
SMALL = {
    "layers": [
        convolution(4, 3, stride=2, padding="same", bias=False), "batch_normalisation", "relu",
        block(
            convolution(4, 3, padding=1), "batch_normalisation", "relu", {"dropout": {"rate": 0.2}},
            convolution(6, 2, padding="same"),
            shortcut=[convolution(6, 1)]),
        "relu", {"average_pool": {"size": 3, "stride": 2}},
        block(convolution(6, 3, padding="same", bias=False), "batch_normalisation"),
        {"max_pool": {"size": 3, "stride": 1}}, "flatten", "batch_normalisation", DROPOUT,
        block(dense(24), "relu", dense(96)), dense(12), "relu", "dense"],
    "blocks": [
        convolution(5, 5), "relu", POOL,
        block(
            convolution(8, 3, stride=2, padding="same"), "relu", convolution(8, 3, padding=1),
            shortcut=[convolution(8, 1, stride=2, bias=False), "batch_normalisation"]),
        "relu", convolution(7, 2), POOL, "relu", "global_average_pool", "batch_normalisation",
        "dense"],
}

# As the papers have them; Assay takes them by their names.
PRESETS = {
    "feinman-mnist": [
        *rectified(64, 64), POOL, DROPOUT, "flatten", dense(128), "relu", DROPOUT, "dense"],
    "carlini-mnist": [
        *rectified(32, 32), POOL, *rectified(64, 64), POOL, "flatten", dense(200), "relu", DROPOUT,
        dense(200), "relu", "dense"],
    "madry-mnist": [
        convolution(32, 5, padding="same"), "relu", POOL, convolution(64, 5, padding="same"), "relu",
        POOL, "flatten", dense(1024), "relu", "dense"],
}


def zeros(padding, length, kernel, stride):
    """The zeros before and behind a line of pixels."""
    if padding == "same":
        total = max(0, (-(-length // stride) - 1) * stride + kernel - length)
        return total // 2, total - total // 2
    return (0, 0) if padding == "valid" else (padding, padding)


class Network(nn.Module):
    """A list of layers as PyTorch modules, with the names that Assay gives them."""

    def __init__(self, layers, shape=(1, 28, 28), classes=10):
        super().__init__()
        self.classes, self.counts = classes, {}
        self.steps, _ = self.build(layers, shape)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.normal_(module.bias, 0, 0.2)
                nn.init.normal_(module.running_mean, 0, 0.2)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
        self.eval()

    def forward(self, x):
        return self.pass_through(self.steps, x)

    @staticmethod
    def pass_through(steps, x):
        for step in steps:
            x = step(x)
        return x

    def named(self, stem, module):
        self.counts[stem] = self.counts.get(stem, 0) + 1
        self.add_module(f"{stem}{self.counts[stem]}", module)
        return module

    def build(self, layers, shape):
        """The steps of some layers, and the shape of what they give."""
        steps = []
        for layer in layers:
            word, settings = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
            step = getattr(self, word)(shape, **settings)
            with torch.no_grad():
                shape = tuple(step(torch.zeros(2, *shape)).shape[1:])
            steps.append(step)
        return steps, shape

    def convolution(self, shape, filters, kernel, stride=1, padding="valid", bias=True):
        rows, columns = (zeros(padding, length, kernel, stride) for length in shape[1:])
        module = self.named("conv", nn.Conv2d(shape[0], filters, kernel, stride, bias=bias))
        return lambda x: module(functional.pad(x, (*columns, *rows)))

    def batch_normalisation(self, shape):
        kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return self.named("batchnorm", kind(shape[0]).eval())

    def relu(self, shape):
        return functional.relu

    def max_pool(self, shape, size, stride=None):
        return lambda x: functional.max_pool2d(x, size, stride or size)

    def average_pool(self, shape, size, stride=None):
        return lambda x: functional.avg_pool2d(x, size, stride or size)

    def global_average_pool(self, shape):
        return lambda x: x.mean((2, 3), keepdim=True)

    def flatten(self, shape):
        return lambda x: x.flatten(1)

    def dropout(self, shape, rate):
        return lambda x: x

    def dense(self, shape, units=None):
        module = self.named("fc", nn.Linear(int(numpy.prod(shape)), units or self.classes))
        return lambda x: module(x.flatten(1))

    def residual(self, shape, branch, shortcut=()):
        inner, _ = self.build(branch, shape)
        around, _ = self.build(shortcut, shape)
        return lambda x: self.pass_through(inner, x) + self.pass_through(around, x)


def weights(network):
    return {
        name: value for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")}


class Exchanged:
    """A network with made-up weights in Assay, in PyTorch and in onnxruntime."""

    def __init__(self, assay, name, images):
        folder = assay.folder
        self.name, self.images = name, images
        torch.manual_seed(3)
        layers = SMALL.get(name) or PRESETS[name]
        self.network = Network(layers)
        save_file(weights(self.network), folder / f"{name}.safetensors")
        if name in SMALL:
            (folder / f"{name}.yaml").write_text(json.dumps({"layers": layers}, indent=1) + "\n")
        architecture = f"{name}.yaml" if name in SMALL else name
        model = assay.run(
            "models", "import", f"{name}.safetensors", "--architecture", architecture, "--name", name)
        assay("models", "export", model, "-o", f"{name}.onnx")
        numpy.savez(
            folder / f"{name}-images.npz", images=images.numpy(), indices=numpy.arange(len(images)))
        assay(
            "gradients", "--model", model, "--images", f"{name}-images.npz", "-o", f"{name}.npz")
        self.ours = assay.arrays(f"{name}.npz")["logits"]
        self.exported = folder / f"{name}.onnx"

    def pytorch(self):
        with torch.no_grad():
            return self.network(self.images).numpy()

    def onnx(self):
        session = onnxruntime.InferenceSession(self.exported)
        return session.run(None, {"images": self.images.numpy()})[0]


def compare(comparison):
    """Adds two rows a network to a comparison."""
    for name in [*SMALL, *PRESETS]:
        exchanged = Exchanged(comparison.assay, name, comparison.images)
        what = f"network `{name}`" if name in SMALL else f"`{name}`"
        comparison.near(f"logits, {what}", "PyTorch", exchanged.ours, exchanged.pytorch())
        comparison.near(f"logits, {what}, exported", "onnxruntime", exchanged.ours, exchanged.onnx())


def record(assay, images):
    """Writes the fixture: networks as data, their weights, their export and what it gives."""
    FIXTURE.mkdir(parents=True, exist_ok=True)
    logits = {}
    for name in SMALL:
        exchanged = Exchanged(assay, name, images[:FIXTURE_IMAGES])
        for kind in ["yaml", "safetensors", "onnx"]:
            file = assay.folder / f"{name}.{kind}"
            (FIXTURE / file.name).write_bytes(file.read_bytes())
        logits[name] = exchanged.onnx()
        numpy.testing.assert_allclose(exchanged.pytorch(), logits[name], atol=1e-4)
    numpy.savez_compressed(FIXTURE / "logits.npz", **logits)


class Printed:
    """What prints rows as a comparison keeps them."""

    def __init__(self, assay, images):
        self.assay, self.images = assay, images

    def near(self, quantity, peer, ours, theirs):
        print(
            f"| {quantity} | {peer} | {len(ours)} images | {numpy.abs(ours - theirs).max():.1e} |  | "
            f"{'yes' if numpy.abs(ours - theirs).max() <= 1e-4 else 'NO'} |")


def main():
    import compare as whole

    parser = argparse.ArgumentParser()
    for name in ["assay", "data", "work"]:
        parser.add_argument(name)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    whole.make_reproducible()
    work = Path(arguments.work) / "layers"
    count = 200
    images, _ = whole.read_images(Path(arguments.data) / "mnist", "t10k")
    assay = whole.Assay(arguments.assay, work / "full", "mnist", arguments.data, count)
    compare(Printed(assay, images[:count]))
    if arguments.record:
        sample = whole.REPOSITORY / "Tests/Fixtures/mnist-sample"
        assay = whole.Assay(arguments.assay, work / "small", sample, arguments.data, FIXTURE_IMAGES)
        record(assay, whole.read_images(sample, "t10k")[0])


if __name__ == "__main__":
    main()
