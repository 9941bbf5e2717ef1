"""Trains a folder of labelled planes (plan.json) in small steps, in the ways that the test asks for: prints one JSON object.

    python3 check_finetune.py FOLDER
"""

import contextlib
import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / 'models/nuclei'))
import finetune
import torch

FOLDER = Path(sys.argv[1])
PLAN = json.loads((FOLDER / 'plan.json').read_text())
finetune.EXAMPLES, finetune.REPLAYED, finetune.STEPS = 8, 6, 2
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
step = finetune.Training.run_epoch
loss = finetune.loss


def trained():
    """Events, and the digest of the weights; where it failed, its exit status or error."""
    said, outcome = io.StringIO(), {}
    weights = finetune.base_weights(finetune.onnx.load(PLAN['base']))
    with contextlib.redirect_stdout(said):
        try:
            average = finetune.train(PLAN, FOLDER, weights).average
            values = [value.numpy().tobytes() for value in average.state_dict().values()]
            outcome = {'weights': hashlib.sha256(b''.join(values)).hexdigest()}
        except SystemExit as error:
            outcome = {'exit': error.code}
        except (KeyboardInterrupt, MemoryError) as error:
            outcome = {'error': type(error).__name__}
    events = [json.loads(line) for line in said.getvalue().splitlines()]
    return {**outcome, 'events': [[event['event'], event.get('epoch', event.get('batch'))] for event in events]}


def fresh():
    (FOLDER / 'checkpoint.pt').unlink(missing_ok=True)


def failing(errors):
    """Epochs that end with these errors first, None for an epoch that works."""
    left = list(errors)

    def run_epoch(self, examples):
        error = left.pop(0) if left else None
        if error is None:
            return step(self, examples)
        self.rng.integers(1000)  # what was drawn before it failed is drawn again
        raise error

    return run_epoch


report = {}
for name in ('first', 'again'):
    fresh()
    report[name] = trained()
fresh()
finetune.Training.run_epoch = failing([None, KeyboardInterrupt()])
report['stopped'] = trained()
finetune.Training.run_epoch = step
report['resumed'] = trained()
fresh()
finetune.Training.run_epoch = failing([RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")])
report['smaller'] = trained()
fresh()
finetune.Training.run_epoch = failing([MemoryError(), MemoryError()])
report['too small'] = trained()
finetune.Training.run_epoch = step
fresh()
finetune.loss = lambda logits, wanted: loss(logits, wanted) * np.nan
report['diverged'] = trained()
finetune.loss = loss
flat = np.full((300, 300), 7, np.float32)
flat[0, 0] = 8
example = finetune.packed(finetune.normalise(flat), np.zeros((4, 300, 300)))
report['furthest of a flat plane'] = float(np.abs(example[0]).max())
labels = np.full((400, 400), -1, np.int32)
labels[40:200, 40:200] = 0
labels[60:90, 60:90] = 1
kinds = finetune.evenly_known([finetune.packed(*finetune.sparse_example(np.random.default_rng(1).random((400, 400)), labels, 30, np.random.default_rng(2)))], [example])
report['maps of sparse labels'] = [len(examples[0][1]) for examples in kinds]
report['known'] = round(float(kinds[0][0][1][-1].mean() / 255), 3) >= finetune.KNOWN, bool((kinds[1][0][1][-1] == 255).all())
_, wanted = finetune.batch(np.random.default_rng(3), kinds, (2, 0))
logits = torch.from_numpy(np.random.default_rng(4).standard_normal((2, 4, finetune.SIDE, finetune.SIDE)).astype(np.float32))
elsewhere = torch.where(wanted[:, 4:5] == 0, 5.0, logits)
report['loss of unknown pixels'] = float(loss(elsewhere, wanted) - loss(logits, wanted))
report['loss of known pixels'] = float(loss(logits + 1, wanted) - loss(logits, wanted)) != 0
print(json.dumps(report))
