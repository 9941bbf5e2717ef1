"""The model: Cellpose-SAM, as cellpose 4 ships it. MODEL names another network: a file that cellpose 4 trained."""

import os
import threading

import numpy as np
import torch
from cellpose.models import CellposeModel


class Refused(Exception):
    """This image cannot be predicted; the text is shown with it."""


on_gpu = torch.cuda.is_available()
# Half precision pays on graphics cards only.
network = CellposeModel(gpu=on_gpu, use_bfloat16=on_gpu, pretrained_model=os.environ.get("MODEL", "cpsam_v2"))
alone = threading.Lock()  # one plane at a time: it takes all processors, and the memory for one


def predict(planes, facts):
    """
    planes: float32, channels x rows x columns, as they are in the file: Cellpose normalises them.
    facts: {"pixelSize": {"x": 0.65, "y": 0.65}, "channels": ["DAPI"]}, micrometres; what is not known is absent.
    Returns labels, rows x columns: 0 is ground, every other number one object.
    """
    with alone:
        labels, _, _ = network.eval(planes, channel_axis=0)
    return np.asarray(labels, np.int32)
