"""Serves the network that train.py left in the folder named by the first argument."""

import sys
from pathlib import Path

import torch

import assay
from residual import ResidualNetwork

network = ResidualNetwork()
network.load_state_dict(torch.load(Path(sys.argv[1]) / "network.pt"))
assay.serve(network, classes=10, shape=(3, 32, 32), features=["layer4", "layer3"], batch=20)
