"""The scale at which labdeploy predicts a plane, once more in Python: reduced by a whole factor where the objects are wide."""

import numpy as np

SECOND_LOOK = 1024  # rows and columns at most, px
MOST_REDUCED = 16


def reduce(plane, factor):
    """Means of blocks (float32); those at the right and lower edge may be smaller."""
    rows, columns = (np.arange(0, n, factor) for n in plane.shape)
    sums = np.add.reduceat(np.add.reduceat(plane.astype(np.float64), columns, 1), rows, 0)
    pixels = np.outer(*(np.diff(np.append(edges, n)) for edges, n in zip((rows, columns), plane.shape)))
    return (sums / pixels).astype(np.float32)


def _weights(length, factor, reduced):
    at = np.clip((np.arange(length) + 0.5) / factor - 0.5, 0, reduced - 1)
    low = np.floor(at).astype(int)
    return low, np.minimum(reduced - 1, low + 1), at - low


def enlarge(small, factor, shape):
    """A map of a reduced plane at the size of the whole one: linear between the middles of blocks."""
    (above, below, down), (left, right, along) = (_weights(n, factor, m) for n, m in zip(shape, small.shape))
    small = small.astype(np.float64)
    wide = small[:, left] + (small[:, right] - small[:, left]) * along
    return (wide[above] + (wide[below] - wide[above]) * down[:, None]).astype(np.float32)


def factor_for(diameter, settings):
    if diameter <= settings['widest']:
        return 1
    return min(MOST_REDUCED, max(2, int(np.floor(diameter / settings['diameter'] + 0.5))))


def _median_by_area(labels, factor):
    """Diameter and centre (px of the whole plane) of the object in the middle of all area, sorted by size; None without objects."""
    areas = np.bincount(labels.ravel())[1:].astype(float)
    if not len(areas):
        return None
    order = np.argsort(areas, kind='stable')
    label = order[np.searchsorted(np.cumsum(areas[order]), areas.sum() / 2)]
    rows, columns = np.nonzero(labels == label + 1)
    return factor * np.sqrt(4 * areas[label] / np.pi), factor * rows.mean(), factor * columns.mean()


def _around(plane, centre):
    starts = [max(0, min(n - SECOND_LOOK, int(at) - SECOND_LOOK // 2)) for at, n in zip(centre, plane.shape)]
    return plane[tuple(slice(start, start + SECOND_LOOK) for start in starts)]


def estimated_factor(plane, settings, segment):
    """The factor for a plane of unknown pixel size. `segment` gives the labels of a plane, predicted as it is."""
    first = _median_by_area(segment(reduce(plane, 4)), 4)
    if first is None or first[0] <= settings['widest']:
        return 1
    second = _median_by_area(segment(reduce(_around(plane, first[1:]), 2)), 2)
    if second is None or second[0] <= settings['widest']:
        return 1
    return factor_for(second[0], settings)
