"""How good a ranking is, by grades from 0 (off the point) to 3 (the very thing): from 0 to 1, each."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

__all__ = ["DEPTH", "RELEVANT", "ndcg", "recall", "reciprocal_rank"]

#: How far down is looked: what people see without scrolling much.
DEPTH: Final = 10
#: Of this grade and above a course is what was looked for.
RELEVANT: Final = 2


def ndcg(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """Normalised discounted cumulative gain of the first ten, with gains of 2^grade - 1 (Järvelin and
    Kekäläinen 2002, as Burges 2005 has the gains). What nobody graded counts as 0.
    """
    best = _dcg(sorted(grades.values(), reverse=True))
    return _dcg(grades.get(course, 0) for course in ranking) / best


def recall(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """How many of the relevant courses are among the first ten, of as many as could be."""
    relevant = {course for course, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranking[:DEPTH])) / min(len(relevant), DEPTH)


def reciprocal_rank(ranking: Sequence[int], grades: Mapping[int, int]) -> float:
    """1 when the first course is relevant, 1/2 when the second is the first; 0 when none of ten is."""
    ranks = (rank for rank, course in enumerate(ranking[:DEPTH], 1) if grades.get(course, 0) >= RELEVANT)
    rank = next(ranks, None)
    return 1 / rank if rank else 0.0


def _dcg(grades: Iterable[int]) -> float:
    gains = ((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1) if rank <= DEPTH)
    return sum(gains)
