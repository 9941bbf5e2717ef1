"""Maps as a StarDist or Cellpose network gives them, and the objects that the reference implementation finds in them.

python instances.py make stardist|cellpose FOLDER SIDE
python instances.py find stardist|cellpose FOLDER

`find` prints processor seconds of the second time, the number of objects and a digest of which pixels are together. One
thread: OMP_NUM_THREADS=1. In environments with stardist 0.9.2 and tensorflow-cpu, and with cellpose 3.1.1.3.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/fixtures/instances"))
from maps import blobs, flows, stars  # noqa: E402
from reference import cellpose_labels, stardist_labels  # noqa: E402

RAYS = 32
GRID = {"stardist": 2, "cellpose": 1}


def make(method, folder, side):
    labels = blobs(side, side * side // 900, 7)
    if method == "stardist":
        probability, distance = stars(labels, RAYS, GRID[method], 8)
        maps = np.concatenate([probability[None], np.moveaxis(distance, -1, 0)])
    else:
        flow, logit = flows(labels, 8)
        maps = np.concatenate([flow, logit[None]])
    maps.astype("<f4").tofile(folder / f"{method}.raw")
    (folder / f"{method}.json").write_text(json.dumps({"side": side, "grid": GRID[method], "channels": len(maps)}))


def find(method, folder):
    about = json.loads((folder / f"{method}.json").read_text())
    side, grid = about["side"], about["grid"]
    maps = np.fromfile(folder / f"{method}.raw", "<f4").reshape(about["channels"], side // grid, side // grid)
    if method == "stardist":
        distance = np.ascontiguousarray(np.moveaxis(maps[1:], 0, -1))
        work = lambda: stardist_labels(maps[0], distance, grid, (side, side), 0.5, 0.4)
    else:
        work = lambda: cellpose_labels(maps[:2], maps[2])
    work()  # the first time compiles
    start = time.process_time()
    labels = work()
    seconds = time.process_time() - start
    values, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    numbers = np.zeros(len(values), np.uint32)
    objects = np.flatnonzero(values != 0)
    numbers[objects[np.argsort(first[objects])]] = np.arange(1, len(objects) + 1)
    print(seconds, len(objects), hashlib.sha256(numbers[inverse].astype("<u4").tobytes()).hexdigest())


what, method, folder = sys.argv[1:4]
if what == "make":
    make(method, Path(folder), int(sys.argv[4]))
else:
    find(method, Path(folder))
