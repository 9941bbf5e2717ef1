"""Trains a package of this network further, on the labelled planes of a laboratory. `labdeploy train` runs it:

    python3 finetune.py FOLDER

FOLDER/plan.json: {"base": weights.onnx to begin with, "seed", "epochs", "replay": folder of the base's training set (real.py)
or null, "planes": [{"image": float32, "labels": int32, "shape": [rows, columns]}]}; the files of planes are raw, little-endian,
row by row; labels of -1: nobody said what is there. Writes weights.onnx, test_input.npy, test_output.npy and held-out/ (images that
the base was made for and that neither it nor this was trained on), and a checkpoint after each epoch, with which the same plan goes on. One JSON object a line
goes to stdout: epochs with their loss, a smaller batch, or what failed. The same plan gives the same bytes on the same machine.
Ends when its stdin does: the process that started it is gone.
"""

import copy
import hashlib
import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import onnx
import real
import tifffile
import torch
from augment import augment
from evaluate import HELD_OUT
from network import unfolded
from onnx import numpy_helper
from package import run
from synthesis import normalise, plane, targets
from train import MAPS, exported, follow, loss

STEPS = 25  # of an epoch
SIDE = 128  # rows and columns that a step sees of an example
BATCHES = ((4, 4), (2, 2))  # own and replayed examples of a step (with 5 and 3 more was forgotten); the second where memory ran out
RATE = 1e-3
EXAMPLES = 160  # drawn of all own planes together, and at least one of each
REPLAYED = 160
KNOWN, TRIES = 0.2, 30  # of sparse labels: share of an example that they say something of, and parts of an image that are tried for it
FURTHEST = 10  # from 0, of normalised values. A plane without contrast has millions: they would be all that batch norms see.
HELD_OUT_PLANES, HELD_OUT_IMAGES = 12, 24
TESTED = 192  # rows and columns of the package's test tensors: more than the halo takes on both sides
THREADS = 1  # fixed: another number changes the last digits, and threads that wait for each other are slow beside other work


def say(**event):
    print(json.dumps(event), flush=True)


def packed(value, maps):
    """Small enough to keep thousands: float16, and target maps in 0..255."""
    return np.clip(value, -FURTHEST, FURTHEST).astype(np.float16), (np.asarray(maps, np.float32) * 255).round().astype(np.uint8)


def own_planes(plan, folder):
    for item in plan['planes']:
        image, labels = (np.fromfile(folder / item[part], kind).reshape(item['shape']) for part, kind in (('image', '<f4'), ('labels', '<i4')))
        yield image, labels


def diameter_of(labels):
    """Median diameter of a circle of the objects' areas, px; 20 without objects."""
    areas = np.unique(labels[labels > 0], return_counts=True)[1]
    return float(np.sqrt(4 * np.median(areas) / np.pi)) if len(areas) else 20.0


def replayed_images(folder, split, count, rng):
    """(image, labels) of the base's training set, at random and none twice."""
    rows = real.listed(folder, split)
    for i in rng.choice(len(rows), min(len(rows), count), replace=False):
        yield real.read(folder, rows[i])


def sparse_example(image, labels, diameter, rng):
    """As real.example, with one more map: 1 where labels say what is there. The best of some parts of the image, by how much that is."""
    known = (labels >= 0).astype(np.int32)
    best = None
    for _ in range(TRIES):
        same = copy.deepcopy(rng)
        value, maps = real.example(image, np.maximum(labels, 0), diameter, rng)
        inside = real.example(image, known, diameter, same)[1][:1]
        if best is None or inside.mean() > best[1][-1].mean():
            best = value, np.concatenate([maps, inside])
        if inside.mean() >= KNOWN:
            break
    return best


def evenly_known(*lists):
    """Where one example has the map of sparse_example, all get it: the others are known as a whole."""
    most = max(len(maps) for examples in lists for _, maps in examples)
    return [[(value, np.concatenate([maps, np.full_like(maps[:1], 255)]) if len(maps) < most else maps) for value, maps in examples] for examples in lists]


