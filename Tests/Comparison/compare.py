"""Holds Assay against PyTorch, ART, Foolbox and onnxruntime, on the same weights and images.

The transforms are held against SciPy, scikit-image and Pillow (transforms.py), measures and detectors
against scikit-learn (detectors.py), networks of other layers against PyTorch and onnxruntime (layers.py),
iterative attacks against Foolbox and torchattacks (attacks.py).

    python compare.py ASSAY DATA WORK [--record]

ASSAY is the built command, DATA its directory of data sets, WORK a directory for what is made on the
way. A LeNet is trained in PyTorch unless WORK has one from before; a small one is the fixture's. The
table is printed as Markdown and written to WORK/COMPARISON.md. Ends with status 1 if anything differs
that should not.

With --record the table is docs/COMPARISON.md too, and what PyTorch, ART and Foolbox made of the small
network becomes the fixture, for Assay's own tests to repeat the comparison without Python; the small
network is trained only where the fixture has none. Nothing is recorded unless all holds.
"""

import argparse
import copy
import gzip
import json
import logging
import os
import subprocess
import sys
import textwrap
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import foolbox
import onnxruntime
import PIL
import scipy
import skimage
import sklearn
import torchattacks
from art.attacks.evasion import BasicIterativeMethod, FastGradientMethod, SaliencyMapMethod
from art.estimators.classification import PyTorchClassifier
from safetensors.torch import load_file, save_file

import attacks
import carlini
import detectors
import layers
import served
import transforms
from lenet import LeNet

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = REPOSITORY / "Tests/Fixtures/comparison"

EPOCHS = 2
EPSILON, STEP, ITERATIONS = 0.3, 0.01, 50
TOLERANCE = 1e-4
PASSES = 10_000
# A gradient, or a difference between two saliences, so small beside the largest one is rounding.
ROUNDING = 1e-5
# The same of activations, of which max-pooling takes the larger one and ReLU the sign.
ACTIVATION_ROUNDING = 1e-6
# Ties are rare: more images than this that differ, and it is something else.
LARGEST_SHARE = 0.05


def read_idx(path):
    """An IDX file, plain or packed."""
    packed = path.with_name(path.name + ".gz")
    content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    sides = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(content[3])]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * len(sides)).reshape(sides)


def read_images(folder, part):
    """Images [N, 1, 28, 28] in 0...1, and labels."""
    images = read_idx(folder / f"{part}-images-idx3-ubyte").astype(numpy.float32) / 255
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte").astype(numpy.int64)
    return torch.from_numpy(images[:, None]), torch.from_numpy(labels)


def make_reproducible():
    """Makes PyTorch give the same bits each time, on the same kind of processor."""
    torch.manual_seed(0)
    numpy.random.seed(0)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def train(network, images, labels, epochs):
    torch.manual_seed(0)
    optimizer = torch.optim.Adam(network.parameters(), 0.001)
    for epoch in range(epochs):
        network.train()
        for rows in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            functional.cross_entropy(network(images[rows]), labels[rows]).backward()
            optimizer.step()
        print(f"trained epoch {epoch + 1} of {epochs}", file=sys.stderr)


