"""Writes tests/fixtures/preprocessing.json: operations of BioImage.IO packages, computed by bioimageio.core.

    python3 tests/support/python/preprocessing.py

Needs bioimageio.core (0.11.0 wrote the stored file).
"""

import json
from pathlib import Path

import numpy as np
from bioimageio.core import Sample, Tensor
from bioimageio.core import proc_ops
from bioimageio.core.stat_calculators import compute_measures
from bioimageio.spec.model import v0_5

random = np.random.default_rng(11)
raw = random.normal(400, 300, (1, 2, 7, 9)).astype(np.float32)
raw[0, 1] = raw[0, 1] * 3 - 100

CASES = [
    ("binarize", {"threshold": 350.5}),
    ("clip", {"min": 100.0, "max": 500.0}),
    ("clip", {"min_percentile": 5.0, "max_percentile": 90.0, "axes": ["y", "x"]}),
    ("clip", {"min_percentile": 12.5, "axes": ["channel", "y", "x"]}),
    ("scale_linear", {"gain": 0.25, "offset": -3.0}),
    ("scale_linear", {"gain": [0.5, 2.0], "offset": [1.0, -1.0], "axis": "channel"}),
    ("sigmoid", {}),
    ("softmax", {"axis": "channel"}),
    ("zero_mean_unit_variance", {"axes": ["y", "x"]}),
    ("zero_mean_unit_variance", {"axes": ["channel", "y", "x"]}),
    ("fixed_zero_mean_unit_variance", {"mean": 390.0, "std": 280.0}),
    ("fixed_zero_mean_unit_variance", {"mean": [390.0, 900.0], "std": [280.0, 850.0], "axis": "channel"}),
    ("scale_range", {"axes": ["y", "x"]}),
    ("scale_range", {"axes": ["y", "x"], "min_percentile": 1.0, "max_percentile": 99.8}),
    ("scale_range", {"axes": ["channel", "y", "x"], "min_percentile": 30.0, "max_percentile": 70.0}),
    ("ensure_dtype", {"dtype": "int16"}),
    ("ensure_dtype", {"dtype": "bool"}),
]
DESCRIPTIONS = {c.implemented_id: c for c in vars(v0_5).values() if isinstance(getattr(c, "implemented_id", None), str)}
OPERATORS = {
    "binarize": proc_ops.Binarize,
    "clip": proc_ops.Clip,
    "ensure_dtype": proc_ops.EnsureDtype,
    "scale_linear": proc_ops.ScaleLinear,
    "sigmoid": proc_ops.Sigmoid,
    "softmax": proc_ops.Softmax,
    "zero_mean_unit_variance": proc_ops.ZeroMeanUnitVariance,
    "fixed_zero_mean_unit_variance": proc_ops.FixedZeroMeanUnitVariance,
    "scale_range": proc_ops.ScaleRange,
}


def apply(name, kwargs):
    # sigmoid and softmax want values near zero, the integer types some fraction
    values = raw / 300 if name in ("sigmoid", "softmax") else raw
    tensor = Tensor.from_numpy(values, dims=("batch", "channel", "y", "x"))
    sample = Sample(members={"raw": tensor}, stat={}, id="one")
    description = DESCRIPTIONS[name].model_validate({"id": name, **({"kwargs": kwargs} if kwargs else {})})
    operator = OPERATORS[name].from_proc_descr(description, "raw")
    sample.stat.update(compute_measures(operator.required_measures, [sample]))
    operator(sample)
    return values, np.asarray(sample.members["raw"].data.values, np.float64)


cases = []
for name, kwargs in CASES:
    before, after = apply(name, kwargs)
    cases.append({"id": name, "kwargs": kwargs, "scaled": before is not raw, "expected": after.ravel().tolist()})
out = {"shape": list(raw.shape), "raw": raw.astype(float).ravel().tolist(), "cases": cases}
path = Path(__file__).parents[2] / "fixtures" / "preprocessing.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
