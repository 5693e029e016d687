#!/usr/bin/env python3
"""A sweep whose queue is in PostgreSQL, beside the same sweep in one file: workers, commands and whole hosts are
killed at random, and the server crashes and comes back. Both files have to say the same in the end.

    check_postgresql.py ASSAY WORK TRIALS

Three hosts with two workers each stand for machines: where this user may make them, they have networks of their own,
and each has its own database. ASSAY_TEST_SEED repeats what is killed.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOSTS = 3
WORKERS = 2
SECRET = "pass-word-of-the-queue"

# Each trial has two epochs, and goes on behind those in its checkpoint. The later half of them waits until everything
# has happened that shall happen, so that no machine is too fast for it.
COMMAND = """
while [ "$ASSAY_TRIAL" -ge {free} ] && [ ! -e go ]; do sleep 0.02; done
epochs=$ASSAY_CHECKPOINTS/epochs
done=$(cat "$epochs" 2> /dev/null | wc -l)
while [ "$done" -lt 2 ]; do
  echo "{{\\"metrics\\": {{\\"loss\\": $((($1 * 7 + done * 13) % 101))}}, \\"step\\": $done}}" >> "$ASSAY_EVENTS"
  sleep 0.02
  echo "$done" >> "$epochs"
  done=$((done + 1))
