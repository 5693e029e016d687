#!/bin/sh
# What README.md shows: a PyTorch network is attacked, measured and detected. The argument is a
# folder to work in. PATH has assay and a python3 with PyTorch and NumPy.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
rm -f assay.db*
export ASSAY_DB="$PWD/assay.db"
cp "$here/study.yaml" .
serve="python3 $here/serve.py ."

echo "== A network is trained, as ever"
python3 "$here/train.py" .

echo "== Does it speak the protocol?"
assay models serve-check -- $serve

echo "== It becomes a model like any other"
assay models add resnet --config study.yaml -- $serve
assay attack fgsm --model resnet --config study.yaml

echo "== BIM is killed, with the network's process, and goes on"
assay attack bim-b --model resnet --config study.yaml &
until [ "$(assay query --format csv --sql "SELECT count(*) FROM runs
    WHERE kind = 'attack' AND state = 'running' AND progress_done > 0" | tail -n 1 | tr -d '\r')" = 1 ]; do
  kill -0 $! 2> /dev/null || { echo "BIM was finished before it could be killed"; break; }
  sleep 0.1
done
kill -KILL $! 2> /dev/null || true
wait $! || true
assay attack bim-b --model resnet --config study.yaml
assay query --sql "SELECT kind, state, executions, progress_done AS images FROM runs
  WHERE kind = 'attack'"

echo "== Measured and detected"
assay measure --set all --config study.yaml --measures softmax_std,energy,bit_depth_3_l1
assay thresholds --config study.yaml
assay detectors fit logistic --measures softmax_std,energy,bit_depth_3_l1 --on heldout --name joint
assay detectors apply joint --set all
assay report
