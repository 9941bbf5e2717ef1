"""Changes of an example that leave its target maps true: how other microscopes, stains and neighbourhoods would show it."""

import numpy as np
from scipy import ndimage


def _field(rng, shape, knots=5):
    """Smooth from 0 to 1."""
    field = ndimage.zoom(rng.standard_normal((knots, knots)), [n / knots for n in shape], order=1)
    return ((field - field.min()) / (np.ptp(field) + 1e-6)).astype(np.float32)


def _haze(rng, value):
    """The same light once more, far out of focus and elsewhere."""
    step = int(rng.choice((4, 8)))
    small = ndimage.gaussian_filter(value[::step, ::step], rng.uniform(1, 3))
    light = ndimage.zoom(small, step, order=1)[: value.shape[0], : value.shape[1]]
    return value + rng.uniform(0.1, 0.6) * np.roll(light, rng.integers(0, value.shape[0], 2), (0, 1))


def _add_specks(rng, value):
    dy, dx = np.mgrid[-3:4, -3:4]
    for _ in range(rng.integers(1, 15)):
        y, x = (rng.integers(3, n - 3) for n in value.shape)
        height = np.exp(rng.uniform(np.log(0.1), np.log(2)))
        value[y - 3 : y + 4, x - 3 : x + 4] += height * np.exp(-(dy**2 + dx**2) / (2 * rng.uniform(0.5, 1.2) ** 2))


def _noise(rng, value):
    """Of the camera, or of photons: more where there is light. One of four is as noisy as the shortest exposures."""
    strength = rng.uniform(0.06, 0.3) if rng.random() < 0.25 else rng.uniform(0, 0.08)
    noise = rng.standard_normal(value.shape) * strength
    if rng.random() < 0.5:
        noise *= np.sqrt(np.maximum(value, 0.02))
    return value + noise


def augment(rng, value, maps):
    """value: normalised plane (y, x); maps: 0..255 (maps, y, x). Returns both as float32, turned, mirrored and changed."""
    value = value.astype(np.float32)
    chance = rng.random(7)
    if chance[0] < 0.3:
        value = np.sign(value) * np.abs(value) ** np.exp(rng.normal(0, 0.25))
    if chance[1] < 0.15:
        value = ndimage.gaussian_filter(value, rng.uniform(0.4, 1.6))
    if chance[2] < 0.2:
        value = _haze(rng, value)
    if chance[3] < 0.2:
        value = value + rng.uniform(0, 0.3) * _field(rng, value.shape)
    if chance[4] < 0.15:
        value = value * (1 - rng.uniform(0, 0.7) * _field(rng, value.shape))
    if chance[5] < 0.12:
        value = value.copy()
        _add_specks(rng, value)
    if chance[6] < 0.45:
        value = _noise(rng, value)
    # The gain and offset that other content of a large plane would give.
    gain = rng.normal(0, 0.3) if rng.random() < 0.85 else rng.uniform(-2, 1.5)
    value = value * np.exp(gain) + rng.normal(0, 0.02)
    both = np.concatenate([value[None].astype(np.float32), maps / np.float32(255)])
    both = np.rot90(both, rng.integers(4), (1, 2))
    if rng.random() < 0.5:
        both = both[:, ::-1]
    return both[:1], both[1:]
