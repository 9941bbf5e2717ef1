"""Exports a Cellpose network as a model package for labdeploy.

    python export.py MODEL --image TIFF [--channels 1|2] [--out PACKAGE]

MODEL is the file that Cellpose trained (or the name of one of its own models, which it then fetches). TIFF is one image
like those that the network was trained on: a part of it becomes the package's own test. Needs what requirements.txt lists.
"""

import argparse
import hashlib
from pathlib import Path
from string import Template

import numpy as np
import onnxruntime
import tifffile
import torch
from cellpose.models import CellposeModel

HERE = Path(__file__).parent
# Cellpose predicts tiles of this size, with a tenth of it as overlap: the network takes the style of a whole tile into
# account, so another size would give other maps.
TILE = 224
HALO = 22
# How far ONNX may be from PyTorch: a thousandth of the largest value.
TOLERANCE = 1e-3


class Maps(torch.nn.Module):
    """Flow along y, flow along x and probability; where one channel is given, the second is empty, as for `channels=[0, 0]`."""

    def __init__(self, network, channels):
        super().__init__()
        self.network = network
        self.channels = channels

    def forward(self, planes):
        if self.channels == 1:
            planes = torch.cat([planes, torch.zeros_like(planes)], dim=1)
        return self.network(planes)[0]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="file of the trained network")
    parser.add_argument("--image", type=Path, required=True, help="an image for the package's own test")
    parser.add_argument("--channels", type=int, choices=[1, 2], default=1, help="channels that the network looks at (1)")
    parser.add_argument("--out", type=Path, default=Path("package"), help="folder to write (package)")
    parser.add_argument("--name", help="name of the model (that of its file)")
    return parser.parse_args()


def test_planes(path, channels):
    """A part of the image, channels x rows x columns, of the size of a tile."""
    image = tifffile.imread(path)
    if image.ndim == 2:
        image = image[None]
    if image.ndim == 3 and image.shape[-1] == channels != image.shape[0]:
        image = np.moveaxis(image, -1, 0)
    if image.ndim != 3 or image.shape[0] != channels:
        raise SystemExit(f"{path} is {image.shape}: a plane of {channels} channels is needed")
    if min(image.shape[1:]) < TILE:
        raise SystemExit(f"{path} is smaller than {TILE} x {TILE} pixels")
    return image[:, :TILE, :TILE].astype(np.float32)


def normalise(planes):
    """Percentiles 1 and 99 of each channel become 0 and 1, as cellpose.transforms.normalize99 does."""
    low, high = np.percentile(planes, [1, 99], axis=(1, 2), keepdims=True)
    return ((planes - low) / (high - low + 1e-6)).astype(np.float32)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    given = arguments()
    network = CellposeModel(gpu=False, pretrained_model=given.model).net
    if not hasattr(network, "style_on"):
        raise SystemExit("this script exports the networks of cellpose 2 and 3; Cellpose-SAM has 300 million weights (1.2 GB)")
    network.eval()
    network.mkldnn = False  # its layers cannot be exported
    maps = Maps(network, given.channels).eval()
    given.out.mkdir(parents=True, exist_ok=True)
    weights, test_input, test_output = (given.out / name for name in ("weights.onnx", "test_input.npy", "test_output.npy"))

    planes = test_planes(given.image, given.channels)
    tensor = torch.from_numpy(normalise(planes)[None])
    with torch.no_grad():
        expected = maps(tensor).numpy()
    torch.onnx.export(maps, (tensor,), str(weights), input_names=["raw"], output_names=["maps"], opset_version=17, dynamo=False)
    session = onnxruntime.InferenceSession(str(weights))
    difference = np.abs(session.run(None, {"raw": tensor.numpy()})[0] - expected).max()
    if not difference <= TOLERANCE * max(1, np.abs(expected).max()):
        raise SystemExit(f"the ONNX network differs from the trained one by {difference}")
    np.save(test_input, planes[None])
    np.save(test_output, expected)

    diameter = float(network.diam_mean)
    description = Template((HERE / "bioimageio.template.yaml").read_text()).substitute(
        name=given.name or Path(given.model).name,
        channels=", ".join(["cytoplasm", "nuclei"][: given.channels]),
        tile=TILE,
        halo=HALO,
        diameter=f"{diameter:g}",
        widest=f"{1.5 * diameter:g}",
        narrowest=f"{diameter / 1.5:.3g}",
        weights=digest(weights),
        test_input=digest(test_input),
        test_output=digest(test_output),
    )
    (given.out / "bioimageio.yaml").write_text(description)
    print(f"{given.out}: for objects of about {diameter:g} px, ONNX and PyTorch differ by {difference:.2g}")
    print(f"next: labdeploy model check {given.out}")


main()
