"""The scale at which labdeploy predicts a plane, once more in Python: reduced where the objects are wide, enlarged where they are narrow.

A factor is how many pixels of the plane, along one axis, are one of those that the model gets.
"""

import numpy as np

AT_HALF, AS_IT_IS, DOUBLED = 1024, 384, 256  # rows and columns at most that a look takes, px of the plane
NEAR = 0.8
CLUSTERED = 0.4
MOST_REDUCED = 16
MOST_PIXELS = 16 << 20
MOST_SIGMA = 16
TOLERANCE = 1e-6


def _rounded(value):
    return int(np.floor(value + 0.5))


def _shares(length, factor, areas):
    """How much of each sample (columns) lies in each area (rows) of so many samples."""
    edges = np.arange(areas + 1) * factor
    samples = np.arange(length)
    share = np.minimum(edges[1:, None], samples + 1) - np.maximum(edges[:-1, None], samples)
    return np.where(share > TOLERANCE, share, 0)


def _averaged(plane, factor, shape):
    rows, columns = (_shares(n, factor, m) for n, m in zip(plane.shape, shape))
    sums = rows @ plane.astype(np.float64) @ columns.T
    return (sums / np.outer(rows.sum(1), columns.sum(1))).astype(np.float32)


def _between(length, times, shorter):
    at = np.clip((np.arange(length) + 0.5) / times - 0.5, 0, shorter - 1)
    low = np.floor(at).astype(int)
    return low, np.minimum(shorter - 1, low + 1), at - low


def _interpolated(plane, times, shape):
    """Linear between the middles of the samples, flat beyond the outermost."""
    (above, below, down), (left, right, along) = (_between(n, times, m) for n, m in zip(shape, plane.shape))
    plane = plane.astype(np.float64)
    wide = plane[:, left] + (plane[:, right] - plane[:, left]) * along
    return (wide[above] + (wide[below] - wide[above]) * down[:, None]).astype(np.float32)


def resample(plane, factor):
    """A plane of finite samples with pixels so many times as wide (float32): means by area, or linear where they are narrower."""
    shape = [int(np.ceil(n / factor - TOLERANCE)) for n in plane.shape]
    return _averaged(plane, factor, shape) if factor >= 1 else _interpolated(plane, 1 / factor, shape)


def restore(small, factor, shape):
    """A map of a resampled plane at the size of the original."""
    return _interpolated(small, factor, shape) if factor >= 1 else _averaged(small, 1 / factor, shape)


def at_scale(settings, factor):
    """Settings of instances for maps of a plane that was resampled."""
    sigma = min(MOST_SIGMA, settings.get('sigma', 1) * factor)
    return settings if factor == 1 else {**settings, 'sigma': sigma, 'minArea': _rounded(settings['minArea'] * min(1, factor))}


def factor_for(diameter, settings, shape):
    best, widest = settings['diameter'], settings['widest']
    narrowest = settings.get('narrowest', 0)

    def stepped(factor):
        return max(1, _rounded(20 * factor) / 20)

    if diameter > widest:
        return min(MOST_REDUCED, stepped(min(diameter / best, (diameter / widest) ** 2)))
    if diameter >= narrowest:
        return 1
    most = max(1, np.floor(20 * np.sqrt(MOST_PIXELS / (shape[0] * shape[1]))) / 20)
    return 1 / min(most, stepped(min(settings.get('enlarged', 1), best / diameter, (narrowest / diameter) ** 2)))


def _median_by_area(labels):
    """Diameter and centre (px) of the object in the middle of all area, sorted by size; None without objects."""
    areas = np.bincount(labels.ravel())[1:].astype(float)
    if not len(areas):
        return None
    order = np.argsort(areas, kind='stable')
    label = order[np.searchsorted(np.cumsum(areas[order]), areas.sum() / 2)]
    rows, columns = np.nonzero(labels == label + 1)
    return np.sqrt(4 * areas[label] / np.pi), rows.mean(), columns.mean()


def estimated_diameter(plane, settings, segment):
    """Median diameter by area, where it is outside what is predicted as it is; else None. `segment` gives the labels of a plane as it is."""

    def look(factor, side=None, at=None):
        corner = (0, 0)
        if side is not None:
            middle = at[1:] if at else [n / 2 for n in plane.shape]
            corner = [max(0, min(n - side, int(m) - side // 2)) for n, m in zip(plane.shape, middle)]
        part = plane[tuple(slice(start, start + (side or n)) for start, n in zip(corner, plane.shape))]
        found = _median_by_area(segment(part if factor == 1 else resample(part, factor)))
        return found and (factor * found[0], corner[0] + factor * found[1], corner[1] + factor * found[2])

    median = look(4)
    if median and median[0] > NEAR * settings['widest']:
        median = look(2, AT_HALF, median)
    found = median[0] if median and median[0] > settings['widest'] else None
    narrowest = settings.get('narrowest')
    if narrowest is None:
        return found
    median = look(1, AS_IT_IS, median)
    if found is not None and (not median or median[0] > CLUSTERED * found):
        return found
    if not median or median[0] >= narrowest / NEAR:
        return None
    median = look(1 / 2, DOUBLED, median)
    return median[0] if median and median[0] < narrowest else None


def estimated_factor(plane, settings, segment):
    """The factor for a plane of unknown pixel size."""
    diameter = estimated_diameter(plane, settings, segment)
    return 1 if diameter is None else factor_for(diameter, settings, plane.shape)
