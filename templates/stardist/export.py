"""Exports a trained 2-D StarDist network as a model package for labdeploy.

    python export.py MODEL_FOLDER --image TIFF [--out PACKAGE]

MODEL_FOLDER is what StarDist2D was trained into (config.json, weights_best.h5, thresholds.json). TIFF is one image like
those that the network was trained on: a part of it becomes the package's own test. Needs what requirements.txt lists.
"""

import argparse
import hashlib
from pathlib import Path
from string import Template

import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx
import tifffile
from csbdeep.utils import normalize
from stardist.models import StarDist2D

HERE = Path(__file__).parent
# What StarDist's examples normalise with; change it where you trained with other percentiles.
PERCENTILES = (1, 99.8)
# How far ONNX may be from TensorFlow: a thousandth of the largest value.
TOLERANCE = 1e-3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the trained network")
    parser.add_argument("--image", type=Path, required=True, help="an image for the package's own test")
    parser.add_argument("--out", type=Path, default=Path("package"), help="folder to write (package)")
    parser.add_argument("--name", help="name of the model (that of its folder)")
    return parser.parse_args()


def load(folder):
    """The network, where labdeploy can run it."""
    model = StarDist2D(None, name=folder.name, basedir=str(folder.resolve().parent))
    if model.config.n_classes is not None:
        raise SystemExit("labdeploy does not read networks with classes")
    if len(set(model.config.grid)) != 1:
        raise SystemExit(f"labdeploy does not read a grid of {model.config.grid}")
    return model


def test_plane(path, channels, step):
    """A part of the image, rows x columns x channels, of a size that the network takes."""
    image = tifffile.imread(path)
    if image.ndim == 2:
        image = image[..., None]
    if image.ndim == 3 and image.shape[0] == channels != image.shape[-1]:
        image = np.moveaxis(image, 0, -1)
    if image.ndim != 3 or image.shape[-1] != channels:
        raise SystemExit(f"{path} is {image.shape}: a plane of {channels} channels is needed")
    side = max(step, 256 // step * step)
    rows, columns = (min(side, extent // step * step) for extent in image.shape[:2])
    if rows == 0 or columns == 0:
        raise SystemExit(f"{path} is smaller than {step} x {step} pixels")
    return image[:rows, :columns].astype(np.float32)


def convert(model, path):
    """Writes the network as ONNX: probability and distances in one tensor, one sample a cell of the grid."""
    network = model.keras_model
    channels = model.config.n_channel_in

    @tf.function(input_signature=[tf.TensorSpec([1, None, None, channels], tf.float32, name="input")])
    def both(plane):
        probability, distances = network(plane, training=False)[:2]
        return tf.concat([probability, distances], axis=-1, name="output")

    tf2onnx.convert.from_function(both, input_signature=both.input_signature, opset=16, output_path=str(path))
    return lambda plane: both(tf.constant(plane[None])).numpy()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    given = arguments()
    model = load(given.model)
    config = model.config
    grid = config.grid[0]
    step = max(model._axes_div_by("YX"))
    halo = -(-max(model._axes_tile_overlap("YX")) // grid)
    given.out.mkdir(parents=True, exist_ok=True)
    weights, test_input, test_output = (given.out / name for name in ("weights.onnx", "test_input.npy", "test_output.npy"))

    plane = test_plane(given.image, config.n_channel_in, step)
    predict = convert(model, weights)
    expected = predict(normalize(plane, *PERCENTILES, axis=(0, 1)))
    session = onnxruntime.InferenceSession(str(weights))
    feed = {session.get_inputs()[0].name: normalize(plane, *PERCENTILES, axis=(0, 1))[None]}
    difference = np.abs(session.run(None, feed)[0] - expected).max()
    if not difference <= TOLERANCE * max(1, np.abs(expected).max()):
        raise SystemExit(f"the ONNX network differs from the trained one by {difference}")
    np.save(test_input, plane[None])
    np.save(test_output, expected)

    least = -(-(2 * halo * grid + step) // step) * step  # something is left between the halos
    description = Template((HERE / "bioimageio.template.yaml").read_text()).substitute(
        name=given.name or given.model.resolve().name,
        channels=", ".join(f"channel{i}" for i in range(config.n_channel_in)),
        maps=", ".join(["probability", *(f"ray{i}" for i in range(config.n_rays))]),
        low=PERCENTILES[0],
        high=PERCENTILES[1],
        least=least,
        step=step,
        grid=grid,
        halo=halo,
        threshold=model.thresholds.prob,
        overlap=model.thresholds.nms,
        weights=digest(weights),
        test_input=digest(test_input),
        test_output=digest(test_output),
    )
    (given.out / "bioimageio.yaml").write_text(description)
    print(f"{given.out}: {config.n_rays} rays on a grid of {grid}, ONNX and TensorFlow differ by {difference:.2g}")
    print(f"next: labdeploy model check {given.out}")


main()
