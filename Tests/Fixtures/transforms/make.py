"""Writes expected.npz and colour.npz, with numpy, SciPy, scikit-image and Pillow, for the tests of the
transforms.

    pip install numpy scipy scikit-image pillow && python make.py

Arrays: images (bytes: MNIST's first test images, and noise; or in colour: two smooth ones, and noise),
and by the name of each transform what it makes of them.
"""

import gzip
import io
from pathlib import Path

import numpy
from PIL import Image
from scipy import ndimage
from skimage import filters, transform

FOLDER = Path(__file__).resolve().parent


def read_images():
    packed = (FOLDER.parent / "mnist-sample/t10k-images-idx3-ubyte.gz").read_bytes()
    digits = numpy.frombuffer(gzip.decompress(packed), numpy.uint8, offset=16).reshape(-1, 28, 28)
    noise = numpy.random.default_rng(0).integers(0, 256, (1, 28, 28), dtype=numpy.uint8)
    return numpy.concatenate([digits[:4], noise])


def shift(image, down, right):
    return ndimage.shift(image, (down, right), order=0, mode="constant")


def rotation(image, degrees):
    return transform.rotate(image, degrees, order=1, mode="constant", cval=0)


def blur(image, deviation):
    return ndimage.gaussian_filter(image, deviation, mode="reflect", truncate=4)


def resized(image, side):
    picture = Image.fromarray(image.astype(numpy.float32), mode="F")
    return numpy.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))


def crop(image, side, top, left):
    return resized(image[top : top + side, left : left + side], 28)


def median(image, side):
    return ndimage.median_filter(image, size=side, mode="reflect")


def jpeg(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=quality)
    return numpy.asarray(Image.open(file))


def otsu(image):
    return (image > filters.threshold_otsu(image)).astype(numpy.uint8) * 255


def total_variation(image, weight, kept=None):
    """The solver of facebookresearch/adversarial_image_defenses, from its formulas, pixel by pixel."""
    kept = numpy.ones(image.shape, bool) if kept is None else kept
    rows, columns = image.shape
    data = numpy.where(kept, image, 0).astype(float)
    u, weight = data.copy(), 1 / weight
    mu = 2 * weight
    dx, dy, bx, by, z = (numpy.zeros(image.shape) for _ in range(5))
    for _ in range(100):
        before = u.copy()
        for _ in range(10):
            for r in range(rows):
                for c in range(columns):
                    around = [
                        u[i, j] for i, j in [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]
                        if 0 <= i < rows and 0 <= j < columns]
                    total = sum(around) + z[r, c]
                    u[r, c] = (
                        (mu * total + weight * data[r, c]) / (weight + len(around) * mu)
                        if kept[r, c] else total / 4)
        ux, uy = numpy.zeros(image.shape), numpy.zeros(image.shape)
        ux[:, :-1], uy[:-1] = numpy.diff(u, axis=1), numpy.diff(u, axis=0)
        tx, ty = ux + bx, uy + by
        size = numpy.hypot(tx, ty) * mu
        dx, dy = tx * size / (size + 1), ty * size / (size + 1)
        bx, by = tx - dx, ty - dy
        z = bx + by - dx - dy
        z[1:] += (dy - by)[:-1]
        z[:, 1:] += (dx - bx)[:, :-1]
        if numpy.sqrt(((u - before) ** 2).mean()) <= 0.01:
            break
    return u.clip(0, 1)


def every(images, change):
    return numpy.stack([change(image) for image in images])


