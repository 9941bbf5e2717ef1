"""How good the network gets with few labels, on experiments that it was never trained on: the table of docs/training.md.

    OMP_NUM_THREADS=1 python3 models/nuclei/curve.py --data DIR --rows FILE [--objects 25 50 100 200 400] [--seeds 1] [--epochs 20]
    python3 models/nuclei/curve.py --data DIR --write FOLDER && node bench/train-curve.ts FOLDER

DIR: the training set (real.py). Of each experiment some images are for labels and the others are scored; windows of the first
are taken until they hold so many objects, all of which are labelled. `finetune.py` trains on them with replay, and prints F1 at
IoU 0.5 on the images that are scored, on the base's own test images and held-out synthetic planes (what it forgot), and seconds.
Each row is a line of FILE as soon as it is measured; what is there is not measured again, so that a run which was stopped goes on.
The table of all rows of FILE is printed at the end, also of those of earlier runs.
With `--write` nothing is trained: the same windows and images are written for the pixel classifier, which labdeploy trains itself.
"""

import argparse
import contextlib
import functools
import io
import json
import tempfile
import time
from pathlib import Path

import finetune
import numpy as np
import onnx
import real
import tifffile
import torch
from evaluate import Package, f1, matches
from finetune import THREADS, base_weights, replayed_examples, train, write_held_out, write_weights
from train import exported

HERE = Path(__file__).resolve().parent
WINDOW = 128  # px: side of what is labelled at a time


def dense(image):
    return image


def inverted(image):
    return image.max() - image


# Name, size of its images (rows, columns), how many of them are for labels, and what is done to them.
DOMAINS = (
    ('603 x 1272, nuclei of 10 px', (603, 1272), 3, dense),
    ('260 x 347', (260, 347), 2, dense),
    ('512 x 640', (512, 640), 9, dense),
    ('360 x 360, dark on bright', (360, 360), 40, inverted),
)
SCORED = 8  # images of a domain at most


def rows_of(data, shape):
    splits = ('train', 'validation', 'test', 'other validation', 'other test')
    rows = [row for split in splits for row in real.listed(data, split)]
    return sorted((row for row in rows if (int(row['height']), int(row['width'])) == shape), key=lambda row: row['file'])


def windows(images, objects, rng):
    """(image, labels) of windows until they hold so many objects. All of a window's objects are labelled, of the last one's those in
    its upper rows, until there are enough: below them labels are -1, as nobody said what is there."""
    grid = [(i, y, x) for i, (image, _) in enumerate(images) for y in range(0, image.shape[0], WINDOW) for x in range(0, image.shape[1], WINDOW)]
    found, count = [], 0
    for i, y, x in (grid[k] for k in rng.permutation(len(grid))):
        part = tuple(slice(start, start + WINDOW) for start in (y, x))
        image, labels = (plane[part] for plane in images[i])
        here = objects_in(labels)
        if min(image.shape) < WINDOW // 2 or here == 0:
            continue
        if count + here > objects:
            rows = next(rows for rows in range(1, len(labels) + 1) if count + objects_in(labels[:rows]) >= objects)
            labels = np.where(np.arange(len(labels))[:, None] < rows, labels, -1)
        found.append((image, labels))
        count += objects_in(labels)
        if count >= objects:
            break
    return found, count


def objects_in(labels):
    return len(np.unique(labels[labels > 0]))


@functools.cache
def replayed_once(seed, folder):
    """The replayed examples, the same in all rows of a seed, and the seconds of processor time that drawing them takes."""
    started = time.process_time()
    return replayed_examples(seed, folder), time.process_time() - started


def trained(chosen, options, seed, folder):
    """Writes the package with weights that were trained on the windows; returns its seconds of processor time."""
    planes = []
    for i, (image, labels) in enumerate(chosen):
        np.ascontiguousarray(image, '<f4').tofile(folder / f'{i}.f4')
        np.ascontiguousarray(labels, '<i4').tofile(folder / f'{i}.i4')
        planes.append({'image': f'{i}.f4', 'labels': f'{i}.i4', 'shape': list(image.shape)})
    plan = {'seed': seed, 'epochs': options.epochs, 'replay': str(options.data), 'planes': planes}
    (folder / 'plan.json').write_text(json.dumps(plan))
    model = onnx.load(HERE / 'weights.onnx')
    replayed, drawing = replayed_once(seed, options.data)
    finetune.replayed_examples = lambda *_: replayed
    started = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        training = train(plan, folder, base_weights(model))
    seconds = drawing + time.process_time() - started
    write_weights(model, exported(training.average), folder / 'weights.onnx')
    (folder / 'bioimageio.yaml').write_text((HERE / 'bioimageio.yaml').read_text())
    return seconds


