"""How near Optuna's default sampler comes to the least value of the functions of TestFunctions.swift.

Prints lines of the same form as the benchmark's own: 100 seeds, 100 trials each.
"""

import math
import statistics

import optuna

TRIALS = 100
SEEDS = range(100)

SCALES = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
HEIGHTS = [1.0, 1.2, 3.0, 3.2]


def branin(trial):
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    curve = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return curve * curve + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    return -sum(
        height * math.exp(-sum(s * (a - c) ** 2 for s, a, c in zip(scales, x, centres)))
        for height, scales, centres in zip(HEIGHTS, SCALES, CENTRES)
    )


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for name, function, least in [("Branin", branin, 0.397887), ("Hartmann-6", hartmann6, -3.32237)]:
        regrets = []
        for seed in SEEDS:
            study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
            study.optimize(function, n_trials=TRIALS)
            regrets.append(study.best_value - least)
        print(
            f"{name}  optuna {optuna.__version__}  mean regret {statistics.mean(regrets):.4f}"
            f"  median {sorted(regrets)[len(regrets) // 2]:.4f}"
        )


if __name__ == "__main__":
    main()
