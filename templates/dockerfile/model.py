"""The model: a program that reads a TIFF file and writes labels as another one, started once a plane. Change COMMAND."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import tifffile

# `{input}` and `{output}` are the paths of the two files; `{x}` and `{y}` the pixel size in micrometres, 0 where it is not known.
COMMAND = [sys.executable, str(Path(__file__).with_name("program.py")), "{input}", "{output}"]
# Lines of a program that failed which are shown with the image.
LINES = 20


class Refused(Exception):
    """This image cannot be predicted; the text is shown with it."""


def predict(planes, facts):
    """
    planes: float32, channels x rows x columns, as they are in the file.
    facts: {"pixelSize": {"x": 0.65, "y": 0.65}, "channels": ["DAPI"]}, micrometres; what is not known is absent.
    Returns labels, rows x columns: 0 is ground, every other number one object.
    """
    size = facts.get("pixelSize", {})
    with tempfile.TemporaryDirectory() as folder:
        files = {"input": os.path.join(folder, "input.tif"), "output": os.path.join(folder, "output.tif")}
        tifffile.imwrite(files["input"], planes[0] if len(planes) == 1 else planes, photometric="minisblack")
        command = [part.format(**files, x=size.get("x", 0), y=size.get("y", 0)) for part in COMMAND]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode != 0:
            raise Refused("\n".join(done.stdout.splitlines()[-LINES:]) or f"the program ended with {done.returncode}")
        labels = np.squeeze(tifffile.imread(files["output"]))
    if labels.shape != planes.shape[1:]:
        raise Refused(f"the program gives {labels.shape}, not {planes.shape[1:]}: rows x columns")
    return labels
