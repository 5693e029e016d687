"""Makes the fixtures of Tests/Fixtures/trackers anew, with what the trackers write now.

    make.py DIRECTORY

Databases are written as SQL, without tables that no reader looks at. Ids and times are new each
time, so tests go by names.
"""

import pathlib
import shutil
import sqlite3
import sys
import tempfile

import mlflow_files
import optuna_files
import tensorboard_files
import wandb_files

# What would say where and by whom a fixture was made.
ELSEWHERE = "/elsewhere"
USER = "someone"


def dump(database, tables, replacements):
    """The schema and rows of some tables, or of all, as SQL."""
    connection = sqlite3.connect(database)
    lines = []
    for line in connection.iterdump():
        if tables and not any(
                line.startswith((f'CREATE TABLE {t} ', f'CREATE TABLE "{t}"', f'INSERT INTO "{t}"'))
                for t in tables):
            continue
        for old, new in replacements.items():
            line = line.replace(old, new)
        lines.append(line)
    return "\n".join(lines) + "\n"


def main(target):
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    tensorboard_files.make(target / "tensorboard")
    work = pathlib.Path(tempfile.mkdtemp())
    replacements = {
        str(work): ELSEWHERE, "'root'": f"'{USER}'", str(pathlib.Path.cwd()): ELSEWHERE}

    mlflow_files.make(f"file://{work}/mlruns")
    shutil.copytree(work / "mlruns", target / "mlflow/mlruns", ignore=shutil.ignore_patterns("0", "models"))
    for path in (target / "mlflow").rglob("*"):
        if path.is_file():
            text = path.read_text().replace(str(work), ELSEWHERE)
            if path.name == "mlflow.user" or path.name == "meta.yaml":
                text = text.replace("root", USER)
            path.write_text(text)
    mlflow_files.make(f"sqlite:///{work}/mlflow.db", f"file://{work}/artifacts")
    (target / "mlflow/mlflow.sql").write_text(dump(
        work / "mlflow.db",
        ["alembic_version", "experiments", "runs", "params", "metrics", "tags"], replacements))

    optuna_files.make(f"sqlite:///{work}/study.db")
    (target / "optuna").mkdir()
    (target / "optuna/study.sql").write_text(dump(work / "study.db", None, replacements))
    optuna_files.make(f"{target}/optuna/journal.log")

    wandb_files.make(work / "runs", steps=3)
    for number, log in enumerate(sorted((work / "runs").rglob("*.wandb")), start=1):
        folder = target / f"wandb/offline-run-{number}"
        shutil.copytree(log.parent / "files", folder / "files")
        shutil.copy(log, folder / log.name)


main(pathlib.Path(sys.argv[1]).resolve())
