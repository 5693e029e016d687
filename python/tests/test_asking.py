"""Ask and tell with the real sweep."""

from __future__ import annotations

import unittest
from typing import Any

from test_recording import TrackerTestCase


class AskTests(TrackerTestCase):
    sweep = """
        name: search
        seed: 3
        space:
          lr: {uniform: [0.1, 0.9]}
        sampler: halton
        objective: {maximise: accuracy}
        budget: {trials: 6, attempts: 9}
        """

    loop = """
        import os
        for trial in assay.sweep("search.yaml"):
            with trial:
                trial.log({"accuracy": trial["lr"] / 2}, step=0)
                if os.environ.get("DIES") and trial.number % 2 == 0:
                    os.kill(os.getpid(), 9)
                trial.log({"accuracy": trial["lr"]}, step=1)
        """

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "search.yaml").write_text(
            "\n".join(line[8:] for line in self.sweep.splitlines())
        )

    def trials(self) -> list[Any]:
        return self.ask("SELECT trial, trial_state FROM trials ORDER BY trial")

    def test_a_sweep_is_run_by_a_loop(self):
        self.run_program(self.loop, self.tracked)
        self.assertEqual(len(self.trials()), 6)
        self.assertEqual({state for _, state in self.trials()}, {"finished"})
        results = self.ask("SELECT setting, value FROM trial_results")
        self.assertEqual(len(results), 6)
        for setting, value in results:
            self.assertEqual(float(setting), value)

    def test_a_killed_loop_loses_no_trial(self):
        for _ in range(3):
            self.run_program(self.loop, {**self.tracked, "DIES": "1"}, status=-9)
        self.run_program(self.loop, self.tracked)
        self.assertEqual({state for _, state in self.trials()}, {"finished"})


if __name__ == "__main__":
    unittest.main()
