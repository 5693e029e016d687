"""Holds Assay's measures, AUROC and logistic regression against scikit-learn and the authors' formulas.

compare.py calls it once its sets of adversarial images are there.
"""

import copy
import json
import sqlite3

import numpy
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional

BANDWIDTH = 1.2
DENSITY = f"kernel_density_{BANDWIDTH}@relu3"
MEASURES = [DENSITY, "energy", "bit_depth_3_l1", "softmax_variance"]
# Images whose variance is estimated from many passes.
VARIED = 20


def values(database, measure, measurement):
    """A measure's values of a measurement's images, by image."""
    rows = database.execute(
        "SELECT image_index, value FROM image_scores WHERE measure = ? AND measurement = ?"
        " ORDER BY image_index", [measure, measurement])
    return numpy.array([value for _, value in rows])


def features(network, images):
    """What the last hidden layer gives, in 64 bits, and the logits."""
    found = []
    with torch.no_grad():
        for batch in images.split(1000):
            x = functional.max_pool2d(functional.relu(network.conv1(batch)), 2)
            x = functional.max_pool2d(functional.relu(network.conv2(x)), 2)
            found.append(functional.relu(network.fc1(x.flatten(1))))
        hidden = torch.cat(found)
        logits = network.fc2(hidden)
    return hidden.double().numpy(), logits.double()


def density(known, known_labels, hidden, classes):
    """Feinman's density: of the training images of the predicted class."""
    found = numpy.empty(len(hidden))
    for label in numpy.unique(classes):
        # A leaf for all: bounds of many leaves, added and taken away, cost four digits.
        kernel = KernelDensity(bandwidth=BANDWIDTH, leaf_size=len(known))
        kernel.fit(known[known_labels == label])
        found[classes == label] = kernel.score_samples(hidden[classes == label])
    return found


def relative(ours, theirs):
    """The largest difference, beside the largest number."""
    return float(numpy.abs(ours - theirs).max() / max(1, numpy.abs(theirs).max()))


class DrawnDropout(nn.Module):
    """Dropout by PyTorch's Mersenne Twister.

    nn.Dropout begins a short sequence of numbers anew with each call, so that ten thousand passes
    spread wider than independent ones.
    """

    def forward(self, x):
        return x * (torch.rand(x.shape) < 0.5) * 2


