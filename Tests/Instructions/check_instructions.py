"""Counts the instructions of the benchmark's fixed workloads and compares them with the recorded ones.

Usage: check_instructions.py BENCHMARK [--record]

Fails if one has grown by more than a tenth. Unlike times, counts do not depend on what else the
machine does. They do depend on the compiler and on the vectors that the processor has, so they are
compared on x86-64 with AVX2 only; valgrind itself shows programs no wider vectors. The benchmark
must be built without BLAS, whose kernels differ from processor to processor.
"""

import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

RECORD = pathlib.Path(__file__).parent / "instructions.json"
GROWTH = 1.10


def count(benchmark, workload):
    """How many instructions a workload executes, start of the process included."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", benchmark, "fixed", workload],
        # Without this, hash tables are laid out differently each time.
        env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"},
        capture_output=True,
        text=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"the workload {workload} failed under valgrind:\n{done.stderr}")
    return int(found.group(1))


def main():
    benchmark, record = sys.argv[1], "--record" in sys.argv[2:]
    if platform.machine() != "x86_64" or " avx2 " not in pathlib.Path("/proc/cpuinfo").read_text():
        print("instructions are counted on x86-64 with AVX2 only")
        return
    recorded = json.loads(RECORD.read_text())
    with tempfile.TemporaryDirectory() as directory:
        # Older valgrinds stumble over today's debugging information.
        stripped = f"{directory}/Benchmark"
        subprocess.run(["strip", "--strip-debug", "-o", stripped, benchmark], check=True)
        counts = {workload: count(stripped, workload) for workload in recorded}
    # The store's work is counted without that of making its database.
    counts["store"] -= counts["creation"]
    for workload, now in counts.items():
        print(f"{workload}: {now:,} instructions, {now / max(1, recorded[workload]):.3f} of the recorded")
    if record:
        RECORD.write_text(json.dumps(counts, indent=2) + "\n")
        return
    grown = [workload for workload, now in counts.items() if now > GROWTH * recorded[workload]]
    if grown:
        sys.exit(
            f"more than a tenth more instructions than recorded: {', '.join(grown)}; if that is the price of"
            " something worth it, record the new counts with: make instructions-record"
        )


if __name__ == "__main__":
    main()
