"""Makes expected.npz: measures and a logistic regression by scikit-learn, SciPy and plain formulas.

    python make.py

Needs numpy, scipy and scikit-learn. A network of one hidden layer classifies images of 12 pixels into
3 classes; the fourth class has no training image.
"""

from pathlib import Path

import numpy
from scipy.linalg import pinvh
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from sklearn.covariance import EmpiricalCovariance
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import StandardScaler

random = numpy.random.default_rng(14)
PIXELS, HIDDEN, CLASSES, BANDWIDTH, NEIGHBOURS = 12, 24, 4, 0.3, 6

weights = {
    "hidden_weights": random.normal(0, 0.6, (HIDDEN, PIXELS)),
    "hidden_biases": random.normal(0, 0.2, HIDDEN),
    "output_weights": random.normal(0, 0.6, (CLASSES, HIDDEN)),
    "output_biases": random.normal(0, 0.2, CLASSES),
}
weights = {name: value.astype(numpy.float32) for name, value in weights.items()}
labels = random.integers(0, 3, 240).astype(numpy.uint8)
centres = random.uniform(60, 200, (3, PIXELS))
training = numpy.clip(centres[labels] + random.normal(0, 40, (240, PIXELS)), 0, 255).astype(numpy.uint8)
queries = random.uniform(0, 1, (70, PIXELS)).astype(numpy.float32)
# Some queries are training images, at distance zero of one of the neighbours.
queries[:5] = training[:5].astype(numpy.float32) / numpy.float32(255)


def features(images):
    return numpy.maximum(images @ weights["hidden_weights"].T.astype(float) + weights["hidden_biases"], 0)


known = features(training / 255)
asked = features(queries.astype(float))
# Biases by which each class is predicted for some queries.
offset = (asked @ weights["output_weights"].T.astype(float)).mean(0)
weights["output_biases"] = (weights["output_biases"] - offset).astype(numpy.float32)
logits = asked @ weights["output_weights"].T.astype(float) + weights["output_biases"]
predictions = logits.argmax(1)
densities = numpy.stack(
    [KernelDensity(bandwidth=BANDWIDTH).fit(known[labels == c]).score_samples(asked) for c in range(3)], 1)
density = numpy.where(
    predictions < 3, densities[numpy.arange(len(asked)), numpy.minimum(predictions, 2)], densities.min(1))

means = numpy.stack([known[labels == c].mean(0) for c in range(3)])
residuals = known - means[labels]
covariance = EmpiricalCovariance(assume_centered=True).fit(residuals).covariance_
covariance += 1e-6 * numpy.trace(covariance) / HIDDEN * numpy.eye(HIDDEN)
mahalanobis = (cdist(asked, means, "mahalanobis", VI=pinvh(covariance)) ** 2).min(1)

# All training images are neighbours: the sample of 6 x 50 is larger.
distances = numpy.sort(cdist(asked, known), 1)
nearest = numpy.stack([row[row > 1e-6][:NEIGHBOURS] for row in distances])
lid = numpy.minimum(-1 / numpy.log(nearest / nearest[:, -1:]).mean(1), HIDDEN)

inputs = random.normal(0, 1, (400, 5)) @ random.normal(0, 1, (5, 5)) * [1, 10, 0.1, 1000, 1] + [0, 5, 1, -300, 2]
odds = (inputs - inputs.mean(0)) / inputs.std(0) @ [1.5, -1, 0.5, 0, 0.3] + random.logistic(0, 1, 400) + 0.4
targets = (odds > 0).astype(numpy.uint8)
sample_weights = random.uniform(0.2, 3, 400)
scaled = StandardScaler().fit(inputs, sample_weight=sample_weights).transform(inputs)
strengths = numpy.array([1e-4, 0.3, 1e4])
coefficients = []
for strength in strengths:
    fitted = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    fitted.fit(scaled, targets, sample_weight=sample_weights)
    coefficients.append(numpy.append(fitted.coef_[0], fitted.intercept_[0]))

numpy.savez_compressed(
    Path(__file__).parent / "expected.npz", **weights, training=training, labels=labels, queries=queries,
    features=asked, predictions=predictions.astype(numpy.int64), energy=logsumexp(logits, 1),
    density=density, mahalanobis=mahalanobis, lid=lid, inputs=inputs, targets=targets,
    sample_weights=sample_weights, strengths=strengths, coefficients=numpy.stack(coefficients))
print(numpy.bincount(predictions, minlength=4), density[:3], mahalanobis[:3], lid[:3], coefficients)
