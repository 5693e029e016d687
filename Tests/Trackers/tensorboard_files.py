"""Event files as TensorBoard's own writer and tensorboardX leave them, and what their readers say."""

import math
import pathlib

import numpy as np
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import plugin_data_pb2, summary_v2 as hparams_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
from tensorboardX import SummaryWriter

STARTED = 1_700_000_000.0


def make(directory):
    """Writes one run a directory; times are fixed, so that the same files come out."""
    directory = pathlib.Path(directory)
    _tensorboardx(directory / "tensorboardX")
    _second_version(directory / "v2")
    _resumed(directory / "nested" / "resumed")
    return directory


def _tensorboardx(directory):
    """The old form of scalars, histograms and texts beside them, and values that are no numbers."""
    writer = SummaryWriter(str(directory), write_to_disk=True)
    for step in range(5):
        time = STARTED + step
        writer.add_scalar("loss/train", 1.0 / (step + 1), step, walltime=time)
        writer.add_scalar("accuracy", 0.5 + 0.1 * step, step, walltime=time)
    for step, value in enumerate((math.nan, math.inf, -math.inf)):
        writer.add_scalar("odd <b>\x1b[31m", value, step, walltime=STARTED)
    writer.add_histogram("weights", np.arange(10.0), 0, walltime=STARTED)
    writer.add_text("words", "some text", 0, walltime=STARTED)
    writer.close()
    _rename(directory, 1)


def _event(step, time, *values):
    return event_pb2.Event(
        wall_time=time, step=step, summary=summary_pb2.Summary(value=list(values)))


def _tensor(tag, number, metadata=True, dtype=np.float32):
    value = summary_pb2.Summary.Value(
        tag=tag, tensor=tensor_util.make_tensor_proto(np.array(number, dtype=dtype)))
    if metadata:
        value.metadata.plugin_data.plugin_name = "scalars"
        value.metadata.data_class = summary_pb2.DATA_CLASS_SCALAR
    return value


def _second_version(directory):
    """Scalars as tensors, whose tag says once that they are scalars, and hyperparameters."""
    writer = EventFileWriter(str(directory))
    hparams = {"lr": 0.01, "layers": 3, "optimizer": "adam", "bias": True}
    start = hparams_summary.hparams_pb(hparams, trial_id="one", start_time_secs=STARTED)
    event = event_pb2.Event(wall_time=STARTED, summary=start)
    writer.add_event(event)
    for step in range(4):
        writer.add_event(
            _event(
                step * 10, STARTED + step, _tensor("loss", 2.0 - step / 4, metadata=step == 0),
                _tensor("rate", 10.0**-step, metadata=True, dtype=np.float64)))
    picture = summary_pb2.Summary.Value(
        tag="curve", tensor=tensor_util.make_tensor_proto(np.zeros((3, 2), np.float32)))
    picture.metadata.plugin_data.plugin_name = "pr_curves"
    writer.add_event(_event(0, STARTED, picture))
    end = hparams_summary._summary_pb(
        "_hparams_/session_end_info",
        plugin_data_pb2.HParamsPluginData(
            session_end_info=plugin_data_pb2.SessionEndInfo(
                status="STATUS_SUCCESS", end_time_secs=STARTED + 9)))
    writer.add_event(event_pb2.Event(wall_time=STARTED + 9, summary=end))
    writer.close()
    _rename(directory, 1)


def _resumed(directory):
    """Two files of one run: the second goes on at step 3, where the first had reached 5."""
    for part, (first, last) in enumerate(((0, 5), (3, 4)), start=1):
        writer = EventFileWriter(str(directory), filename_suffix=f".{part}")
        time = STARTED + 100 * part
        if part == 2:
            start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
            writer.add_event(event_pb2.Event(wall_time=time, step=first, session_log=start))
        for step in range(first, last + 1):
            value = summary_pb2.Summary.Value(tag="loss", simple_value=part + step / 10)
            writer.add_event(_event(step, time + step, value))
        writer.close()
        _rename(directory, part)


def _rename(directory, number):
    """Gives the newest file a name without a time and a host."""
    for path in sorted(directory.glob("events.out.tfevents.*")):
        if not path.name.endswith(".fixture"):
            path.rename(directory / f"events.out.tfevents.{1_700_000_000 + number}.fixture")


def read(directory):
    """{run: {tag: [(step, value)]}}, as TensorBoard's own reader says."""
    runs = {}
    root = pathlib.Path(directory)
    for folder in sorted({path.parent for path in root.rglob("*tfevents*")}):
        accumulator = event_accumulator.EventAccumulator(
            str(folder), size_guidance={event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0})
        accumulator.Reload()
        tags = accumulator.Tags()
        metrics = {tag: [(e.step, e.value) for e in accumulator.Scalars(tag)]
                   for tag in tags["scalars"]}
        for tag in tags["tensors"]:
            if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                metrics[tag] = [
                    (e.step, float(tensor_util.make_ndarray(e.tensor_proto)))
                    for e in accumulator.Tensors(tag)]
        runs[str(folder.relative_to(root))] = metrics
    return runs


if __name__ == "__main__":
    import sys

    print(read(make(sys.argv[1])))
