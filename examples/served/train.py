"""Makes colour images, trains a residual network on them, and writes both for Assay.

    python3 train.py FOLDER

FOLDER gets network.pt and the data set, four IDX files in the folder shapes. Made-up images stand
for CIFAR-10, which has the same size: each class is a figure of its own, in any colour, in noise.
"""

import sys
from pathlib import Path

import numpy
import torch
from torch.nn import functional

from residual import ResidualNetwork


def figures(count, seed):
    """Images [count, 32, 32, 3] of 8 bits, and their labels 0...9."""
    draws = numpy.random.default_rng(seed)
    labels = draws.integers(0, 10, count).astype(numpy.uint8)
    images = draws.uniform(0, 0.6, (count, 32, 32, 3))
    rows, columns = numpy.mgrid[:32, :32]
    for image, label in zip(images, labels):
        row, column = draws.integers(10, 22, 2)
        y, x = rows - row, columns - column
        distance = numpy.hypot(y, x)
        figure = [
            distance < 7, (distance < 9) & (distance > 5), abs(y) < 3, abs(x) < 3,
            (abs(y) < 6) & (abs(x) < 6), abs(x - y) < 3, abs(x + y) < 3,
            (abs(y) < 2) | (abs(x) < 2), (y // 4 + x // 4) % 2 == 0, abs(y) > 9,
        ][label]  # fmt: skip
        image[figure] += draws.uniform(0.15, 0.4, 3)
    return (images.clip(0, 1) * 255).round().astype(numpy.uint8), labels


def tensors(images, labels):
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return pixels, torch.from_numpy(labels).long()


def write_idx(path, values):
    """MNIST's format, with as many sides as the array has."""
    sides = b"".join(side.to_bytes(4, "big") for side in values.shape)
    path.write_bytes(bytes([0, 0, 8, values.ndim]) + sides + values.tobytes())


folder = Path(sys.argv[1])
(folder / "shapes").mkdir(parents=True, exist_ok=True)
training, test = figures(1000, 0), figures(300, 1)
for part, (images, labels) in {"train": training, "t10k": test}.items():
    write_idx(folder / "shapes" / f"{part}-images-idx3-ubyte", images)
    write_idx(folder / "shapes" / f"{part}-labels-idx1-ubyte", labels)

torch.manual_seed(0)
network = ResidualNetwork()
optimizer = torch.optim.Adam(network.parameters(), 0.003)
pixels, labels = tensors(*training)
for epoch in range(3):
    network.train()
    for batch in torch.randperm(len(pixels)).split(50):
        optimizer.zero_grad()
        functional.cross_entropy(network(pixels[batch]), labels[batch]).backward()
        optimizer.step()
network.eval()
with torch.no_grad():
    pixels, labels = tensors(*test)
    accuracy = (network(pixels).argmax(1) == labels).float().mean()
print(f"{accuracy:.1%} of the test images")
torch.save(network.state_dict(), folder / "network.pt")
