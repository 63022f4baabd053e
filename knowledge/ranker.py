"""Which record a question means: a conditional logit over a few features, with "none of them" as one more choice.

For every record r and question q, p(r | q) ∝ exp(w · f(q, r)), and p(none | q) ∝ exp(b). The weights and b are fitted
when the knowledge is ingested, on the records' own `ask` phrases – each asked while its own passage is hidden, so that
a phrase never finds itself – and on phrases that no record answers. The probabilities are therefore about as honest
as the phrases are typical. Fitting is deterministic and takes a second; asking needs numpy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]  # (records, features)
_STEPS = 400
_RATE = 0.15
_RIDGE = 0.02  # pull towards the starting weights: the phrases adapt them, few phrases must not overthrow them


@dataclass(frozen=True)
class Ranker:
    """Fitted weights. `mean`, `spread`: the scale of the features while fitting."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    none: float

    def logits(self, features: Features) -> NDArray[np.float64]:
        """Log-odds of each record, on the scale where `none` is the log-odds of no record."""
        return np.asarray((features - self.mean) / self.spread @ self.weights, np.float64)

    def probabilities(self, features: Features) -> tuple[NDArray[np.float64], float]:
        """(probability of each record, probability that none is meant); together they make 1."""
        return self.shares(self.logits(features), self.none)

    @staticmethod
    def shares(logits: NDArray[np.float64], none: float) -> tuple[NDArray[np.float64], float]:
        """The same from log-odds: of each record, and of none."""
        top = max(float(logits.max(initial=-np.inf)), none)
        shares = np.exp(logits - top)
        nothing = float(np.exp(none - top))
        total = float(shares.sum()) + nothing
        return shares / total, nothing / total


def fit(examples: list[tuple[Features, int | None]], start: Sequence[float]) -> Ranker:
    """Fit on (features of all records, index of the right one or None). All examples have the same records.

    `start`: a weight for each feature (on features of mean 0 and spread 1) and the log-odds of none.
    """
    stacked = np.stack([features for features, _ in examples])  # (examples, records, features)
    mean = stacked.mean(axis=(0, 1))
    spread = np.maximum(stacked.std(axis=(0, 1)), 1e-6)
    scaled = (stacked - mean) / spread
    count, records, width = scaled.shape
    gold = np.array([records if right is None else right for _, right in examples])
    # Both kinds weigh alike, however many phrases of each there are.
    answered = gold < records
    weight = np.where(answered, 1 / max(answered.sum(), 1), 0.25 / max((~answered).sum(), 1))
    weight /= weight.sum()
    target = np.zeros((count, records + 1))
    target[np.arange(count), gold] = 1
    origin = np.asarray(start, np.float64)
    parameters = origin.copy()
    first, second = np.zeros_like(parameters), np.zeros_like(parameters)
    for step in range(1, _STEPS + 1):
        logits = np.concatenate([scaled @ parameters[:-1], np.full((count, 1), parameters[-1])], axis=1)
        logits -= logits.max(axis=1, keepdims=True)
        share = np.exp(logits)
        share /= share.sum(axis=1, keepdims=True)
        error = (share - target) * weight[:, None]
        slope = np.concatenate([np.einsum("er,erf->f", error[:, :-1], scaled), [error[:, -1].sum()]])
        slope[:width] += _RIDGE * (parameters - origin)[:width]
        first = 0.9 * first + 0.1 * slope  # Adam
        second = 0.999 * second + 0.001 * slope**2
        # More likeness never makes a record less likely: weights stay ≥ 0, which keeps few phrases from overfitting.
        parameters -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        parameters[:-1] = np.maximum(parameters[:-1], 0.0)
    return Ranker(mean, spread, parameters[:-1], float(parameters[-1]))
