"""Makes tests/fixtures/forest.json: random forests of scikit-learn and what they say. Run with scikit-learn 1.5 or later:

    python3 tests/support/python/forest.py > tests/fixtures/forest.json

`small`: trees node by node and the probabilities of some points, for predictForest. `large`: the accuracy of a forest with the
settings of `labdeploy train --pixel-classifier`, for trainForest on the same points.
"""

import json

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

COUNT = 1500


def random_from(seed):
    """mulberry32, as functions/forest/random.ts has it."""
    state = seed & 0xFFFFFFFF

    def imul(a, b):
        return (a * b) & 0xFFFFFFFF

    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = imul(state ^ (state >> 15), state | 1)
        mixed ^= (mixed + imul(mixed ^ (mixed >> 7), mixed | 61)) & 0xFFFFFFFF
        yield ((mixed ^ (mixed >> 14)) & 0xFFFFFFFF) / 2**32


def points(seed):
    """Four features in 0..1, the last without meaning, and one of three classes: rings around the middle, a fifth of them noise."""
    numbers = random_from(seed)
    features, classes = [], []
    for _ in range(COUNT):
        x, y, z, noise, other, any_class = (next(numbers) for _ in range(6))
        distance = (x - 0.5) ** 2 + (y - 0.5) ** 2 + (z - 0.5) ** 2
        own = 0 if distance < 0.1 else 1 if distance < 0.25 else 2
        features.append((x, y, z, noise))
        classes.append(int(3 * any_class) if other < 0.2 else own)
    return np.array(features, np.float32), np.array(classes)


def nodes(tree):
    shares = tree.value[:, 0] / tree.value[:, 0].sum(1, keepdims=True)
    return [
        [int(tree.feature[i]), float(tree.threshold[i]), int(tree.children_left[i]), int(tree.children_right[i]), [] if tree.children_left[i] >= 0 else shares[i].tolist()]
        for i in range(tree.node_count)
    ]


def main():
    (features, classes), (others, wanted) = points(1), points(2)
    small = RandomForestClassifier(5, max_depth=4, min_samples_leaf=3, random_state=1).fit(features, classes)
    large = RandomForestClassifier(50, max_depth=12, min_samples_leaf=3, max_features='sqrt', random_state=1).fit(features, classes)
    said = large.predict_proba(others)
    print(
        json.dumps(
            {
                'sklearn': sklearn.__version__,
                'small': {'trees': [nodes(each.tree_) for each in small.estimators_], 'probabilities': small.predict_proba(others[:20]).tolist()},
                'large': {'accuracy': float((said.argmax(1) == wanted).mean()), 'logLoss': float(-np.log(said[np.arange(COUNT), wanted].clip(1e-6)).mean())},
            }
        )
    )


if __name__ == '__main__':
    main()
