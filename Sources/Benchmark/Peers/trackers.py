"""What a run or trial costs in trackers: created, given ten points of a metric, and finished."""

import contextlib
import io
import logging
import os
import tempfile
import time

FIRST = "run created, filled and finished, the first ones"


def milliseconds(body, runs=50):
    body()
    start = time.perf_counter()
    for _ in range(runs):
        body()
    return (time.perf_counter() - start) * 1000 / runs


def with_optuna(directory):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=f"sqlite:///{directory}/optuna.db")

    def trial():
        trial = study.ask({"x": optuna.distributions.FloatDistribution(0, 1)})
        for step in range(10):
            trial.report(1.0, step)
        study.tell(trial, 1.0)

    return milliseconds(trial)


def with_mlflow(directory):
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(f"sqlite:///{directory}/mlflow.db")

    def run():
        with mlflow.start_run():
            mlflow.log_params({"number": 1, "rate": 0.5})
            for step in range(10):
                mlflow.log_metric("loss", 1.0, step=step)

    return milliseconds(run)


def with_trackio(directory):
    os.environ["TRACKIO_DIR"] = f"{directory}/trackio"
    import trackio

    # It tells of every run, which has no place in a table.
    def run():
        with contextlib.redirect_stdout(io.StringIO()):
            trackio.init(project="bench", config={"number": 1, "rate": 0.5}, embed=False)
            for step in range(10):
                trackio.log({"loss": 1.0}, step=step)
            trackio.finish()

    return milliseconds(run, runs=3)  # each takes seconds


def rows(folder, threads):
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        yield FIRST, "Optuna", with_optuna(directory), False
        yield FIRST, "MLflow", with_mlflow(directory), False
        yield FIRST, "trackio", with_trackio(directory), False