class Detectors:
    """The comparisons of one network that compare.py has attacked, trained on `known` images."""

    def __init__(self, comparison, known, known_labels):
        self.comparison, self.assay = comparison, comparison.assay
        self.network = comparison.network.eval()
        self.known, self.known_labels = known, known_labels.numpy()

    def near(self, quantity, peer, compared, difference, tolerance):
        self.comparison.add(
            quantity, peer, compared, f"{difference:.1e}", holds=difference <= tolerance)

    def run(self):
        self.assay(
            "measure", "--set", "all", "--model", self.comparison.model, "--measures",
            ",".join(MEASURES))
        with sqlite3.connect(self.assay.folder / "assay.db") as database:
            self.measures(database)
            self.areas(database)
            self.regression(database)
            self.variance(database)

    def measures(self, database):
        """Density, energy and a transform's distance, of each attack's images."""
        known, _ = features(self.network, self.known)
        for attack in ["fgsm", "jsma"]:
            measurement, run = database.execute(
                "SELECT measurement, adversarial_set FROM measurements WHERE attack = ? AND model = ?",
                [attack, self.comparison.model]).fetchone()
            self.assay("sets", "export", run, "-o", "measured.npz")
            arrays = self.assay.arrays("measured.npz")
            images = torch.from_numpy(arrays["images"][numpy.argsort(arrays["indices"])])
            images = images.view(-1, 1, 28, 28)
            hidden, logits = features(self.network, images)
            compared = f"{len(images)} images"
            theirs = density(known, self.known_labels, hidden, logits.argmax(1).numpy())
            self.near(
                f"kernel density, {attack}", "scikit-learn", compared,
                relative(values(database, DENSITY, measurement), theirs), 1e-4)
            self.near(
                f"energy, {attack}", "PyTorch", compared,
                relative(values(database, "energy", measurement), logits.logsumexp(1).numpy()), 1e-5)
            squeezed = (images * 8).round() / 8
            _, after = features(self.network, squeezed)
            moved = (logits.softmax(1) - after.softmax(1)).abs().sum(1).numpy()
            self.near(
                f"distance behind bit depth 3, {attack}", "PyTorch", compared,
                relative(values(database, "bit_depth_3_l1", measurement), moved), 1e-4)

    def areas(self, database):
        """AUROC of measures, by attack and part."""
        largest, compared = 0.0, 0
        for measure in ["softmax_std", *MEASURES]:
            for row in json.loads(self.assay.ask("query", "auroc", "--measure", measure)):
                scores = database.execute(
                    "SELECT is_adversarial, score FROM detection_scores"
                    " WHERE measurement = ? AND measure = ? AND part = ? AND kept",
                    [row["measurement"], measure, row["part"]]).fetchall()
                truth, score = zip(*scores)
                if len(set(truth)) < 2:
                    continue
                largest = max(largest, abs(row["auroc"] - roc_auc_score(truth, score)))
                compared += 1
        self.near("AUROC", "scikit-learn", f"{compared} areas", largest if compared else 1, 1e-12)

    def regression(self, database):
        """Weights of the logistic regression over all measures, at the strength that Assay chose."""
        self.assay(
            "detectors", "fit", "logistic", "--measures", "all", "--on", "selection", "--attacks",
            "fgsm,jsma", "--model", self.comparison.model, "--name", "joint")
        shown = json.loads(self.assay.ask("detectors", "show", "joint"))
        weights = {row["input"]: row["weight"] for row in shown["inputs"]}
        (strength,) = database.execute(
            "SELECT value FROM metrics JOIN lineages ON parent = metrics.run"
            " WHERE name = 'strength' AND lineages.run = ?",
            [shown["detector"][0]["run"]]).fetchone()
        images = {}
        for measurement, image, adversarial, measure, value in database.execute(
            "SELECT measurement, image_index, is_adversarial, measure, value FROM detection_scores"
            " WHERE attack IN ('fgsm', 'jsma') AND part = 'selection' AND kept AND model = ?",
            [self.comparison.model]):
            images.setdefault((measurement, image, adversarial), {})[measure] = value
        design = numpy.array([[one[name] for name in weights] for one in images.values()])
        truth = [adversarial for _, _, adversarial in images]
        fitted = LogisticRegression(
            C=strength, solver="newton-cholesky", tol=1e-12, max_iter=1000)
        fitted.fit(StandardScaler().fit_transform(design), truth)
        self.near(
            "weights of a logistic regression", "scikit-learn",
            f"{len(weights)} weights, {len(truth)} images",
            relative(numpy.array(list(weights.values())), fitted.coef_[0]), 1e-4)

    def variance(self, database):
        """Feinman's uncertainty, from many passes of both sides."""
        passes = 10_000
        images = self.comparison.images[:VARIED]
        numpy.save(self.assay.folder / "few.npy", images.numpy())
        run = self.assay.run(
            "sets", "import", "few.npy", "--clean", "few.npy", "--model", self.comparison.model,
            "--name", "few")
        self.assay("measure", "--set", run, "--passes", str(passes), "--measures", "softmax_variance")
        (measured,) = database.execute(
            "SELECT measurement FROM measurements WHERE adversarial_set = ?", [run]).fetchone()
        ours = values(database, "softmax_variance", measured)
        network = copy.deepcopy(self.network)
        network.dropout = DrawnDropout()
        torch.manual_seed(2)
        with torch.no_grad():
            drawn = torch.stack([
                torch.cat([
                    functional.softmax(network(image.expand(500, 1, 28, 28)), 1)
                    for _ in range(passes // 500)
                ])
                for image in images
            ]).double().numpy()

        def uncertainty(y):
            """The mean of y . y less the square of the mean y, over passes."""
            return (y * y).sum(2).mean(1) - (y.mean(1) ** 2).sum(1)

        # The error of the estimate, from what each pass adds to it; both sides have it.
        added = (drawn * drawn).sum(2) - 2 * (drawn * drawn.mean(1, keepdims=True)).sum(2)
        errors = added.std(1) / passes**0.5 * 2**0.5
        # Where a handful of passes decide, their number says more: at most 2 / passes a unit of it.
        rare = passes * uncertainty(drawn) < 100
        errors[rare] = numpy.sqrt(2 * (ours + uncertainty(drawn)) / passes)[rare]
        difference = numpy.abs(ours - uncertainty(drawn))
        largest = float((difference / errors).max())
        self.comparison.add(
            f"softmax variance, N = {passes:,}", "the authors' formula", f"{VARIED} images",
            f"{difference.max():.1e}, {largest:.1f} standard errors", holds=largest < 4.5)
