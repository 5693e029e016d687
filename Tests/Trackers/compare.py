"""Has every tracker write records, imports them, and compares with what the tracker's reader says.

    compare.py ASSAY DIRECTORY [--only mlflow|optuna|tensorboard|wandb]

A line a comparison; the exit code is 1 if any differs.
"""

import argparse
import json
import math
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("assay")
parser.add_argument("directory", type=pathlib.Path)
parser.add_argument("--only")
options = parser.parse_args()
options.assay = os.path.abspath(options.assay)
failures = 0


def check(what, ours, theirs):
    global failures
    is_same = _plain(ours) == _plain(theirs)
    print(f"{'same' if is_same else 'DIFFERENT':10} {what}")
    if not is_same:
        failures += 1
        print(f"  ours   {_plain(ours)}\n  theirs {_plain(theirs)}")


def _plain(value):
    """A value that can be compared: a NaN is equal to itself, and order does not matter."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in sorted(value.items(), key=lambda i: str(i[0]))}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value
    return value


def run_import(tool, source, database):
    result = subprocess.run(
        [options.assay, "import", tool, str(source), "--db", str(database), "--format", "json"],
        capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"import {tool} {source}: {result.stderr}")
    return json.loads(result.stdout)[0]


class Records:
    """What a database of Assay's has."""

    def __init__(self, path):
        self.connection = sqlite3.connect(path)

    def rows(self, sql, *values):
        return self.connection.execute(sql, values).fetchall()

    def runs(self):
        runs = {}
        for run, name, state, hidden, started, ended in self.rows(
                "SELECT run, name, state, hidden, round((julianday(created) - 2440587.5) * 86400000),"
                " round((julianday(finished) - 2440587.5) * 86400000) FROM runs"):
            metrics = {}
            for metric, step, value in self.rows(
                    "SELECT name, step, value FROM metrics WHERE run = ? ORDER BY name, step", run):
                metrics.setdefault(metric, []).append((step, math.nan if value is None else value))
            runs[name] = {
                "state": state, "is_deleted": hidden == "deleted", "metrics": metrics,
                "started": started, "ended": ended,
                "parameters": dict(
                    self.rows("SELECT name, value FROM parameters WHERE run = ?", run)),
                "artifacts": [
                    r[0] for r in self.rows(
                        "SELECT name FROM artifacts WHERE run = ? ORDER BY name", run)],
            }
        return runs

    def sweeps(self):
        sweeps = {}
        for (sweep,) in self.rows("SELECT name FROM sweeps"):
            trials = {}
            for number, state, parameters, started, ended in self.rows(
                    "SELECT number, state, parameters,"
                    " round((julianday(created) - 2440587.5) * 86400000),"
                    " round((julianday(ended) - 2440587.5) * 86400000)"
                    " FROM trials WHERE sweep = ?", sweep):
                values = [r[0] for r in self.rows(
                    "SELECT value FROM trial_values WHERE sweep = ? AND number = ?"
                    " ORDER BY objective_number", sweep, number)]
                trials[number] = {
                    "state": state, "parameters": json.loads(parameters), "values": values or None,
                    "started": started, "ended": ended,
                    "reports": dict(self.rows(
                        "SELECT step, value FROM trial_reports WHERE sweep = ? AND number = ?",
                        sweep, number)),
                }
            sweeps[sweep] = {
                "goals": [r[0] for r in self.rows(
                    "SELECT goal FROM sweep_objectives WHERE sweep = ? ORDER BY number", sweep)],
                "trials": trials,
            }
        return sweeps


def fresh(name):
    directory = options.directory / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory.resolve()


def counts(result):
    return {name: int(result[name]) for name in ("new", "continued", "unchanged", "differing")}


def written(value):
    """A parameter of MLflow, which is a text, as it is imported."""
    if value in ("True", "False"):
        return int(value == "True")
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    return value


def compare_mlflow():
    import mlflow_files

    base = fresh("mlflow")
    places = {
        "directory": (f"file://{base}/mlruns", base / "mlruns", None),
        "database": (f"sqlite:///{base}/mlflow.db", base / "mlflow.db", f"file://{base}/artifacts"),
    }
    for kind, (uri, source, artifacts) in places.items():
        database = base / f"{kind}.assay.db"
        running = mlflow_files.make(uri, artifacts)
        check(f"mlflow {kind}: counts", counts(run_import("mlflow", source, database)),
              {"new": 5, "continued": 0, "unchanged": 0, "differing": 0})
        compare_runs(f"mlflow {kind}", database, mlflow_files.read(uri), parameter=written)
        mlflow_files.go_on(uri, running)
        check(f"mlflow {kind}: counts after going on",
              counts(run_import("mlflow", source, database)),
              {"new": 0, "continued": 1, "unchanged": 4, "differing": 0})
        compare_runs(f"mlflow {kind} after going on", database, mlflow_files.read(uri), written)


