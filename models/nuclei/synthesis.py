"""Synthetic fluorescence nuclei: planes with instance labels, each fully determined by its seed.

No pixel comes from a real image; the ranges cover what wide-field and confocal images of stained nuclei commonly show
(README.md says which real image was looked at). Lengths are in pixels, brightness in units of the plane's typical nucleus unless said otherwise.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

MARGIN = 40  # drawn around the plane and cut off, so that objects at the edge are cut as a camera cuts them
KINDS = ('sparse', 'dense', 'dim', 'mixed')


@dataclass
class Scene:
    """What the nuclei of one plane have in common."""

    radius: float  # median, px
    spread: float  # of the logarithm of the radius
    count: int  # nuclei tried
    touching: float  # share placed beside another
    overlap: float  # largest share of the smaller nucleus that may be hidden
    elongation: float  # of the logarithm of the ratio of the axes
    contrast: float  # spread of the logarithm of brightness
    dim: float  # share at 0.15 to 0.5 of the usual brightness
    bright: float  # share of small condensed ones, 1.8 to 8 times as bright
    additive: bool  # light of overlapping nuclei adds up


@dataclass
class Plane:
    raw: np.ndarray  # float32, side x side, whole camera counts
    labels: np.ndarray  # int32, side x side, 0 is background
    drawn: np.ndarray  # the labels with the margin around them
    kind: str


def _log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _scene(rng, kind, side):
    radius = _log_uniform(rng, 4, 34) if rng.random() < 0.4 else _log_uniform(rng, 6, 18)
    room = side * side / (np.pi * radius * radius)
    # A value is drawn for every kind, so that all kinds of one seed go on with the same random numbers.
    covers = dict(sparse=(0.01, 0.15), dense=(0.35, 0.85), dim=(0.05, 0.5), mixed=(0.1, 0.6))  # nuclei over plane, areas
    cover = {name: rng.uniform(*span) for name, span in covers.items()}[kind]
    beside = dict(sparse=(0, 0.4), dense=(0.4, 0.95), dim=(0, 0.7), mixed=(0.1, 0.8))
    return Scene(
        radius=radius,
        spread=rng.uniform(0.05, 0.35),
        count=max(1, min(700, round(cover * room))),
        touching={name: rng.uniform(*span) for name, span in beside.items()}[kind],
        overlap=rng.uniform(0.05, 0.3),
        elongation=rng.uniform(0.05, 0.5),
        contrast=rng.uniform(0.05, 0.45),
        dim=rng.uniform(0.2, 0.6) if kind == 'dim' else rng.uniform(0, 0.25),
        bright=rng.uniform(0, 0.12) if rng.random() < 0.6 else 0.0,
        additive=rng.random() < 0.4,
    )


def _outline(rng, scene, a, b, rough):
    """The shape as a function of offsets from its centre: 1 in the centre, 0 on the outline, negative outside."""
    angle = rng.uniform(0, np.pi)
    bend = rng.uniform(0.2, 0.6) * rng.choice((-1, 1)) if rng.random() < 0.15 else rng.normal(0, 0.05)
    modes = [(k, rng.normal(0, rough / k**1.2), rng.uniform(0, 2 * np.pi)) for k in range(2, 7)]
    cos, sin = np.cos(angle), np.sin(angle)

    def level(dy, dx):
        u, v = (cos * dx + sin * dy) / a, (cos * dy - sin * dx) / b
        v = v - bend * (u * u - 0.4)
        theta = np.arctan2(v, u)
        edge = 1 + sum(amplitude * np.cos(k * theta + phase) for k, amplitude, phase in modes)
        return 1 - np.hypot(u, v) / np.maximum(edge, 0.4)

    def reach(phi):
        return a * b / np.hypot(b * np.cos(phi - angle), a * np.sin(phi - angle))

    return level, reach


def _place(rng, scene, placed, side, reach):
    """A centre: anywhere, or beside an earlier nucleus with a thin gap, contact or a little overlap."""
    if placed and rng.random() < scene.touching:
        y, x, other = placed[rng.integers(len(placed))]
        phi = rng.uniform(0, 2 * np.pi)
        gap = rng.uniform(0.5, 3) if rng.random() < 0.35 else -rng.uniform(0, 0.35) * scene.radius
        distance = other(phi) + reach(phi) + gap
        return y + distance * np.sin(phi), x + distance * np.cos(phi)
    return rng.uniform(0, side), rng.uniform(0, side)


def _fields(rng, scene, side):
    """Chromatin: smooth noise of unit variance, coarse and fine against the nuclear radius."""
    scales = (0.08, 0.16, 0.35)
    noise = [rng.standard_normal((side, side), dtype=np.float32) for _ in scales]
    fields = [ndimage.gaussian_filter(field, max(0.6, scale * scene.radius)) for field, scale in zip(noise, scales)]
    return [field / field.std() for field in fields]


def _spots(rng, shape, dy, dx, radius, count, size):
    spots = np.zeros(shape, np.float32)
    for _ in range(count):
        y, x = rng.normal(0, 0.4 * radius, 2)
        spots = np.maximum(spots, np.exp(-((dy - y) ** 2 + (dx - x) ** 2) / (2 * (size * radius * rng.uniform(0.7, 1.3)) ** 2)))
    return spots


def _draw(rng, scene, side):
    """Light of the nuclei before optics, and their labels (numbered from 1, later drawn ones higher)."""
    light = np.zeros((side, side), np.float32)
    labels = np.zeros((side, side), np.int32)
    levels = np.full((side, side), -1, np.float32)
    fields = _fields(rng, scene, side)
    texture = rng.uniform(0, 0.3, len(fields)) * rng.choice((0.3, 1.0))
    nucleoli = rng.integers(1, 5) if rng.random() < 0.35 else 0
    chromocentres = rng.integers(3, 10) if rng.random() < 0.2 else 0
    roundness = rng.uniform(0, 1)
    rough = rng.uniform(0.01, 0.12)
    compete = rng.random() < 0.5
    placed = []
    areas = [0]
    for _ in range(scene.count):
        bright = rng.random() < scene.bright
        radius = scene.radius * np.exp(rng.normal(0, scene.spread)) * (rng.uniform(0.4, 0.9) if bright else 1)
        radius = float(np.clip(radius, 3, 36))
        aspect = np.exp(abs(rng.normal(0, scene.elongation))) * (rng.uniform(1, 1.8) if bright else 1)
        a, b = radius * np.sqrt(aspect), max(2.2, radius / np.sqrt(aspect))
        level, reach = _outline(rng, scene, a, b, rough * (2 if bright else 1))
        y, x = _place(rng, scene, placed, side, reach)
        half = int(1.6 * max(a, b)) + 2
        top, left = max(0, int(y) - half), max(0, int(x) - half)
        bottom, right = min(side, int(y) + half + 1), min(side, int(x) + half + 1)
        if bottom - top < 3 or right - left < 3:
            continue
        box = (slice(top, bottom), slice(left, right))
        dy, dx = np.mgrid[top:bottom, left:right].astype(np.float32)
        dy, dx = dy - y, dx - x
        f = level(dy, dx)
        mask = f > 0
        area = int(mask.sum())
        if area < 12:
            continue
        under = labels[box]
        hit = np.bincount(under[mask], minlength=1)
        if any(n > scene.overlap * min(area, areas[k]) for k, n in enumerate(hit) if k > 0 and n > 0):
            continue
        own = mask & ((under == 0) | ((f > levels[box]) if compete else (rng.random() < 0.7)))
        if own.sum() < 12:
            continue
        brightness = np.exp(rng.normal(0, scene.contrast))
        if bright:
            brightness *= _log_uniform(rng, 1.8, 8)
        elif rng.random() < scene.dim:
            brightness *= rng.uniform(0.15, 0.5)
        inside = np.clip(f, 0, 1)
        body = (1 - roundness) + roundness * np.sqrt(np.clip(1 - (1 - inside) ** 2, 0, 1))
        grain = sum(weight * field[box] for weight, field in zip(texture, fields)) * (0.5 if bright else 1)
        body = body * np.clip(1 + grain, 0.3, 2.5)
        if nucleoli and not bright:
            body = body * (1 - rng.uniform(0.2, 0.6) * _spots(rng, f.shape, dy, dx, radius, nucleoli, 0.14))
        if chromocentres and not bright:
            body = body * (1 + rng.uniform(0.5, 1.5) * _spots(rng, f.shape, dy, dx, radius, chromocentres, 0.1))
        # Overlapping nuclei add their light in wide field; in a thin section the one on top is all there is.
        light[box] = light[box] + brightness * body * mask if scene.additive else np.where(own, brightness * body, light[box])
        labels[box][own] = len(areas)
        levels[box][own] = f[own]
        areas.append(area)
        placed.append((y, x, reach))
    return light, labels


def _uneven(rng, side, scale):
    field = ndimage.zoom(rng.standard_normal((6, 6)), side / 6, order=3)[:side, :side]
    field = (field - field.min()) / (np.ptp(field) + 1e-6)
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    slope = rng.normal(0, 1, 2)
    return scale * (field * rng.uniform(0, 1) + (slope[0] * y + slope[1] * x) * rng.uniform(0, 1))


def _add_debris(rng, light, radius):
    """Specks, threads and smears that are not nuclei."""
    side = light.shape[0]
    if rng.random() < 0.35:
        for _ in range(rng.integers(1, 25)):
            y, x = rng.integers(2, side - 2, 2)
            size = rng.uniform(0.4, min(1.6, 0.2 * radius))
            dy, dx = np.mgrid[-5:6, -5:6]
            box = (slice(max(0, y - 5), y + 6), slice(max(0, x - 5), x + 6))
            speck = np.exp(-(dy**2 + dx**2) / (2 * size**2)) * _log_uniform(rng, 0.2, 4)
            part = speck[max(0, 5 - y) :, max(0, 5 - x) :]
            light[box] += part[: light[box].shape[0], : light[box].shape[1]]
    if rng.random() < 0.08:
        for _ in range(rng.integers(1, 4)):
            t = np.linspace(0, 1, 3 * side)
            start, end, sag = rng.uniform(0, side, 2), rng.uniform(0, side, 2), rng.normal(0, 0.1 * side, 2)
            path = start + (end - start) * t[:, None] + sag * np.sin(np.pi * t[:, None])
            rows, columns = np.clip(path.astype(int), 0, side - 1).T
            light[rows, columns] += rng.uniform(0.1, 0.8)


def _camera(rng, light, kind):
    """Photons, read noise, offset, gain, saturation and the file's bit depth; any unit."""
    photons = _log_uniform(rng, 12, 150) if kind == 'dim' else _log_uniform(rng, 25, 4000)
    expected = np.maximum(light, 0) * photons
    signal = rng.poisson(np.minimum(expected, 1e8)).astype(np.float32)
    signal += rng.normal(0, photons * rng.uniform(0, 0.05) + rng.uniform(0, 2), light.shape).astype(np.float32)
    if rng.random() < 0.2:
        signal = ndimage.gaussian_filter(signal, rng.uniform(0.3, 0.9))  # resampled or denoised before it was saved
    if rng.random() < 0.15:
        signal = np.minimum(signal, photons * rng.uniform(0.7, 2))
    if rng.random() < 0.12:
        low = signal.min()
        signal = (np.maximum(signal - low, 0) / photons) ** rng.uniform(0.6, 1.4) * photons
    step = photons / _log_uniform(rng, 12, 3000)  # levels between background and a nucleus
    return np.round(signal / step).astype(np.float32)


