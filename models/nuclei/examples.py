"""Training examples: planes and target maps from real images, their empty windows and synthetic planes, each from its seed."""

import multiprocessing

import numpy as np
import real
from coarse import coarsened, factor_for
from real import COARSE
from synthesis import normalise, plane, targets

EMPTY_PER_IMAGE = 4


def _packed(value, maps):
    """Small enough to keep thousands."""
    return value.astype(np.float16), (maps * 255).round().astype(np.uint8)


def _of_image(task):
    folder, row, seed, count = task
    rng = np.random.default_rng(seed)
    image, labels = real.read(folder, row)
    diameter = float(row['median_diameter_px'] or 20)
    examples = [_packed(*real.example(image, labels, diameter, rng)) for _ in range(count)]
    return examples, [_empty(window, rng) for window in real.empty_windows(image, labels, rng)[:EMPTY_PER_IMAGE]]


def _synthetic(seed):
    drawn = plane(seed)
    value, rng = normalise(drawn.raw), np.random.default_rng([*seed, 1])
    areas = np.bincount(drawn.labels.ravel())[1:]
    areas = areas[areas > 0]
    factor = factor_for(rng, np.sqrt(4 * np.median(areas) / np.pi), COARSE) if len(areas) else 1
    return _packed(coarsened(rng, value, factor) if factor > 1 else value, targets(drawn.drawn))


def _empty(window, rng):
    factor = factor_for(rng, 20, COARSE)
    return coarsened(rng, window, factor) if factor > 1 else window


def draw(folder, seed, options):
    """Arrays of (inputs, maps) by kind: `real`, `synthetic` and `empty`, whose maps are all zero.

    options: parts (examples of each real image), planes (synthetic ones), jobs (processes; no effect on the result).
    """
    rows = real.listed(folder, 'train')
    with multiprocessing.Pool(options.jobs) as pool:
        tasks = [(folder, row, [2 * seed, 1, i], options.parts) for i, row in enumerate(rows)]
        of_images = pool.map(_of_image, tasks, chunksize=4)
        # The first number is even for planes that are trained on and odd for those that are held out (evaluate.py).
        synthetic = pool.map(_synthetic, [[2 * seed, i] for i in range(options.planes)], chunksize=16)
    found = [example for examples, _ in of_images for example in examples]
    empty = np.stack([window for _, windows in of_images for window in windows]).astype(np.float16)
    nothing = np.zeros((1, *found[0][1].shape), np.uint8)
    return {
        'real': tuple(np.stack(part) for part in zip(*found)),
        'synthetic': tuple(np.stack(part) for part in zip(*synthetic)),
        'empty': (empty, np.broadcast_to(nothing, (len(empty), *nothing.shape[1:]))),
    }