class Assay:
    """The command with a database of its own."""

    def __init__(self, command, folder, dataset, data, size):
        self.command, self.folder = str(Path(command).resolve()), folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("assay.db*"):
            old.unlink()
        attacks = {
            "fgsm": {"epsilon": EPSILON},
            "bim-a": {"epsilon": EPSILON, "step_size": STEP, "iterations": ITERATIONS},
            "bim-b": {"epsilon": EPSILON, "step_size": STEP, "iterations": ITERATIONS},
            "cw-l2": carlini.SETTINGS,
        }
        selection = {"method": "first", "size": size - size // 4, "heldout_size": size // 4}
        configuration = {"dataset": str(dataset), "selection": selection, "attacks": attacks}
        (folder / "study.yaml").write_text(json.dumps(configuration))
        self.data = str(Path(data).resolve())

    def __call__(self, *words, command=()):
        """What the command prints; a model's own command follows --."""
        words = [self.command, *words, "--config", "study.yaml", "--data", self.data, "--quiet"]
        words += ["--", *command] if command else []
        # Programs that Assay starts find its package.
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "python/src")}
        done = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            sys.exit(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def run(self, *words, command=()):
        """The run that a stage gives."""
        return json.loads(self(*words, "--format", "json", command=command))["run"][0]["run"]

    def ask(self, *words):
        """The JSON text of a command that only reads."""
        words = [self.command, *words, "--format", "json"]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def arrays(self, name):
        return dict(numpy.load(self.folder / name))


def exceeds(difference):
    """Where a difference is not within the tolerance; what is no number is not."""
    return ~(difference <= TOLERANCE)


@dataclass
class Row:
    """One line of the table."""

    quantity: str
    peer: str
    compared: str
    difference: str
    ties: str
    holds: bool


class Comparison:
    """All comparisons of one network; the name says which one where several are at hand."""

    def __init__(self, name, network, assay, images, labels):
        network.eval()
        self.name, self.network, self.assay = name, network, assay
        self.images, self.labels = images, labels
        self.rows, self.fixture = [], {}
        self.count = len(images)
        save_file(network.state_dict(), assay.folder / "lenet.safetensors")
        self.model = assay.run("models", "import", "lenet.safetensors", "--name", "torch")
        numpy.savez(
            assay.folder / "clean.npz", images=images.numpy(), labels=labels.numpy(),
            indices=numpy.arange(self.count))
        self.classifier = self.art(network)
        self.foolbox = foolbox.PyTorchModel(network, bounds=(0, 1))

    @staticmethod
    def art(network):
        return PyTorchClassifier(
            network, nn.CrossEntropyLoss(reduction="sum"), (1, 28, 28), 10, clip_values=(0, 1),
            device_type="cpu")

    def add(self, quantity, peer, compared, difference, ties="", holds=True):
        self.rows.append(Row(quantity, peer, compared, difference, ties, bool(holds)))
        print(f"{self.name}: {quantity} / {peer}: {difference} {ties}", file=sys.stderr)

    def near(self, quantity, peer, ours, theirs, doubtful=None):
        """Numbers that are to be the same within the tolerance, save in doubtful images."""
        difference = numpy.abs(numpy.asarray(ours) - numpy.asarray(theirs))
        largest = difference.reshape(self.count, -1).max(1)
        differs = exceeds(largest)
        explained = numpy.zeros_like(differs) if doubtful is None else differs & doubtful
        ties = f"in {differs.sum()} of {self.count}" if differs.any() else "none"
        self.add(
            quantity, peer, f"{self.count} images", f"{largest[~explained].max(initial=0):.1e}",
            "" if doubtful is None else ties,
            holds=not (differs & ~explained).any() and differs.mean() <= LARGEST_SHARE)

    def kinks(self, images):
        """The images at which the network has no one gradient, within rounding.

        That is where two of the values that max-pooling compares, or a value that ReLU cuts off and
        zero, are equal or lie closer together than 32-bit sums in another order do. In 64 bits. What
        a black ground gives, the bias alone, no order of summing changes.
        """
        network = copy.deepcopy(self.network).double()
        found = torch.zeros(len(images), dtype=torch.bool)
        x = images.double()
        with torch.no_grad():
            for layer in [network.conv1, network.conv2]:
                x = layer(x)
                rounding = ACTIVATION_ROUNDING * x.abs().max()
                windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
                first, second = windows.topk(2, 4).values.unbind(4)
                bare = first == layer.bias.view(1, -1, 1, 1)
                tie = (first - second < rounding) & (first > -rounding) & ~bare
                found |= (tie | (first.abs() < rounding)).flatten(1).any(1)
                x = functional.relu(first)
            x = network.fc1(x.flatten(1))
            return found | (x.abs() < ACTIVATION_ROUNDING * x.abs().max()).any(1)

    def gradient(self, network, images, labels):
        x = images.clone().requires_grad_()
        loss = functional.cross_entropy(network(x), labels, reduction="sum")
        return torch.autograd.grad(loss, x)[0]

    def run(self):
        self.round_trips()
        self.values()
        self.sign_attacks()
        self.saliency_attack()
        self.crops()
        self.uncertainty()
        self.foreign_sets()
        layers.compare(self)
        served.compare(self)

    def round_trips(self):
        self.assay("models", "export", self.model, "-o", "back.safetensors")
        back = load_file(self.assay.folder / "back.safetensors")
        same = all(torch.equal(back[name], value) for name, value in self.network.state_dict().items())
        self.add("weights, there and back", "safetensors", f"{len(back)} arrays", "0", holds=same)
        self.assay("models", "export", self.model, "-o", "lenet.onnx")

    def values(self):
        self.assay("gradients", "--model", self.model, "--images", "clean.npz", "-o", "gradients.npz")
        ours = self.assay.arrays("gradients.npz")
        with torch.no_grad():
            logits = self.network(self.images).numpy()
        self.near("logits", "PyTorch", ours["logits"], logits)
        session = onnxruntime.InferenceSession(self.assay.folder / "lenet.onnx")
        self.near(
            "logits of the exported network", "onnxruntime", ours["logits"],
            session.run(None, {"images": self.images.numpy()})[0])
        gradient = self.gradient(self.network, self.images, self.labels).numpy()
        kinks = self.kinks(self.images).numpy()
        print(f"{kinks.sum()} of {self.count} images lie at a kink", file=sys.stderr)
        self.near("input gradients", "PyTorch", ours["input_gradients"], gradient, kinks)
        one_hot = numpy.eye(10, dtype=numpy.float32)[self.labels]
        self.near(
            "input gradients", "ART", ours["input_gradients"],
            self.classifier.loss_gradient(self.images.numpy(), one_hot), kinks)
        x = self.images.clone().requires_grad_()
        outputs = self.network(x)
        jacobian = torch.stack(
            [torch.autograd.grad(outputs[:, i].sum(), x, retain_graph=True)[0] for i in range(10)], 1)
        self.near("Jacobian of the logits", "PyTorch", ours["jacobian"], jacobian.numpy(), kinks)
        self.near(
            "Jacobian of the logits", "ART", ours["jacobian"],
            self.classifier.class_gradient(self.images.numpy()), kinks)
        self.fixture |= {
            "logits": logits, "input_gradients": gradient, "jacobian": jacobian.numpy()[:4]}

    def attacked(self, name, model=None):
        run = self.assay.run("attack", name, "--model", model or self.model)
        self.assay("sets", "export", run, "-o", f"{name}.npz")
        return self.assay.arrays(f"{name}.npz")

    def sign_attacks(self):
        x, y = self.images, self.labels
        fgsm = self.attacked("fgsm")["images"]
        gradient = self.gradient(self.network, x, y).abs()
        doubtful = (gradient < ROUNDING * gradient.amax((1, 2, 3), keepdim=True)).numpy()
        doubtful |= self.kinks(x).numpy()[:, None, None, None]
        attack = foolbox.attacks.LinfFastGradientAttack()
        theirs = attack.run(self.foolbox, x, y, epsilon=EPSILON).numpy()
        self.pixels("FGSM images", "Foolbox", fgsm, theirs, doubtful)
        art = FastGradientMethod(self.classifier, eps=EPSILON, batch_size=50)
        self.pixels("FGSM images", "ART", fgsm, art.generate(x.numpy(), y.numpy()), doubtful)

        doubtful = self.doubtful_paths()
        first = self.attacked("bim-a")
        theirs, steps = self.first_misclassified()
        self.pixels("BIM-A images", "Foolbox", first["images"], theirs, doubtful)
        differing = (first["iterations"] != steps) & ~doubtful.reshape(self.count, -1).any(1)
        self.add(
            "BIM-A steps", "Foolbox", f"{self.count} images",
            f"{int((first['iterations'] != steps).sum())} images", holds=not differing.any())
        last = self.attacked("bim-b")["images"]
        attack = foolbox.attacks.LinfBasicIterativeAttack(
            abs_stepsize=STEP, steps=ITERATIONS, random_start=False)
        foolbox_last = attack.run(self.foolbox, x, y, epsilon=EPSILON).numpy()
        self.pixels("BIM-B images", "Foolbox", last, foolbox_last, doubtful)
        art = BasicIterativeMethod(
            self.classifier, eps=EPSILON, eps_step=STEP, max_iter=ITERATIONS, batch_size=50,
            verbose=False)
        self.pixels("BIM-B images", "ART", last, art.generate(x.numpy(), y.numpy()), doubtful)
        self.fixture |= {
            "fgsm": attack_images(self, foolbox.attacks.LinfFastGradientAttack()),
            "bim_a": theirs, "bim_a_steps": steps, "bim_b": foolbox_last}

    def doubtful_paths(self):
        """Images on whose way through BIM the sign of a gradient that is not zero hangs on rounding.

        From there on two paths may differ in any pixel.
        """
        x = self.images.clone()
        doubtful = torch.zeros(self.count, dtype=torch.bool)
        for _ in range(ITERATIONS):
            gradient = self.gradient(self.network, x, self.labels)
            size = gradient.abs()
            small = (size > 0) & (size < ROUNDING * size.amax((1, 2, 3), keepdim=True))
            doubtful |= small.flatten(1).any(1) | self.kinks(x)
            moved = x + STEP * gradient.sign()
            x = moved.clamp(self.images - EPSILON, self.images + EPSILON).clamp(0, 1)
        return doubtful.numpy()[:, None, None, None]

    def first_misclassified(self):
        """BIM-A by running Foolbox's BIM for one step, for two, and so on."""
        result = torch.zeros_like(self.images)
        steps = numpy.full(self.count, ITERATIONS)
        left = torch.arange(self.count)
        for step in range(1, ITERATIONS + 1):
            attack = foolbox.attacks.LinfBasicIterativeAttack(
                abs_stepsize=STEP, steps=step, random_start=False)
            moved = attack.run(self.foolbox, self.images[left], self.labels[left], epsilon=EPSILON)
            with torch.no_grad():
                lost = self.network(moved).argmax(1) != self.labels[left]
            result[left] = moved
            steps[left[lost].numpy()] = step
            left = left[~lost]
            if len(left) == 0:
                break
        return result.numpy(), steps

    def pixels(self, quantity, peer, ours, theirs, doubtful):
        """Images that are to be the same, save for pixels whose sign hangs on rounding."""
        difference = numpy.abs(ours - theirs)
        differs = exceeds(difference)
        unexplained = differs & ~doubtful
        rest = float(numpy.where(differs & doubtful, 0, difference).max())
        images = int(differs.reshape(self.count, -1).any(1).sum())
        self.add(
            quantity, peer, f"{self.count} images", f"{rest:.1e}",
            f"{int(differs.sum())} pixels, in {images} of {self.count}" if images else "none",
            holds=not unexplained.any() and images <= LARGEST_SHARE * self.count)

    def saliency_attack(self):
        ours = self.attacked("jsma")
        targets = ours["targets"]
        # The gradients of ln p order the pixels as those of p do, and do not vanish with them.
        probabilities = self.art(nn.Sequential(self.network, nn.LogSoftmax(1)))
        # ART asks whether the budget is spent after it has gone over it; Assay, before.
        attack = SaliencyMapMethod(
            probabilities, theta=1.0, gamma=77 / 784, batch_size=1, verbose=False)
        theirs = attack.generate(self.images.numpy(), numpy.eye(10, dtype=numpy.float32)[targets])
        differing = exceeds(numpy.abs(ours["images"] - theirs).reshape(self.count, -1).max(1))
        ties = [image for image in numpy.flatnonzero(differing) if self.has_tie(image, targets[image])]
        equal = numpy.abs(ours["images"] - theirs)[~differing]
        self.add(
            "JSMA images", "ART", f"{self.count} images", f"{float(equal.max(initial=0)):.1e}",
            f"in {len(ties)} of {self.count}" if ties else "none",
            holds=len(ties) == differing.sum() <= LARGEST_SHARE * self.count)
        with torch.no_grad():
            reached = self.network(torch.from_numpy(theirs)).argmax(1).numpy() == targets
        different = int(((ours["predictions"] == targets) != reached)[~differing].sum())
        self.add(
            "JSMA targets reached", "ART", f"{int(reached.sum())} of {self.count}",
            f"{different} images", holds=different == 0)
        self.fixture |= {"jsma": theirs, "jsma_targets": targets}

    def has_tie(self, image, target):
        """Whether, on the way, the second and the third best pixel are alike within rounding."""
        x = self.images[image : image + 1].clone()
        for _ in range(39):
            x.requires_grad_()
            if bool(self.kinks(x.detach())[0]):
                return True
            logits = self.network(x)
            if int(logits.argmax()) == target:
                return False
            gradient = torch.autograd.grad(functional.log_softmax(logits, 1)[0, target], x)[0]
            x = x.detach()
            ranked, order = gradient.flatten()[x.flatten() < 1].sort(descending=True)
            if len(ranked) < 3 or ranked[1] - ranked[2] < ROUNDING * ranked[0].abs():
                return True
            places = torch.arange(784)[x.flatten() < 1][order[:2]]
            x.view(-1)[places] = 1
        return False

    def crops(self):
        self.assay("predict", "--model", self.model, "--images", "clean.npz", "-o", "clean-out.npz")
        ours = self.assay.arrays("clean-out.npz")["crop_predictions"]
        corners = [(0, 0), (4, 0), (0, 4), (4, 4), (2, 2)]
        with torch.no_grad():
            theirs = numpy.stack(
                [
                    self.network(functional.interpolate(
                        self.images[:, :, top : top + 24, left : left + 24], size=28,
                        mode="bilinear", align_corners=False)).argmax(1).numpy()
                    for top, left in corners
                ], 1)
        different = int((ours != theirs).sum())
        self.add(
            "classes of the five crops", "PyTorch", f"{ours.size} crops", f"{different} crops",
            holds=different == 0)
        self.fixture["crop_predictions"] = theirs

    def uncertainty(self):
        count = min(20, self.count)
        numpy.savez(self.assay.folder / "few.npz", images=self.images[:count].numpy())
        self.assay(
            "predict", "--model", self.model, "--images", "few.npz", "--passes", str(PASSES), "-o",
            "few-out.npz")
        ours = self.assay.arrays("few-out.npz")["softmax_std"]
        torch.manual_seed(1)
        self.network.train()
        with torch.no_grad():
            passes = torch.stack(
                [
                    torch.cat([
                        functional.softmax(self.network(image.expand(500, 1, 28, 28)), 1)
                        for _ in range(PASSES // 500)
                    ])
                    for image in self.images[:count]
                ]).double()
        self.network.eval()
        theirs = passes.std(1, correction=0).mean(1).numpy()
        # The error of the estimate, from twenty parts of the passes; both sides have it.
        parts = passes.view(count, 20, PASSES // 20, 10).std(2, correction=0).mean(2)
        errors = (parts.std(1) / 20**0.5 * 2**0.5).numpy()
        largest = float((numpy.abs(ours - theirs) / errors).max())
        self.add(
            f"MC-dropout uncertainty, N = {PASSES:,}", "PyTorch", f"{count} images",
            f"{float(numpy.abs(ours - theirs).max()):.1e}, {largest:.1f} standard errors",
            holds=largest < 4.5)
        self.fixture |= {"softmax_std": theirs, "softmax_std_error": errors}

    def foreign_sets(self):
        art = FastGradientMethod(self.classifier, eps=0.2, batch_size=50)
        made = art.generate(self.images.numpy(), self.labels.numpy())
        numpy.save(self.assay.folder / "art.npy", made)
        numpy.save(self.assay.folder / "clean.npy", self.images.numpy())
        run = self.assay.run(
            "sets", "import", "art.npy", "--clean", "clean.npy", "--model", self.model, "--name",
            "art-fgsm")
        self.assay("measure", "--set", run, "--passes", "10")
        self.assay("thresholds")
        self.assay("sets", "export", run, "-o", "art-back.npz")
        back = self.assay.arrays("art-back.npz")
        order = numpy.argsort(back["indices"])
        same = numpy.array_equal(back["images"][order], made)
        self.add("a set of ART's, there and back", "ART", f"{self.count} images", "0", holds=same)
        with torch.no_grad():
            predictions = self.network(torch.from_numpy(made)).argmax(1).numpy()
        different = int((predictions != back["predictions"][order]).sum())
        self.add(
            "predictions of that set", "PyTorch", f"{self.count} images", f"{different} images",
            holds=different == 0)


def attack_images(comparison, attack):
    return attack.run(
        comparison.foolbox, comparison.images, comparison.labels, epsilon=EPSILON).numpy()


def trained(path, network, images, labels, epochs):
    """The network, trained unless it was before."""
    if path.exists():
        network.load_state_dict(load_file(path))
    else:
        train(network, images, labels, epochs)
        save_file(network.state_dict(), path)
    return network


def table(rows, network_accuracy):
    """The comparisons as a Markdown document."""
    import art

    versions = (
        f"PyTorch {torch.__version__.split('+')[0]}, ART {art.__version__}, "
        f"Foolbox {foolbox.__version__}, torchattacks {torchattacks.__version__}, onnxruntime {onnxruntime.__version__}, "
        f"SciPy {scipy.__version__}, scikit-image {skimage.__version__}, "
        f"scikit-learn {sklearn.__version__}, Pillow {PIL.__version__}")
    lines = [
        "# Assay beside PyTorch, ART, Foolbox and others",
        "",
        "One LeNet (431,080 weights), trained in PyTorch for "
        f"{EPOCHS} epochs ({network_accuracy:.1%} on MNIST's test images), imported into Assay by "
        "`assay models import`. All sides use the same weights and the same test images. FGSM and "
        f"BIM with epsilon {EPSILON}, step {STEP}, {ITERATIONS} iterations; JSMA with theta 1, 78 "
        "pixels, Assay's targets. BIM-A of Foolbox is its BIM run for one step, for two, and so on. "
        f"PGD begins at Assay's random images and takes {attacks.STEPS} steps of 2.5 epsilon / {attacks.STEPS}; "
        f"with Auto-PGD and Square, epsilon is {attacks.LINF} or, in L2, {attacks.L2:g}, so that some images "
        f"withstand. Carlini and Wagner's attack has {carlini.SETTINGS['search_steps']} constants with "
        f"{carlini.SETTINGS['iterations']} iterations each and Assay's targets. Networks by name and the networks "
        "`layers` and `blocks`, which have all kinds of layers, have made-up weights. Transforms are compared on "
        "MNIST's first test images.",
        "",
        f"`make compare` runs the comparison, `make compare-record` records this table. {versions}.",
        "",
        "| compared | with | of | largest difference | ties within rounding | holds |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    lines += [
        f"| {row.quantity} | {row.peer} | {row.compared} | {row.difference} | {row.ties} | "
        f"{'yes' if row.holds else 'NO'} |"
        for row in rows
    ]
    lines += [
        "",
        "A number holds if it differs by at most 1e-4, a pixel too, except at ties within rounding. Two cases are "
        "ties: the sign of a gradient, or which of two pixels is the more salient, depends on a difference "
        f"smaller than {ROUNDING:g} of the largest gradient; or two values that max-pooling compares, or a value and "
        f"ReLU's zero, are within {ACTIVATION_ROUNDING:g} of the largest activation. There, 32-bit sums in another "
        "order decide differently. The table counts ties and leaves them out of the largest difference. Any other "
        f"difference doesn't hold, and neither do ties in more than {LARGEST_SHARE:.0%} of the images. In BIM and "
        "JSMA, one such decision changes all later steps. Attacks whose random numbers differ on the two sides "
        f"mislead as many images within {attacks.LARGEST_DIFFERENCE:.0%} of them, and mean distances agree within "
        f"{attacks.LARGEST_RATIO:.0%}. Monte Carlo uncertainties must agree within the sampling error of both sides.",
        "",
    ]
    wrapped = [line if line[:1] in "|#" else textwrap.fill(line, 140) for line in lines]
    return "\n".join(wrapped)


def write_fixture(comparison, folder):
    folder.mkdir(parents=True, exist_ok=True)
    save_file(comparison.network.state_dict(), folder / "small.safetensors")
    numpy.savez_compressed(
        folder / "expected.npz", images=comparison.images.numpy(),
        labels=comparison.labels.numpy(), indices=numpy.arange(comparison.count),
        **comparison.fixture)


def compare_small(arguments, work, images, labels):
    """The comparison with a network so small that its results fit into the repository."""
    sample = REPOSITORY / "Tests/Fixtures/mnist-sample"
    recorded = FIXTURE / "small.safetensors"
    weights = recorded if recorded.exists() else work / "small.safetensors"
    network = trained(weights, LeNet(4, 6, 24), images, labels, 3)
    some, some_labels = read_images(sample, "t10k")
    count = 16
    assay = Assay(arguments.assay, work / "small", sample, arguments.data, count)
    comparison = Comparison("small network", network, assay, some[:count], some_labels[:count])
    comparison.run()
    return comparison


def compare_full(arguments, work, network, images, labels, known, known_labels):
    count = 200
    assay = Assay(arguments.assay, work / "full", "mnist", arguments.data, count)
    comparison = Comparison("LeNet", network, assay, images[:count], labels[:count])
    comparison.run()
    carlini.compare(comparison)
    attacks.Attacks(comparison).run()
    detectors.Detectors(comparison, known, known_labels).run()
    # Last of what asks this database: it begins it anew.
    served.cost(comparison, images, labels)
    bytes_ = (images[: transforms.COUNT, 0].numpy() * 255).round().astype(numpy.uint8)
    for what, peer, compared, difference in transforms.compare(arguments.assay, work, bytes_):
        comparison.add(
            what, peer, compared, f"{difference:.1e}", holds=difference <= TOLERANCE)
    return comparison


def main():
    parser = argparse.ArgumentParser()
    for name in ["assay", "data", "work"]:
        parser.add_argument(name)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    make_reproducible()
    work, mnist = Path(arguments.work), Path(arguments.data) / "mnist"
    work.mkdir(parents=True, exist_ok=True)
    images, labels = read_images(mnist, "train")
    tests, test_labels = read_images(mnist, "t10k")

    small = compare_small(arguments, work, images, labels)
    network = trained(work / "lenet.safetensors", LeNet(), images, labels, EPOCHS)
    network.eval()
    with torch.no_grad():
        accuracy = float((network(tests).argmax(1) == test_labels).float().mean())
    full = compare_full(arguments, work, network, tests, test_labels, images, labels)

    document = table(full.rows, accuracy)
    (work / "COMPARISON.md").write_text(document)
    print(document)
    failed = [
        f"{row.quantity} with {row.peer} ({comparison.name})"
        for comparison in [small, full] for row in comparison.rows if not row.holds]
    if failed:
        sys.exit(f"compare.py: outside the tolerance: {', '.join(failed)}")
    if arguments.record:
        (REPOSITORY / "docs/COMPARISON.md").write_text(document)
        write_fixture(small, FIXTURE)
        layers.record(small.assay, small.images)
    print(
        f"compare.py: all {len(small.rows) + len(full.rows)} comparisons hold", file=sys.stderr)


if __name__ == "__main__":
    main()
