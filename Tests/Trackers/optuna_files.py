"""Studies in Optuna's SQLite database and in its journal, and what Optuna itself says of them."""

import datetime

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage(place):
    return place if place.startswith("sqlite:") else JournalStorage(JournalFileBackend(place))


def _objective(trial):
    x = trial.suggest_float("x", -10, 10)
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.suggest_int("layers", 1, 9, step=2)
    optimizer = trial.suggest_categorical("optimizer", ["adam", "sgd", None, True, 3])
    if optimizer == "sgd":
        trial.suggest_float("momentum", 0, 1)
    trial.set_user_attr("accuracy", 0.5)
    trial.set_user_attr("words", "text")
    for step in range(3):
        trial.report(x * x + step, step)
        if trial.number == 1:
            raise optuna.TrialPruned()
    if trial.number == 2:
        raise ValueError("a reason")
    return float("inf") if trial.number == 3 else x * x + lr


def make(place):
    """A study of trials in every state, and one with two objectives that have names."""
    study = optuna.create_study(
        storage=storage(place), study_name="square <b>",
        sampler=optuna.samplers.RandomSampler(seed=1), pruner=optuna.pruners.NopPruner())
    study.optimize(_objective, n_trials=5, catch=(ValueError,))
    study.enqueue_trial({"x": 1})
    study.ask()
    study.enqueue_trial({"x": 2})
    two = optuna.create_study(
        storage=storage(place), study_name="two", directions=["minimize", "maximize"],
        sampler=optuna.samplers.RandomSampler(seed=1))
    two.set_metric_names(["loss", "accuracy"])
    two.optimize(
        lambda trial: (trial.suggest_float("a", 0, 1), trial.suggest_int("b", 0, 3)), n_trials=3)


def go_on(place):
    """Ends the trial that runs, and makes another one."""
    study = optuna.load_study(storage=storage(place), study_name="square <b>")
    study.tell(5, 7.0)
    study.optimize(_objective, n_trials=1)


STATES = {TrialState.COMPLETE: "finished", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


def read(place):
    """{study: what is said of it}, as Optuna says."""
    studies = {}
    for summary in optuna.get_all_study_summaries(storage(place)):
        study = optuna.load_study(storage=storage(place), study_name=summary.study_name)
        over = [t for t in study.trials if t.state in STATES]
        best = None
        if len(study.directions) == 1:
            best = study.best_trial.number
        studies[summary.study_name] = {
            "goals": [d.name.lower().replace("ize", "ise") for d in study.directions],
            "best": best,
            "front": sorted(t.number for t in study.best_trials),
            "trials": {
                trial.number: {
                    "state": STATES[trial.state],
                    "parameters": trial.params,
                    "values": trial.values if trial.state == TrialState.COMPLETE else None,
                    "reports": trial.intermediate_values,
                    "started": _milliseconds(trial.datetime_start),
                    "ended": _milliseconds(trial.datetime_complete),
                }
                for trial in over
            },
        }
    return studies


def _milliseconds(local):
    return round(local.astimezone(datetime.timezone.utc).timestamp() * 1000)
