"""Labels (uint32, row-major) of a plane by models/nuclei/evaluate.py: nuclei.py MODEL HEIGHT WIDTH FILE; FILE: float32."""

import sys
from pathlib import Path

import numpy as np

folder, height, width, file = sys.argv[1:]
sys.path.insert(0, folder)
from evaluate import Package  # noqa: E402

plane = np.fromfile(file, np.float32).reshape(int(height), int(width))
sys.stdout.buffer.write(Package(Path(folder)).labels(plane).astype(np.uint32).tobytes())
