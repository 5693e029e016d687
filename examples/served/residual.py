"""A residual network like ResNet-18 (He et al. 2016), with dropout before its dense layer."""

from __future__ import annotations

import torch
from torch import nn


class Block(nn.Module):
    """Two convolutions, and what came in added to what they give."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class ResidualNetwork(nn.Module):
    """Eighteen layers for images of 32 x 32 pixels; 64 channels make it ResNet-18's size."""

    def __init__(self, channels: int = 8, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
        )
        self.layer1 = self._stage(channels, channels, 1)
        self.layer2 = self._stage(channels, 2 * channels, 2)
        self.layer3 = self._stage(2 * channels, 4 * channels, 2)
        self.layer4 = self._stage(4 * channels, 8 * channels, 2)
        self.dropout = nn.Dropout(0.3)
        self.dense = nn.Linear(8 * channels, classes)

    @staticmethod
    def _stage(inputs: int, outputs: int, stride: int) -> nn.Sequential:
        return nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(x)))))
        return self.dense(self.dropout(x.mean((2, 3))))
