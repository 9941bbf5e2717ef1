"""Objects from the network's maps: labdeploy's own instances once more in Python, step by step the same, down to the last bit of the heights."""

import math

import numpy as np
from scipy import ndimage

EIGHT = np.ones((3, 3), bool)
MAP_QUANTUM = 1 / 1024  # steps in which the flood takes the heights of maps, and below of distances in px
DISTANCE_QUANTUM = 1 / 64
HIGHEST_LEVEL = 65535


def instances(maps, settings):
    """Labels (int32, numbered in raster order of first pixels) from named maps (rows x columns, 0..1).

    settings: config.labdeploy.instances of bioimageio.yaml. The height that is split is the distance map, else foreground
    minus boundary, else the Euclidean distance (px) to the background times the foreground.
    """
    foreground = np.asarray(maps[settings['foreground']], np.float32)
    mask = foreground >= np.float64(settings['threshold'])
    largest = settings.get('maxHole', np.inf)
    if settings.get('method') == 'threshold':
        labels = ndimage.label(mask, EIGHT)[0]
    else:
        quantum = MAP_QUANTUM
        if 'distance' in settings:
            height = np.asarray(maps[settings['distance']], np.float64)
        elif 'boundary' in settings:
            height = foreground.astype(np.float64) - maps[settings['boundary']]
        else:
            mask = _fill_mask(mask, largest)
            height = _depth(mask) * np.clip(foreground.astype(np.float64), 0, 1)
            quantum = DISTANCE_QUANTUM
        height = smoothed(height, settings.get('sigma', 1)).astype(np.float32)
        labels = _flood(height, mask, quantum, _apart(settings))
    labels = _fill(labels, largest)
    areas = np.bincount(labels.ravel())
    kept = areas >= settings['minArea']
    if settings.get('minForeground'):
        means = np.bincount(labels.ravel(), foreground.ravel().astype(np.float64)) / np.maximum(areas, 1)
        kept &= means >= settings['minForeground']
    return _raster_order(np.where(kept[labels], labels, 0))


def _apart(settings):
    """Whether basins that meet stay two: from the height of the lower peak and of the pass between them."""
    if 'minRise' not in settings and 'seedThreshold' in settings:
        seed = settings['seedThreshold']
        return lambda peak, here: peak >= seed > here
    rise = settings.get('minRise', 0.1)
    return lambda peak, here: peak - here >= rise


def smoothed(height, sigma):
    """Gaussian cut at four sigma, the edge repeated; rows before columns and from the middle outwards, as labdeploy adds up."""
    radius = math.floor(4 * sigma + 0.5)
    if radius == 0:
        return height
    half = [1.0] + [math.exp((-i * i) / (2 * sigma * sigma)) for i in range(1, radius + 1)]
    total = 0.0
    for i, weight in enumerate(half):
        total += weight if i == 0 else 2 * weight
    for axis in (1, 0):
        length = height.shape[axis]
        padded = np.pad(height, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], mode='edge')

        def part(at):
            return padded[:, at : at + length] if axis == 1 else padded[at : at + length]

        height = part(radius) * (half[0] / total)
        for k in range(1, radius + 1):
            height = height + (part(radius - k) + part(radius + k)) * (half[k] / total)
    return height


def _depth(mask):
    """Distance (px) to the nearest pixel outside the mask; beyond the plane's edge is not outside."""
    if mask.all():
        return np.full(mask.shape, float(sum(mask.shape)))
    return ndimage.distance_transform_edt(mask).astype(np.float32).astype(np.float64)


