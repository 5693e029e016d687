"""Holds Assay's iterative attacks against Foolbox and torchattacks, which has AutoAttack's own code.

compare.py calls it on the LeNet. Epsilons are so small that some images withstand: where an attack
misleads all of them, nothing can be compared.
"""

import foolbox
import numpy
import torch
import torchattacks

LINF, L2 = 0.1, 1.0
STEPS = 20
# Random starts, and which of the misclassified iterates is kept, are each side's own.
LARGEST_DIFFERENCE = 0.03
# Of a mean distance.
LARGEST_RATIO = 0.01
QUERIES = 1000
# How many images FAB takes, which is slow in PyTorch, and how many steps.
FEW, FAB_STEPS = 60, 30
# How many images walk along the boundary, how many steps, and from how many questions on.
WALKERS, WALK_STEPS, WALK_QUESTIONS = 40, 20, 50
# Of a mean distance after so few steps, when the directions are drawn.
LARGEST_WALK_RATIO = 0.1
# A gradient so small beside the largest one is rounding.
ROUNDING = 1e-5


class Attacks:
    """The comparisons of iterative attacks on one network."""

    def __init__(self, comparison):
        self.comparison = comparison
        self.network, self.assay, self.model = comparison.network, comparison.assay, comparison.model
        self.images, self.labels = comparison.images, comparison.labels
        self.count = len(self.images)

    def run(self):
        for norm in ["linf", "l2"]:
            self.projected_gradient(norm)
        self.deepfool()
        for norm in ["Linf", "L2"]:
            self.auto_pgd(norm)
        self.square()
        for norm in ["linf", "l2"]:
            self.hop_skip_jump(norm)
        for norm in ["Linf", "L2"]:
            self.fast_adaptive_boundary(norm)

    def attacked(self, name, **options):
        """What Assay makes, in the order of the images."""
        words = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        run = self.assay.run("attack", name, *words, "--model", self.model)
        self.assay("sets", "export", run, "-o", "attacked.npz")
        arrays = self.assay.arrays("attacked.npz")
        order = numpy.argsort(arrays["indices"])
        return {key: value[order] for key, value in arrays.items() if len(value) == len(order)}

    def misled(self, images):
        with torch.no_grad():
            return (self.network(torch.as_tensor(images)).argmax(1) != self.labels[: len(images)]).numpy()

    def lengths(self, images, norm):
        change = numpy.asarray(images) - self.images[: len(images)].numpy()
        change = change.reshape(len(change), -1)
        return numpy.abs(change).max(1) if norm.lower() == "linf" else numpy.linalg.norm(change, axis=1)

    def success(self, quantity, ours, theirs, peer="torchattacks", others=""):
        """Who is misled: as many, within a few images."""
        ours, theirs = self.misled(ours), self.misled(theirs)
        difference = abs(int(ours.sum()) - int(theirs.sum()))
        self.comparison.add(
            f"{quantity}: images misled", peer, f"{len(ours)} images",
            f"{ours.sum()} and {theirs.sum()}{others}",
            f"{int((ours != theirs).sum())} one side only",
            holds=difference <= LARGEST_DIFFERENCE * len(ours) and 0 < theirs.sum())

    def distance(self, quantity, ours, theirs, norm, peer):
        """The mean length of what misleads on both sides."""
        both = self.misled(ours) & self.misled(theirs)
        a, b = (self.lengths(images, norm)[both].mean() for images in [ours, theirs])
        self.comparison.add(
            f"{quantity}: mean {norm} of what misleads", peer, f"{int(both.sum())} images",
            f"{a:.4f} and {b:.4f}", holds=abs(a / b - 1) <= LARGEST_RATIO)

    def projected_gradient(self, norm):
        """From the same random starts, which a step of no length shows."""
        epsilon = LINF if norm == "linf" else L2
        step = 2.5 * epsilon / STEPS
        start = torch.from_numpy(
            self.attacked("pgd", norm=norm, epsilon=epsilon, step_size=0, iterations=1)["images"])
        ours = self.attacked("pgd", norm=norm, epsilon=epsilon, step_size=step, iterations=STEPS)["images"]
        kind = foolbox.attacks.LinfPGD if norm == "linf" else foolbox.attacks.L2PGD

        class FromStart(kind):
            def get_random_start(self, x0, epsilon):
                return type(x0)(start)

        attack = FromStart(abs_stepsize=step, steps=STEPS, random_start=True)
        theirs = attack.run(
            self.comparison.foolbox, self.images, self.labels, epsilon=epsilon).numpy()
        doubtful = self.doubtful_path(start, norm, epsilon, step)
        self.comparison.pixels(f"PGD {norm} images", "Foolbox", ours, theirs, doubtful)
        self.success(f"PGD {norm}", ours, theirs, peer="Foolbox")

    def doubtful_path(self, start, norm, epsilon, step):
        """Images on whose way a gradient, or its sign, hangs on rounding: [images, 1, 1, 1]."""
        x, clean = start.clone(), self.images
        doubtful = torch.zeros(self.count, dtype=torch.bool)
        for _ in range(STEPS):
            gradient = self.comparison.gradient(self.network, x, self.labels)
            doubtful |= self.comparison.kinks(x)
            if norm == "linf":
                size = gradient.abs()
                small = (size > 0) & (size < ROUNDING * size.amax((1, 2, 3), keepdim=True))
                doubtful |= small.flatten(1).any(1)
                x = (x + step * gradient.sign()).clamp(clean - epsilon, clean + epsilon).clamp(0, 1)
            else:
                lengths = gradient.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
                change = x + step * gradient / lengths.clamp_min(1e-12) - clean
                lengths = change.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
                x = (clean + change * (epsilon / lengths).clamp_max(1)).clamp(0, 1)
        return doubtful.numpy()[:, None, None, None]

    def deepfool(self):
        ours = self.attacked("deepfool")["images"]
        doubtful = self.comparison.kinks(self.images)
        for steps in range(1, 8):
            attack = foolbox.attacks.L2DeepFoolAttack(steps=steps)
            doubtful |= self.comparison.kinks(
                attack.run(self.comparison.foolbox, self.images, self.labels))
        attack = foolbox.attacks.L2DeepFoolAttack(steps=50)
        theirs = attack.run(self.comparison.foolbox, self.images, self.labels).numpy()
        self.comparison.pixels(
            "DeepFool images", "Foolbox", ours, theirs, doubtful.numpy()[:, None, None, None])
        self.distance("DeepFool", ours, theirs, "L2", "Foolbox")

    def auto_pgd(self, norm):
        epsilon = LINF if norm == "Linf" else L2
        for loss in ["ce", "dlr"]:
            attack = torchattacks.APGD(
                self.network, norm=norm, eps=epsilon, steps=100, loss=loss)
            ours = self.attacked(f"apgd-{loss}", norm=norm.lower(), epsilon=epsilon)["images"]
            self.success(
                f"APGD-{loss.upper()} {norm}", ours, attack(self.images, self.labels).detach().numpy())
        attack = torchattacks.APGDT(
            self.network, norm=norm, eps=epsilon, steps=100, n_classes=10)
        ours = self.attacked("apgd-t", norm=norm.lower(), epsilon=epsilon)["images"]
        self.success(f"APGD-T {norm}", ours, attack(self.images, self.labels).detach().numpy())

    def square(self):
        ours = self.attacked("square", epsilon=LINF, queries=QUERIES)["images"]
        attack = torchattacks.Square(
            self.network, norm="Linf", eps=LINF, n_queries=QUERIES, p_init=0.8, loss="margin",
            resc_schedule=False)
        theirs = attack(self.images, self.labels).detach().numpy()
        self.success(f"Square, {QUERIES:,} queries", ours, theirs)

    def hop_skip_jump(self, norm):
        """Random walks: from their start on, each side draws its own directions.

        Images end so near the boundary that rounding decides their class; each side's own counts.
        """
        found = self.attacked(
            "hop-skip-jump", norm=norm, iterations=WALK_STEPS, first_questions=WALK_QUESTIONS)
        x, y = self.images[:WALKERS], self.labels[:WALKERS]
        attack = foolbox.attacks.HopSkipJumpAttack(
            steps=WALK_STEPS, initial_gradient_eval_steps=WALK_QUESTIONS, constraint=norm)
        # Blended noise, Foolbox's own start, misleads in no image of some classes.
        others = [next(i for i, label in enumerate(self.labels) if label != own) for own in y]
        # Foolbox divides each image's direction by the length of all images' directions together, so that
        # its steps by L2 shrink with the batch. By L-infinity it takes signs alone.
        batch = len(x) if norm == "linf" else 1
        theirs = numpy.concatenate([
            attack.run(
                self.comparison.foolbox, x[i:i + batch], y[i:i + batch],
                starting_points=self.images[others[i:i + batch]]).numpy()
            for i in range(0, len(x), batch)])
        misled = found["predictions"][:WALKERS] != y.numpy()
        ours, others = (
            self.lengths(images, norm)[misled].mean() for images in [found["images"][:WALKERS], theirs])
        self.comparison.add(
            f"HopSkipJump {norm}: mean {norm}", "Foolbox", f"{WALKERS} images",
            f"{ours:.4f} and {others:.4f}", f"{int((~misled).sum())} not misled",
            holds=misled.mean() > 0.9 and abs(ours / others - 1) <= LARGEST_WALK_RATIO)

    def fast_adaptive_boundary(self, norm):
        """The smallest change to any of the nine classes; theirs tries one at a time."""
        ours = self.attacked("fab-t", norm=norm.lower(), iterations=FAB_STEPS)["images"][:FEW]
        attack = torchattacks.FAB(self.network, norm=norm, steps=FAB_STEPS, multi_targeted=True)
        x, y = self.images[:FEW], self.labels[:FEW]
        best, lengths = x.numpy().copy(), numpy.full(FEW, numpy.inf)
        for target in range(2, 11):
            attack.target_class = target
            found = attack.attack_single_run_targeted(x, y, use_rand_start=False).numpy()
            length = numpy.where(self.misled(found), self.lengths(found, norm), numpy.inf)
            best[length < lengths] = found[length < lengths]
            lengths = numpy.minimum(length, lengths)
        self.success(f"FAB-T {norm}", ours, best)
        self.distance(f"FAB-T {norm}", ours, best, norm, "torchattacks")