done
"""

SWEEP = """
command: [sh, train.sh, "{{x}}"]
space: {{x: {{integer: [1, 1000000]}}}}
sampler: random
objective: {{minimise: loss}}
budget: {{trials: {trials}, attempts: 1000}}
"""

# What may be killed, each in turn: a worker, a trial's command, a host with all that it runs.
KINDS = ["worker", "command", "host"]


class Check:
    def __init__(self, assay, work, trials):
        self.assay, self.work, self.trials = str(Path(assay).resolve()), Path(work).resolve(), trials
        # The server of an earlier check may still be on its way out.
        self.directory = self.work / f"server-{os.getpid()}"
        seed = os.environ.get("ASSAY_TEST_SEED") or str(random.randrange(10**9))
        print(f"ASSAY_TEST_SEED={seed}")
        self.random = random.Random(seed)
        self.hosts = {}
        self.kills = dict.fromkeys(KINDS, 0)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
        self.environment["ASSAY_QUEUE"] = (
            f"postgresql://assay:{SECRET}@/postgres?host={self.directory}")

    def run(self, *arguments, **options):
        result = subprocess.run(
            [self.assay, *arguments], cwd=self.work, capture_output=True, text=True, timeout=600, **options)
        self.keep_secret(result.stdout + result.stderr)
        if result.returncode != 0:
            sys.exit(f"assay {' '.join(arguments)} ended with {result.returncode}: {result.stderr}")
        return result.stdout

    def server(self, verb, *more):
        subprocess.run(
            [HERE / "postgresql.sh", verb, self.directory, *more], check=True,
            stdin=subprocess.DEVNULL, env={**self.environment, "ASSAY_PG_FSYNC": "on"})

    def keep_secret(self, text):
        if SECRET in text:
            sys.exit("the address of the queue is told: " + text)

    def start_host(self, number):
        command = [
            self.assay, "sweep", "run", "sweep.yaml", "--workers", str(WORKERS), "--quiet", "--db",
            f"host{number}.db"]
        # A network of its own, in which there is not even a loopback: the socket is a file.
        if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0:
            command = ["unshare", "--net", *command]
        with open(self.work / f"host{number}.log", "a") as log:
            self.hosts[number] = subprocess.Popen(
                command, cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)

    def processes(self):
        """The processes of the hosts: number, parent, arguments."""
        sessions = {host.pid for host in self.hosts.values()}
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
                arguments = (path / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            self.keep_secret(" ".join(arguments))
            if int(fields[3]) in sessions or "train.sh" in arguments:
                found.append((int(path.name), int(fields[1]), arguments))
        return found

    def kill(self, kind):
        """Kills a process of a kind, if there is one at the moment."""
        if kind == "host":
            number = self.random.choice(sorted(self.hosts))
            # What it runs has groups of its own, and dies with the machine all the same.
            family = {self.hosts[number].pid}
            processes = self.processes()
            for _ in processes:
                family |= {process for process, parent, _ in processes if parent in family}
            # A machine ends all at once: nothing goes on for a moment without what it has started.
            for number_of_signal in (signal.SIGSTOP, signal.SIGKILL):
                for process in family:
                    self.send(process, number_of_signal)
            self.hosts[number].wait()
            self.start_host(number)
            return True
        wanted = "work" if kind == "worker" else "train.sh"
        candidates = {process: parent for process, parent, arguments in self.processes() if wanted in arguments}
        # What a command has forked has its words, too. Without its `cat`, it would end well and say no loss.
        candidates = [process for process, parent in candidates.items() if parent not in candidates]
        return bool(candidates) and self.send(self.random.choice(candidates), signal.SIGKILL)

    @staticmethod
    def send(process, number):
        try:
            os.kill(process, number)
            return True
        except ProcessLookupError:
            return False

    def status(self):
        """The sweep as the server has it; before a host has created it, nothing has ended."""
        sweeps = json.loads(self.run("sweep", "list", "--format", "json", env=self.environment))
        return sweeps[0] if sweeps else {"state": "open", "finished": 0}

    def start_again(self):
        """Does what a command asks for that found no server, since it began while there was none."""
        for number, host in list(self.hosts.items()):
            if host.poll() == 75:
                self.start_host(number)

    def disturb(self):
        """Kills something now and then, until the sweep is finished."""
        step = max(1, self.trials // 20)
        next_kill, next_kind, restarts = 1, 0, 0
        while any(host.poll() is None for host in self.hosts.values()):
            self.start_again()
            state = self.status()
            if state["state"] == "finished":
                break
            everything = restarts > 0 and all(self.kills.values())
            if state["finished"] > 0 and (state["finished"] >= next_kill or not everything):
                kind = KINDS[next_kind % len(KINDS)]
                if self.kill(kind):
                    self.kills[kind] += 1
                    next_kind += 1
                    next_kill = state["finished"] + step
            if restarts == 0 and state["finished"] >= self.trials // 4:
                self.server("restart")
                restarts += 1
            if everything:
                (self.work / "go").touch()
        for host in self.hosts.values():
            host.wait(timeout=300)
        self.start_again()
        for number, host in self.hosts.items():
            if host.wait(timeout=300) != 0:
                sys.exit(f"host {number} ended with {host.returncode}; see {self.work}/host{number}.log")
        if restarts == 0 or not all(self.kills.values()):
            sys.exit(f"not everything happened: {self.kills}, {restarts} restarts")

    def compare(self):
        files = [f"host{number}.db" for number in self.hosts]
        self.run("db", "merge", "all.db", *files)
        pulled = self.run("sweep", "pull", "sweep", "--db", "all.db", env=self.environment)
        for path in self.work.glob("*.*"):
            if path.is_file() and SECRET.encode() in path.read_bytes():
                sys.exit(f"{path} has the address of the queue")
        question = """
            SELECT trial, trial_state, parameters, objective, value
            FROM trials LEFT JOIN trial_values USING (sweep_name, trial) ORDER BY trial"""
        one, many = (
            sqlite3.connect(self.work / name).execute(question).fetchall() for name in ["one.db", "all.db"])
        if one != many:
            sys.exit(f"the merged sweep is another one than that of one machine: {one} {many}")
        merged = sqlite3.connect(self.work / "all.db")
        wrong = merged.execute("""
            SELECT trial, group_concat(outcome) FROM trial_attempts
            GROUP BY trial HAVING sum(outcome = 'finished') <> 1 OR sum(outcome = 'running') > 0""").fetchall()
        if wrong:
            sys.exit(f"these trials were not finished once: {wrong}")
        # The values are those of the last step that the trial's own run recorded.
        without = merged.execute("""
            SELECT count(*) FROM trials
            WHERE NOT EXISTS (
              SELECT 1 FROM trial_runs JOIN trial_values USING (sweep_name, trial)
              JOIN metrics ON metrics.run = trial_runs.run AND metrics.name = 'loss'
                AND metrics.step = 1 AND metrics.value = trial_values.value
              WHERE trial_runs.trial = trials.trial AND trial_runs.state = 'finished')""").fetchone()[0]
        if without:
            sys.exit(f"{without} trials have no finished run in the merged file: {pulled}")
        outcomes = dict(merged.execute("SELECT outcome, count(*) FROM trial_attempts GROUP BY 1"))
        print(f"{len(many)} trials as by one machine; killed {self.kills}; attempts {outcomes}")

    def perform(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.work.chmod(0o755)
        (self.work / "train.sh").write_text(COMMAND.format(free=self.trials // 2))
        (self.work / "sweep.yaml").write_text(SWEEP.format(trials=self.trials))
        (self.work / "go").touch()
        alone = {name: value for name, value in self.environment.items() if name != "ASSAY_QUEUE"}
        self.run("sweep", "run", "sweep.yaml", "--workers", "4", "--quiet", "--db", "one.db", env=alone)
        (self.work / "go").unlink()
        self.server("start", str(os.getpid()))
        begun = time.monotonic()
        try:
            for number in range(HOSTS):
                self.start_host(number)
            self.disturb()
            print(f"{self.trials} trials by {HOSTS * WORKERS} workers in {time.monotonic() - begun:.1f} s")
            self.compare()
        finally:
            for process, _, _ in self.processes():
                self.send(process, signal.SIGKILL)
            self.server("stop")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    Check(sys.argv[1], sys.argv[2], int(sys.argv[3])).perform()
