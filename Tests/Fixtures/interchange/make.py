"""Writes the files of this folder with numpy, PyTorch, safetensors, Pillow and onnx, for the tests to read."""

import zipfile
from pathlib import Path

import numpy
import onnx
import safetensors.torch
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from safetensors.numpy import save_file

folder = Path(__file__).parent
ramp = numpy.arange(24, dtype=numpy.float32).reshape(2, 3, 4) / 7
numpy.save(folder / "float32.npy", ramp)
numpy.save(folder / "fortran.npy", numpy.asfortranarray(ramp))
numpy.save(folder / "float64.npy", ramp.astype(numpy.float64))
numpy.save(folder / "int32.npy", numpy.arange(-3, 3, dtype=numpy.int32))
numpy.save(folder / "number.npy", numpy.float32(2.5))
numpy.save(folder / "big-endian.npy", ramp.astype(">f4"))
numpy.save(folder / "half.npy", ramp.astype(numpy.float16))
numpy.save(folder / "uint64.npy", numpy.array([0, 7, 2**63 - 1], numpy.uint64))
numpy.save(folder / "uint64-large.npy", numpy.array([0, 2**63], numpy.uint64))
numpy.savez(folder / "plain.npz", ramp=ramp, labels=numpy.arange(5))
# As Python writes archives beyond 4 GB, but with that limit at 100 bytes and one entry.
limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 100, 1
numpy.savez(folder / "zip64.npz", ramp=ramp, labels=numpy.arange(5))
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
# Long enough for several blocks, and made of runs, repetitions and noise.
noise = numpy.random.default_rng(1).integers(0, 4, 20000).astype(numpy.uint8)
numpy.savez_compressed(folder / "packed.npz", zeros=numpy.zeros((50, 784), numpy.float32),
                       noise=noise, ramp=ramp)
# Small enough for a test to change each byte.
numpy.savez_compressed(folder / "small.npz", zeros=numpy.zeros(100, numpy.float32), noise=noise[:200], ramp=ramp)
save_file({"b": ramp, "a": numpy.array([1, -2], numpy.float32)}, folder / "arrays.safetensors",
          metadata={"format": "pt"})
save_file({"half": ramp.astype(numpy.float16)}, folder / "half.safetensors")
narrow = {"bfloat": torch.from_numpy(ramp).bfloat16(), "half": torch.from_numpy(ramp).half()}
safetensors.torch.save_file(narrow, folder / "narrow.safetensors")
save_file({"flags": ramp > 1}, folder / "flags.safetensors")
grey = (numpy.arange(28 * 28).reshape(28, 28) * 7 % 256).astype(numpy.uint8)
Image.fromarray(grey).save(folder / "grey.png")
colours = numpy.stack([grey, grey.T, 255 - grey], axis=2)
Image.fromarray(colours).save(folder / "colours.png")
Image.fromarray(colours).quantize(16).save(folder / "palette.png")

weight = numpy_helper.from_array(numpy.array([[[[1.5, -2]]]], numpy.float32), "weight")
nodes = [
    helper.make_node("Conv", ["images", "weight"], ["conv"], name="conv", kernel_shape=[1, 2]),
    helper.make_node("Flatten", ["conv"], ["logits"], name="logits", axis=1),
]
graph = helper.make_graph(
    nodes, "tiny", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["images", 1, 1, 2])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["images", 1])], [weight])
model = helper.make_model(
    graph, producer_name="assay", ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
onnx.checker.check_model(model, full_check=True)
(folder / "tiny.onnx").write_bytes(model.SerializeToString())
