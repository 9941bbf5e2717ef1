"""Trains the nuclei network on real, synthetic and empty planes and writes the package beside this file.

    OMP_NUM_THREADS=1 python3 models/nuclei/train.py --data DIR

DIR: the training set (real.py). README.md says which versions of PyTorch, onnx and the others it was run with and how long
it takes. The same seed, options and threads on the same machine give the same weights, bit for bit.
"""

import argparse
import copy
import datetime
import hashlib
import time
from pathlib import Path

import numpy as np
import onnx
import real
import torch
from augment import augment
from examples import draw
from network import Nuclei, unfolded
from onnx import numpy_helper
from package import CHANNELS, write_package
from torch.nn import functional

BATCH = (('real', 5), ('synthetic', 2), ('empty', 1))
RATE = 4e-3  # the highest, early on
MAPS = 3  # foreground, distance and boundary; the last helps to train and is not exported
STATISTICS = 8  # batches whose statistics the batch norms begin with, where exported weights are trained on
AVERAGED = 0.998  # of the weights' running average that is kept at each step; the average is what is exported


def batch(rng, examples, side):
    """Inputs (b, 1, side, side) and target maps of parts of examples, each changed at random."""
    chosen = []
    for kind, count in BATCH:
        inputs, maps = examples[kind]
        for i in rng.integers(len(inputs), size=count):
            top, left = rng.integers(0, inputs.shape[1] - side + 1, 2)
            part = (slice(top, top + side), slice(left, left + side))
            chosen.append(augment(rng, inputs[i][part], maps[i][(slice(None), *part)]))
    values, wanted = (torch.from_numpy(np.stack(part)) for part in zip(*chosen))
    return values.contiguous(memory_format=torch.channels_last), wanted


def loss(logits, wanted):
    """wanted: the four target maps (batch x maps x side x side), and where labels are sparse a fifth: 1 where they say what is there."""
    foreground, distance, boundary, touching, *sparse = wanted.unbind(1)
    cross = functional.binary_cross_entropy_with_logits
    weight = 1 + 3 * ((1 - foreground) * boundary) + 3 * touching  # the thin gaps between nuclei, and where they touch
    inside = torch.sigmoid(logits[:, 0])

    def mean(error):
        return (error * sparse[0]).mean() / sparse[0].mean().clamp(min=1e-3) if sparse else error.mean()

    seen = inside * sparse[0] if sparse else inside
    common = (seen * foreground).sum((1, 2))
    dice = 1 - (2 * common + 50) / ((seen + foreground).sum((1, 2)) + 50)  # 50 px: planes without nuclei
    of_foreground = mean(cross(logits[:, 0], foreground, reduction='none') * weight)
    of_boundary = mean(cross(logits[:, 2], boundary, reduction='none') * (1 + 3 * touching))
    of_distance = mean(cross(logits[:, 1], distance, reduction='none') * weight)
    of_distance = of_distance + mean(((torch.sigmoid(logits[:, 1]) - distance) ** 2) * (1 + 3 * touching)) * 4
    return of_foreground + dice.mean() * 0.5 + of_boundary + of_distance


def follow(average, network, step):
    """Moves the running average of weights and statistics towards the network's."""
    kept = min(AVERAGED, step / (step + 50))
    with torch.no_grad():
        for mean, value in zip(average.state_dict().values(), network.state_dict().values()):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - kept)
            else:
                mean.copy_(value)


def started(weights, rng, examples, side):
    """The network whose exported weights (.onnx) are in the file, to be trained on."""
    initial = {tensor.name: numpy_helper.to_array(tensor).copy() for tensor in onnx.load(weights).graph.initializer}
    planes = torch.cat([batch(rng, examples, side)[0] for _ in range(STATISTICS)])
    return unfolded({name: torch.from_numpy(values) for name, values in initial.items()}, MAPS, planes)


def train(examples, options):
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    network = started(options.start, rng, examples, options.side) if options.start else Nuclei(MAPS)
    network = network.to(memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=options.steps, pct_start=0.05)
    network.train()
    recent = []
    for step in range(1, (options.stop or options.steps) + 1):
        values, wanted = batch(rng, examples, options.side)
        with torch.autocast('cpu', torch.bfloat16, enabled=options.bfloat16):
            logits = network.logits(values)
        error = loss(logits.float(), wanted)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        schedule.step()
        follow(average, network, step)
        recent.append(error.item())
        if step % 200 == 0:
            print(f'step {step} of {options.steps}, loss {np.mean(recent):.4f}, {time.process_time():.0f} s', flush=True)
            recent = []
        if options.checkpoint and step % 500 == 0:
            torch.save(average.state_dict(), options.checkpoint)
    return average


def kept_or_drawn(options):
    if options.examples and options.examples.exists():
        kept = np.load(options.examples)
        return {kind: (kept[f'{kind} inputs'], kept[f'{kind} maps']) for kind, _ in BATCH}
    examples = draw(options.data, options.seed, options)
    if options.examples:
        parts = ('inputs', 'maps')
        np.savez(options.examples, **{f'{kind} {part}': examples[kind][i] for kind in examples for i, part in enumerate(parts)})
    return examples


def exported(average):
    """The network of inference: batch norms merged, without the maps that only helped to train."""
    return average.to(memory_format=torch.contiguous_format).fold().keep(len(CHANNELS))


def main():
    parser = argparse.ArgumentParser(description='train the nuclei model')
    parser.add_argument('--data', type=Path, required=True, help='folder with images/, labels/ and images.csv')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--steps', type=int, default=12000)
    parser.add_argument('--parts', type=int, default=14, help='examples of each real image')
    parser.add_argument('--planes', type=int, default=1400, help='synthetic planes to draw')
    parser.add_argument('--side', type=int, default=real.SIDE, help='rows and columns of an example that a step sees')
    parser.add_argument('--jobs', type=int, default=1, help='processes that draw; no effect on the result')
    parser.add_argument('--threads', type=int, default=1, help='threads that train; changes the last digits')
    parser.add_argument('--bfloat16', action=argparse.BooleanOptionalAction, default=True, help='convolve in bfloat16')
    parser.add_argument('--checkpoint', type=Path, help='where the averaged weights go every 500 steps')
    parser.add_argument('--from-checkpoint', action='store_true', help='write the package of --checkpoint, train nothing')
    parser.add_argument('--history', help='of the training, for bioimageio.yaml, where it took more than one run')
    parser.add_argument('--start', type=Path, help='weights.onnx of an earlier version to go on from, with a new schedule')
    parser.add_argument('--stop', type=int, help='end at this step of the schedule')
    parser.add_argument('--rate', type=float, default=RATE, help='the highest learning rate')
    parser.add_argument('--examples', type=Path, help='file that keeps the examples for another run of equal options')
    parser.add_argument('--out', type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument('--version', default='0.3.0')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    started = time.monotonic()
    if options.from_checkpoint:
        average = Nuclei(MAPS)
        average.load_state_dict(torch.load(options.checkpoint))
    else:
        average = train(kept_or_drawn(options), options)
    options.out.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    training = {
        'timestamp': f"'{now.isoformat()}'",
        'data_sha256': real.digest(options.data),
        'images': len(real.listed(options.data, 'train')),
        'history': options.history or f'{options.steps} steps, seed {options.seed}',
        'torch': torch.__version__,
        'numpy': np.__version__,
    }
    write_package(exported(average), options.out, options.version, training)
    print(f'weights {hashlib.sha256((options.out / "weights.onnx").read_bytes()).hexdigest()}')
    print(f'took {(time.monotonic() - started) / 60:.1f} minutes')


if __name__ == '__main__':
    main()
