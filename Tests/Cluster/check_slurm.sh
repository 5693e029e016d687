#!/usr/bin/env bash
# A sweep by Slurm, beside the same sweep on one machine: while it is under way, an element of the array is cancelled,
# another one is preempted, and a node loses its power. Both files have to say the same in the end.
#
#   Tests/Cluster/slurm.sh DIRECTORY 3 Tests/Cluster/check_slurm.sh ASSAY WORK TRIALS
set -euo pipefail
assay=$(realpath "$1") trials=$3
rm -rf "$2"
mkdir -p "$2"
cd "$2"
export ASSAY_DATA=$PWD

# Each trial has four epochs, and goes on behind those in its checkpoint. Those of the second half wait until everything
# has happened to the shards that should, so that no shard ends before.
cat > train.sh << TRAIN
while [ "\$ASSAY_TRIAL" -ge $((trials / 2)) ] && ! [ -e disturbed ]; do sleep 0.1; done
TRAIN
cat >> train.sh << 'TRAIN'
epochs=$ASSAY_CHECKPOINTS/epochs
done=$(cat "$epochs" 2> /dev/null | wc -l)
while [ "$done" -lt 4 ]; do
  echo "{\"metrics\": {\"loss\": $((($1 * 7 + done * 13) % 101))}, \"step\": $done}" >> "$ASSAY_EVENTS"
  sleep 0.05
  echo "$done" >> "$epochs"
  done=$((done + 1))
done
TRAIN
cat > sweep.yaml << SWEEP
command: [sh, train.sh, "{x}"]
space: {x: {integer: [1, 1000000]}}
sampler: random
objective: {minimise: loss}
budget: {trials: $trials, attempts: 100}
SWEEP

touch disturbed
"$assay" sweep run sweep.yaml --workers 4 --quiet --db one.db
rm disturbed
echo "one machine: $trials trials in $SECONDS s"
SECONDS=0
"$assay" sweep run sweep.yaml --workers 6 --slurm --poll 1 --copy-every 1 --db many.db --scratch scratch 2> watch.log > watch.out &
watch=$!
trap 'kill "$watch" 2> /dev/null || true' EXIT

# Waits until a command succeeds, while the sweep is under way.
await() {
  until "$@" > /dev/null; do
    kill -0 "$watch" 2> /dev/null || { echo "the sweep ended before: $*; see $PWD/watch.log" >&2; exit 1; }
    sleep 0.1
  done
}
# The element that runs on a node, with its job's number.
on() { squeue --noheader --array --states=RUNNING --nodelist="$1" --format=%i | head -n 1; }
runs_on() { [ -n "$(on "$1")" ]; }
is_copied() { [ "$(compgen -G 'shards/*.part' | wc -l)" = 6 ]; }
gives_way() { grep -qF 'gives way' shards/*.log; }

await is_copied
await runs_on n1
await runs_on n2
cancelled=$(on n1) dead=$(on n2)
scancel "$cancelled"
sbatch --quiet --partition=urgent --nodelist=n3 --cpus-per-task=2 --output=/dev/null --wrap 'sleep 2'
await gives_way
kill -KILL "$(cat "$SLURM_NODES/n2")"
touch disturbed
echo "after $SECONDS s: $cancelled was cancelled, those on n3 gave way, and $dead lost its node"
status=0
wait "$watch" || status=$?
trap - EXIT
if [ "$status" != 0 ]; then
  cat watch.log >&2
  exit "$status"
fi
echo "Slurm: $trials trials in $SECONDS s"
grep -F 'submitting again' watch.log || { echo "no shard was submitted again; see $PWD/watch.log" >&2; exit 1; }

results() {
  sqlite3 "$1" "
    SELECT number, state, parameters FROM trials ORDER BY number;
    SELECT number, objective, quote(value) FROM trial_values ORDER BY number;
    SELECT trial, name, step, value FROM metrics JOIN trial_runs USING (run) ORDER BY 1, 2, 3;
    SELECT state, count(*) FROM runs GROUP BY state;
    SELECT count(DISTINCT number) FROM trials WHERE state = 'finished';
    PRAGMA integrity_check; PRAGMA foreign_key_check;" > "$1.txt"
}
results one.db
results many.db
diff one.db.txt many.db.txt
[ "$(sqlite3 many.db "SELECT count(*) FROM trials WHERE state = 'finished'")" = "$trials" ]
echo "the merged file says the same as that of one machine"
