"""Holds a LeNet that PyTorch serves against the same LeNet computed by Assay."""

import json
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional

SERVE = Path(__file__).with_name("serve_lenet.py")
PASSES = 10
# How much longer an attack may take through the process than in PyTorch alone.
LARGEST_COST = 1.3
BATCH, BATCHES, SHORT, LONG = 256, 2, 2, 22


def command(comparison):
    weights = (comparison.assay.folder / "lenet.safetensors").resolve()
    return [sys.executable, str(SERVE), str(weights)]


def compare(comparison):
    """Adds a row for each quantity that both sides compute."""
    assay, count = comparison.assay, comparison.count
    model = assay.run("models", "add", "served", command=command(comparison))
    kinks = comparison.kinks(comparison.images).numpy()
    sides = []
    for name in [comparison.model, model]:
        assay("gradients", "--model", name, "--images", "clean.npz", "-o", "values.npz")
        sides.append(assay.arrays("values.npz"))
    for what, doubtful in [("logits", None), ("input_gradients", kinks), ("jacobian", kinks)]:
        comparison.near(
            f"{what.replace('_', ' ')}, native and served", "assay.serve", sides[0][what],
            sides[1][what], doubtful)

    paths = comparison.doubtful_paths()
    for attack in ["fgsm", "bim-a", "bim-b"]:
        ours, theirs = (comparison.attacked(attack, name) for name in [comparison.model, model])
        comparison.pixels(
            f"{attack} images, native and served", "assay.serve", ours["images"],
            theirs["images"], paths)
    ours, theirs = (comparison.attacked("jsma", name) for name in [comparison.model, model])
    differing = (numpy.abs(ours["images"] - theirs["images"]) > 0).reshape(count, -1).any(1)
    ties = [i for i in numpy.flatnonzero(differing) if comparison.has_tie(i, ours["targets"][i])]
    comparison.add(
        "jsma images, native and served", "assay.serve", f"{count} images", "0.0e+00",
        f"in {len(ties)} of {count}" if ties else "none", holds=len(ties) == differing.sum())

    sides = []
    for name in [comparison.model, model]:
        assay(
            "predict", "--model", name, "--images", "clean.npz", "--passes", str(PASSES), "-o",
            "out.npz")
        sides.append(assay.arrays("out.npz"))
    different = int((sides[0]["crop_predictions"] != sides[1]["crop_predictions"]).sum())
    comparison.add(
        "classes of the five crops, native and served", "assay.serve", f"{5 * count} crops",
        f"{different} crops", holds=different == 0)
    # The same numbers drop the same elements, so that few passes are enough.
    comparison.near(
        f"MC-dropout uncertainty, N = {PASSES}, native and served", "assay.serve",
        sides[0]["softmax_std"], sides[1]["softmax_std"])


def cost(comparison, images, labels):
    """Adds a row for the processor time of BIM through the process, against PyTorch alone.

    It is that of the steps: two attacks of different length give the time of the difference. Assay
    and the model's process take turns, so that their times add up to what passes on the clock; other
    programs of the machine count in neither.
    """
    assay = comparison.assay
    images, labels = images[: BATCH * BATCHES], labels[: BATCH * BATCHES]

    def through_the_process():
        seconds = []
        for steps in [SHORT, LONG]:
            study = json.loads((assay.folder / "study.yaml").read_text())
            study["attacks"] = {"bim-b": {"epsilon": 0.3, "step_size": 0.01, "iterations": steps}}
            study["selection"] = {
                "method": "first", "size": len(images) - BATCH, "heldout_size": BATCH}
            (assay.folder / "study.yaml").write_text(json.dumps(study))
            for old in assay.folder.glob("assay.db*"):
                old.unlink()
            model = assay.run("models", "add", "served", command=command(comparison))
            start = children_time()
            assay("attack", "bim-b", "--model", model)
            seconds.append(children_time() - start)
        return (seconds[1] - seconds[0]) / (LONG - SHORT)

    def alone():
        start = time.process_time()
        for x, y in zip(images.split(BATCH), labels.split(BATCH)):
            moved = x.clone()
            for _ in range(LONG - SHORT):
                moved.requires_grad_()
                loss = functional.cross_entropy(comparison.network(moved), y, reduction="sum")
                (gradient,) = torch.autograd.grad(loss, moved)
                moved = moved.detach() + 0.01 * gradient.sign()
                moved = moved.clamp(x - 0.3, x + 0.3).clamp(0, 1)
        return (time.process_time() - start) / (LONG - SHORT)

    pairs = [(through_the_process(), alone()) for _ in range(3)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    comparison.add(
        f"BIM's processor time through the process, at batch {BATCH}", "PyTorch alone",
        f"{len(images)} images", f"{ratio:.2f} times", holds=ratio <= LARGEST_COST)


def children_time():
    """The processor time of programs that have ended, and of those that they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
