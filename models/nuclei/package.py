"""Writes the BioImage.IO package beside this file: weights, test tensors, cover and bioimageio.yaml with their hashes."""

import hashlib
import struct
import zlib

import numpy as np
import torch
from evaluate import HELD_OUT
from instances import instances
from network import STRIDE, receptive_radius
from scipy import ndimage
from synthesis import normalise, plane

CHANNELS = ('foreground', 'distance')
OPSET = 16
TILE = 1152  # rows and columns of one run, halo included: two tiles for 2048 px
TRACED = 512  # rows and columns of the plane that the export is traced with; any other works too
INSTANCES = {
    'method': 'watershed',
    'foreground': 'foreground',
    'distance': 'distance',
    'threshold': 0.5,
    'minRise': 0.2,
    'sigma': 1.3,
    'minArea': 20,
    'minForeground': 0.75,
}
SCALE = {'diameter': 22, 'narrowest': 16, 'widest': 25, 'enlarged': 3, 'micrometres': 10}
HALO = -(-receptive_radius() // STRIDE) * STRIDE
LEAST = 96  # rows and columns at least
# Format 0.5 takes no halo that leaves nothing of the smallest plane; labdeploy tiles by HALO, which is in its own settings.
DECLARED_HALO = (LEAST - STRIDE) // 2

DESCRIPTION = """\
# Written by train.py (package.py); edit there.
format_version: 0.5.4
type: model
name: Nuclei
version: {version}
description: A small U-Net for nuclei in fluorescence images, trained on real and synthetic ones. Gives foreground and depth inside each nucleus.
authors:
  - name: The labdeploy authors
license: MIT
documentation: README.md
covers:
  - cover.png
cite:
  - text: 'Caicedo, Juan C. et al. Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl. Nature Methods 16, 1247 (2019): image set BBBC038, CC0.'
    doi: 10.1038/s41592-019-0612-7
  - text: 'Ronneberger, Olaf et al. U-Net: Convolutional Networks for Biomedical Image Segmentation. MICCAI 2015.'
    doi: 10.1007/978-3-319-24574-4_28
tags:
  - nuclei
  - fluorescence-light-microscopy
  - instance-segmentation
  - unet
  - 2d
timestamp: {timestamp}
inputs:
  - id: raw
    description: one plane of a nuclear stain, nuclei bright on dark, any unit
    axes:
      - type: batch
      - type: channel
        channel_names: [nuclei]
      - type: space
        id: y
        size: {{min: {least}, step: {stride}}}
      - type: space
        id: x
        size: {{min: {least}, step: {stride}}}
    data:
      type: float32
    test_tensor:
      source: test_input.npy
      sha256: {test_input}
    preprocessing:
      - id: ensure_dtype
        kwargs:
          dtype: float32
      - id: scale_range
        kwargs:
          axes: [channel, y, x]
          min_percentile: 1
          max_percentile: 99.8
          eps: 1.0e-06
outputs:
  - id: maps
    description: foreground is the probability of a nucleus; distance is the depth inside the nucleus over its largest depth
    axes:
      - type: batch
      - type: channel
        channel_names: [{channels}]
      - type: space
        id: y
        size: {{tensor_id: raw, axis_id: y}}
        halo: {declared_halo}
      - type: space
        id: x
        size: {{tensor_id: raw, axis_id: x}}
        halo: {declared_halo}
    data:
      type: float32
      range: [0.0, 1.0]
    test_tensor:
      source: test_output.npy
      sha256: {test_output}
weights:
  onnx:
    source: weights.onnx
    sha256: {weights}
    opset_version: {opset}
config:
  labdeploy:
    tile: {tile}
    halo: {halo}
    scale:
{scale}
    instances:
{instances}
  training:
{training}
"""


def write_package(network, folder, version, training):
    """network: `Nuclei`, folded, with one output for each of CHANNELS; training: what it was trained with, by name, and when."""
    free = {0: 'batch', 2: 'y', 3: 'x'}
    torch.onnx.export(
        network,
        torch.zeros(1, 1, TRACED, TRACED),
        str(folder / 'weights.onnx'),
        opset_version=OPSET,
        input_names=['raw'],
        output_names=['maps'],
        dynamic_axes={'raw': free, 'maps': free},
        dynamo=False,
    )
    raw = plane([HELD_OUT, 1], kind='dense').raw[:128, :160]
    np.save(folder / 'test_input.npy', raw[None, None])
    np.save(folder / 'test_output.npy', run(network, raw)[None])
    (folder / 'cover.png').write_bytes(_cover(network))
    describe(folder, version, training)


def describe(folder, version, training):
    """Writes bioimageio.yaml for the files that are in the folder."""
    (folder / 'bioimageio.yaml').write_text(
        DESCRIPTION.format(
            version=version,
            timestamp=training['timestamp'],
            stride=STRIDE,
            halo=HALO,
            declared_halo=DECLARED_HALO,
            least=LEAST,
            tile=TILE,
            opset=OPSET,
            channels=', '.join(CHANNELS),
            instances=_indented(INSTANCES, 6),
            scale=_indented(SCALE, 6),
            training=_indented({name: value for name, value in training.items() if name != 'timestamp'}, 4),
            weights=_sha256(folder / 'weights.onnx'),
            test_input=_sha256(folder / 'test_input.npy'),
            test_output=_sha256(folder / 'test_output.npy'),
        )
    )


def _indented(values, spaces):
    return '\n'.join(f'{" " * spaces}{key}: {value}' for key, value in values.items())


def run(network, raw):
    """The maps (channels x rows x columns) of one raw plane whose sides are multiples of the stride."""
    with torch.no_grad():
        return network(torch.from_numpy(normalise(raw))[None, None])[0].numpy()


def named(maps):
    return dict(zip(CHANNELS, maps))


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cover(network):
    """PNG, 256 x 512: a synthetic plane, and the same with the outlines of the objects found in it."""
    raw = plane([HELD_OUT, 6], kind='mixed').raw
    labels = instances(named(run(network, raw)), INSTANCES)
    grey = (255 * np.sqrt(np.clip(normalise(raw), 0, 1))).astype(np.uint8)
    image = np.repeat(grey[:, :, None], 3, 2)
    outlined = image.copy()
    outlined[(labels > 0) & (ndimage.minimum_filter(labels, 3) != labels)] = (255, 90, 0)
    return _png(np.concatenate([image, outlined], 1))


def _png(rgb):
    """Source: PNG specification, section 5 (chunks) and 9 (filter type 0 on every row)."""
    height, width, _ = rgb.shape
    rows = b''.join(b'\0' + row.tobytes() for row in rgb)

    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b'')
