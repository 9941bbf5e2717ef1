"""Writes tests/fixtures/channels.json: channels of a small image measured in objects and in rings around them.

    python3 tests/support/python/channels.py

Needs numpy, scipy and scikit-image (0.26.0 wrote the stored file).
"""

import json
from pathlib import Path

import numpy as np
import skimage
from scipy.stats import median_abs_deviation
from skimage.filters import threshold_otsu
from skimage.measure import regionprops
from skimage.segmentation import expand_labels

HEIGHT, WIDTH = 30, 41
DISTANCES = [1, 2.5, 7, 60]
PROPERTIES = {
    "mean": lambda r: r.intensity_mean,
    "min": lambda r: r.intensity_min,
    "max": lambda r: r.intensity_max,
    "std": lambda r: r.intensity_std,
    "sum": lambda r: r.image_intensity[r.image].sum(),
    "median": lambda r: np.median(r.image_intensity[r.image]),
}


def label_image():
    """Ellipses, some touching and some cut by the edge, one in the hole of another, lines and single pixels with ties between them."""
    random = np.random.default_rng(13)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    labels = np.zeros((HEIGHT, WIDTH), np.uint32)
    for label in range(1, 7):
        cy, cx = random.uniform(0, HEIGHT), random.uniform(0, WIDTH)
        a, b = random.uniform(2, 6), random.uniform(2, 4)
        labels[((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1] = label
    ring = np.hypot(y - 21, x - 11)
    labels[(ring <= 7) & (ring >= 5)] = 7
    labels[21, 10:13] = 8
    labels[2:8:2, 30] = (9, 10, 11)
    labels[5, 34:40:2] = (12, 13, 14)
    numbers = np.zeros(labels.max() + 1, np.uint32)
    present = np.unique(labels[labels > 0])
    numbers[present] = np.arange(1, len(present) + 1)
    return numbers[labels]


def by_regionprops(regions, image):
    found = {region.label: region for region in regionprops(regions, intensity_image=image)}
    return {
        name: [float(of(found[label])) if label in found else None for label in range(1, count + 1)]
        for name, of in PROPERTIES.items()
    }


def of_finite(regions, image):
    """regionprops has no rule for samples that are not finite: they are left out."""
    columns = {name: [] for name in PROPERTIES}
    for label in range(1, count + 1):
        inside = image[regions == label].astype(np.float64)
        values = inside[np.isfinite(inside)]
        for name in PROPERTIES:
            columns[name].append(float(getattr(np, name)(values)) if len(values) else None)
    return columns


def background(values):
    values = values[np.isfinite(values)].astype(np.float64)
    level = np.median(values)
    sigma = float(median_abs_deviation(values, scale="normal"))
    return {"level": float(level), "sigma": sigma or float(np.sqrt(np.pi / 2) * np.abs(values - level).mean())}


labels = label_image()
count = int(labels.max())
random = np.random.default_rng(14)
images = {
    "uint16": random.integers(0, 65536, labels.shape).astype(np.uint16),
    "uint8": np.where(random.random(labels.shape) < 0.7, 3, random.integers(0, 256, labels.shape)).astype(np.uint8),
    "float32": random.normal(-2, 300, labels.shape).astype(np.float32),
}
images["float32"][labels == 9] = np.nan
images["float32"][20:24, 5:30:3] = np.inf
expanded = {str(distance): expand_labels(labels, distance) for distance in DISTANCES}
rings = {distance: np.where(labels == 0, grown, 0) for distance, grown in expanded.items()}
out = {"skimage": skimage.__version__, "height": HEIGHT, "width": WIDTH, "count": count, "labels": labels.ravel().tolist()}
out["expanded"] = {distance: grown.ravel().tolist() for distance, grown in expanded.items()}
out["channels"] = {}
for kind, image in images.items():
    measured = of_finite if kind == "float32" else by_regionprops
    out["channels"][kind] = {
        "image": [float(value) if np.isfinite(value) else str(value) for value in image.ravel()],
        "objects": measured(labels, image),
        "rings": {distance: measured(ring, image) for distance, ring in rings.items()},
        "background": background(image[labels == 0]),
    }
means = np.concatenate([random.normal(300, 40, 70), random.normal(900, 120, 40), [300.0, 300.0]])
out["otsu"] = [
    {"means": values.tolist(), "threshold": float(threshold_otsu(values))}
    for values in (means, means[:5], np.array([7.5, 7.5, 7.5]), np.array([1.0, 2.0]))
]
path = Path(__file__).parents[2] / "fixtures" / "channels.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