def expected(bytes_):
    """What each transform makes of images that are given as bytes; bytes, or numbers in 0...1."""
    images = bytes_ / numpy.float64(255)
    result = {}
    for down, right in [(1, 0), (-2, 1), (0, -3)]:
        result[f"shift_{down}_{right}"] = every(bytes_, lambda x: shift(x, down, right))
    for degrees in [-10, 5, 90]:
        result[f"rotation_{degrees}"] = every(images, lambda x: rotation(x, degrees))
    for deviation in ["0.5", "1.5", "8"]:
        result[f"blur_{deviation}"] = every(images, lambda x: blur(x, float(deviation)))
    result["contrast_1.3_0.1"] = (1.3 * (images - 0.5) + 0.6).clip(0, 1)
    result["binarisation_0.3"] = (images > 0.3).astype(numpy.uint8) * 255
    result["otsu"] = every(bytes_, otsu)
    for side in [14, 20]:
        result[f"resampling_{side}"] = every(images, lambda x: resized(resized(x, side), 28))
    result["crop_24_1_3"] = every(images, lambda x: crop(x, 24, 1, 3))
    result["crop_top_right_20"] = every(images, lambda x: crop(x, 20, 0, 8))
    result["bit_depth_3"] = (images * 8).round() / 8
    result["bit_truncation_3"] = bytes_ & 0b11100000
    result["bit_squeezing_2"] = (images * 3).round() / 3
    for side in [2, 3, 4, 7]:
        result[f"median_{side}"] = every(bytes_, lambda x: median(x, side))
    for quality in [1, 30, 75, 95]:
        result[f"jpeg_{quality}"] = every(bytes_, lambda x: jpeg(x, quality))
    for weight in ["0.03", "0.3"]:
        result[f"total_variation_{weight}_0"] = every(
            images, lambda x: total_variation(x, float(weight)))
    result["median_2+jpeg_75"] = every(bytes_, lambda x: jpeg(median(x, 2), 75))
    return {
        name: array if array.dtype == numpy.uint8 else array.astype(numpy.float32)
        for name, array in result.items()}


def colour_images():
    """Of odd sides, so that halved sides are rounded."""
    random = numpy.random.default_rng(1)
    coarse = [random.integers(0, 256, (4, 5, 3), dtype=numpy.uint8) for _ in range(2)]
    smooth = [Image.fromarray(image).resize((27, 31), Image.Resampling.BICUBIC) for image in coarse]
    noise = random.integers(0, 256, (31, 27, 3), dtype=numpy.uint8)
    return numpy.stack([*map(numpy.asarray, smooth), noise])


def by_channel(image, change):
    return numpy.stack([change(image[..., channel]) for channel in range(3)], axis=-1)


def to_size(image, rows, columns):
    picture = Image.fromarray(image.astype(numpy.float32), mode="F")
    return numpy.asarray(picture.resize((columns, rows), Image.Resampling.BILINEAR))


def expected_in_colour(bytes_):
    """The same for images in colour: each channel by itself, or all by their luminance."""
    images = bytes_ / numpy.float64(255)
    luminance = images @ [0.299, 0.587, 0.114]
    white = numpy.full(3, 255, numpy.uint8)
    levels = (luminance * 255).round().astype(numpy.uint8)
    result = {}

    def channels(name, images, change):
        result[name] = every(images, lambda image: by_channel(image, change))

    channels("shift_-2_1", bytes_, lambda x: shift(x, -2, 1))
    channels("rotation_5", images, lambda x: rotation(x, 5))
    channels("blur_1.5", images, lambda x: blur(x, 1.5))
    channels("median_3", bytes_, lambda x: median(x, 3))
    channels("crop_24_1_3", images, lambda x: to_size(x[1:25, 3:27], 31, 27))
    channels("resampling_14", images, lambda x: to_size(to_size(x, 14, 14), 31, 27))
    result["contrast_1.3_0.1"] = (1.3 * (images - 0.5) + 0.6).clip(0, 1)
    result["bit_truncation_3"] = bytes_ & 0b11100000
    result["binarisation_0.4"] = (luminance > 0.4)[..., None] * white
    result["otsu"] = every(levels, otsu)[..., None] // 255 * white
    for quality in [1, 30, 75, 95]:
        result[f"jpeg_{quality}"] = every(bytes_, lambda x: jpeg(x, quality))
    return {
        name: array if array.dtype == numpy.uint8 else array.astype(numpy.float32)
        for name, array in result.items()}


if __name__ == "__main__":
    digits, pictures = read_images(), colour_images()
    numpy.savez_compressed(FOLDER / "expected.npz", images=digits, **expected(digits))
    numpy.savez_compressed(
        FOLDER / "colour.npz", images=pictures, **expected_in_colour(pictures))
