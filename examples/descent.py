"""Gradient descent on a narrow valley. It reports its loss to Assay by appending to a file."""

import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, required=True)
parser.add_argument("--momentum", type=float, required=True)
arguments = parser.parse_args()

# Without Assay the events go nowhere.
events = open(os.environ.get("ASSAY_EVENTS", os.devnull), "a")

x, y, dx, dy = -1.0, 1.5, 0.0, 0.0
for step in range(60):
    # The gradient of x^2 + 25 y^2.
    dx = arguments.momentum * dx - arguments.rate * 2 * x
    dy = arguments.momentum * dy - arguments.rate * 50 * y
    # A descent that diverges stays at the edge.
    x, y = (max(-1e3, min(1e3, z)) for z in (x + dx, y + dy))
    loss = x * x + 25 * y * y
    # One write a line, so that lines of several writers don't mix.
    events.write(json.dumps({"metrics": {"loss": loss}, "step": step}) + "\n")
    events.flush()
print(f"loss {loss:.6f}")
