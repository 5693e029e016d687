"""Trains a small convolutional network on digits. The lines with `run` are all that Assay needs."""

import argparse
import os
from pathlib import Path

import torch
from torch import nn

import assay
import digits

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--lr", type=float, default=0.05, help="learning rate")
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--channels", type=int, default=8, help="of the first convolution")
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--examples", type=int, default=2000, help="to train on")
parser.add_argument("--data", type=Path, default=Path(os.environ.get("ASSAY_DATA", "data")))
arguments = parser.parse_args()

run = assay.start(name="digits", parameters=arguments)

torch.manual_seed(0)
images, labels, test_images, test_labels = digits.load(arguments.data / "mnist", arguments.examples)
model = nn.Sequential(
    nn.Conv2d(1, arguments.channels, 5),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(arguments.channels, 2 * arguments.channels, 5),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.LazyLinear(10),
)
model(images[:1])
optimizer = torch.optim.SGD(model.parameters(), lr=arguments.lr, momentum=0.9)


def save(path):
    """Writes all that a later attempt needs."""
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)


# An attempt that was killed left its newest checkpoint.
if run.restored:
    state = torch.load(run.restored)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])

for epoch in run.resume(range(arguments.epochs)):
    # The order is a function of the epoch, so that a resumed training sees the same batches.
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(epoch))
    total = 0.0
    for batch in order.split(arguments.batch_size):
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    with torch.no_grad():
        accuracy = (model(test_images).argmax(1) == test_labels).float().mean()
    run.log({"loss": total / len(images), "test_accuracy": accuracy}, step=epoch)
    run.checkpoint(save, "model.pt", step=epoch)
    print(f"epoch {epoch}: loss {total / len(images):.4f}, accuracy {accuracy:.4f}", flush=True)

run.finish()
