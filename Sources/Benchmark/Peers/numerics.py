"""The numerics' workloads in PyTorch, and the attacks in ART and Foolbox, on one thread and on all."""

import pathlib
import time

import numpy as np
import torch
from torch import nn

PASSES = 50


def mnist(folder, part):
    """Images [count, 1, 28, 28] in 0...1 and labels, from IDX files."""
    def read(kind, header):
        (path,) = pathlib.Path(folder).glob(f"{part}-{kind}-ubyte")
        return np.frombuffer(path.read_bytes(), np.uint8)[header:]

    images = read("images-idx3", 16).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    return torch.from_numpy(images), torch.from_numpy(read("labels-idx1", 8).astype(np.int64))


def lenet(sites=("pool1", "pool2", "dense1")):
    """Caffe's LeNet, its dropout where it is told."""
    def drop(site):
        return [nn.Dropout(0.5)] if site in sites else []

    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.ReLU(), *drop("pool1"),
        nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.ReLU(), *drop("pool2"), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), *drop("dense1"), nn.Linear(500, 10),
    )


def least_seconds(body, runs=3):
    body()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def train(model, images, labels, steps, batch=128):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model.train()
    for step in range(steps):
        part = slice(step * batch, (step + 1) * batch)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[part]), labels[part]).backward()
        optimizer.step()


def input_gradient(model, images, labels):
    images = images.clone().requires_grad_(True)
    return torch.autograd.grad(nn.functional.cross_entropy(model(images), labels, reduction="sum"), images)[0]


def bim(model, images, labels, iterations, batch=128):
    for first in range(0, len(images), batch):
        clean, true = images[first : first + batch], labels[first : first + batch]
        moved = clean
        for _ in range(iterations):
            moved = moved + 0.01 * input_gradient(model, moved, true).sign()
            moved = (clean + (moved - clean).clamp(-0.3, 0.3)).clamp(0, 1)


@torch.no_grad()
def mc_dropout(model, split, images):
    """The layers before the split once, the others PASSES times, four images at a time."""
    for first in range(0, len(images), 4):
        shared = model[:split](images[first : first + 4])
        model[split:](shared.repeat_interleave(PASSES, dim=0)).softmax(1).reshape(-1, PASSES, 10).std(1)


def rows(folder, threads):
    training, test = mnist(folder, "train"), mnist(folder, "t10k")
    torch.manual_seed(0)
    trained = lenet()
    train(trained, *training, steps=150)
    for count in sorted({1, threads}):
        torch.set_num_threads(count)
        yield from on_threads(trained, training, test, f", threads: {count}")


def on_threads(trained, training, test, suffix):
    images, labels = test
    model = lenet()
    yield "training, batch 128, Adam" + suffix, "PyTorch", 30 * 128 / least_seconds(lambda: train(model, *training, 30)), True

    def infer():
        with torch.no_grad():
            for first in range(0, 4096, 256):
                trained.eval()(images[first : first + 256])

    yield "deterministic inference" + suffix, "PyTorch", 4096 / least_seconds(infer), True
    trained.train()
    seconds = least_seconds(lambda: mc_dropout(trained, 3, images[:40]))
    yield "MC dropout, 50 passes, the study's sites" + suffix, "PyTorch", 40 / seconds, True
    trained.eval()
    seconds = least_seconds(lambda: bim(trained, images[:256], labels[:256], 10))
    yield "BIM, one iteration" + suffix, "PyTorch", 2560 / seconds, True

    def fgsm():
        for first in range(0, 1024, 128):
            part = slice(first, first + 128)
            moved = (images[part] + 0.3 * input_gradient(trained, images[part], labels[part]).sign()).clamp(0, 1)
            with torch.no_grad():
                trained(moved)

    yield "FGSM" + suffix, "PyTorch", 1024 / least_seconds(fgsm), True
    yield from in_libraries(trained, images, labels, suffix)


def in_libraries(trained, images, labels, suffix):
    import foolbox

    model = foolbox.PyTorchModel(trained, bounds=(0, 1), device="cpu")
    attack = foolbox.attacks.LinfBasicIterativeAttack(abs_stepsize=0.01, steps=10, random_start=False)
    seconds = least_seconds(lambda: attack(model, images[:256], labels[:256], epsilons=0.3))
    yield "BIM, one iteration" + suffix, "Foolbox", 2560 / seconds, True

    from art.attacks.evasion import SaliencyMapMethod
    from art.estimators.classification import PyTorchClassifier

    # ART moves the pixels of one probability's gradient, so the classifier ends in a softmax.
    classifier = PyTorchClassifier(
        nn.Sequential(trained, nn.Softmax(1)), nn.CrossEntropyLoss(), (1, 28, 28), 10, clip_values=(0, 1), device_type="cpu"
    )
    few = images[:10].numpy()
    targets = np.eye(10, dtype=np.float32)[(labels[:10].numpy() + 1) % 10]
    jsma = SaliencyMapMethod(classifier, theta=1, gamma=0.1, batch_size=10, verbose=False)
    yield "JSMA (softmax)" + suffix, "ART", 10 / least_seconds(lambda: jsma.generate(few, targets), runs=1), True
