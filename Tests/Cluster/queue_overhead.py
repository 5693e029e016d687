#!/usr/bin/env python3
"""What a trial costs that does nothing: claimed and finished over one PostgreSQL server by Assay, and asked and told by
Optuna, with one and with eight processes.

    queue_overhead.py BENCHMARK WORK [TRIALS]

BENCHMARK is Assay's program of that name. Needs optuna and psycopg2 (see requirements.txt). The server syncs to the
disk, as one does that is no test.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent

PEER = """
import sys, time, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
name, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
study = optuna.create_study(
    study_name=name, storage=address, load_if_exists=True, sampler=optuna.samplers.RandomSampler(seed=0))
print("ready", flush=True)
sys.stdin.readline()
begun = time.monotonic()
for _ in range(count):
    trial = study.ask()
    trial.suggest_float("x", 0, 1)
    study.tell(trial, trial.number % 97)
print(count, time.monotonic() - begun)
"""


def measure(commands, environment):
    """Starts all commands, lets them begin at once, and gives how many trials they did in how many seconds."""
    processes = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for command in commands]
    for process in processes:
        if process.stdout.readline().strip() != "ready":
            sys.exit(f"{process.args[0]} did not begin")
    begun = time.monotonic()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    done = [process.communicate()[0] for process in processes]
    seconds = time.monotonic() - begun
    if any(process.returncode for process in processes):
        sys.exit("a process failed")
    return sum(int(line.split()[0]) for line in done), seconds


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    benchmark, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    trials = int(sys.argv[3]) if len(sys.argv) > 3 else 4000
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    work.chmod(0o755)
    server = work / f"server-{os.getpid()}"
    environment = {**os.environ, "ASSAY_PG_FSYNC": "on"}
    subprocess.run(
        [HERE / "postgresql.sh", "start", server, str(os.getpid())], check=True, env=environment,
        stdin=subprocess.DEVNULL)
    environment["ASSAY_QUEUE"] = f"host={server} user=assay dbname=postgres"
    address = f"postgresql+psycopg2://assay@/postgres?host={server}"
    print(f"{'':24}{'trials/s':>10}{'ms a trial':>12}")
    for workers in (1, 8):
        count, seconds = measure(
            [[str(benchmark), "queue", f"overhead-{workers}", str(trials)]] * workers, environment)
        if count != trials:
            sys.exit(f"{count} trials were done instead of {trials}")
        show("Assay", workers, count, seconds)
        # Optuna takes so much longer that fewer trials say as much.
        each = max(1, trials // 20 // workers)
        count, seconds = measure(
            [[sys.executable, "-c", PEER, f"overhead-{workers}", address, str(each)]] * workers, environment)
        show("Optuna", workers, count, seconds)


def show(tool, workers, count, seconds):
    name = f"{tool}, {workers} process" + ("es" if workers > 1 else "")
    print(f"{name:24}{count / seconds:10.0f}{1000 * workers * seconds / count:12.2f}", flush=True)


if __name__ == "__main__":
    main()
