"""A tracker that is not there, answers wrongly, or goes away: the training goes on."""

import json
import os
import unittest
from pathlib import Path

from support import ProgramTestCase, read_events

training = """
import os
run = assay.start("baseline", {"lr": 0.01}, tags=["t"], note="n", group="g")
for step in run.resume(range(5)):
    run.log({"loss": 1 / (step + 1)}, step=step)
    run.checkpoint(b"state", name="state", step=step)
run.artifact(b"content", name="a.txt")
run.finish()
assert not any(name in os.environ for name in ("ASSAY_EVENTS", "ASSAY_RUN", "ASSAY_OWNER"))
"""


class MissingTrackerTests(ProgramTestCase):
    def assert_kept(self, result, reason: str) -> None:
        self.assertEqual(result.stderr.count("AssayWarning"), 1, result.stderr)
        self.assertIn(reason, result.stderr)
        self.assertIn("assay record --recover", result.stderr)
        start, *events = self.kept_events()
        self.assertEqual(start["start"]["name"], "baseline")
        self.assertEqual(start["start"]["parameters"], {"lr": 0.01})
        self.assertEqual(start["start"]["tags"], ["t"])
        self.assertEqual((start["start"]["note"], start["start"]["group"]), ("n", "g"))
        self.assertEqual(start["start"]["version"], 1)
        self.assertGreater(start["start"]["process_id"], 0)
        self.assertTrue(start["start"]["process_started"])
        steps = [event["step"] for event in events if "metrics" in event]
        self.assertEqual(steps, list(range(5)))
        for event in events:
            if "checkpoint" in event:
                folder = next(self.folder.glob("assay-events/*/checkpoints"))
                self.assertTrue((folder / event["checkpoint"]["path"]).exists())
            if "artifact" in event:
                self.assertEqual(Path(event["artifact"]["path"]).read_bytes(), b"content")
        self.assertEqual(events[-1]["end"], {"state": "finished"})

    def test_no_program(self):
        self.assert_kept(self.run_program(training), "assay is not on the path")

    def test_a_program_that_is_not_there(self):
        environment = {"ASSAY_PROGRAM": str(self.folder / "none")}
        self.assert_kept(self.run_program(training, environment), "can't be run")

    def test_a_program_that_ends_at_once(self):
        program = self.executable("assay", "import sys; sys.exit(70)")
        environment = {"ASSAY_PROGRAM": program}
        self.assert_kept(self.run_program(training, environment), "assay ended with 70")

    def test_a_program_that_is_another_one(self):
        program = self.executable("assay", "print('Assayer 2.0: what would you like to assay?')")
        environment = {"ASSAY_PROGRAM": program}
        self.assert_kept(self.run_program(training, environment), "answers as assay does not")

    def test_a_database_that_cannot_be_used(self):
        program = self.executable(
            "assay", """print('{"error": "the schema is newer than this program", "code": 65}')"""
        )
        environment = {"ASSAY_PROGRAM": program}
        self.assert_kept(self.run_program(training, environment), "newer than this program")

    def test_an_answer_that_names_no_place(self):
        program = self.executable("assay", "print('{}')")
        environment = {"ASSAY_PROGRAM": program}
        self.assert_kept(self.run_program(training, environment), "lacks")

    def test_a_run_to_go_on_with_that_is_not_there_is_an_error(self):
        program = self.executable("assay", """print('{"error": "no such run", "code": 66}')""")
        result = self.run_program(
            "assay.start('a', resume='must')", {"ASSAY_PROGRAM": program}, status=1
        )
        self.assertIn("AssayError: no such run", result.stderr)

    def test_a_directory_that_cannot_be_written(self):
        # A file stands where the directory would be made.
        (self.folder / "assay-events").write_text("")
        temporary = self.folder / "temporary"
        temporary.mkdir()
        result = self.run_program(training, {"TMPDIR": str(temporary)})
        folder = f"{temporary}/assay-events-{os.getuid()}"
        self.assertIn(f"assay record --recover {folder}", result.stderr)
        (path,) = Path(folder).glob("*/events.jsonl")
        self.assertEqual(read_events(path)[-1]["end"], {"state": "finished"})

    def test_no_directory_at_all(self):
        (self.folder / "assay-events").write_text("")
        result = self.run_program(
            "import tempfile; tempfile.tempdir = '/dev/null/none'\n" + training
        )
        self.assertIn("nothing is recorded", result.stderr)

    def test_restarting_a_cell_closes_the_run_and_starts_another(self):
        self.run_program(
            """
            for cell in range(2):
                run = assay.start("cell")
                run.log({"cell": cell})
            """
        )
        events = [read_events(path) for path in self.folder.glob("assay-events/*/events.jsonl")]
        self.assertEqual(len(events), 2)
        for one in events:
            self.assertEqual([event["end"] for event in one if "end" in event],
                             [{"state": "finished"}])  # fmt: skip

    def test_processes_that_a_run_starts_report_to_it(self):
        self.run_program(
            """
            import subprocess, sys
            run = assay.start("parent")
            subprocess.run([sys.executable, "-c", "import assay; assay.run().log({'child': 1})"])
            """
        )
        events = self.kept_events()
        self.assertEqual([event["metrics"] for event in events if "metrics" in event],
                         [{"child": 1}])  # fmt: skip
        self.assertEqual(len([event for event in events if "end" in event]), 1)