def _flood(height, mask, quantum, apart):
    """Watershed: one label a basin that stays (functions/model: flood.ts).

    Level by level from the highest: pixels beside higher ones join the highest of them, and the level goes on in rings
    from there; what is left starts basins. Where basins meet, the lower one ends unless `apart` says otherwise.
    """
    width = mask.shape[1] + 2
    around = (-width, -1, 1, width, -width - 1, -width + 1, width - 1, width + 1)
    inside = np.pad(mask, 1).ravel()
    level = np.zeros(inside.size, np.int64)
    steps = np.floor(height[mask].astype(np.float64) / quantum)
    level[inside] = 1 + np.clip(steps, 0, HIGHEST_LEVEL - 1).astype(np.int64)
    pixels = np.flatnonzero(inside)
    pixels = pixels[np.argsort(-level[pixels], kind='stable')]
    starts = np.flatnonzero(np.diff(level[pixels], prepend=-1))
    groups = [group.tolist() for group in np.split(pixels, starts[1:])] if len(pixels) else []
    levels = level.tolist()
    basin = [0] * len(levels)
    parent, peak = [0], [0]

    def root(b):
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        return b

    def meet(a, b, here):
        a, b = root(a), root(b)
        if a == b:
            return
        winner, loser = (a, b) if (-peak[a], a) < (-peak[b], b) else (b, a)
        if not apart((peak[loser] - 1) * quantum, (here - 1) * quantum):
            parent[loser] = winner

    for group in groups:
        here = levels[group[0]]
        ring = []
        for pixel in group:
            best, highest = 0, 0
            for step in around:
                near = pixel + step
                if basin[near] > 0 and levels[near] > highest:
                    best, highest = basin[near], levels[near]
            if best:
                basin[pixel] = -best  # reached, but nothing is built upon it before its ring is complete
                ring.append(pixel)
        while ring:
            following = []
            for pixel in ring:
                basin[pixel] = -basin[pixel]
            for pixel in ring:
                own = basin[pixel]
                for step in around:
                    near = pixel + step
                    other = basin[near]
                    if other > 0:
                        if other != own:
                            meet(own, other, here)
                    elif other == 0 and levels[near] == here:
                        basin[near] = -own
                        following.append(near)
            ring = following
        for pixel in group:
            if basin[pixel]:
                continue
            parent.append(len(parent))
            peak.append(here)
            basin[pixel] = len(parent) - 1
            waiting = [pixel]
            while waiting:
                at = waiting.pop()
                for step in around:
                    near = at + step
                    if basin[near] == 0 and levels[near] == here:
                        basin[near] = basin[pixel]
                        waiting.append(near)
    roots = np.array([root(b) for b in range(len(parent))], np.int32)
    return roots[np.array(basin)].reshape(-1, width)[1:-1, 1:-1]


def _holes(background):
    """Numbered 4-connected parts of the background, their boxes, and which of them reach the plane's edge."""
    holes, _ = ndimage.label(background)
    edge = set(np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])).tolist())
    return holes, [(hole, box) for hole, box in enumerate(ndimage.find_objects(holes), 1) if hole not in edge]


def _fill_mask(mask, largest):
    holes, inner = _holes(~mask)
    filled = mask.copy()
    for hole, box in inner:
        own = holes[box] == hole
        if own.sum() <= largest:
            filled[box][own] = True
    return filled


def _fill(labels, largest):
    """Gives background of up to `largest` px, enclosed (4-connected) by a single object, to that object."""
    holes, inner = _holes(labels == 0)
    filled = labels.copy()
    for hole, box in inner:
        box = tuple(slice(side.start - 1, side.stop + 1) for side in box)  # never at the edge, so never out of range
        own = holes[box] == hole
        ring = np.unique(labels[box][ndimage.binary_dilation(own) & ~own])
        if len(ring) == 1 and own.sum() <= largest:
            filled[box][own] = ring[0]
    return filled


def _raster_order(labels):
    values, first = np.unique(labels, return_index=True)
    values, first = values[values > 0], first[values > 0]
    renumber = np.zeros(labels.max() + 1, np.int32)
    renumber[values[np.argsort(first)]] = np.arange(1, len(values) + 1)
    return renumber[labels]
