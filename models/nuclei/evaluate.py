"""Objects from the network's maps, and how well they match a reference: the Python reference of labdeploy's instances.

    python3 evaluate.py --images DIR --labels DIR     TIFFs of one name, or with -labels or _labels added to the label's
    python3 evaluate.py --synthetic 100               held-out synthetic planes, by kind

runs the package in this folder (or --model DIR) and prints F1 at IoU 0.5 to 0.9. Needs numpy and scipy; the command
line also onnxruntime, tifffile and PyYAML.
"""

import argparse
import heapq
from pathlib import Path

import numpy as np
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

EIGHT = np.ones((3, 3), bool)
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
HELD_OUT = 3  # first number of these planes' seeds; train.py's are even, and settings were chosen on planes of 1


def instances(maps, settings):
    """Labels (int32, numbered in raster order of first pixels) from named maps (rows x columns, 0..1) by watershed.

    settings: config.labdeploy.instances of bioimageio.yaml. The height that is split is the distance map, else foreground
    minus boundary, else the Euclidean distance (px) to the background.
    """
    foreground = maps[settings['foreground']]
    mask = foreground >= np.float32(settings['threshold'])
    if 'distance' in settings:
        height = maps[settings['distance']].astype(np.float64)
    elif 'boundary' in settings:
        height = foreground.astype(np.float64) - maps[settings['boundary']]
    else:
        mask = ndimage.binary_fill_holes(mask)
        height = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    if settings.get('sigma'):
        height = ndimage.gaussian_filter(height, settings['sigma'], mode='nearest')
    if 'minRise' in settings:
        labels = _basins(height, mask, settings['minRise'])
    else:
        labels = _flood(height, _seeds(height, mask, settings['seedThreshold']), mask)
    labels = _fill(labels)
    areas = np.bincount(labels.ravel())
    return _raster_order(np.where(areas[labels] >= settings['minArea'], labels, 0))


def _framed(height, mask):
    """Flat copies with a frame of one pixel outside the mask, the steps to a pixel's 8 neighbours, and the row length."""
    width = mask.shape[1] + 2
    around = (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1)
    return np.pad(height, 1).ravel(), np.pad(mask, 1).ravel(), around, width


def _basins(height, mask, rise):
    """One label a peak of the height, where a lower peak counts if it rises by `rise` above the pass to a higher one.

    Pixels go from high to low (ties in raster order) to the basin of their highest neighbour; where basins meet, those
    whose peak is less than `rise` above that pixel join the one with the highest peak.
    """
    heights, inside, around, width = _framed(height, mask)
    pixels = np.flatnonzero(inside)
    pixels = pixels[np.argsort(-heights[pixels], kind='stable')].tolist()
    heights = heights.tolist()
    basin = [0] * len(heights)
    parent, peak = [0], [0.0]

    def root(b):
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        return b

    for pixel in pixels:
        here = heights[pixel]
        roots, best, highest = [], 0, -np.inf
        for step in around:
            near = pixel + step
            if basin[near]:
                found = root(basin[near])
                if found not in roots:
                    roots.append(found)
                if heights[near] > highest:
                    best, highest = found, heights[near]
        if not roots:
            parent.append(len(parent))
            peak.append(here)
            basin[pixel] = len(parent) - 1
            continue
        if len(roots) > 1:
            top = max(roots, key=lambda b: (peak[b], -b))
            for other in roots:
                if other != top and peak[other] - here < rise:
                    parent[other] = top
        basin[pixel] = root(best)
    labels = np.array([root(b) for b in basin], np.int32)
    return labels.reshape(-1, width)[1:-1, 1:-1]


def _seeds(height, mask, threshold):
    """Connected parts of the mask of that height or more; a part of the mask without one is a seed as a whole."""
    seeds, count = ndimage.label(mask & (height >= threshold), EIGHT)
    whole, parts = ndimage.label(mask, EIGHT)
    for part in np.setdiff1d(np.arange(1, parts + 1), whole[seeds > 0]):
        count += 1
        seeds[whole == part] = count
    return seeds


def _flood(height, seeds, mask):
    """Grows the seeds over the mask from high to low; of equal heights the pixel that was reached first goes first."""
    heights, inside, around, width = _framed(height, mask)
    cost = (-heights).tolist()
    labels = np.where(inside, np.pad(seeds, 1).ravel(), -1)
    queue = [(cost[pixel], order, pixel) for order, pixel in enumerate(np.flatnonzero(labels > 0).tolist())]
    labels = labels.tolist()
    heapq.heapify(queue)
    order = len(queue)
    while queue:
        pixel = heapq.heappop(queue)[2]
        for step in around:
            near = pixel + step
            if labels[near] == 0:
                labels[near] = labels[pixel]
                heapq.heappush(queue, (cost[near], order, near))
                order += 1
    return np.maximum(np.array(labels, np.int32).reshape(-1, width)[1:-1, 1:-1], 0)


def _fill(labels):
    """Gives background enclosed (4-connected, away from the plane's edge) by a single object to that object."""
    holes, count = ndimage.label(labels == 0)
    edge = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    filled = labels.copy()
    for hole, box in enumerate(ndimage.find_objects(holes), 1):
        if hole in edge:
            continue
        box = tuple(slice(side.start - 1, side.stop + 1) for side in box)  # never at the edge, so never out of range
        own = holes[box] == hole
        ring = np.unique(labels[box][ndimage.binary_dilation(own) & ~own])
        if len(ring) == 1:
            filled[box][own] = ring[0]
    return filled