def write_data_set(chosen, scored, folder):
    """What `labdeploy train` takes: images, labels of the same names, and which are trained on, which scored."""
    sides = {}
    for part in ('images', 'labels'):
        (folder / part).mkdir(parents=True)
    for side, pairs in (('train', chosen), ('test', scored)):
        for i, (image, labels) in enumerate(pairs):
            name = f'{side}-{i:03}.tif'
            sides[name] = side
            tifffile.imwrite(folder / 'images' / name, image.astype(np.float32))
            tifffile.imwrite(folder / 'labels' / name, labels.astype(np.int32))
    (folder / 'sides.json').write_text(json.dumps(sides))


def score(package, pairs):
    return float(f1(sum(matches(package.labels(image), labels)[0] for image, labels in pairs)))


def held_out(data, folder):
    """Synthetic planes and test images of the base: pairs each."""
    write_held_out(folder, data)
    pairs = {'synthetic': [], 'test': []}
    for file in sorted((folder / 'images').iterdir()):
        pairs[file.name.split('-')[0]].append(tuple(tifffile.imread(folder / part / file.name) for part in ('images', 'labels')))
    return pairs


def domains_of(options):
    """Name, images for labels and images that are scored, of each domain that was asked for."""
    for name, shape, labelled, change in (DOMAINS[i] for i in options.domains):
        images = [(change(image), labels) for image, labels in (real.read(options.data, row) for row in rows_of(options.data, shape))]
        yield name, images[:labelled], images[labelled : labelled + SCORED]


def write_all(options):
    for name, labelled, scored in domains_of(options):
        for objects in options.objects:
            for seed in range(1, 1 + options.seeds):
                chosen, count = windows(labelled, objects, np.random.default_rng(seed))
                write_data_set(chosen, scored, options.write / f'{name}, {count} objects, seed {seed}')


KEYS = ('images', 'wanted', 'seed', 'epochs')  # of a row: which it is


def measured(file):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def missing(options):
    """(key, images for labels, images that are scored) of the rows that the file has not: few objects first, of all domains."""
    there = {tuple(row[key] for key in KEYS) for row in measured(options.rows)}
    domains = list(domains_of(options))
    for objects in [0, *options.objects]:
        for seed in range(1, 1 + (options.seeds if objects else 1)):
            for name, labelled, scored in domains:
                key = (name, objects, seed, options.epochs if objects else 0)
                if key not in there:
                    yield key, labelled, scored


def measure(key, labelled, scored, options, base_own):
    """A row: F1 on the images that are scored, and on both kinds of what the base was made for."""
    _, objects, seed, _ = key
    with tempfile.TemporaryDirectory() as place:
        folder, count, seconds = HERE, 0, 0
        if objects:
            folder = Path(place)
            chosen, count = windows(labelled, objects, np.random.default_rng(seed))
            seconds = trained(chosen, options, seed, folder)
        package = Package(folder)
        own = {kind: score(package, pairs) for kind, pairs in base_own.items()}
        return {**dict(zip(KEYS, key)), 'objects': count, 'scored': len(scored), 'f1': score(package, scored), **own, 'seconds': seconds}


def measure_missing(options):
    with tempfile.TemporaryDirectory() as own:
        base_own = held_out(options.data, Path(own))
    for key, labelled, scored in missing(options):
        row = measure(key, labelled, scored, options, base_own)
        with options.rows.open('a') as file:
            file.write(json.dumps(row) + '\n')


def table(rows):
    """Markdown: by domain, then by objects."""
    lines = ['| images | epochs | labelled objects | F1 | test images of the base | its synthetic planes | seconds |', '|' + ' --- |' * 7]
    order = [domain[0] for domain in DOMAINS]
    for row in sorted(rows, key=lambda row: (order.index(row['images']), row['wanted'], row['epochs'], row['seed'])):
        scores = ' | '.join(f'{row[kind]:.3f}' for kind in ('f1', 'test', 'synthetic'))
        lines.append(f'| {row["images"]} ({row["scored"]} scored) | {row["epochs"]} | {row["objects"]} | {scores} | {row["seconds"]:.0f} |')
    return '\n'.join(lines)


def main():
    parser = argparse.ArgumentParser(description='F1 by the number of labelled objects')
    parser.add_argument('--data', type=Path, required=True)
    parser.add_argument('--objects', type=int, nargs='+', default=[25, 50, 100, 200, 400])
    parser.add_argument('--seeds', type=int, default=1)
    parser.add_argument('--epochs', type=int, default=20)
    parser.add_argument('--domains', type=int, nargs='+', default=list(range(len(DOMAINS))), help='by number from 0')
    parser.add_argument('--rows', type=Path, help='the file of what was measured; what it has is not measured again')
    parser.add_argument('--write', type=Path, help='write what is trained on and scored, in a new folder, and train nothing')
    options = parser.parse_args()
    if bool(options.rows) == bool(options.write):
        parser.error('give --rows or --write')
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    if options.write:
        return write_all(options)
    measure_missing(options)
    print(table(measured(options.rows)))


if __name__ == '__main__':
    main()
