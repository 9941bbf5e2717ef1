"""Trains the nuclei network on synthetic planes and writes the package beside this file.

    OMP_NUM_THREADS=1 /usr/bin/python3 models/nuclei/train.py

Needs Debian's python3-torch, python3-onnx and python3-scipy. The same seed, steps, planes and threads on the same machine
give the same weights, bit for bit; README.md says how long it takes.
"""

import argparse
import datetime
import hashlib
import multiprocessing
import time
from pathlib import Path

import numpy as np
import torch
from evaluate import score_synthetic, table
from network import Nuclei
from package import CHANNELS, INSTANCES, named, run, write_package
from synthesis import normalise, plane, targets
from torch.nn import functional

BATCH = 8
RATE = 5e-3
MAPS = 3  # foreground, distance and boundary; the last helps to train and is not exported


def example(seed):
    """A normalised plane and its target maps, small enough to keep thousands."""
    drawn = plane(seed)
    return normalise(drawn.raw).astype(np.float16), (targets(drawn.drawn) * 255).round().astype(np.uint8)


def examples(seed, planes, jobs):
    seeds = [[2 * seed, i] for i in range(planes)]  # the first number is odd for planes that are held out
    with multiprocessing.Pool(jobs) as pool:
        drawn = pool.map(example, seeds, chunksize=16)
    return [np.stack(part) for part in zip(*drawn)]


def batch(rng, inputs, maps):
    """Random planes, turned and mirrored, with the gain and offset that other content of a large plane would give."""
    chosen = []
    for i in rng.integers(len(inputs), size=BATCH):
        turns, mirror = rng.integers(4), rng.random() < 0.5
        gain = rng.normal(0, 0.3) if rng.random() < 0.8 else rng.uniform(-2.3, 1.6)
        value = inputs[i].astype(np.float32) * np.exp(gain) + rng.normal(0, 0.02)
        both = np.rot90(np.concatenate([value[None], maps[i] / np.float32(255)]), turns, (1, 2))
        chosen.append(both[:, ::-1] if mirror else both)
    chosen = torch.from_numpy(np.stack(chosen).astype(np.float32))
    return chosen[:, :1], chosen[:, 1:]


def loss(logits, wanted):
    foreground, distance, boundary = wanted.unbind(1)
    cross = functional.binary_cross_entropy_with_logits
    weight = 1 + 3 * ((1 - foreground) * boundary)  # the thin gaps between nuclei
    inside = torch.sigmoid(logits[:, 0])
    common = (inside * foreground).sum((1, 2))
    dice = 1 - (2 * common + 50) / ((inside + foreground).sum((1, 2)) + 50)  # 50 px: planes without nuclei
    of_foreground = (cross(logits[:, 0], foreground, reduction='none') * weight).mean()
    of_boundary = cross(logits[:, 2], boundary, reduction='none').mean()
    of_distance = (cross(logits[:, 1], distance, reduction='none') * weight).mean()
    of_distance = of_distance + ((torch.sigmoid(logits[:, 1]) - distance) ** 2).mean() * 4
    return of_foreground + dice.mean() * 0.5 + of_boundary + of_distance


def train(inputs, maps, steps, seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = Nuclei(MAPS)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.1)
    network.train()
    recent = []
    for step in range(1, steps + 1):
        value, wanted = batch(rng, inputs, maps)
        error = loss(network.logits(value), wanted)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        schedule.step()
        recent.append(error.item())
        if step % 100 == 0:
            print(f'step {step} of {steps}, loss {np.mean(recent):.4f}', flush=True)
            recent = []
    return network.fold().keep(len(CHANNELS))


def main():
    parser = argparse.ArgumentParser(description='train the nuclei model')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--steps', type=int, default=1500)
    parser.add_argument('--planes', type=int, default=1600, help='synthetic planes to draw')
    parser.add_argument('--jobs', type=int, default=1, help='processes that draw; no effect on the result')
    parser.add_argument('--threads', type=int, default=1, help='threads that train; changes the last digits')
    parser.add_argument('--held-out', type=int, default=100, help='synthetic planes to score on')
    parser.add_argument('--out', type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument('--version', default='0.1.0')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    started = time.monotonic()
    network = train(*examples(options.seed, options.planes, options.jobs), options.steps, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    write_package(network, options.out, options.version, now.isoformat())
    print(f'weights {hashlib.sha256((options.out / "weights.onnx").read_bytes()).hexdigest()}')
    print(f'trained in {(time.monotonic() - started) / 60:.1f} minutes')
    if options.held_out:
        print(table(score_synthetic(lambda raw: named(run(network, raw)), INSTANCES, options.held_out)))


if __name__ == '__main__':
    main()