def replayed_examples(seed, folder):
    """Packed examples of what the base was trained on: of the images in the folder, where it is given, and synthetic planes."""
    replayed = []
    if folder:
        rng = np.random.default_rng([seed, 2])
        for image, labels in replayed_images(folder, 'train', REPLAYED // 2, rng):
            replayed.append(packed(*real.example(image, labels, diameter_of(labels), rng)))
    for i in range(REPLAYED - len(replayed)):
        example = plane([2 * seed, i])
        replayed.append(packed(normalise(example.raw), targets(example.drawn)))
    return replayed


def drawn_examples(plan, folder):
    """Lists of packed examples: of the own planes, and of what the base was trained on."""
    count = -(-EXAMPLES // len(plan['planes']))
    own = []
    for i, (image, labels) in enumerate(own_planes(plan, folder)):
        rng = np.random.default_rng([plan['seed'], 1, i])
        diameter = diameter_of(labels)
        example = sparse_example if labels.min() < 0 else real.example
        own += [packed(*example(image, labels, diameter, rng)) for _ in range(count)]
    return evenly_known(own, replayed_examples(plan['seed'], plan['replay']))


def batch(rng, examples, counts):
    chosen = []
    for kind, count in zip(examples, counts):
        for i in rng.integers(len(kind), size=count):
            value, maps = kind[i]
            top, left = rng.integers(0, value.shape[0] - SIDE + 1, 2)
            part = (slice(top, top + SIDE), slice(left, left + SIDE))
            chosen.append(augment(rng, value[part], maps[(slice(None), *part)]))
    return tuple(torch.from_numpy(np.stack(part)) for part in zip(*chosen))


class Training:
    """Everything that a checkpoint keeps."""

    def __init__(self, plan, examples, weights):
        self.rng = np.random.default_rng([plan['seed'], 3])
        torch.manual_seed(plan['seed'])
        planes = torch.cat([batch(self.rng, examples, BATCHES[0])[0] for _ in range(8)])
        self.network = unfolded(weights, MAPS, planes).train()
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=RATE, weight_decay=1e-3)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, RATE, total_steps=STEPS * plan['epochs'], pct_start=0.1)
        self.epoch, self.counts, self.losses = 0, 0, []

    def parts(self):
        return {name: getattr(self, name) for name in ('network', 'average', 'optimiser', 'schedule')}

    def save(self, file, digest):
        kept = {name: part.state_dict() for name, part in self.parts().items()}
        state = {'rng': json.dumps(self.rng.bit_generator.state), 'epoch': self.epoch, 'counts': self.counts, 'losses': self.losses, 'digest': digest}
        torch.save({**kept, **state}, file.with_suffix('.new'))
        os.replace(file.with_suffix('.new'), file)

    def load(self, file, digest):
        """Goes on from a checkpoint of the same plan; False where it is of another."""
        kept = torch.load(file)
        if kept['digest'] != digest:
            return False
        for name, part in self.parts().items():
            part.load_state_dict(kept[name])
        self.rng.bit_generator.state = json.loads(kept['rng'])
        self.epoch, self.counts, self.losses = kept['epoch'], kept['counts'], kept['losses']
        return True

    def run_epoch(self, examples):
        """Mean loss of an epoch; it ends at once where that is no number."""
        losses = []
        for step in range(self.epoch * STEPS + 1, (self.epoch + 1) * STEPS + 1):
            values, wanted = batch(self.rng, examples, BATCHES[self.counts])
            error = loss(self.network.logits(values), wanted)
            losses.append(error.item())
            if not np.isfinite(losses[-1]):
                break
            self.optimiser.zero_grad()
            error.backward()
            self.optimiser.step()
            self.schedule.step()
            follow(self.average, self.network, step)
        self.epoch += 1
        self.losses.append(round(float(np.mean(losses)), 5))
        return self.losses[-1]