class RecorderTests(ProgramTestCase):
    """A recorder whose every step is known."""

    recorder = """
        import json, os, sys
        start = json.loads(sys.stdin.readline())
        with open("arguments.json", "w") as file:
            json.dump([sys.argv[1:], start], file)
        folder = os.path.abspath("run")
        os.makedirs(folder)
        names = {"events": "events-1.jsonl", "state": "state-1.json", "control": "control-1.jsonl",
                 "checkpoints": "checkpoints", "files": "files"}
        answer = {name: os.path.join(folder, file) for name, file in names.items()}
        answer.update(version=1, run=start["run"], attempt=1, db=os.path.abspath("assay.db"))
        print(json.dumps(answer), flush=True)
        if "dies" in os.environ.get("RECORDER", ""):
            sys.exit(1)
        sys.stdin.read()
        open("closed", "w").close()
        """

    def test_a_recorder_is_told_of_the_run_and_of_its_end(self):
        program = self.executable("assay", self.recorder)
        result = self.run_program(
            """
            import os, sys
            run = assay.start("baseline", {"lr": 0.01}, db="other.db", resume="never")
            run.log({"loss": 1})
            run.finish()
            assert os.path.exists("closed")
            """,
            {"ASSAY_PROGRAM": program},
        )
        self.assertEqual(result.stderr, "")
        arguments, start = json.loads((self.folder / "arguments.json").read_text())
        self.assertEqual(arguments, ["record", "--db", "other.db"])
        self.assertEqual((start["name"], start["parameters"]), ("baseline", {"lr": 0.01}))
        self.assertEqual(start["resume"], "never")
        self.assertEqual(start["working_directory"], str(self.folder))
        self.assertRegex(start["command_line"][-1], r"/program-\w+\.py$")
        events = read_events(self.folder / "run" / "events-1.jsonl")
        self.assertEqual([e["metrics"] for e in events if "metrics" in e], [{"loss": 1}])
        # What the recorder knows from the start is not said again.
        self.assertFalse(any("parameters" in event or "name" in event for event in events))

    def test_a_recorder_that_dies_takes_nothing_with_it(self):
        program = self.executable("assay", self.recorder)
        result = self.run_program(
            """
            run = assay.start("baseline")
            while not run._recorder.has_ended: pass
            for step in range(100):
                run.log({"loss": step}, step=step)
            """,
            {"ASSAY_PROGRAM": program, "RECORDER": "dies"},
        )
        self.assertEqual(result.stderr.count("AssayWarning"), 1)
        self.assertIn("records the rest", result.stderr)
        events = read_events(self.folder / "run" / "events-1.jsonl")
        self.assertEqual([e["step"] for e in events if "metrics" in e], list(range(100)))

    def test_a_forked_worker_that_outlives_the_program_holds_no_recorder(self):
        program = self.executable("assay", self.recorder)
        self.run_program(
            """
            import os, time
            run = assay.start("baseline")
            worker = os.fork()
            if worker == 0:
                time.sleep(60)
                os._exit(0)
            run.finish()
            os.kill(worker, 9)
            """,
            {"ASSAY_PROGRAM": program},
        )
        self.assertTrue((self.folder / "closed").exists())

    def test_events_that_the_disk_refused_to_the_end_are_kept_elsewhere(self):
        program = self.executable("assay", self.recorder)
        result = self.run_program(
            """
            import errno, os
            run = assay.start("baseline")
            real = os.write
            def full(descriptor, content):
                if descriptor == run._events._descriptor:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return real(descriptor, content)
            os.write = full
            run.log({"loss": 1}, step=4)
            """,
            {"ASSAY_PROGRAM": program},
        )
        self.assertIn("`assay record --recover` takes them in", result.stderr)
        events = self.kept_events()
        self.assertIn("the rest of run", events[0]["start"]["note"])
        self.assertEqual(events[1]["metrics"], {"loss": 1})


if __name__ == "__main__":
    unittest.main()
