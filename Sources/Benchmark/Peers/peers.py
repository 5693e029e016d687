"""Does the benchmark's work in PyTorch, ART, Foolbox, Optuna, MLflow and trackio.

Usage: peers.py BENCH.json MNIST-FOLDER

BENCH.json is what `Benchmark --json` wrote on the same machine. Prints one line a workload and peer
with the ratio of Assay's rate to the peer's, or of the peer's time to Assay's: above 1, Assay is
faster.
"""

import json
import sys

import numerics
import trackers


def main():
    bench, folder = sys.argv[1:3]
    report = json.load(open(bench))
    ours = {row["workload"]: row["value"] for row in report["rows"]}
    print(f"{'workload':<56}{'peer':<10}{'peer':>12}{'Assay':>12}{'ratio':>8}")
    for measure in (numerics.rows, trackers.rows):
        for workload, peer, value, is_rate in measure(folder, report["threads"]):
            if workload in ours:
                ratio = ours[workload] / value if is_rate else value / ours[workload]
                print(f"{workload:<56}{peer:<10}{value:>12.5g}{ours[workload]:>12.5g}{ratio:>8.2f}", flush=True)
            else:
                print(f"{workload:<56}{peer:<10}{value:>12.5g}", flush=True)


if __name__ == "__main__":
    main()
