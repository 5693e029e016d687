"""Runs in MLflow's directory and in its SQLite database, and what its own client says of them."""

import math
import os
import sys

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"

import mlflow
from mlflow.entities import ViewType


def make(uri, artifacts=None):
    """Runs of every state: nested, failed, deleted, running, with odd numbers and without steps."""
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient()
    experiment = client.create_experiment("digits", artifact_location=artifacts)
    mlflow.set_experiment("digits")
    with mlflow.start_run(run_name="parent", description="a note\nof two lines"):
        mlflow.log_params(
            {"lr": 0.01, "optimizer": "adam", "nested.depth": 3, "flag": True, "odd": "<b>"})
        mlflow.set_tags({"team": "vision", "reviewed": "", "mlflow.source.git.commit": "c0ffee"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metric("loss", 0.125, step=4)
        mlflow.log_metric("odd/number", float("nan"), step=0)
        mlflow.log_metric("odd/number", float("inf"), step=1)
        for value in (3.0, 2.0, 1.0):
            mlflow.log_metric("unstepped", value)
        mlflow.log_text("hello", "texts/hello.txt")
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_metric("loss", 0.5, step=0)
    try:
        with mlflow.start_run(run_name="failing"):
            mlflow.log_param("lr", 1.0)
            raise RuntimeError("a reason")
    except RuntimeError:
        pass
    with mlflow.start_run(run_name="deleted") as deleted:
        pass
    client.delete_run(deleted.info.run_id)
    running = client.create_run(experiment, run_name="running")
    client.log_metric(running.info.run_id, "loss", 0.1, step=0)
    return running.info.run_id


def go_on(uri, run):
    """Goes on with the running run, and ends it."""
    client = mlflow.MlflowClient(uri)
    client.log_metric(run, "loss", 0.05, step=1)
    client.set_terminated(run)


STATES = {"FINISHED": "finished", "FAILED": "failed"}


def read(uri):
    """{run: what is said of it}, as MLflow's client says."""
    client = mlflow.MlflowClient(uri)
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = {}
    for run in client.search_runs(
            [e.experiment_id for e in experiments], run_view_type=ViewType.ALL):
        metrics = {}
        for name in run.data.metrics:
            history = sorted(
                client.get_metric_history(run.info.run_id, name),
                key=lambda m: (m.step, m.timestamp))
            for metric in history:
                # Databases get the largest number in place of an infinity.
                if abs(metric.value) == sys.float_info.max:
                    metric._value = math.copysign(math.inf, metric.value)
            if len(history) > 1 and all(m.step == 0 for m in history):
                metrics[name] = [(n, m.value) for n, m in enumerate(history)]
            else:
                metrics[name] = sorted({m.step: m.value for m in history}.items())
        runs[run.info.run_name] = {
            "state": STATES.get(run.info.status, "interrupted"),
            "parameters": dict(run.data.params),
            "metrics": {name: points for name, points in metrics.items()},
            "is_deleted": run.info.lifecycle_stage == "deleted",
            "started": run.info.start_time,
            "ended": run.info.end_time if run.info.status == "FINISHED" else None,
            "artifacts": sorted(_artifacts(client, run.info.run_id)),
        }
    return runs


def _artifacts(client, run, path=None):
    for item in client.list_artifacts(run, path):
        if item.is_dir:
            yield from _artifacts(client, run, item.path)
        else:
            yield item.path
