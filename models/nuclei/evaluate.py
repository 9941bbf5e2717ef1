"""How well the objects of a package match a reference, with the Python reference of labdeploy's instances (instances.py).

    python3 evaluate.py --images DIR --labels DIR     TIFFs of one name, or with -labels or _labels added to the label's
    python3 evaluate.py --synthetic 100               held-out synthetic planes, by kind
    python3 evaluate.py --data DIR                    the test splits of the training set (real.py), and empty windows

runs the package in this folder (or --model DIR, or --otsu) and prints F1 at IoU 0.5 to 0.9. Needs numpy, scipy and
tifffile; the command line also onnxruntime and PyYAML, --otsu scikit-image.
"""

import argparse
from pathlib import Path

import numpy as np
import real
from instances import instances
from scale import at_scale, estimated_factor, resample, restore
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from synthesis import KINDS, normalise, plane

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
WIDE = 45  # px: an image's median diameter from which its nuclei count as wide
EMPTY_WINDOWS = 32
HELD_OUT = 3  # first number of these planes' seeds; train.py's are even, and settings were chosen on planes of 1


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


def score_synthetic(labels_of, planes):
    """Rows for `table`: held-out synthetic planes summed by kind, and all. `labels_of` gives the objects of a raw plane."""
    sums = {kind: np.zeros((len(THRESHOLDS), 3), int) for kind in KINDS}
    for i in range(planes):
        example = plane([HELD_OUT, i], kind=KINDS[i % len(KINDS)])
        sums[example.kind] += matches(labels_of(example.raw), example.labels)
    return [*((f'synthetic {kind}', counts) for kind, counts in sums.items()), ('synthetic, all', sum(sums.values()))]


class Package:
    """The package in a folder, run by ONNX Runtime in one piece."""

    def __init__(self, folder):
        import onnxruntime
        import yaml

        description = yaml.safe_load((folder / 'bioimageio.yaml').read_text())
        own = description['config']['labdeploy']
        space = next(axis for axis in description['inputs'][0]['axes'] if axis['type'] == 'space')
        axes = description['outputs'][0]['axes']
        self.names = next(axis['channel_names'] for axis in axes if axis['type'] == 'channel')
        self.settings, self.scale = own['instances'], own.get('scale')
        self.stride, self.least = space['size']['step'], space['size']['min']
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(folder / 'weights.onnx', options, providers=['CPUExecutionProvider'])

    def maps(self, raw):
        """Named maps of a raw plane as it is."""
        height, width = raw.shape
        ends = [max(self.least, -(-n // self.stride) * self.stride) - n for n in (height, width)]
        padded = np.pad(normalise(raw), [(0, end) for end in ends], mode='reflect')
        maps = self.session.run(None, {self.session.get_inputs()[0].name: padded[None, None]})[0][0]
        return {name: channel[:height, :width] for name, channel in zip(self.names, maps)}

    def labels(self, raw):
        """Objects of a raw plane at the scale that labdeploy estimates for it."""
        raw = np.asarray(raw, np.float32)
        factor = 1
        if self.scale:
            factor = estimated_factor(raw, self.scale, lambda small: instances(self.maps(small), self.settings))
        if factor == 1:
            return instances(self.maps(raw), self.settings)
        maps = self.maps(resample(raw, factor)).items()
        restored = {name: restore(given, factor, raw.shape) for name, given in maps}
        return instances(restored, at_scale(self.settings, factor))


def otsu(raw):
    """The classical way, for comparison: Otsu's threshold, split by the distances to the background."""
    from skimage import feature, filters, measure, morphology, segmentation

    smooth = filters.gaussian(np.asarray(raw, float), 1, preserve_range=True)
    mask = morphology.remove_small_objects(smooth > filters.threshold_otsu(smooth), max_size=19)
    mask = ndimage.binary_fill_holes(mask)
    depth = filters.gaussian(ndimage.distance_transform_edt(mask), 1)
    peaks = feature.peak_local_max(depth, min_distance=5, labels=measure.label(mask))
    seeds = np.zeros(mask.shape, int)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return segmentation.watershed(-depth, seeds, mask=mask)


def score_real(folder, split, labels_of):
    """Rows for `table`: the images of a split of the training set by their size, those of wide nuclei, and all."""
    sums = {}
    for row in real.listed(folder, split):
        image, truth = real.read(folder, row)
        counts = matches(labels_of(image), truth)
        wide = float(row['median_diameter_px'] or 0) > WIDE
        for name in [f'{row["height"]} x {row["width"]}', *(['wide'] if wide else []), 'all']:
            sums[name] = sums.get(name, 0) + counts
    order = sorted(sums, key=lambda name: (name in ('wide', 'all'), name == 'all', name))
    return [(f'{split}, {name}', sums[name]) for name in order]


def count_in_empty(folder, split, labels_of, windows=EMPTY_WINDOWS):
    """(windows with objects, objects in them) of windows that have none, each taken by itself."""
    found = []
    for i, row in enumerate(real.listed(folder, split)):
        image, truth = real.read(folder, row)
        found += [labels_of(window).max() for window in real.windows(image, truth, np.random.default_rng([5, i]))[:1]]
    found = np.array(found[:windows])
    return len(found), int((found > 0).sum()), int(found.sum())


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
    parser.add_argument('--data', type=Path, help='the training set')
    parser.add_argument('--split', action='append', default=[], help='of the training set; default: test and other test')
    parser.add_argument('--otsu', action='store_true', help="Otsu's threshold and a watershed in place of the model")
    options = parser.parse_args()
    if bool(options.images) != bool(options.labels) or not (options.images or options.synthetic or options.data):
        parser.error('give --images with --labels, --synthetic or --data')
    labels_of = otsu if options.otsu else Package(options.model).labels
    rows = score_synthetic(labels_of, options.synthetic) if options.synthetic else []
    if options.images:
        import tifffile

        pairs = [(image, _reference(options.labels, image)) for image in sorted(options.images.glob('*.tif*'))]
        pairs = [(image, labels) for image, labels in pairs if labels]
        if not pairs:
            parser.error(f'no image in {options.images} has labels in {options.labels}')
        for image, labels in pairs:
            rows.append((image.name, matches(labels_of(tifffile.imread(image)), tifffile.imread(labels))))
    splits = (options.split or ['test', 'other test']) if options.data else []
    for split in splits:
        rows += score_real(options.data, split, labels_of)
    print(table(rows))
    for split in splits:
        windows, wrong, objects = count_in_empty(options.data, split, labels_of)
        print(f'{split}: objects in {wrong} of {windows} empty windows, {objects} together')


if __name__ == '__main__':
    main()
