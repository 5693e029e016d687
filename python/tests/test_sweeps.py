"""Ask and tell, against a sweep whose every step is known."""

import unittest

from support import ProgramTestCase, read_events

asking = """
    import json, os, sys
    assert sys.argv[1:3] == ["sweep", "ask"], sys.argv
    budget, held = 3, None
    log = open("talk.jsonl", "a")
    number = 0
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(request), file=log, flush=True)
        if "ask" in request:
            number += 1
            if number > budget:
                print('{"end": "finished"}', flush=True)
                continue
            folder = os.path.abspath(f"trial-{number}")
            os.makedirs(folder, exist_ok=True)
            files = {"events": "events-1.jsonl", "state": "state-1.json",
                     "control": "control-1.jsonl", "checkpoints": "checkpoints", "files": "files"}
            answer = {name: os.path.join(folder, file) for name, file in files.items()}
            answer.update(trial=number, run=f"run-{number}", attempt=1,
                          parameters={"lr": number / 10, "net": {"depth": number}})
            print(json.dumps(answer), flush=True)
        elif os.environ.get("TELLS") == "wrong":
            print('{"error": "the metric accuracy was not logged", "code": 65}', flush=True)
        else:
            print('{"told": true, "state": "finished"}', flush=True)
    print('{"released": true}', file=log)
    """


class SweepTests(ProgramTestCase):
    def run_sweep(self, script: str, status: int = 0, **environment: str):
        environment["ASSAY_PROGRAM"] = self.executable("assay", asking)
        return self.run_program(script, environment, status)

    def told(self) -> list:
        return [line for line in read_events(self.folder / "talk.jsonl") if "ask" not in line]

    def metrics(self, trial: int) -> list:
        path = self.folder / f"trial-{trial}" / "events-1.jsonl"
        return [event["metrics"] for event in read_events(path) if "metrics" in event]

    def test_each_trial_has_its_parameters_and_is_told(self):
        result = self.run_sweep(
            """
            sweep = assay.sweep("sweep.yaml", db="other.db")
            for trial in sweep:
                assert assay.run() is trial
                assert assay.start("inner", {"lr": trial["lr"], "seed": 1}) is trial
                assert "lr" in trial and "momentum" not in trial
                assert assay.given()["lr"] == trial["lr"]
                trial.log({"accuracy": trial["lr"]}, step=0)
                if trial.number == 2:
                    trial.tell(0.75)
                print(trial.number, trial.parameters)
            assert sweep.end == "finished"
            """
        )
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.stdout.splitlines()[0], "1 {'lr': 0.1, 'net': {'depth': 1}}")
        self.assertEqual([self.metrics(trial) for trial in (1, 2, 3)],
                         [[{"accuracy": value}] for value in (0.1, 0.2, 0.3)])  # fmt: skip
        self.assertEqual(
            self.told(),
            [{"tell": {}}, {"tell": {"values": [0.75]}}, {"tell": {}}, {"released": True}],
        )

    def test_processes_of_a_trial_report_to_it(self):
        self.run_sweep(
            """
            import os, subprocess, sys
            for trial in assay.sweep("sweep.yaml"):
                child = f"import assay; assay.run().log({{'number': {trial.number}}})"
                subprocess.run([sys.executable, "-c", child], check=True)
            assert "ASSAY_EVENTS" not in os.environ
            """
        )
        self.assertEqual([self.metrics(t) for t in (1, 2, 3)], [[{"number": t}] for t in (1, 2, 3)])

    def test_exceptions_in_a_trials_block_fail_it_and_the_loop_goes_on(self):
        result = self.run_sweep(
            """
            for trial in assay.sweep("sweep.yaml"):
                with trial:
                    if trial.number == 1:
                        raise RuntimeError("out of memory")
                    if trial.number == 2:
                        raise assay.Pruned
            """
        )
        self.assertIn("trial 1 failed", result.stderr)
        self.assertIn('raise RuntimeError("out of memory")', result.stderr)
        self.assertEqual(
            self.told()[:3],
            [{"fail": "RuntimeError: out of memory"}, {"prune": True}, {"tell": {}}],
        )

    def test_a_trial_that_hears_of_its_pruning_is_pruned(self):
        self.run_sweep(
            """
            for trial in assay.sweep("sweep.yaml"):
                trial.log({"accuracy": 0.1}, step=0)
                if trial.number == 1:
                    open(trial._place.control, "w").write('{"stop": "pruned"}\\n')
                    assert trial.should_prune
                    continue
                if trial.number == 2:
                    # It comes too late, as the trial ended already.
                    open(trial._place.control, "w").write('{"stop": "pruned"}\\n')
            """
        )
        self.assertEqual(self.told()[:3], [{"prune": True}, {"tell": {}}, {"tell": {}}])

    def test_a_loop_that_is_left_gives_its_trial_back(self):
        self.run_sweep('for trial in assay.sweep("sweep.yaml"): break')
        self.assertEqual(self.told(), [{"released": True}])
        (self.folder / "talk.jsonl").unlink()
        script = 'for trial in assay.sweep("sweep.yaml"): raise ValueError("a mistake")'
        self.run_sweep(script, status=1)
        self.assertEqual(self.told(), [{"released": True}])

    def test_what_the_sweep_refuses_is_an_error(self):
        script = 'for trial in assay.sweep("sweep.yaml"): pass'
        result = self.run_sweep(script, status=1, TELLS="wrong")
        self.assertIn("AssayError: sweep.yaml: the metric accuracy was not logged", result.stderr)
        result = self.run_program(script, status=1)
        self.assertIn("AssayError: the program assay is not on the path", result.stderr)


if __name__ == "__main__":
    unittest.main()
