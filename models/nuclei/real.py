"""Real images with instance labels: which are trained on, and training examples cut from them.

The folder holds `images/` and `labels/` of equal file names, `images.csv` names them; LICENSES.txt beside it says under
which terms (CC0 1.0 for BBBC038 and its corrections, which this model was trained on).
"""

import csv
import hashlib
from pathlib import Path

import numpy as np
import tifffile
from coarse import coarsened, factor_for
from scipy import ndimage
from synthesis import MARGIN, normalise, targets

SIDE = 256  # rows and columns of an example
COARSE = 0.4  # share of examples at less than their resolution
# Sizes in px say which experiment an image is from. These experiments are never trained on, as other laboratories' are not.
OTHER_VALIDATION = ((512, 640), (256, 320))
OTHER_TEST = ((603, 1272), (260, 347), (1040, 1388))


def split_of(name, shape):
    """`train`, `validation` or `test` (70, 15 and 15 %, by the hash of the file's name), or those of other experiments."""
    if shape in OTHER_VALIDATION:
        return 'other validation'
    if shape in OTHER_TEST:
        return 'other test'
    part = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100
    return 'train' if part < 70 else 'validation' if part < 85 else 'test'


def listed(folder, split):
    """Rows of images.csv (file, median_diameter_px ...) that are in the split."""
    with (Path(folder) / 'images.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if split_of(row['file'], (int(row['height']), int(row['width']))) == split]


def read(folder, row):
    """An image (float32) and its labels (int32, 0 is background)."""
    image = tifffile.imread(Path(folder) / 'images' / row['file']).astype(np.float32)
    return image, tifffile.imread(Path(folder) / 'labels' / row['file']).astype(np.int32)


def digest(folder, splits=('train',)):
    """sha256 over names and contents of the images and labels of the splits: which data a model was trained on."""
    total = hashlib.sha256()
    for split in splits:
        for row in listed(folder, split):
            for part in ('images', 'labels'):
                total.update(f'{part}/{row["file"]}\n'.encode())
                total.update(hashlib.sha256((Path(folder) / part / row['file']).read_bytes()).digest())
    return total.hexdigest()


def example(image, labels, diameter, rng):
    """A normalised plane (SIDE x SIDE, float32) and its target maps: a part of the image, turned, scaled and stretched.

    diameter: the image's median, px. Scales are drawn so that nuclei of 7 to 56 px are seen, one of three near the image's own.
    Two of five are as coarse as if their nuclei had been up to three times as small, and enlarged.
    """
    if rng.random() < 0.35:
        scale = np.exp(rng.uniform(-0.25, 0.25))
    else:
        scale = np.exp(rng.uniform(np.log(7), np.log(56))) / max(diameter, 4)
    scale = float(np.clip(scale, 0.2, 3))
    if rng.random() < 0.7:
        image = normalise(image)  # else the part's own percentiles count, as for a window that was cut out
        own = False
    else:
        own = True
    stretch = np.exp(rng.normal(0, 0.06))
    angle = rng.choice((0, rng.uniform(0, 2 * np.pi)))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.diag([stretch, 1 / stretch]) / scale
    full = SIDE + 2 * MARGIN
    shape = np.array(image.shape)
    room = np.maximum(0, shape - SIDE / scale) / 2
    centre = shape / 2 - 0.5 + rng.uniform(-1, 1, 2) * room
    offset = centre - matrix @ np.full(2, full / 2 - 0.5)
    if scale < 0.9:
        image = ndimage.gaussian_filter(image, 0.4 / scale * rng.uniform(0.7, 1.2), mode='mirror')
    value = ndimage.affine_transform(image, matrix, offset, (full, full), order=1, mode='mirror')
    drawn = ndimage.affine_transform(labels, matrix, offset, (full, full), order=0, mode='mirror')
    drawn = np.unique(drawn, return_inverse=True)[1].reshape(drawn.shape).astype(np.int32) if drawn.min() == 0 else drawn
    inner = slice(MARGIN, MARGIN + SIDE)
    value = value[inner, inner]
    factor = factor_for(rng, scale * diameter, COARSE)
    if factor > 1:
        value = coarsened(rng, value.astype(np.float32), factor)
    return (normalise(value) if own else value).astype(np.float32), targets(drawn)


def windows(image, labels, rng, tries=30):
    """Windows of 48 to SIDE px without any object, at random."""
    found = []
    near = ndimage.maximum_filter(labels > 0, 5)
    for _ in range(tries):
        side = int(min(np.exp(rng.uniform(np.log(48), np.log(SIDE))), *labels.shape))
        top, left = (rng.integers(0, n - side + 1) for n in labels.shape)
        if not near[top : top + side, left : left + side].any():
            found.append(image[top : top + side, left : left + side])
    return found


def empty_windows(image, labels, rng):
    """Windows without any object, each normalised by itself and mirrored up to SIDE x SIDE."""

    def whole(window):
        end = SIDE - len(window)
        return np.pad(normalise(window), ((0, end), (0, end)), mode='symmetric').astype(np.float32)

    return [whole(window) for window in windows(image, labels, rng)]
