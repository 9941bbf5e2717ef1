"""The model: a 2-D network of StarDist. MODEL names it: one that StarDist offers, or the folder of one that you trained."""

import os
import threading
from pathlib import Path

import numpy as np
from csbdeep.utils import normalize
from stardist.models import StarDist2D


class Refused(Exception):
    """This image cannot be predicted; the text is shown with it."""


# What StarDist's examples normalise with; change it where you trained with other percentiles.
PERCENTILES = (1, 99.8)


def load(name):
    folder = Path(name)
    if (folder / "config.json").is_file():
        return StarDist2D(None, name=folder.name, basedir=str(folder.resolve().parent))
    return StarDist2D.from_pretrained(name)


network = load(os.environ.get("MODEL", "2D_versatile_fluo"))
alone = threading.Lock()  # one plane at a time: it takes all processors, and the memory for one


def predict(planes, facts):
    """
    planes: float32, channels x rows x columns, as they are in the file.
    facts: {"pixelSize": {"x": 0.65, "y": 0.65}, "channels": ["DAPI"]}, micrometres; what is not known is absent.
    Returns labels, rows x columns: 0 is ground, every other number one object.
    """
    wanted = network.config.n_channel_in
    if len(planes) != wanted:
        raise Refused(f"the network takes {wanted} channels, and the image gives {len(planes)}")
    image = np.moveaxis(planes, 0, -1) if wanted > 1 else planes[0]
    with alone:
        labels, _ = network.predict_instances(normalize(image, *PERCENTILES, axis=(0, 1)))
    return labels.astype(np.int32)
