"""Digits to classify: MNIST where Assay has fetched it, else a small generated set."""

from __future__ import annotations

import gzip
from pathlib import Path

import torch


def load(
    folder: Path, examples: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images [N, 1, 28, 28] in 0...1 and labels, first `examples` for training, then for a test."""
    try:
        parts = [_idx(folder / f"{part}-{kind}") for part in ("train", "t10k") for kind in _kinds]
    except FileNotFoundError:
        return (*_generated(examples, 0), *_generated(1000, 1))
    images, labels, test_images, test_labels = parts
    return (
        images[:examples, None] / 255,
        labels[:examples].long(),
        test_images[:2000, None] / 255,
        test_labels[:2000].long(),
    )


_kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")


def _idx(path: Path) -> torch.Tensor:
    """The bytes of a file in MNIST's format."""
    packed = path.with_name(path.name + ".gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions)]
    return torch.frombuffer(bytearray(content[4 + 4 * dimensions :]), dtype=torch.uint8).view(shape)


def _generated(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Each class is a blurred square at a place of its own, in noise."""
    draws = torch.Generator().manual_seed(seed)
    labels = torch.randint(10, (count,), generator=draws)
    images = torch.rand(count, 1, 28, 28, generator=draws) * 0.6
    for image, label in zip(images, labels):
        row, column = divmod(int(label), 4)
        image[0, 2 + 8 * row : 8 + 8 * row, 1 + 7 * column : 6 + 7 * column] += 0.16
    return images, labels