def out_of_memory(error):
    """PyTorch's allocator on the CPU throws a RuntimeError that says so in words."""
    return isinstance(error, MemoryError) or 'memory' in str(error).lower()


def train(plan, folder, weights):
    """The training after all epochs. Exits where the loss is no number."""
    digest = hashlib.sha256((folder / 'plan.json').read_bytes()).hexdigest()
    checkpoint = folder / 'checkpoint.pt'
    examples = drawn_examples(plan, folder)
    training = Training(plan, examples, weights)
    if checkpoint.exists() and training.load(checkpoint, digest):
        say(event='resumed', epoch=training.epoch)
    else:
        training.save(checkpoint, digest)
    started, first = time.monotonic(), training.epoch
    while training.epoch < plan['epochs']:
        try:
            error = training.run_epoch(examples)
        except (MemoryError, RuntimeError) as failure:
            if not out_of_memory(failure) or training.counts == len(BATCHES) - 1:
                raise
            training.load(checkpoint, digest)
            training.counts += 1
            say(event='smallerBatch', batch=sum(BATCHES[training.counts]))
            continue
        if not np.isfinite(error):
            say(event='failed', reason='diverged', epoch=training.epoch)
            sys.exit(1)
        training.save(checkpoint, digest)
        pace = (time.monotonic() - started) / (training.epoch - first)
        left = round(pace * (plan['epochs'] - training.epoch), 1)
        say(event='epoch', epoch=training.epoch, epochs=plan['epochs'], loss=error, secondsLeft=left)
    return training


def write_held_out(folder, replay):
    """What the base was made for, as pairs of TIFFs: planes of seeds that no version was trained on, and its test images."""
    pairs = [(f'synthetic-{i}', *(getattr(plane([HELD_OUT, i]), part) for part in ('raw', 'labels'))) for i in range(HELD_OUT_PLANES)]
    if replay:
        images = replayed_images(replay, 'test', HELD_OUT_IMAGES, np.random.default_rng(HELD_OUT))
        pairs += [(f'test-{i}', *each) for i, each in enumerate(images)]
    for part in ('images', 'labels'):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, image, labels in pairs:
        tifffile.imwrite(folder / 'images' / f'{name}.tif', image.astype(np.float32))
        tifffile.imwrite(folder / 'labels' / f'{name}.tif', labels.astype(np.uint16))


def base_weights(model):
    return {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in model.graph.initializer}


def write_weights(model, network, file):
    """The base's own graph with other numbers: no exporter, whose versions differ."""
    trained = network.state_dict()
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(trained[tensor.name].numpy().reshape(tensor.dims), tensor.name))
    file.write_bytes(model.SerializeToString())


def end_with_stdin():
    def wait():
        while os.read(sys.stdin.fileno(), 1024):  # not by sys.stdin: its lock would be held at the end
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main():
    end_with_stdin()
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    folder = Path(sys.argv[1])
    plan = json.loads((folder / 'plan.json').read_text())
    model = onnx.load(plan['base'])
    try:
        training = train(plan, folder, base_weights(model))
    except KeyError as error:  # a weight that this network has and the base has not
        say(event='failed', reason='otherNetwork', detail=str(error.args[0]))
        sys.exit(1)
    network = exported(training.average)
    write_weights(model, network, folder / 'weights.onnx')
    raw = plane([HELD_OUT, 1], kind='dense').raw[:TESTED, :TESTED]
    np.save(folder / 'test_input.npy', raw[None, None])
    np.save(folder / 'test_output.npy', run(network, raw)[None])
    write_held_out(folder / 'held-out', plan['replay'])
    say(event='done', torch=torch.__version__, numpy=np.__version__, onnx=onnx.__version__, losses=training.losses)


if __name__ == '__main__':
    main()
