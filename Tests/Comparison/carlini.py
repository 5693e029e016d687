"""Holds Carlini and Wagner's L2 attack against Foolbox, and against the authors' algorithm in PyTorch.

Paths through a hinge differ in their last bits at first, and then in all; what must agree is what
people report: how many targets are reached, and the mean distance. Foolbox's images give up by the
loss of their batch, so that they go on longer and come a little nearer.
"""

import math

import foolbox
import torch

COUNT = 40
SETTINGS = {"search_steps": 6, "iterations": 200, "learning_rate": 0.02, "initial_constant": 0.1}
# Of the mean distance.
TOLERANCE = 0.02


def authors(network, images, targets, search_steps, iterations, learning_rate, initial_constant):
    """The nearest images by the authors' algorithm, and how far they are.

    As in l2_attack.py of carlini/nn_robust_attacks, with confidence 0: Adam as TensorFlow has it, a
    search for the constant by tens and halves, and the nearest image over all of them. An image gives
    up a constant by its own loss, not by the batch's.
    """
    count, classes = len(images), torch.arange(10)
    start = torch.atanh((2 * images.double() - 1) * 0.999999).float()
    is_target = classes == targets[:, None]
    constant = torch.full((count,), initial_constant)
    lower, upper = torch.zeros(count), torch.full((count,), math.inf)
    nearest, distances = images.clone(), torch.full((count,), math.inf)
    for _ in range(search_steps):
        w = start.clone()
        first, second = torch.zeros_like(w), torch.zeros_like(w)
        last = torch.full((count,), math.inf)
        found, running = torch.zeros(count, dtype=torch.bool), torch.ones(count, dtype=torch.bool)
        for iteration in range(iterations):
            w.requires_grad_()
            x = torch.sigmoid(2 * w)
            logits = network(x)
            lead = logits.masked_fill(is_target, -math.inf).amax(1) - logits[is_target]
            distance = (x - images).square().flatten(1).sum(1)
            loss = distance + constant * lead.clamp(min=0)
            gradient = torch.autograd.grad(loss.sum(), w)[0]
            w = w.detach()
            with torch.no_grad():
                reached = (lead < 0) & running
                found |= reached
                nearer = reached & (distance < distances)
                distances[nearer], nearest[nearer] = distance[nearer], x[nearer]
                if iteration % (iterations // 10) == 0:
                    running &= ~(loss > last * 0.9999)
                    last = loss.detach()
                first = 0.9 * first + 0.1 * gradient
                second = 0.999 * second + 0.001 * gradient.square()
                step = iteration + 1
                rate = learning_rate * math.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                w = w - rate * first / (second.sqrt() + 1e-8)
            if not running.any():
                break
        upper = torch.where(found, torch.minimum(upper, constant), upper)
        lower = torch.where(found, lower, torch.maximum(lower, constant))
        constant = torch.where(upper < math.inf, (lower + upper) / 2, constant * 10)
    return nearest, distances.sqrt()


def compare(comparison):
    """Adds the rows of one network."""
    count = min(COUNT, comparison.count)
    ours = comparison.attacked("cw-l2")
    targets = torch.from_numpy(ours["targets"][:count]).long()
    images = comparison.images[:count]

    def reached(attacked):
        with torch.no_grad():
            return (comparison.network(attacked).argmax(1) == targets).numpy()

    def distance(attacked):
        return (attacked - images).flatten(1).norm(dim=1).numpy()

    ours = torch.from_numpy(ours["images"][:count])
    theirs, _ = authors(comparison.network, images, targets, **SETTINGS)
    attack = foolbox.attacks.L2CarliniWagnerAttack(
        binary_search_steps=SETTINGS["search_steps"], steps=SETTINGS["iterations"],
        stepsize=SETTINGS["learning_rate"], initial_const=SETTINGS["initial_constant"],
        confidence=0, abort_early=True)
    foolbox_images = attack.run(
        comparison.foolbox, images, foolbox.criteria.TargetedMisclassification(targets))
    for peer, attacked in [("the authors' algorithm", theirs), ("Foolbox", foolbox_images)]:
        both = reached(ours) & reached(attacked)
        different = int((reached(ours) != reached(attacked)).sum())
        comparison.add(
            "C&W L2 targets reached", peer, f"{int(reached(attacked).sum())} of {count}",
            f"{different} images", holds=different <= 0.02 * count)
        means = distance(ours)[both].mean(), distance(attacked)[both].mean()
        comparison.add(
            "C&W L2 mean distance", peer, f"{int(both.sum())} images",
            f"{means[0]:.4f} beside {means[1]:.4f}",
            holds=abs(means[0] / means[1] - 1) < TOLERANCE)
