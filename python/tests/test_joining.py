"""Programs under a supervisor: what they append, and what they hear."""

import hashlib
import json
import os
import signal
import unittest

from support import ProgramTestCase, Supervision, wait_until


class LogTests(ProgramTestCase):
    def test_a_program_joins_the_run_that_it_was_started_for(self):
        supervision = Supervision(self.folder)
        result = self.run_program(
            """
            run = assay.start("baseline", {"lr": 0.01, "net": {"layers": (1, 2)}}, tags="first",
                              note="a try", group="g")
            assert assay.run() is run
            run.log({"loss": 0.5, "accuracy": 1}, step=3)
            run.log({"loss": float("nan"), "train": {"top5": 0.9}})
            run.log_points([("loss", 4, 0.25), ("loss", 5, float("inf"))])
            run.progress(1, 5)
            run.finish()
            run.finish()
            """,
            supervision.environment,
        )
        self.assertEqual(result.stderr, "")
        events = supervision.read()
        self.assertTrue(all(abs(event["time"]) > 1e9 for event in events))
        self.assertEqual(supervision.named("name"), ["baseline"])
        self.assertEqual(supervision.named("parameters"), [{"lr": 0.01, "net.layers": [1, 2]}])
        self.assertEqual(supervision.named("tags"), [["first"]])
        self.assertEqual(supervision.named("note"), ["a try"])
        self.assertEqual(supervision.named("group"), ["g"])
        (one, first), (two, second) = supervision.metrics()
        self.assertEqual((one, first), (3, {"loss": 0.5, "accuracy": 1}))
        self.assertIsNone(two)
        self.assertTrue(second["loss"] != second["loss"])
        self.assertEqual(second["train.top5"], 0.9)
        self.assertEqual(
            supervision.named("points"), [[["loss", 4, 0.25], ["loss", 5, float("inf")]]]
        )
        self.assertEqual(supervision.named("progress"), [{"done": 1, "total": 5}])
        self.assertEqual(supervision.named("end"), [{"state": "finished"}])

    def test_what_is_no_number_is_left_out_with_one_warning(self):
        supervision = Supervision(self.folder)
        script = """
            run = assay.start()
            for step in range(3):
                run.log({"loss": 1.0, "picture": "cat", 7: 2}, step=step)
            run.log(0.5)
            run.log({"loss": 2.0}, step="last")
            run.checkpoint("missing.pt")
            run.artifact("missing.txt")
            run.finish()
            run.log({"loss": 3.0})
            """
        result = self.run_program(script, supervision.environment)
        self.assertEqual(result.stderr.count("assay: the metric 'picture'"), 1)
        self.assertEqual(result.stderr.count("AssayWarning"), 6, result.stderr)
        # A warning names the line of the program.
        self.assertRegex(
            result.stderr, r"program-\w+\.py:5: AssayWarning: assay: the metric 'picture'"
        )
        self.assertEqual(
            supervision.metrics(),
            [(step, {"loss": 1.0, "7": 2}) for step in range(3)] + [(None, {"loss": 2.0})],
        )
        self.assertEqual(len(supervision.named("warning")), 5)
        strict = {**supervision.environment, "ASSAY_STRICT": "1"}
        self.assertIn("TypeError", self.run_program(script, strict, status=1).stderr)

    def test_nothing_that_is_wrong_ends_the_program(self):
        supervision = Supervision(self.folder)
        script = """
            class Odd(dict):
                def items(self): raise RuntimeError("changed size")
            class Worse:
                def item(self): raise MemoryError
                def __str__(self): raise ValueError
                __repr__ = __str__
            cycle = {}
            cycle["cycle"] = cycle
            run = assay.start(parameters=3)
            for wrong in [
                lambda: run.update(cycle), lambda: run.update(7), lambda: run.log(Odd(a=1)),
                lambda: run.log({"worse": Worse()}), lambda: run.artifact(None),
                lambda: run.artifact(b"x"), lambda: run.checkpoint(7), lambda: run.note(Worse()),
                lambda: run.checkpoint(lambda path: 1 / 0), lambda: run.log_points([1, ("a",)]),
                lambda: run.progress("x"), lambda: run.finish("odd"),
            ]:
                try:
                    wrong()
                except Exception as error:
                    print(type(error).__name__)
            """
        result = self.run_program(script, supervision.environment)
        self.assertEqual(result.stdout, "")
        self.assertGreater(result.stderr.count("AssayWarning"), 10)
        self.assertEqual(supervision.named("end"), [{"state": "finished"}])
        self.assertFalse(os.listdir(supervision.checkpoints))

    def test_warnings_as_errors_end_no_training(self):
        supervision = Supervision(self.folder)
        environment = {**supervision.environment, "PYTHONWARNINGS": "error"}
        result = self.run_program("assay.start().log({'a': None})", environment)
        self.assertIn("assay: the metric 'a' is None", result.stderr)

    def test_names_of_any_text_are_sound_json(self):
        supervision = Supervision(self.folder)
        names = ['"', "\\", "a\nb", "\x1b[31m", "é", "\U0001f600", "\x00", "n" * 10_000, ""]
        self.run_program(f"assay.start().log(dict.fromkeys({names!r}, 1))", supervision.environment)
        self.assertEqual(supervision.metrics(), [(None, dict.fromkeys(names, 1))])

    def test_processes_and_threads_share_the_run_and_no_line_is_torn(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            import multiprocessing, os, threading

            def work(number, kind):
                run = assay.run()
                for step in range(2000):
                    run.log({f"{kind}{number}": step * 0.1}, step=step)
                run.finish()

            def in_threads(number):
                threads = [threading.Thread(target=work, args=(i, "thread")) for i in range(3)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()

            if __name__ == "__main__":
                run = assay.start()
                fork, spawn = map(multiprocessing.get_context, ("fork", "spawn"))
                workers = [fork.Process(target=work, args=(i, "fork")) for i in range(2)]
                workers += [spawn.Process(target=work, args=(i, "spawn")) for i in range(2)]
                for worker in workers: worker.start()
                for worker in workers:
                    worker.join()
                    assert worker.exitcode == 0
                run.log({"last": 1})
            """,
            supervision.environment,
        )
        counts = {}
        for _, metrics in supervision.metrics():
            for name in metrics:
                counts[name] = counts.get(name, 0) + 1
        expected = {f"{kind}{i}": 2000 for kind in ("fork", "spawn") for i in range(2)}
        self.assertEqual(counts, {**expected, "last": 1})
        # The workers' ends are not the run's.
        self.assertEqual(supervision.named("end"), [{"state": "finished"}])

    def test_threads_log_at_once(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            import threading
            run = assay.start()
            def work(number):
                for step in range(3000):
                    run.log({f"m{number}": step}, step=step)
            threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """,
            supervision.environment,
        )
        self.assertEqual(len(supervision.metrics()), 12_000)

    def test_a_second_run_of_the_process_is_one_of_its_own(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            first = assay.start("first")
            second = assay.start("second")
            assert first.is_finished
            second.log({"loss": 1})
            """,
            supervision.environment,
        )
        self.assertEqual(supervision.named("end"), [{"state": "finished"}])
        self.assertEqual(supervision.metrics(), [])
        self.assertEqual(self.kept_events()[0]["start"]["name"], "second")

    def test_a_directory_that_cannot_be_written_ends_nothing(self):
        environment = {"ASSAY_EVENTS": str(self.folder / "gone" / "events-1.jsonl")}
        result = self.run_program("assay.start().log({'a': 1}, step=2)", environment)
        self.assertIn("assay record --recover", result.stderr)
        self.assertEqual(result.stderr.count("AssayWarning"), 1)
        self.assertEqual(self.kept_events()[1]["metrics"], {"a": 1})

    def test_events_wait_in_memory_while_the_disk_is_full(self):
        supervision = Supervision(self.folder)
        result = self.run_program(
            """
            import errno, os
            real, broken = os.write, [True]
            def write(descriptor, content):
                if broken[0] == "torn":
                    broken[0] = True
                    return real(descriptor, content[: len(content) // 2])
                if broken[0]:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return real(descriptor, content)
            run = assay.start()
            os.write = write
            for step in range(10):
                run.log({"a": step}, step=step)
            broken[0] = False
            run._events._next_try = 0
            run.log({"a": 10}, step=10)
            broken[0] = "torn"
            run.log({"a": 11}, step=11)
            broken[0] = False
            """,
            supervision.environment,
        )
        self.assertEqual(result.stderr.count("AssayWarning"), 1)
        self.assertIn("No space left", result.stderr)
        lines = supervision.events.read_text().splitlines()
        torn = [line for line in lines if not line.endswith("}")]
        self.assertEqual(len(torn), 1)
        steps = [json.loads(line).get("step") for line in lines if line.endswith("}")]
        self.assertEqual([step for step in steps if step is not None], list(range(12)))


class CostTests(ProgramTestCase):
    def test_a_call_costs_less_than_ten_microseconds_and_does_not_sync(self):
        supervision = Supervision(self.folder)
        result = self.run_program(
            """
            import os, time
            def sync(descriptor): raise AssertionError("log() waited for the disk")
            os.fsync = os.fdatasync = sync
            run = assay.start()
            best = float("inf")
            for batch in range(30):
                begin = time.perf_counter()
                for step in range(1000):
                    run.log({"loss": step * 0.37, "accuracy": 0.5}, step=step)
                best = min(best, (time.perf_counter() - begin) / 1000)
            print(best * 1e6)
            """,
            supervision.environment,
        )
        # The best of thirty, for other processes share the machine.
        self.assertLess(float(result.stdout), 10)


class ParameterTests(ProgramTestCase):
    def test_given_parameters_stay_and_a_difference_is_a_warning(self):
        supervision = Supervision(self.folder, parameters={"lr": 0.003, "net": {"depth": 4}})
        result = self.run_program(
            """
            assert assay.given() == {"lr": 0.003, "net.depth": 4}
            run = assay.start(parameters={"lr": 0.1, "net": {"depth": 4}, "seed": 1})
            assert run.parameters == {"lr": 0.003, "net.depth": 4, "seed": 1}, run.parameters
            run.update({"seed": 1})
            run.update({"seed": 2})
            """,
            supervision.environment,
        )
        self.assertEqual(supervision.named("parameters"), [{"seed": 1}])
        self.assertIn("'lr' stays 0.003, as given, and not 0.1", result.stderr)
        self.assertIn("'seed' stays 1, as set, and not 2", result.stderr)

    def test_given_parameters_are_the_defaults_of_arguments(self):
        supervision = Supervision(
            self.folder, parameters={"lr": 0.003, "batch-size": "64", "flag": True, "other": 1}
        )
        result = self.run_program(
            """
            import argparse
            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, required=True)
            parser.add_argument("--batch-size", type=int, default=32)
            parser.add_argument("--flag", action="store_true")
            parser.add_argument("--momentum", type=float, default=0.9)
            assay.argparse_defaults(parser)
            said = parser.parse_args(["--batch-size", "16"])
            assert said.batch_size == 16
            arguments = parser.parse_args([])
            run = assay.start(parameters=arguments)
            print(arguments)
            """,
            supervision.environment,
        )
        self.assertEqual(
            result.stdout.strip(), "Namespace(lr=0.003, batch_size=64, flag=True, momentum=0.9)"
        )
        self.assertEqual(result.stderr, "")


class CheckpointTests(ProgramTestCase):
    training = """
        import json, os, pathlib
        run = assay.start("training")
        state = json.loads(run.restored.read_text()) if run.restored else {"epochs": []}
        for epoch in run.resume(range(6)):
            state["epochs"].append(epoch)
            run.log({"epoch": epoch}, step=epoch)
            pathlib.Path("model.json").write_text(json.dumps(state))
            run.checkpoint("model.json", step=epoch)
            if epoch == int(os.environ.get("DIES_AT", -1)):
                os.kill(os.getpid(), 9)
        print(state["epochs"])
        """

    def test_a_killed_training_goes_on_after_its_last_checkpoint(self):
        first = Supervision(self.folder)
        self.run_program(self.training, {**first.environment, "DIES_AT": "3"}, status=-9)
        checkpoint = first.last_checkpoint()
        self.assertEqual((checkpoint["name"], checkpoint["step"], checkpoint["done"]),
                         ("model.json", 3, 4))  # fmt: skip
        second = Supervision(self.folder, checkpoint=checkpoint, attempt=2)
        result = self.run_program(self.training, second.environment)
        self.assertEqual(result.stdout.strip(), "[0, 1, 2, 3, 4, 5]")
        self.assertEqual([step for step, _ in second.metrics()], [4, 5])
        self.assertEqual(second.named("progress")[-1], {"done": 6, "total": 6})
        third = Supervision(self.folder, checkpoint=second.last_checkpoint(), attempt=3)
        self.assertEqual(self.run_program(self.training, third.environment).stdout,
                         "[0, 1, 2, 3, 4, 5]\n")  # fmt: skip
        self.assertEqual(third.metrics(), [])

    def test_without_a_checkpoint_it_begins_again(self):
        second = Supervision(self.folder, attempt=2)
        self.assertEqual(self.run_program(self.training, second.environment).stdout,
                         "[0, 1, 2, 3, 4, 5]\n")  # fmt: skip

    def test_a_checkpoint_that_is_lost_begins_again_with_a_warning(self):
        lost = {"path": str(self.folder / "gone"), "name": "model.json", "step": 3, "done": 4}
        second = Supervision(self.folder, checkpoint=lost, attempt=2)
        result = self.run_program(self.training, second.environment)
        self.assertEqual(result.stdout, "[0, 1, 2, 3, 4, 5]\n")
        self.assertIn("all begins anew", result.stderr)

    def test_loops_in_a_row_count_on(self):
        first = Supervision(self.folder)
        script = """
            import os
            run = assay.start()
            run.restored
            seen = []
            for name, count in (("a", 3), ("b", 4)):
                for index in run.resume(list(range(count))):
                    seen.append(f"{name}{index}")
                    run.checkpoint(b"state")
                    if seen[-1] == os.environ.get("DIES_AT"):
                        os.kill(os.getpid(), 9)
            print(*seen)
            """
        self.run_program(script, {**first.environment, "DIES_AT": "b1"}, status=-9)
        second = Supervision(self.folder, checkpoint=first.last_checkpoint(), attempt=2)
        self.assertEqual(self.run_program(script, second.environment).stdout, "b2 b3\n")

    def test_a_program_that_does_not_load_its_checkpoint_is_warned(self):
        kept = self.folder / "state"
        kept.write_bytes(b"1")
        second = Supervision(
            self.folder, checkpoint={"path": str(kept), "name": "state", "done": 2}, attempt=2
        )
        result = self.run_program("print(*assay.start().resume(range(4)))", second.environment)
        self.assertEqual(result.stdout, "2 3\n")
        self.assertIn("didn't load their checkpoint", result.stderr)

    def test_contents_directories_and_functions_are_checkpoints(self):
        first = Supervision(self.folder)
        self.run_program(
            """
            import pathlib
            run = assay.start()
            run.checkpoint(b"bytes", name="a")
            def write(path):
                assert path.endswith("-deep_b.npy"), path
                pathlib.Path(path).write_text("written")
            run.checkpoint(write, "deep/b.npy")
            pathlib.Path("tree/inner").mkdir(parents=True)
            pathlib.Path("tree/inner/c").write_text("leaf")
            run.checkpoint("tree")
            """,
            first.environment,
        )
        a, b, _ = first.named("checkpoint")
        self.assertEqual((first.checkpoints / a["path"]).read_bytes(), b"bytes")
        self.assertEqual((first.checkpoints / b["path"]).read_text(), "written")
        self.assertEqual(b["name"], "deep/b.npy")
        self.assertFalse(
            [name for name in os.listdir(first.checkpoints) if name.startswith("draft")]
        )
        second = Supervision(self.folder, checkpoint=first.last_checkpoint(), attempt=2)
        result = self.run_program(
            """
            restored = assay.start().restored
            print((restored / "inner" / "c").read_text())
            """,
            second.environment,
        )
        self.assertEqual(result.stdout, "leaf\n")

    def test_no_event_names_a_content_that_is_another_ones(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            import os
            run = assay.start()
            for number in range(20):
                run.checkpoint(b"%d" % number, name="state", step=number)
            # As if whoever records had had time to read them.
            for entry in os.scandir(os.environ["ASSAY_CHECKPOINTS"]):
                os.utime(entry.path, (0, 0))
            run.checkpoint(b"20", name="state", step=20)
            """,
            supervision.environment,
        )
        events = supervision.named("checkpoint")
        self.assertEqual(len({event["path"] for event in events}), 21)
        for event in events[-2:]:
            content = (supervision.checkpoints / event["path"]).read_text()
            self.assertEqual(content, str(event["step"]))
        self.assertEqual(len(os.listdir(supervision.checkpoints)), 2)

    def test_artifacts_are_copied_before_they_are_named(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            import pathlib
            run = assay.start()
            pathlib.Path("plots/deep").mkdir(parents=True)
            pathlib.Path("plots/deep/a.txt").write_text("a")
            run.artifact("plots")
            run.artifact("plots/deep/a.txt", name="b.txt", media_type="text/plain")
            pathlib.Path("plots/deep/a.txt").write_text("changed")
            run.artifact(b"bytes", name="c")
            """,
            supervision.environment,
        )
        artifacts = supervision.named("artifact")
        self.assertEqual([a["name"] for a in artifacts], ["plots/deep/a.txt", "b.txt", "c"])
        self.assertEqual(artifacts[1]["media_type"], "text/plain")
        for artifact, content in zip(artifacts, [b"a", b"a", b"bytes"]):
            with open(artifact["path"], "rb") as file:
                self.assertEqual(file.read(), content)
            self.assertTrue(artifact["path"].endswith(hashlib.sha256(content).hexdigest()))


class StopTests(ProgramTestCase):
    waiting = """
        import time
        run = assay.start()
        for epoch in run.resume(range(100_000)):
            run.log({"epoch": epoch}, step=epoch)
            time.sleep(0.01)
        print(run.stop_reason, run.pruned, flush=True)
        """

    def test_a_word_of_the_supervisor_ends_the_loop(self):
        supervision = Supervision(self.folder)
        process = self.start(self.waiting, supervision.environment)
        wait_until(lambda: bool(supervision.metrics()), "the program logs")
        supervision.say_stop("pruned")
        output, error = process.communicate(timeout=60)
        self.assertEqual((output, process.returncode), ("pruned True\n", 0), error)

    def test_a_program_that_looks_for_stops_ends_by_itself_on_sigterm(self):
        supervision = Supervision(self.folder)
        process = self.start(self.waiting, supervision.environment)
        wait_until(lambda: bool(supervision.metrics()), "the program logs")
        process.send_signal(signal.SIGTERM)
        output, error = process.communicate(timeout=60)
        self.assertEqual((output, process.returncode), ("stopped False\n", 0), error)

    def test_any_other_program_is_ended_by_sigterm_with_its_files_closed(self):
        supervision = Supervision(self.folder)
        process = self.start(
            """
            import time
            run = assay.start()
            try:
                run.log({"a": 1})
                while True: time.sleep(0.01)
            finally:
                print("closed", flush=True)
            """,
            supervision.environment,
        )
        wait_until(lambda: bool(supervision.metrics()), "the program logs")
        process.send_signal(signal.SIGTERM)
        output, error = process.communicate(timeout=60)
        self.assertEqual((output, process.returncode), ("closed\n", 143), error)
        self.assertEqual(supervision.named("end"), [{"state": "interrupted"}])

    def test_a_handler_of_the_programs_own_is_left_alone(self):
        supervision = Supervision(self.folder)
        self.run_program(
            """
            import os, signal
            signal.signal(signal.SIGTERM, lambda *_: print("mine"))
            run = assay.start()
            os.kill(os.getpid(), signal.SIGTERM)
            """,
            supervision.environment,
        )


class EndTests(ProgramTestCase):
    def ends(self, script: str, status: int) -> list:
        supervision = Supervision(self.folder)
        supervision.events.unlink(missing_ok=True)
        self.run_program("run = assay.start()\n" + script, supervision.environment, status)
        return supervision.named("end")

    def test_a_run_ends_as_its_program_does(self):
        failed = {"state": "failed", "error": "ValueError: bad shape"}
        self.assertEqual(self.ends("", 0), [{"state": "finished"}])
        self.assertEqual(self.ends("raise ValueError('bad shape')", 1), [failed])
        self.assertEqual(self.ends("with run: raise ValueError('bad shape')", 1), [failed])
        self.assertEqual(self.ends("raise KeyboardInterrupt", -2), [{"state": "interrupted"}])
        exited = {"state": "failed", "error": "exit code 3"}
        self.assertEqual(self.ends("import sys; sys.exit(3)", 3), [exited])
        self.assertEqual(self.ends("import sys; sys.exit()", 0), [{"state": "finished"}])
        self.assertEqual(
            self.ends("run.finish('failed', 'too warm')", 0),
            [{"state": "failed", "error": "too warm"}],
        )


if __name__ == "__main__":
    unittest.main()
