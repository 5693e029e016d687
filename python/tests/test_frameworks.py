"""Integrations, called as their frameworks call them; `make check-python` has the real ones."""

import unittest

from support import ProgramTestCase, Supervision

lightning = """
import sys, types

def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(members)

class Logger: pass
class Callback: pass
module("lightning")
module("lightning.pytorch")
module("lightning.pytorch.loggers", Logger=Logger)
module("lightning.pytorch.callbacks", Callback=Callback)
module("lightning.pytorch.utilities", rank_zero_only=lambda function: function)
"""

keras = """
import sys, types

class Callback:
    model, params = None, None
keras = types.ModuleType("keras")
keras.callbacks = types.SimpleNamespace(Callback=Callback)
sys.modules["keras"] = keras
"""

transformers = """
import sys, types

class TrainerCallback: pass
transformers = types.ModuleType("transformers")
transformers.TrainerCallback = TrainerCallback
sys.modules["transformers"] = transformers
"""


class FrameworkTests(ProgramTestCase):
    def test_nothing_is_imported_that_is_not_used(self):
        self.run_program(
            """
            import sys
            foreign = {"numpy", "torch", "pandas", "lightning", "keras", "transformers"}
            assert not foreign & set(sys.modules), foreign & set(sys.modules)
            """
        )

    def test_lightning(self):
        supervision = Supervision(self.folder)
        self.run_program(
            lightning
            + """
from types import SimpleNamespace
from assay.lightning import AssayCallback, AssayLogger
logger = AssayLogger("fit")
logger.log_hyperparams({"lr": 0.1})
logger.log_metrics({"loss": 0.5, "epoch": 0}, step=10)
open("epoch=0.ckpt", "w").write("weights")
saved = SimpleNamespace(last_model_path="", best_model_path="epoch=0.ckpt",
                        _last_checkpoint_saved="epoch=0.ckpt", _last_global_step_saved=10)
logger.after_save_checkpoint(saved)
logger.after_save_checkpoint(saved)
assert logger.restored is None and logger.name == "fit" and logger.version == logger.run.id
trainer = SimpleNamespace(is_global_zero=True, max_epochs=3, current_epoch=0, should_stop=False)
callback = AssayCallback()
callback.on_train_epoch_end(trainer, None)
callback.on_train_batch_end(trainer, None, None, None, 0)
assert not trainer.should_stop
open(logger.run._place.control, "w").write('{"stop": "pruned"}\\n')
callback.on_train_batch_end(trainer, None, None, None, 0)
assert trainer.should_stop
""",
            supervision.environment,
        )
        self.assertEqual(supervision.named("parameters"), [{"lr": 0.1}])
        self.assertEqual(supervision.metrics(), [(10, {"loss": 0.5, "epoch": 0})])
        (checkpoint,) = supervision.named("checkpoint")
        self.assertEqual((checkpoint["name"], checkpoint["step"]), ("lightning.ckpt", 10))
        self.assertEqual(supervision.named("progress"), [{"done": 1, "total": 3}])

    def test_keras(self):
        supervision = Supervision(self.folder)
        self.run_program(
            keras
            + """
from types import SimpleNamespace
from assay.keras import AssayCallback
callback = AssayCallback(checkpoints=True)
optimizer = SimpleNamespace(get_config=lambda: {"name": "adam", "learning_rate": 0.1})
callback.model = SimpleNamespace(
    optimizer=optimizer, stop_training=False, save=lambda path: open(path, "w").write("model"))
callback.params = {"epochs": 4, "steps": 10}
callback.on_train_begin()
callback.on_train_batch_end(0, {"loss": 9.0})
callback.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.6})
assert not callback.model.stop_training
open(callback.run._place.control, "w").write('{"stop": "pruned"}\\n')
callback.on_epoch_end(1, {"loss": 0.4})
assert callback.model.stop_training
""",
            supervision.environment,
        )
        self.assertEqual(
            supervision.named("parameters"),
            [{"epochs": 4, "optimizer.name": "adam", "optimizer.learning_rate": 0.1}],
        )
        self.assertEqual(
            supervision.metrics(), [(0, {"loss": 0.5, "val_loss": 0.6}), (1, {"loss": 0.4})]
        )
        self.assertEqual([c["name"] for c in supervision.named("checkpoint")], ["model.keras"] * 2)

    def test_hugging_face(self):
        supervision = Supervision(self.folder)
        self.run_program(
            transformers
            + """
import os
from types import SimpleNamespace
from assay.huggingface import AssayCallback
callback = AssayCallback(checkpoints=True)
args = SimpleNamespace(to_dict=lambda: {"learning_rate": 5e-5}, output_dir="out")
state = SimpleNamespace(is_world_process_zero=True, global_step=7, max_steps=20)
control = SimpleNamespace(should_training_stop=False)
model = SimpleNamespace(config=SimpleNamespace(to_dict=lambda: {"layers": 2}))
callback.on_train_begin(args, state, control, model=model)
callback.on_log(args, state, control, logs={"loss": 0.5, "note": "text"}, model=model)
os.makedirs("out/checkpoint-7")
open("out/checkpoint-7/weights", "w").write("w")
callback.on_save(args, state, control, model=model)
assert callback.on_step_end(args, state, control) is control
assert not control.should_training_stop
open(callback.run._place.control, "w").write('{"stop": "pruned"}\\n')
callback.on_step_end(args, state, control)
assert control.should_training_stop
other = SimpleNamespace(is_world_process_zero=False, global_step=7, max_steps=20)
callback.on_log(args, other, control, logs={"loss": 9.0})
""",
            supervision.environment,
        )
        self.assertEqual(
            supervision.named("parameters"), [{"learning_rate": 5e-5}, {"model.layers": 2}]
        )
        self.assertEqual(supervision.metrics(), [(7, {"loss": 0.5})])
        (checkpoint,) = supervision.named("checkpoint")
        self.assertEqual(checkpoint["step"], 7)


if __name__ == "__main__":
    unittest.main()
