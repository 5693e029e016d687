"""Serves a linear model by docs/model-protocol.md, with the standard library alone.

    python3 linear.py [SETTING=VALUE ...]

shape=1,28,28 classes=10 layout=channels_first batch=64 say what is served; seed=0 makes its weights,
or centroids=FOLDER takes them from a data set: images of a class are near its mean. declare=gradient,keep,
draws,features is what it declares. log=FILE gets a line for each request. meet=FOLDER has a process wait
with its logits until all processes are asked for theirs.

fault=KIND[:REQUEST] makes it do wrong from that request on (logits unless one is named); after=N
spares the first N requests, once=FILE spares every process after the one that makes that file.
"""

import array
import gzip
import hashlib
import json
import math
import operator
import os
import random
import struct
import sys
import time

settings = dict(word.split("=", 1) for word in sys.argv[1:])
shape = [int(side) for side in settings.get("shape", "1,28,28").split(",")]
classes = int(settings.get("classes", "10"))
declared = settings.get("declare", "gradient,keep,draws,features").split(",")
fault, _, faulty = settings.get("fault", "").partition(":")
faulty = faulty or "logits"
size = shape[0] * shape[1] * shape[2]
source, sink = sys.stdin.buffer, sys.stdout.buffer
requests = 0
kept = None


def made_up():
  generator = random.Random(int(settings.get("seed", "0")))
  return [
      array.array("f", [generator.gauss(0, 1) / 8 for _ in range(size)]) for _ in range(classes)]


def centroids(folder):
  """The mean of each class, less the mean of all, as weights; logits are correlations."""
  def idx(name, head):
    with gzip.open(os.path.join(folder, name), "rb") as file:
      return file.read()[head:]
  pixels = idx("train-images-idx3-ubyte.gz", 16)
  labels = idx("train-labels-idx1-ubyte.gz", 8)
  sums = [[0.0] * size for _ in range(classes)]
  for image, label in enumerate(labels[:400]):
    row = sums[label]
    for place, value in enumerate(pixels[image * size:(image + 1) * size]):
      row[place] += value / 255
  weights = []
  for label in range(classes):
    count = max(1, sum(1 for other in labels[:400] if other == label))
    weights.append([value / count for value in sums[label]])
  middle = [sum(column) / classes for column in zip(*weights)]
  biases = [-sum(w * w for w in row) / 2 for row in weights]
  return [array.array("f", [w - m for w, m in zip(row, middle)]) for row in weights], biases


if "centroids" in settings:
  weights, biases = centroids(settings["centroids"])
else:
  weights, biases = made_up(), [0.0] * classes
digest = hashlib.sha256(b"".join(row.tobytes() for row in weights)).hexdigest()


def linear(image):
  return [
      bias + sum(map(operator.mul, row, image)) for row, bias in zip(weights, biases)]


def rows(values, width):
  return [values[first:first + width] for first in range(0, len(values), width)]


def answer(header, arrays=()):
  header = dict(header, arrays=[
      {"name": name, "type": "float32", "shape": sides} for name, sides, _ in arrays])
  text = json.dumps(header).encode()
  frame = b"ASSY" + struct.pack("<I", len(text)) + text
  sink.write(frame + b"".join(array.array("f", values).tobytes() for _, _, values in arrays))
  sink.flush()


def read(count):
  found = source.read(count)
  if len(found) < count:
    sys.exit(0)
  return found


def is_faulty(name):
  if not fault or name != faulty or requests <= int(settings.get("after", "0")):
    return False
  if "once" in settings:
    try:
      os.close(os.open(settings["once"], os.O_CREAT | os.O_EXCL))
    except FileExistsError:
      return False
  return True


def misbehave():
  """What is done instead of an answer; true if one has to follow all the same."""
  if fault == "dies":
    os._exit(3)
  if fault == "killed":
    os.kill(os.getpid(), 9)
  if fault == "hangs":
    time.sleep(3600)
  if fault == "prints":
    sink.write(b"epoch 1\n")
    sink.flush()
  if fault == "garbage":
    sink.write(b"ASSY" + struct.pack("<I", 7) + b"{\"answe")
    sink.flush()
  return fault not in ("prints", "garbage")