def _raster_order(labels):
    values, first = np.unique(labels, return_index=True)
    values, first = values[values > 0], first[values > 0]
    renumber = np.zeros(labels.max() + 1, np.int32)
    renumber[values[np.argsort(first)]] = np.arange(1, len(values) + 1)
    return renumber[labels]


def matches(found, truth, thresholds=THRESHOLDS):
    """(true positives, found, wanted) for each IoU threshold, with the best one-to-one pairing."""
    _, found = np.unique(found, return_inverse=True)
    _, truth = np.unique(truth, return_inverse=True)
    found, truth = found.ravel(), truth.ravel()  # numbered without gaps; both have background as 0
    n, m = found.max(), truth.max()
    both = np.bincount(found * (m + 1) + truth, minlength=(n + 1) * (m + 1)).reshape(n + 1, m + 1)
    union = both.sum(1)[1:, None] + both.sum(0)[None, 1:] - both[1:, 1:]
    iou = both[1:, 1:] / np.maximum(union, 1)
    answer = []
    for threshold in thresholds:
        good = (iou >= threshold).astype(float)
        answer.append((int(good[linear_sum_assignment(-good)].sum()), int(n), int(m)))
    return np.array(answer)


def f1(counts):
    """F1 of rows of (true positives, found, wanted); 1 where there was nothing to find and nothing was found."""
    counts = np.asarray(counts, float)
    total = counts[..., 1] + counts[..., 2]
    return np.where(total > 0, 2 * counts[..., 0] / np.maximum(total, 1), 1.0)


def table(rows):
    """Text of (name, counts of `matches`) rows: F1 at each IoU, and objects wanted and found."""
    lines = ['| image | ' + ' | '.join(f'IoU {t}' for t in THRESHOLDS) + ' | objects | found |', '|---' * 8 + '|']
    for name, counts in rows:
        scores = ' | '.join(f'{score:.3f}' for score in f1(counts))
        lines.append(f'| {name} | {scores} | {counts[0][2]} | {counts[0][1]} |')
    return '\n'.join(lines)


def score_synthetic(predict, settings, planes):
    """Rows for `table`: held-out synthetic planes summed by kind, and all. `predict` maps a raw plane to named maps."""
    from synthesis import KINDS, plane

    sums = {kind: np.zeros((len(THRESHOLDS), 3), int) for kind in KINDS}
    for i in range(planes):
        example = plane([HELD_OUT, i], kind=KINDS[i % len(KINDS)])
        sums[example.kind] += matches(instances(predict(example.raw), settings), example.labels)
    return [*((f'synthetic {kind}', counts) for kind, counts in sums.items()), ('synthetic, all', sum(sums.values()))]


def _package(folder):
    """A function from a raw plane to named maps, and the instance settings, of the package in the folder."""
    import onnxruntime
    import yaml
    from synthesis import normalise

    description = yaml.safe_load((folder / 'bioimageio.yaml').read_text())
    names = next(axis['channel_names'] for axis in description['outputs'][0]['axes'] if axis['type'] == 'channel')
    session = onnxruntime.InferenceSession(folder / 'weights.onnx', providers=['CPUExecutionProvider'])
    stride = next(axis['size']['step'] for axis in description['inputs'][0]['axes'] if axis['type'] == 'space')

    def predict(raw):
        height, width = raw.shape
        padded = np.pad(normalise(raw), ((0, -height % stride), (0, -width % stride)), mode='reflect')
        maps = session.run(None, {session.get_inputs()[0].name: padded[None, None]})[0][0]
        return {name: channel[:height, :width] for name, channel in zip(names, maps)}

    return predict, description['config']['labdeploy']['instances']


def _reference(labels, image):
    for name in (image.stem, f'{image.stem}-labels', f'{image.stem}_labels'):
        reference = labels / f'{name}{image.suffix}'
        if reference.is_file() and reference != image:
            return reference
    return None


def main():
    parser = argparse.ArgumentParser(description='F1 of the nuclei model')
    parser.add_argument('--model', type=Path, default=Path(__file__).parent)
    parser.add_argument('--images', type=Path)
    parser.add_argument('--labels', type=Path)
    parser.add_argument('--synthetic', type=int, default=0, metavar='PLANES')
    options = parser.parse_args()
    if bool(options.images) != bool(options.labels) or not (options.images or options.synthetic):
        parser.error('give --images with --labels, or --synthetic, or all three')
    predict, settings = _package(options.model)
    rows = score_synthetic(predict, settings, options.synthetic) if options.synthetic else []
    if options.images:
        import tifffile

        pairs = [(image, _reference(options.labels, image)) for image in sorted(options.images.glob('*.tif*'))]
        pairs = [(image, labels) for image, labels in pairs if labels]
        if not pairs:
            parser.error(f'no image in {options.images} has labels in {options.labels}')
        for image, labels in pairs:
            found = instances(predict(tifffile.imread(image)), settings)
            rows.append((image.name, matches(found, tifffile.imread(labels))))
    print(table(rows))


if __name__ == '__main__':
    main()
