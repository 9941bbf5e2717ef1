"""Writes tests/fixtures/regionprops.json: measurements of a small label image by scikit-image.

    python3 tests/support/python/regionprops.py

Needs numpy and scikit-image (0.26.0 wrote the stored file).
"""

import json
from pathlib import Path

import numpy as np
import skimage
from skimage.measure import regionprops

HEIGHT, WIDTH = 48, 64
PROPERTIES = {
    "area_px": lambda r: r.area,
    "centroid_x_px": lambda r: r.centroid[1],
    "centroid_y_px": lambda r: r.centroid[0],
    "bbox_x_px": lambda r: r.bbox[1],
    "bbox_y_px": lambda r: r.bbox[0],
    "bbox_width_px": lambda r: r.bbox[3] - r.bbox[1],
    "bbox_height_px": lambda r: r.bbox[2] - r.bbox[0],
    "equivalent_diameter_px": lambda r: r.equivalent_diameter_area,
    "major_axis_px": lambda r: r.axis_major_length,
    "minor_axis_px": lambda r: r.axis_minor_length,
    "eccentricity": lambda r: r.eccentricity,
    "orientation_rad": lambda r: r.orientation,
    "perimeter_px": lambda r: r.perimeter,
    "intensity_mean": lambda r: r.intensity_mean,
    "intensity_min": lambda r: r.intensity_min,
    "intensity_max": lambda r: r.intensity_max,
    "intensity_std": lambda r: r.intensity_std,
    "intensity_sum": lambda r: r.image_intensity[r.image].sum(),
}


def label_image():
    """Ellipses, some touching and some cut by the edge, a ring, single pixels, lines and a staircase."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    labels = np.zeros((HEIGHT, WIDTH), np.uint32)
    for label in range(1, 13):
        cy, cx = random.uniform(0, HEIGHT), random.uniform(0, WIDTH)
        a, b, turn = random.uniform(3, 9), random.uniform(2, 6), random.uniform(0, np.pi)
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
        labels[(u / a) ** 2 + (v / b) ** 2 <= 1] = label
    ring = np.hypot(y - 24, x - 32)
    labels[(ring <= 7) & (ring >= 4)] = 13
    labels[0, 0] = 14
    labels[47, 20:30] = 15
    labels[10:20, 63] = 16
    labels[np.arange(30, 36), np.arange(2, 8)] = 17
    labels[2, 40:42] = 18
    labels[1:4, 44:47] = 19
    labels[2, 45] = 0
    _, first = np.unique(labels, return_index=True)
    order = [label for label in labels.ravel()[np.sort(first)] if label]
    numbers = np.zeros(labels.max() + 1, np.uint32)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[labels]


labels = label_image()
image = (np.random.default_rng(4).integers(0, 65536, labels.shape)).astype(np.uint16)
regions = regionprops(labels, intensity_image=image)
out = {
    "skimage": skimage.__version__,
    "height": HEIGHT,
    "width": WIDTH,
    "labels": labels.ravel().tolist(),
    "image": image.ravel().tolist(),
    "expected": {name: [float(of(region)) for region in regions] for name, of in PROPERTIES.items()},
}
path = Path(__file__).parents[2] / "fixtures" / "regionprops.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
