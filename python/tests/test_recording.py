"""Programs with the real tracker: what is in the database after any end of either."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

import assay
from support import ProgramTestCase, clean_environment, kill, tracker, wait_until


class TrackerTestCase(ProgramTestCase):
    """A test with a database of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.tracked = {"ASSAY_PROGRAM": tracker()}
        self.database = self.folder / "assay.db"

    def assay(self, *arguments: str, status: int = 0) -> str:
        """Runs a command of Assay."""
        result = subprocess.run(
            [tracker(), *arguments],
            cwd=self.folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stdout

    def ask(self, sql: str) -> list[Any]:
        """The rows of a query, as tuples, or as values if they have one column."""
        rows = [tuple(row.values()) for row in assay.query(sql, db=self.database)]
        return [row[0] if len(row) == 1 else row for row in rows]

    def assert_logged(self, metric: str, count: int, at_most: int | None = None) -> None:
        """The metric has one value at each step, which is the step's own."""
        rows = self.ask(f"SELECT step, value FROM metrics WHERE metric = '{metric}' ORDER BY step")
        self.assertGreaterEqual(len(rows), count)
        self.assertLessEqual(len(rows), at_most or count)
        self.assertEqual(rows, [(step, step * 0.5) for step in range(len(rows))])


class RecordingTests(TrackerTestCase):
    def test_all_that_a_program_reports_is_in_the_database_when_it_has_finished(self):
        result = self.run_program(
            """
            import math
            with assay.start("baseline", {"lr": 0.01, "net": {"layers": [1, 2]}}, tags=["a", "b"],
                             note="first try", group="paper") as run:
                run.log({"loss": 0.5, "odd": math.nan, "large": math.inf}, step=3)
                run.log({"count": 1})
                run.log({"count": 2})
                run.update({"seed": 1})
                run.tag("c")
                run.artifact(b"content", name="a.txt")
                run.checkpoint(b"state", name="state", step=3)
                run.progress(4, 5)
            print(assay.query("SELECT count(*) AS n FROM metrics")[0]["n"])
            """,
            self.tracked,
        )
        self.assertEqual((result.stdout, result.stderr), ("5\n", ""))
        self.assertEqual(
            self.ask("SELECT kind, name, state, group_name, tags, note, progress_done FROM runs"),
            [("program", "baseline", "finished", "paper", '["a","b","c"]', "first try", 4)],
        )
        self.assertEqual(
            self.ask("SELECT metric, step, value FROM metrics ORDER BY metric, step"),
            [("count", 0, 1.0), ("count", 1, 2.0), ("large", 3, float("inf")), ("loss", 3, 0.5),
             ("odd", 3, None)],
        )  # fmt: skip
        parameters = dict(self.ask("SELECT parameter, value FROM parameters"))
        self.assertEqual(set(parameters), {"lr", "net.layers.0", "net.layers.1", "seed"})
        artifacts = self.ask("SELECT artifact FROM artifacts ORDER BY artifact")
        self.assertLessEqual({"a.txt", "checkpoint/state"}, set(artifacts))
        self.assertEqual(self.ask("SELECT step FROM checkpoints"), [3])

    def test_the_state_is_that_of_the_programs_end(self):
        self.run_program("assay.start('a')\nraise ValueError('bad\\nshape')", self.tracked, 1)
        self.run_program("assay.start('b')\nraise KeyboardInterrupt", self.tracked, -2)
        self.run_program("import sys\nassay.start('c')\nsys.exit(3)", self.tracked, 3)
        self.run_program("import os\nassay.start('d')\nos._exit(0)", self.tracked)
        self.run_program("assay.start('e')", self.tracked)
        self.assertEqual(
            self.ask("SELECT name, state FROM runs ORDER BY name"),
            [("a", "failed"), ("b", "interrupted"), ("c", "failed"), ("d", "interrupted"),
             ("e", "finished")],
        )  # fmt: skip
        (error,) = self.ask("SELECT error FROM runs WHERE name = 'a'")
        self.assertIn("shape", error)

    def test_restarted_cells_are_runs_of_their_own(self):
        self.run_program(
            """
            for cell in range(3):
                run = assay.start("cell")
                run.log({"cell": cell}, step=0)
            """,
            self.tracked,
        )
        self.assertEqual(
            self.ask("SELECT state, value FROM runs JOIN metrics USING (run) ORDER BY value"),
            [("finished", 0.0), ("finished", 1.0), ("finished", 2.0)],
        )

    def test_processes_and_threads_report_to_one_run(self):
        self.run_program(
            """
            import multiprocessing, threading

            def work(name):
                for step in range(1000):
                    assay.run().log({name: step * 0.5}, step=step)

            if __name__ == "__main__":
                run = assay.start("shared")
                workers = [multiprocessing.get_context(kind).Process(target=work, args=(kind,))
                           for kind in ("fork", "spawn")]
                workers.append(threading.Thread(target=work, args=("thread",)))
                for worker in workers: worker.start()
                for worker in workers: worker.join()
            """,
            self.tracked,
        )
        self.assertEqual(self.ask("SELECT name, state FROM runs"), [("shared", "finished")])
        for name in ("fork", "spawn", "thread"):
            self.assert_logged(name, 1000)

    def test_a_run_to_go_on_with_must_be_there(self):
        self.run_program("assay.start('y')", self.tracked)
        result = self.run_program("assay.start('x', resume='must')", self.tracked, status=1)
        self.assertIn("AssayError", result.stderr)
        self.assertEqual(self.ask("SELECT name FROM runs"), ["y"])

    def test_a_database_that_cannot_be_used_ends_no_training(self):
        self.database.write_text("not a database" * 100)
        result = self.run_program(
            "run = assay.start('x')\nfor i in range(5): run.log({'loss': i}, step=i)", self.tracked
        )
        self.assertEqual(result.stderr.count("AssayWarning"), 1)
        self.assertEqual(len([e for e in self.kept_events() if "metrics" in e]), 5)


class RecoveryTests(TrackerTestCase):
    def test_events_of_a_missing_tracker_are_taken_in_once(self):
        program = """
            run = assay.start("kept", {"lr": 0.01}, tags=["t"], note="n", group="g")
            for step in range(100):
                run.log({"loss": step * 0.5}, step=step)
            run.artifact(b"content", name="a.txt")
            run.checkpoint(b"state", name="state")
            """
        self.run_program(program)
        self.run_program(program + "raise ValueError('late')", status=1)
        copies = [(path, path.read_bytes()) for path in self.folder.glob("assay-events/*/*.jsonl")]
        self.assertEqual(len(copies), 2)
        self.assay("record", "--recover")
        self.assertEqual(
            self.ask("SELECT name, state, group_name, note FROM runs ORDER BY state"),
            [("kept", "failed", "g", "n"), ("kept", "finished", "g", "n")],
        )
        self.assertEqual(self.ask("SELECT count(*) FROM metrics"), [200])
        self.assertEqual(self.ask("SELECT count(DISTINCT step) FROM metrics"), [100])
        self.assertEqual(self.ask("SELECT count(*) FROM artifacts WHERE artifact = 'a.txt'"), [2])
        self.assertEqual(list(self.folder.glob("assay-events/*/*.jsonl")), [])
        # A copy that comes again is known.
        for path, content in copies:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.assay("record", "--recover")
        self.assertEqual(self.ask("SELECT count(*) FROM runs"), [2])
        self.assertEqual(self.ask("SELECT count(*) FROM metrics"), [200])


class KillTests(TrackerTestCase):
    """Any process dies at any time: what log() returned from is there once."""

    logging = """
        import mmap, os, struct
        run = assay.start("killed")
        with open("progress", "w+b") as file:
            file.truncate(16)
            progress = mmap.mmap(file.fileno(), 16)
        recorder = getattr(run, "_recorder", None)
        struct.pack_into("q", progress, 8, recorder._process.pid if recorder else 0)
        for step in range(int(os.environ["POINTS"])):
            run.log({"loss": step * 0.5}, step=step)
            struct.pack_into("q", progress, 0, step + 1)
        """

    def setUp(self) -> None:
        super().setUp()
        self.seed = int(os.environ.get("ASSAY_TEST_SEED", random.randrange(2**31)))
        self.random = random.Random(self.seed)

    def progress(self, index: int = 0) -> int:
        path = self.folder / "progress"
        content = path.read_bytes() if path.exists() else b""
        return int.from_bytes(content[8 * index : 8 * index + 8], "little")

    def begin(self, points: int) -> tuple[subprocess.Popen[str], int]:
        """Starts logging, and waits until a random part of it is done."""
        process = self.start(self.logging, {**self.tracked, "POINTS": str(points)})
        some = self.random.randrange(100, 3000)
        wait_until(lambda: self.progress() > some or process.poll() is not None, "points")
        return process, self.progress(1)

    def assert_all_there(self, state: str) -> None:
        count = self.progress()
        self.assertEqual(self.ask("SELECT state FROM runs"), [state], f"seed {self.seed}")
        # The last call may have written its line and not returned.
        self.assert_logged("loss", count, count + 1)

    def test_the_program_is_killed(self):
        process, recorder = self.begin(10**8)
        kill(process)
        wait_until(lambda: not Path(f"/proc/{recorder}").exists(), "the recorder ends")
        self.assert_all_there("interrupted")

    def test_the_recorder_is_killed(self):
        process, recorder = self.begin(20_000)
        os.kill(recorder, signal.SIGKILL)
        _, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, error)
        self.assay("runs", "list")
        self.assertEqual(self.progress(), 20_000)
        state = self.ask("SELECT state FROM runs")[0]
        self.assertIn(state, ("finished", "interrupted"), f"seed {self.seed}")
        self.assert_logged("loss", 20_000)

    def test_both_are_killed(self):
        process, recorder = self.begin(10**8)
        victims = [process.pid, recorder]
        self.random.shuffle(victims)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        process.wait()
        wait_until(lambda: not Path(f"/proc/{recorder}").exists(), "the recorder ends")
        self.assay("runs", "list")
        self.assert_all_there("interrupted")

    def test_a_supervisor_and_its_program_are_killed(self):
        supervisor = subprocess.Popen(
            [tracker(), "run", "--", sys.executable, str(self.write(self.logging))],
            cwd=self.folder,
            env=clean_environment(**self.tracked, POINTS=str(10**8)),
        )
        self.addCleanup(supervisor.wait)
        some = self.random.randrange(100, 3000)
        wait_until(lambda: self.progress() > some, "points")
        (child,) = self.ask("SELECT child_process_id FROM program_executions")
        victims = [supervisor.pid, child]
        self.random.shuffle(victims)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        supervisor.wait()
        wait_until(lambda: not is_alive(child), "the program ends")
        self.assay("runs", "list")
        self.assert_all_there("interrupted")

    def test_a_killed_training_goes_on_in_the_same_run(self):
        training = """
            import json, os
            run = assay.start("training", {"lr": 0.01})
            state = json.loads(run.restored.read_text()) if run.restored else []
            for epoch in run.resume(range(8)):
                state.append(epoch)
                run.log({"loss": epoch * 0.5}, step=epoch)
                run.checkpoint(json.dumps(state).encode(), "state.json", step=epoch)
                if os.environ.get("DIES") and epoch % 3 == 2:
                    os.kill(os.getpid(), 9)
            print(run.attempt, state)
            """
        dying = {**self.tracked, "DIES": "1"}
        self.run_program(training, dying, status=-9)
        self.run_program(training, dying, status=-9)
        result = self.run_program(training, dying)
        self.assertEqual(result.stdout, f"3 {list(range(8))}\n", result.stderr)
        self.assertEqual(self.ask("SELECT state, executions FROM runs"), [("finished", 3)])
        self.assert_logged("loss", 8)
        # A finished run is not gone on with.
        self.run_program(training, dying, status=-9)
        self.assertEqual(self.ask("SELECT count(*) FROM runs"), [2])


class SupervisedTests(TrackerTestCase):
    def test_a_program_under_assay_run_joins_its_run(self):
        program = self.write(
            """
            run = assay.start("inside", {"lr": 0.5, "seed": 1})
            assert run.parameters["lr"] == 0.25
            run.log({"loss": 0.0}, step=0)
            run.log({"loss": 0.5}, step=1)
            raise ValueError("bad shape")
            """
        )
        command = [sys.executable, str(program)]
        result = subprocess.run(
            [tracker(), "run", "--param", "lr=0.25", "--tag", "t", "--", *command],
            cwd=self.folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("'lr' stays 0.25, as given, and not 0.5", result.stderr)
        self.assertEqual(
            self.ask("SELECT name, state, executions, tags FROM runs"),
            [("inside", "failed", 1, '["t"]')],
        )
        self.assertEqual(self.ask("SELECT error FROM runs"), ["ValueError: bad shape"])
        self.assert_logged("loss", 2)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
