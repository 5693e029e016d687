"""Writes MATLAB files in the format of SVHN's, with SciPy, for the tests of their reader.

    pip install numpy scipy && python make.py

Value (r, c, channel, n) of X is (7 r + 13 c + 59 channel + 101 n) mod 256.
"""

from pathlib import Path

import numpy
from scipy.io import savemat

FOLDER = Path(__file__).resolve().parent


def images(rows, columns, count):
    r, c, channel, n = numpy.ogrid[:rows, :columns, :3, :count]
    return ((7 * r + 13 * c + 59 * channel + 101 * n) % 256).astype(numpy.uint8)


def labels(count, kind):
    return (numpy.arange(count) * 3 % 10 + 1).astype(kind).reshape(-1, 1)


def main():
    # SVHN's own are packed, X before y, with labels stored as bytes.
    packed = {"X": images(4, 5, 6), "y": labels(6, numpy.uint8)}
    savemat(FOLDER / "train_32x32.mat", packed, do_compression=True)
    plain = {"note": "text", "y": labels(3, numpy.float64), "X": images(4, 5, 3)}
    savemat(FOLDER / "test_32x32.mat", plain, do_compression=False)


main()