def meet(folder):
  with open(os.path.join(folder, os.environ["ASSAY_MODEL_PROCESS"]), "w", encoding="utf-8"):
    pass
  while len(os.listdir(folder)) < int(os.environ["ASSAY_MODEL_PROCESSES"]):
    time.sleep(0.002)


def logits(header, images):
  global kept
  if "meet" in settings:
    meet(settings["meet"])
  if header["keep"]:
    kept = len(images)
  return [value for image in images for value in linear(image)]


def gradient(given):
  values = []
  for row in rows(given, classes):
    values += [
        sum(weight * line[place] for weight, line in zip(row, weights)) for place in range(size)]
  return values


def draws(header, images, indices):
  values = []
  for image, index in zip(images, indices):
    clean = linear(image)
    for number in range(header["first_pass"], header["first_pass"] + header["passes"]):
      address = f"{header['seed']} {header['purpose']} {index} {number}"
      generator = random.Random(address)
      values += [value + generator.gauss(0, 0.1) for value in clean]
  return values


def reply(header, arrays):
  name = header["request"]
  again = {"answer": name, "id": header["id"]}
  if name == "hello":
    version = 2 if fault == "version" else 1
    answer(dict(
        again, version=version, name="linear", classes=classes, shape=shape,
        layout=settings.get("layout", "channels_first"), digest=digest, capabilities=declared,
        layers={"input": size, "logits": classes} if "features" in declared else {},
        default_layer="input" if "features" in declared else None,
        batch=int(settings.get("batch", "64")), device="cpu", framework="python"))
    return
  images = rows(arrays.get("images", ()), size)
  count = len(images)
  wrong = is_faulty(name)
  if wrong and not misbehave():
    return
  if wrong and fault == "refuses":
    answer({"error": "out of memory\nat line 2", "id": header["id"]})
  elif name == "logits":
    values = logits(header, images)
    if wrong and fault == "nan":
      values[classes] = math.nan
    if wrong and fault == "random":
      values = [value + random.random() / 100 for value in values]
    width = classes - 1 if wrong and fault == "shape" else classes
    answer(again, [("logits", [count, width], values[:count * width])])
  elif name == "gradient" and "draws" in header:
    # The noise of draws does not depend on the image: the gradients of all passes add up.
    width = header["draws"]["passes"] * classes
    values = gradient([
        sum(row[label::classes]) for row in rows(arrays["weights"], width)
        for label in range(classes)])
    answer(again, [("gradient", [count] + shape, values)])
  elif name == "feature_gradient":
    values = list(arrays["weights"])
    if header["layer"] != "input":
      values = gradient(values)
    answer(again, [("gradient", [count] + shape, values)])
  elif name == "gradient":
    assert header["kept"] is False or kept
    values = gradient(arrays["weights"])
    if wrong and fault == "sign":
      values = [-value for value in values]
    sides = [len(values) // size] + shape
    answer(again, [("gradient", sides, values)])
  elif name == "draws":
    values = draws(header, images, arrays["indices"])
    answer(again, [("logits", [count, header["passes"], classes], values)])
  elif name == "features":
    values = [value for image in images for value in (
        image if header["layer"] == "input" else linear(image))]
    answer(again, [("features", [count, len(values) // max(1, count)], values)])
  else:
    answer({"error": f"unknown request '{name}'", "id": header["id"]})


while True:
  start = read(8)
  length = struct.unpack("<I", start[4:])[0]
  header = json.loads(read(length))
  arrays = {}
  for given in header.get("arrays", ()):
    values = array.array("f" if given["type"] == "float32" else "I")
    values.frombytes(read(values.itemsize * math.prod(given["shape"])))
    arrays[given["name"]] = values
  if "log" in settings:
    with open(settings["log"], "a", encoding="utf-8") as log:
      log.write(json.dumps(dict(header, process=os.environ["ASSAY_MODEL_PROCESS"])) + "\n")
  requests += header["request"] != "hello"
  reply(header, arrays)
