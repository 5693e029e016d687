"""Runs that Weights & Biases keeps without its server, and what its own messages say of them.

The package has no reader of its logs in Python, so the frames are taken apart here, and each message
by the package's own definition.
"""

import json
import os
import pathlib
import struct
import zlib

os.environ["WANDB_MODE"] = "offline"
os.environ["WANDB_SILENT"] = "true"

import wandb
from wandb.proto import wandb_internal_pb2


def make(directory, steps=400):
    """A run that finished, and one that failed, whose log has more than one block by so many steps."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    settings = wandb.Settings(
        x_disable_stats=True, x_disable_meta=True, x_save_requirements=False, disable_git=True,
        console="off")
    run = wandb.init(
        dir=directory, project="digits", name="first", notes="a note", tags=["baseline", "x"],
        group="seeds", job_type="train", settings=settings,
        config={"lr": 0.01, "model": {"name": "lenet", "sizes": [3, 5]}, "flag": True, "odd": "<b>"})
    for step in range(5):
        run.log({"loss": 1 / (step + 1), "nested": {"a": step, "b": {"c": -step}}, "text": "words"})
    run.log({"nan": float("nan"), "infinity": float("inf"), "bars": wandb.Histogram([1, 2])}, step=10)
    run.summary["best"] = 0.2
    run.config.update({"late": 5})
    (directory / "model.bin").write_bytes(b"weights")
    run.save(str(directory / "model.bin"), base_path=str(directory), policy="now")
    run.finish()
    run = wandb.init(dir=directory, project="digits", name="failing", settings=settings)
    for step in range(steps):
        run.log({"loss": step / 7, "accuracy": step * 1e-3})
    run.finish(exit_code=3)
    # What the process behind it has not written yet.
    wandb.teardown()
    return directory


def _messages(path):
    content = path.read_bytes()
    assert content[:7] == b":W&B\xe1\xbe\x00"
    place, parts = 7, b""
    while place + 7 <= len(content):
        left = 32768 - place % 32768
        if left < 7:
            place += left
            continue
        checksum, count, kind = struct.unpack_from("<IHB", content, place)
        data = content[place + 7:place + 7 + count]
        assert zlib.crc32(bytes([kind]) + data) == checksum
        place += 7 + count
        parts = data if kind in (1, 2) else parts + data
        if kind in (1, 4):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(parts)
            yield record


def _path(item):
    return list(item.nested_key) or [item.key]


def _value(item):
    kind = item.WhichOneof("value_type") if hasattr(item, "value_type") else None
    return json.loads(item.value_json) if kind is None else getattr(item, kind)


def read(directory):
    """{run: what is said of it}, by the messages of its log."""
    runs = {}
    for path in sorted(pathlib.Path(directory).rglob("*.wandb")):
        parameters, metrics, name, state = {}, {}, None, "interrupted"
        for record in _messages(path):
            kind = record.WhichOneof("record_type")
            if kind == "run":
                name = record.run.display_name
                items = record.run.config.update
            else:
                items = record.config.update if kind == "config" else []
            for item in items:
                if _path(item)[0] != "_wandb":
                    parameters[".".join(_path(item))] = json.loads(item.value_json)
            if kind == "history":
                media = {tuple(_path(i)[:-1]) for i in record.history.item if _path(i)[-1] == "_type"}
                for item in record.history.item:
                    value = _value(item)
                    if _path(item)[0].startswith("_") or tuple(_path(item)[:-1]) in media:
                        continue
                    if isinstance(value, (int, float)):
                        metrics.setdefault(".".join(_path(item)), []).append(
                            (record.history.step.num, float(value)))
            if kind == "exit":
                state = "failed" if record.exit.exit_code else "finished"
        files = path.parent / "files"
        runs[name] = {
            "state": state, "parameters": parameters, "metrics": metrics,
            "artifacts": sorted(str(f.relative_to(files)) for f in files.rglob("*") if f.is_file()),
        }
    return runs