def _optics(rng, light, radius):
    """Focus blur with the broad tails of a wide-field microscope, and haze from what lies out of focus."""
    sharp = min(rng.uniform(0.4, 2.6), 0.28 * radius)
    seen = ndimage.gaussian_filter(light, sharp)
    if rng.random() < 0.5:
        tail = rng.uniform(0.05, 0.45)
        seen = (1 - tail) * seen + tail * ndimage.gaussian_filter(light, sharp + rng.uniform(1, 6))
    if rng.random() < 0.5:
        seen += ndimage.gaussian_filter(light, radius * rng.uniform(0.6, 2.5)) * rng.uniform(0, 0.35)
    return seen


def normalise(plane):
    """BioImage.IO scale_range with percentiles 1 and 99.8 over the whole plane, as bioimageio.yaml says.

    In float64 and by the same formula as labdeploy, so that both give the network the same bits.
    """
    values = np.asarray(plane, np.float64)
    places = [share * (values.size - 1) for share in (1 / 100, 99.8 / 100)]
    ranks = [min(int(place) + step, values.size - 1) for place in places for step in (0, 1)]
    found = np.partition(values.ravel(), ranks)[ranks]
    low, high = (found[2 * i] + (found[2 * i + 1] - found[2 * i]) * (place - int(place)) for i, place in enumerate(places))
    return ((values - low) / (high - low + 1e-6)).astype(np.float32)


