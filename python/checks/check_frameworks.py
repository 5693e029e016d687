"""Small trainings by the real frameworks, recorded by the real tracker: `make check-python`."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import assay
from support import ProgramTestCase, tracker


class FrameworkCheck(ProgramTestCase):
    """A test that records a program and asks the database."""

    def record(self, script: str, status: int = 0, **environment: str) -> str:
        environment["ASSAY_PROGRAM"] = tracker()
        return self.run_program(script, environment, status).stdout

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return assay.query(sql, db=self.folder / "assay.db")

    def states(self) -> list[str]:
        rows = self.ask("SELECT executions, state FROM runs ORDER BY record_number")
        return [f"{row['state']} after {row['executions']}" for row in rows]

    def steps(self, metric: str) -> list[int]:
        sql = f"SELECT step FROM metrics WHERE metric = '{metric}' ORDER BY step"
        return [row["step"] for row in self.ask(sql)]


class ScalarChecks(FrameworkCheck):
    def test_scalars_of_numpy_and_torch(self) -> None:
        self.record(
            """
            import numpy, torch
            run = assay.start("scalars", {"dtype": torch.float32, "shape": numpy.zeros(2).shape,
                                          "rate": numpy.float32(0.5), "list": numpy.arange(3)})
            run.log({
                "float32": numpy.float32(0.5), "float64": numpy.float64(0.25),
                "int64": numpy.int64(7), "bool": numpy.bool_(True), "zero-d": numpy.array(3.0),
                "one": numpy.array([4.0]), "tensor": torch.tensor(0.125),
                "gradient": torch.tensor(1.5, requires_grad=True), "half": torch.tensor(2.0).half(),
                "nan": torch.tensor(float("nan")), "inf": numpy.float32("inf"),
            }, step=numpy.int64(3))
            """
        )
        rows = self.ask("SELECT metric, value FROM metrics WHERE step = 3")
        values = {row["metric"]: row["value"] for row in rows}
        self.assertEqual(
            values,
            {
                "float32": 0.5, "float64": 0.25, "int64": 7, "bool": 1, "zero-d": 3, "one": 4,
                "tensor": 0.125, "gradient": 1.5, "half": 2, "nan": None, "inf": float("inf"),
            },
        )  # fmt: skip

    def test_a_frame(self) -> None:
        self.record("assay.start('frame').log({'loss': 1.5}, step=2)")
        frame = assay.query(
            "SELECT metric, step, value FROM metrics", frame=True, db=self.folder / "assay.db"
        )
        self.assertEqual(list(frame.columns), ["metric", "step", "value"])
        self.assertEqual(frame.iloc[0].tolist(), ["loss", 2, 1.5])


class LightningChecks(FrameworkCheck):
    training = """
        import os, torch
        import lightning as L
        from torch.utils.data import DataLoader, TensorDataset
        from assay.lightning import AssayCallback, AssayLogger

        class Line(L.LightningModule):
            def __init__(self, lr=0.1):
                super().__init__()
                self.save_hyperparameters()
                self.layer = torch.nn.Linear(4, 1)
            def loss(self, batch):
                return ((self.layer(batch[0]) - batch[1]) ** 2).mean()
            def training_step(self, batch, index):
                loss = self.loss(batch)
                self.log("loss", loss)
                return loss
            def validation_step(self, batch, index):
                self.log("val_loss", self.loss(batch))
            def on_train_epoch_start(self):
                if self.current_epoch == int(os.environ.get("DIES_AT", -1)):
                    os.kill(os.getpid(), 9)
            def configure_optimizers(self):
                return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)

        L.seed_everything(0)
        inputs = torch.randn(64, 4)
        data = DataLoader(TensorDataset(inputs, inputs.sum(1, keepdim=True)), batch_size=8)
        logger = AssayLogger("line")
        restored = logger.restored
        trainer = L.Trainer(max_epochs=4, logger=logger, callbacks=[AssayCallback()],
                            log_every_n_steps=1, enable_progress_bar=False)
        trainer.fit(Line(), data, data, ckpt_path=str(restored) if restored else None,
                    **({"weights_only": False} if restored else {}))
        print("from", 0 if restored is None else "checkpoint")
        """

    def test_a_training_goes_on_after_a_kill(self) -> None:
        self.record(self.training, -9, DIES_AT="2")
        self.assertIn("from checkpoint", self.record(self.training))
        self.assertEqual(self.states(), ["finished after 2"])
        self.assertEqual(self.steps("loss"), list(range(32)))
        self.assertEqual(self.steps("val_loss"), [7, 15, 23, 31])


class KerasChecks(FrameworkCheck):
    training = """
        import os
        import numpy, keras
        from assay.keras import AssayCallback
        run = assay.start("line")
        if run.restored:
            model = keras.models.load_model(run.restored)
        else:
            model = keras.Sequential([keras.layers.Dense(1)])
            model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
        inputs = numpy.random.default_rng(0).normal(size=(64, 4))
        class Death(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch == int(os.environ.get("DIES_AT", -1)):
                    os.kill(os.getpid(), 9)
        model.fit(inputs, inputs.sum(1), epochs=4, verbose=0, validation_split=0.25,
                  initial_epoch=0 if run.restored_step is None else run.restored_step + 1,
                  callbacks=[AssayCallback(checkpoints=True), Death()])
        """

    def test_a_training_goes_on_after_a_kill(self) -> None:
        self.record(self.training, -9, DIES_AT="2")
        self.record(self.training)
        self.assertEqual(self.states(), ["finished after 2"])
        self.assertEqual(self.steps("loss"), [0, 1, 2, 3])
        self.assertEqual(self.steps("val_loss"), [0, 1, 2, 3])


class HuggingFaceChecks(FrameworkCheck):
    training = """
        import os, torch
        from transformers import BertConfig, BertForSequenceClassification
        from transformers import Trainer, TrainerCallback, TrainingArguments
        from assay.huggingface import AssayCallback
        class Death(TrainerCallback):
            def on_step_begin(self, args, state, control, **named):
                if state.global_step == int(os.environ.get("DIES_AT", -1)):
                    os.kill(os.getpid(), 9)
        torch.manual_seed(0)
        run = assay.start("bert")
        model = BertForSequenceClassification(BertConfig(
            vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=8, max_position_embeddings=8))
        data = [{"input_ids": torch.randint(0, 20, (6,)), "labels": torch.tensor(i % 2)}
                for i in range(16)]
        arguments = TrainingArguments("out", per_device_train_batch_size=4, num_train_epochs=2,
                                      logging_steps=1, save_steps=3, report_to="none",
                                      disable_tqdm=True, use_cpu=True)
        callback = AssayCallback(checkpoints=True)
        trainer = Trainer(model, arguments, train_dataset=data, callbacks=[callback, Death()])
        trainer.train(resume_from_checkpoint=callback.restored)
        """

    def test_a_training_goes_on_after_a_kill(self) -> None:
        self.record(self.training, -9, DIES_AT="5")
        self.record(self.training)
        self.assertEqual(self.states(), ["finished after 2"])
        self.assertEqual(self.steps("loss"), list(range(1, 9)))
        (rate,) = self.ask("SELECT value FROM parameters WHERE parameter = 'learning_rate'")
        self.assertEqual(float(rate["value"]), 5e-5)


if __name__ == "__main__":
    unittest.main()
