"""Serves the LeNet of a file: python serve_lenet.py WEIGHTS."""

import sys

import assay
import torch
from lenet import LeNet
from safetensors.torch import load_file

torch.set_num_threads(1)
weights = load_file(sys.argv[1])
widths = [len(weights[f"{layer}.bias"]) for layer in ["conv1", "conv2", "fc1"]]
network = LeNet(*widths)
network.load_state_dict(weights)
assay.serve(network, classes=10, shape=(1, 28, 28), device="cpu")
