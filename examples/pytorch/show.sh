#!/bin/sh
# What README.md shows, with the results: a training that is killed and goes on, and a sweep.
# PATH has assay and a python3 with PyTorch; ASSAY_DB names the database.
set -eu
cd "$(dirname "$0")"
export ASSAY_DATA="${ASSAY_DATA:-$PWD/../../data}"
output=$(mktemp)
trap 'rm -f "$output"' EXIT

echo "== A training is killed after its second epoch"
python3 train.py > "$output" &
until grep -q '^epoch 1' "$output"; do
  kill -0 $! || { cat "$output"; exit 1; }
  sleep 0.1
done
kill -KILL $!
wait $! || true
cat "$output"

echo "== The same command goes on after it"
python3 train.py
assay runs list --limit 1

echo "== A sweep over the script, with two workers"
assay sweep run sweep.yaml --workers 2
assay sweep best digits

echo "== Asked in SQL"
assay query --sql "SELECT name, state, executions, metric, last_step, last_value
  FROM runs JOIN run_metrics USING (run) WHERE name = 'digits' ORDER BY metric"