def plane(seed, side=256, kind=None):
    """One synthetic plane; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(KINDS, p=(0.15, 0.35, 0.2, 0.3))
    kind = kind or str(drawn)
    full = side + 2 * MARGIN
    scene = _scene(rng, kind, full)
    if kind == 'sparse' and rng.random() < 0.15:
        light, labels = np.zeros((full, full), np.float32), np.zeros((full, full), np.int32)  # nothing but background
    else:
        light, labels = _draw(rng, scene, full)
    _add_debris(rng, light, scene.radius)
    light = _optics(rng, light, scene.radius)
    if rng.random() < 0.25:
        deeper, _ = _draw(rng, replace(scene, count=max(1, scene.count // 4)), full)
        light += ndimage.gaussian_filter(deeper, scene.radius * rng.uniform(0.5, 1)) * rng.uniform(0.05, 0.3)
    background = _log_uniform(rng, 0.02, 1.2)
    light = light + background + _uneven(rng, full, background * rng.uniform(0, 0.5))
    if rng.random() < 0.3:
        y, x = np.mgrid[0:full, 0:full] / full - 0.5
        light = light * (1 - rng.uniform(0, 0.8) * (x * x + y * y))
    inner = slice(MARGIN, MARGIN + side)
    return Plane(_camera(rng, light[inner, inner], kind), labels[inner, inner], labels, kind)


def targets(drawn):
    """Training maps (4 x side x side, 0..1) of labels with their margin: foreground, distance, boundary, touching.

    distance: depth inside the object over the object's largest depth. boundary: the outermost pixels of each object and
    the gaps of one or two pixels between objects. touching: within 2 px of two objects, where most depends on the maps.
    """
    inner = (slice(None), slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    inside = drawn > 0
    highest = ndimage.maximum_filter(drawn, 3)
    lowest = ndimage.minimum_filter(drawn, 3)
    objects = np.where(inside, drawn, 1 << 30)
    boundary = np.where(inside, highest != lowest, (highest > 0) & (ndimage.minimum_filter(objects, 3) != highest))
    widest = ndimage.maximum_filter(drawn, 5)
    touching = (widest > 0) & (ndimage.minimum_filter(objects, 5) != widest)
    distance = np.zeros(drawn.shape, np.float32)
    for label, box in enumerate(ndimage.find_objects(drawn), 1):
        if box is not None:
            own = drawn[box] == label
            depth = ndimage.distance_transform_edt(np.pad(own, 1))[1:-1, 1:-1]
            distance[box] += depth / depth.max()
    return np.stack([inside, distance, boundary, touching])[inner].astype(np.float32)
