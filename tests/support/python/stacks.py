"""Writes tests/fixtures/stacks.json: stacks of known cells, measured by scikit-image and stitched by Cellpose.

    python3 tests/support/python/stacks.py

Needs numpy, scikit-image and cellpose.utils (0.26.0 and 4.2.1.1 wrote the stored file; cellpose was installed with
`--no-deps`, and opencv-python-headless, fastremap, fill-voids and tqdm beside it: its network is not used).
A plane is rows of one digit a pixel, base 36, between spaces. The intensity of voxel i is (7919 i) mod 4093.
"""

import contextlib
import io
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import skimage
from cellpose.utils import stitch3D
from skimage.measure import marching_cubes, mesh_surface_area, regionprops

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SPACING = (2.0, 0.25, 0.5)  # z, y, x in micrometres
SHAPE = (12, 32, 36)


def text(plane):
    return " ".join("".join(DIGITS[value] for value in row) for row in plane)


def in_order(volume):
    """Labels from 1 in raster order of first pixels."""
    present, first = np.unique(volume, return_index=True)
    number = np.zeros(volume.max() + 1, int)
    order = [label for label in present[np.argsort(first)] if label]
    number[order] = np.arange(1, len(order) + 1)
    return number[volume]


def planes(volume):
    """What a network that sees one plane at a time gives: each plane numbered for itself."""
    return np.array([in_order(plane) for plane in volume])


def ball(centre, radii):
    grid = np.indices(SHAPE)
    return sum(((grid[axis] - centre[axis]) / radii[axis]) ** 2 for axis in range(3)) <= 1


def cells():
    """Round cells: whole, cut by each end, beside and above one another, and one that a plane misses."""
    volume = np.zeros(SHAPE, int)
    volume[ball((5, 7, 7), (4.0, 6, 6))] = 1
    volume[ball((6, 8, 18), (3.3, 6, 6.4)) & (volume == 0)] = 2  # touches 1 over several planes
    volume[ball((0, 24, 6), (2.5, 5, 5))] = 3  # cut by the first plane
    volume[ball((11, 24, 6), (2.5, 5, 5))] = 4  # cut by the last one, above it 3
    volume[ball((3, 23, 17), (2.2, 5, 5))] = 5
    volume[ball((8.4, 24, 18), (2.2, 5, 5))] = 6  # begins where 5 has ended, not far below it
    volume[ball((6, 18, 29), (4.0, 6, 5))] = 7
    volume[6][volume[6] == 7] = 0  # a plane that misses it
    volume[4, 3:5, 29:34] = 8  # of one plane only
    return in_order(volume)


def measured(volume, image):
    out = {}
    regions = regionprops(volume, intensity_image=image, spacing=SPACING)
    plain = regionprops(volume)
    voxel = float(np.prod(SPACING))
    columns = {
        "volume_voxels": lambda r, p: p.area,
        "volume_um3": lambda r, p: r.area,
        "centroid_x_px": lambda r, p: p.centroid[2],
        "centroid_y_px": lambda r, p: p.centroid[1],
        "centroid_z_planes": lambda r, p: p.centroid[0],
        "centroid_x_um": lambda r, p: r.centroid[2],
        "centroid_y_um": lambda r, p: r.centroid[1],
        "centroid_z_um": lambda r, p: r.centroid[0],
        "bbox_x_px": lambda r, p: p.bbox[2],
        "bbox_y_px": lambda r, p: p.bbox[1],
        "bbox_z_planes": lambda r, p: p.bbox[0],
        "bbox_width_px": lambda r, p: p.bbox[5] - p.bbox[2],
        "bbox_height_px": lambda r, p: p.bbox[4] - p.bbox[1],
        "bbox_depth_planes": lambda r, p: p.bbox[3] - p.bbox[0],
        "equivalent_diameter_um": lambda r, p: (6 * p.area * voxel / np.pi) ** (1 / 3),
        "surface_um2": lambda r, p: surface(volume == p.label),
        "intensity_mean": lambda r, p: r.intensity_mean,
        "intensity_min": lambda r, p: r.intensity_min,
        "intensity_max": lambda r, p: r.intensity_max,
        "intensity_std": lambda r, p: r.intensity_std,
        "intensity_sum": lambda r, p: image[volume == p.label].sum(),
        "intensity_median": lambda r, p: np.median(image[volume == p.label]),
    }
    for name, of in columns.items():
        out[name] = [float(of(region, other)) for region, other in zip(regions, plain)]
    return out


def surface(mask):
    vertices, faces, _, _ = marching_cubes(np.pad(mask.astype(float), 1), 0.5, spacing=SPACING)
    return mesh_surface_area(vertices.astype(float), faces)


def drifting(seed):
    """Cells that drift, shrink, grow, divide and come and go: everything that overlaps by more or less than a quarter."""
    random = np.random.default_rng(seed)
    depth, height, width = 5, 20, 24
    y, x = np.mgrid[:height, :width]
    out = np.zeros((depth, height, width), int)
    at = random.uniform((0, 0), (height, width), (9, 2))
    radius = random.uniform(2, 5, 9)
    for z in range(depth):
        at = at + random.normal(0, 1.5, at.shape)
        radius = np.clip(radius + random.normal(0, 1, radius.shape), 1, 6)
        for i in range(len(at)):
            if random.random() < 0.15:
                continue
            out[z][np.hypot(y - at[i, 0], x - at[i, 1]) <= radius[i]] = i + 1
    return planes(out)


def stitched(volume):
    with contextlib.redirect_stderr(io.StringIO()):
        return in_order(stitch3D(volume.copy()))


truth = cells()
image = (np.arange(truth.size) * 7919 % 4093).reshape(SHAPE)
cases = [drifting(seed) for seed in range(3)]
out = {
    "skimage": skimage.__version__,
    "cellpose": version("cellpose"),
    "spacing": SPACING,
    "cells": [text(plane) for plane in truth],
    "expected": measured(truth, image),
    "stitched": [
        {"planes": [text(plane) for plane in case], "cellpose": [text(plane) for plane in stitched(case)]} for case in cases
    ],
    "known": int(stitched(planes(truth)).max()),  # more than the cells: each small tip is one
}
path = Path(__file__).parents[2] / "fixtures" / "stacks.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
