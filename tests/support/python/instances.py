"""Labels (uint32, row-major) of maps by models/nuclei/instances.py: instances.py MODELS HEIGHT WIDTH SETTINGS NAME=FILE ...; FILE: float32."""

import json
import sys

import numpy as np

folder, height, width, settings, *maps = sys.argv[1:]
sys.path.insert(0, folder)
from instances import instances  # noqa: E402

shape = (int(height), int(width))
named = {name: np.fromfile(file, np.float32).reshape(shape) for name, file in (each.split('=', 1) for each in maps)}
sys.stdout.buffer.write(instances(named, json.loads(settings)).astype(np.uint32).tobytes())
