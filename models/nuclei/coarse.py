"""Loss of resolution: a plane as small nuclei look once their image was enlarged to the scale of the model."""

import numpy as np
from scipy import ndimage

FINEST = 4.5  # px: diameter at the coarse resolution below which nuclei no longer part
STRONGEST = 3


def coarsened(rng, value, factor):
    """The plane (float32) reduced by the factor as a camera with larger pixels sees it, and enlarged again by linear interpolation.

    One of two gets that camera's noise; the grid of the larger pixels begins anywhere.
    """
    shape = np.array(value.shape)
    small = np.ceil(shape / factor).astype(int) + 2
    start = rng.uniform(-factor, 0, 2)
    seen = ndimage.uniform_filter(value, max(1, round(factor)), mode='mirror') if factor >= 1.5 else value
    seen = ndimage.affine_transform(seen, np.full(2, factor), start, tuple(small), order=1, mode='mirror')
    if rng.random() < 0.5:
        noise = rng.standard_normal(seen.shape, dtype=np.float32) * np.float32(rng.uniform(0, 0.08))
        seen = seen + (noise * np.sqrt(np.maximum(seen, 0.02)) if rng.random() < 0.5 else noise)
    return ndimage.affine_transform(seen, np.full(2, 1 / factor), -start / factor, tuple(shape), order=1, mode='mirror').astype(np.float32)


def factor_for(rng, diameter, share):
    """1, or for `share` of the examples a factor that leaves nuclei of the diameter (px) at least FINEST wide."""
    largest = min(STRONGEST, diameter / FINEST)
    if largest < 1.25 or rng.random() >= share:
        return 1.0
    return float(np.exp(rng.uniform(np.log(1.25), np.log(largest))))
