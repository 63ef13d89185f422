"""How much a turn sounds like an interviewer's: questions, brevity, « vous » rather than « je »."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from statistics import median

_ASKS = re.compile(
    r"(?i)\b(est-ce que|est-ce qu['’]|qu['’]est-ce|comment|pourquoi|quel(?:le)?s?|combien|où|qui est-ce"
    r"|c['’]est-à-dire"
    r"|pouvez-vous|pourriez-vous|peux-tu|pourrais-tu|avez-vous|as-tu|êtes-vous|es-tu|diriez-vous|dirais-tu|pensez-vous"
    r"|penses-tu|faites-vous|fais-tu|racontez|raconte-moi|parlez-moi|parle-moi|dites-moi|dis-moi)\b"
)
_OPENS = re.compile(
    r"(?i)^[\W_]*(et |donc |mais |alors )?(vous|tu|votre|vos|ton|ta|tes|est-ce|qu['’]|que |quel|comment|pourquoi"
    r"|combien|d['’]accord|ok\b|très bien|parlez|revenons|passons|parlons|si vous|si je|justement|l['’]an dernier)"
)
_YOU = re.compile(r"(?i)\b(vous|votre|vos|tu|toi|ton|tes)\b|\bt['’]")
_ME = re.compile(r"(?i)\b(je|moi|mon|ma|mes|on|nous|notre|nos)\b|\bj['’]|\bm['’]")
# Logistic regression on the labelled turns of rsn-pe (simulated) and of the artisans' interviews (real); the two
# files with bare dashes, on which the reader is judged, were left out.
_WEIGHTS = (2.3, 0.45, 0.5, 1.5, -1.0, 5.3, 1.5)
_BIAS = -1.0
_Matrix = tuple[tuple[float, float], tuple[float, float]]


def features(words: str, usual: float) -> tuple[float, ...]:
    """Measure one turn; ``usual`` is the median number of words of the interview's turns.

    >>> features("Et vous, pourquoi ?", 20.0)[:3]
    (1.0, 0.0, 1.0)
    """
    plain = words.rstrip(' \u00a0»"”)*_')
    count = max(1, len(re.findall(r"\w+", words)))
    you, me = len(_YOU.findall(words)), len(_ME.findall(words))
    return (
        float(plain.endswith("?")),
        float("?" in plain[:-1]),
        float(bool(_ASKS.search(words))),
        float(bool(_OPENS.search(words))),
        math.log2(count / max(1.0, usual)) / 3,
        (you - me) / (you + me + 2),
        10 * me / (count + 10),
    )


def scores(turns: Sequence[str]) -> list[float]:
    """Return, for each turn, the log-odds that an interviewer speaks.

    >>> one, two = scores(["Et pourquoi l'Allemagne ?", "Parce que mon frère y vit, et moi j'aime ça, je crois."])
    >>> one > 0 > two
    True
    """
    usual = median([len(re.findall(r"\w+", words)) for words in turns]) if turns else 1.0
    return [
        _BIAS + sum(weight * value for weight, value in zip(_WEIGHTS, features(words, usual), strict=True))
        for words in turns
    ]


def alternate(
    odds: Sequence[float], *, habits: Sequence[tuple[float, float]], first: float = 0.7
) -> tuple[list[float], tuple[float, float]]:
    """Return the probability that each turn is the interviewer's, given all the turns, and the habit that fits.

    ``odds`` are log-odds turn by turn; a habit is the probability that the next turn is the other's, after an
    interviewer's turn and after a respondent's; the most likely of ``habits`` is taken. ``first`` is the
    probability that the interviewer opens. Forward-backward: Rabiner (1989), section III.

    >>> chances, habit = alternate([3.0, -3.0, 0.2, -3.0], habits=[(0.9, 0.9), (0.9, 0.2)])
    >>> [round(chance) for chance in chances], habit
    ([1, 0, 1, 0], (0.9, 0.9))
    """
    best = max(habits, key=lambda habit: _forward(odds, habit, first)[1])
    forward, _ = _forward(odds, best, first)
    change = _matrix(best)
    after = (1.0, 1.0)
    found = []
    for (ask, answer), value in zip(reversed(forward), reversed(odds), strict=True):
        found.append(_scaled(ask * after[0], answer * after[1])[0])
        asked, answered = (chance * weight for chance, weight in zip(_likely(value), after, strict=True))
        after = _scaled(
            change[0][0] * asked + change[0][1] * answered, change[1][0] * asked + change[1][1] * answered
        )
    return found[::-1], best


def _forward(
    odds: Sequence[float], habit: tuple[float, float], first: float
) -> tuple[list[tuple[float, float]], float]:
    """Go through the turns once; also return the log-likelihood of the habit."""
    reach, total, forward = (first, 1 - first), 0.0, list[tuple[float, float]]()
    for value in odds:
        if forward:
            reach = _step(forward[-1], _matrix(habit))
        ask, answer = _likely(value)
        joint = (reach[0] * ask, reach[1] * answer)
        total += math.log(sum(joint) or 1e-300)
        forward.append(_scaled(*joint))
    return forward, total


def _likely(odds: float) -> tuple[float, float]:
    """Turn log-odds into the two probabilities."""
    capped = max(-30.0, min(30.0, odds))
    return 1 / (1 + math.exp(-capped)), 1 / (1 + math.exp(capped))


def _matrix(habit: tuple[float, float]) -> _Matrix:
    """Return the probabilities of staying and changing."""
    return (1 - habit[0], habit[0]), (habit[1], 1 - habit[1])


def _step(before: tuple[float, float], change: _Matrix) -> tuple[float, float]:
    """Carry the probabilities over one change of turn."""
    (ask, answer), (one, other) = before, change
    return ask * one[0] + answer * other[0], ask * one[1] + answer * other[1]


def _scaled(one: float, other: float) -> tuple[float, float]:
    """Make two weights sum to one."""
    total = one + other or 1e-300
    return one / total, other / total