def compare_runs(what, database, theirs, parameter=lambda value: value):
    ours = Records(database).runs()
    check(f"{what}: names", sorted(ours), sorted(theirs))
    for name, run in theirs.items():
        run["parameters"] = {n: parameter(v) for n, v in run["parameters"].items()}
        for part, value in run.items():
            check(f"{what}: {part} of {name}", ours.get(name, {}).get(part), value)


def compare_optuna():
    import optuna_files

    base = fresh("optuna")
    for kind, place in (("database", f"sqlite:///{base}/study.db"), ("journal", f"{base}/study.log")):
        source = place.removeprefix("sqlite:///")
        database = base / f"{kind}.assay.db"
        optuna_files.make(place)
        check(f"optuna {kind}: counts", counts(run_import("optuna", source, database)),
              {"new": 8, "continued": 0, "unchanged": 0, "differing": 0})
        compare_studies(f"optuna {kind}", database, optuna_files.read(place))
        optuna_files.go_on(place)
        check(f"optuna {kind}: counts after going on", counts(run_import("optuna", source, database)),
              {"new": 2, "continued": 0, "unchanged": 8, "differing": 0})
        compare_studies(f"optuna {kind} after going on", database, optuna_files.read(place))


def compare_studies(what, database, theirs):
    ours = Records(database).sweeps()
    check(f"{what}: names", sorted(ours), sorted(theirs))
    for name, study in theirs.items():
        mine = ours.get(name, {"goals": None, "trials": {}})
        check(f"{what}: goals of {name}", mine["goals"], study["goals"])
        for number, trial in study["trials"].items():
            check(f"{what}: trial {number} of {name}", mine["trials"].get(number), trial)
        answer = subprocess.run(
            [options.assay, "query", "pareto_front", "--format", "json", "--db", str(database),
             "--sweep", name], capture_output=True, text=True)
        front = sorted({row["number"] for row in json.loads(answer.stdout)})
        check(f"{what}: front of {name}", front, study["front"])


def compare_tensorboard():
    import tensorboard_files

    base = fresh("tensorboard")
    database = base / "assay.db"
    tensorboard_files.make(base / "logs")
    run_import("tensorboard", base / "logs", database)
    ours = {name: run["metrics"] for name, run in Records(database).runs().items()}
    theirs = tensorboard_files.read(base / "logs")
    for name, metrics in theirs.items():
        check(f"tensorboard: metrics of {name}", ours.get(name), metrics)
    check("tensorboard: names", sorted(ours), sorted(theirs))


def compare_wandb():
    import wandb_files

    base = fresh("wandb")
    database = base / "assay.db"
    wandb_files.make(base / "runs")
    run_import("wandb-offline", base / "runs", database)
    ours, theirs = Records(database).runs(), wandb_files.read(base / "runs")
    check("wandb: names", sorted(ours), sorted(theirs))
    for name, run in theirs.items():
        mine = ours.get(name, {})
        check(f"wandb: state of {name}", mine.get("state"), run["state"])
        check(f"wandb: artifacts of {name}", mine.get("artifacts"), run["artifacts"])
        metrics = {k: v for k, v in mine.get("metrics", {}).items() if k != "best"}
        check(f"wandb: metrics of {name}", metrics, run["metrics"])
        flat = dict(leaves(run["parameters"]))
        check(f"wandb: parameters of {name}", mine.get("parameters"), flat)


def leaves(value, path=""):
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        yield path, int(value) if isinstance(value, bool) else value
        return
    for name, member in items:
        yield from leaves(member, f"{path}.{name}" if path else str(name))


for tool, compare in {
        "mlflow": compare_mlflow, "optuna": compare_optuna, "tensorboard": compare_tensorboard,
        "wandb": compare_wandb}.items():
    if options.only in (None, tool):
        compare()
print(f"{failures} comparisons differ" if failures else "all comparisons are the same")
sys.exit(1 if failures else 0)
