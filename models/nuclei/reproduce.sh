#!/bin/sh
# Trains the weights of version 0.3.0 from those of 0.2.0, which are in the history of the repository:
#
#     sh models/nuclei/reproduce.sh DATA FOLDER
#
# DATA: the training set (real.py); FOLDER: for the package, and for the examples (1.4 GB). README.md says with which
# versions of PyTorch and the others, and on which processor.
set -eu
data=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p "$folder"
git -C "$here" show 6da75de7480b:models/nuclei/weights.onnx > "$folder/start.onnx"
python3 "$here/train.py" --data "$data" --start "$folder/start.onnx" --examples "$folder/examples.npz" --parts 8 --planes 500 \
  --side 192 --steps 4000 --rate 2.5e-3 --out "$folder/package"
