"""Holds Assay's transforms against SciPy, scikit-image and Pillow; compare.py adds the rows to its table.

    python transforms.py ASSAY DATA WORK
"""

import gzip
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy

REPOSITORY = Path(__file__).resolve().parents[2]
COUNT = 50
PEERS = {
    "shift": "SciPy", "rotation": "scikit-image", "blur": "SciPy", "contrast": "NumPy",
    "binarisation": "NumPy", "otsu": "scikit-image", "resampling": "Pillow", "crop": "Pillow",
    "bit": "NumPy", "median": "SciPy", "jpeg": "Pillow", "total": "the authors' formulas",
}


def other_programs():
    """The module that writes the fixture of the tests."""
    path = REPOSITORY / "Tests/Fixtures/transforms/make.py"
    specification = importlib.util.spec_from_file_location("transform_fixture", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def compare(assay, work, images):
    """Rows (what, with what, of how many, the largest difference) for images given as bytes."""
    folder = Path(work) / "transforms"
    folder.mkdir(parents=True, exist_ok=True)
    numpy.save(folder / "images.npy", images)
    expected = other_programs().expected(images)
    words = [
        str(Path(assay).resolve()), "transforms", "apply", *expected, "--images", "images.npy", "-o",
        "ours.npz", "--quiet"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    ours = numpy.load(folder / "ours.npz")
    rows = []
    for name, theirs in expected.items():
        if theirs.dtype == numpy.uint8:
            theirs = theirs / numpy.float32(255)
        difference = float(numpy.abs(ours[name][:, 0] - theirs).max())
        peer = "SciPy, Pillow" if "+" in name else PEERS[name.split("_")[0]]
        rows.append((f"transform {name}", peer, f"{len(images)} images", difference))
    return rows


def read_bytes(folder):
    path = Path(folder) / "mnist/t10k-images-idx3-ubyte"
    packed = path.with_name(path.name + ".gz")
    content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    return numpy.frombuffer(content, numpy.uint8, offset=16).reshape(-1, 28, 28)[:COUNT]


if __name__ == "__main__":
    command, data, directory = sys.argv[1:4]
    for what, peer, compared, difference in compare(command, directory, read_bytes(data)):
        print(f"| {what} | {peer} | {compared} | {difference:.1e} |  | yes |")
