"""How much a turn sounds like an interviewer's: questions, brevity, « vous » rather than « je »."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from statistics import median

_ASKS = re.compile(
    r"(?i)\b(est-ce que|est-ce qu['’]|qu['’]est-ce|comment|pourquoi|quel(?:le)?s?|combien|où|qui est-ce|c['’]est-à-dire"
    r"|pouvez-vous|pourriez-vous|peux-tu|pourrais-tu|avez-vous|as-tu|êtes-vous|es-tu|diriez-vous|dirais-tu|pensez-vous"
    r"|penses-tu|faites-vous|fais-tu|racontez|raconte-moi|parlez-moi|parle-moi|dites-moi|dis-moi)\b"
)
_OPENS = re.compile(
    r"(?i)^[\W_]*(et |donc |mais |alors )?(vous|tu|votre|vos|ton|ta|tes|est-ce|qu['’]|que |quel|comment|pourquoi|combien"
    r"|d['’]accord|ok\b|très bien|parlez|revenons|passons|parlons|si vous|si je|justement|l['’]an dernier)"
)
_YOU = re.compile(r"(?i)\b(vous|votre|vos|tu|toi|ton|tes)\b|\bt['’]")
_ME = re.compile(r"(?i)\b(je|moi|mon|ma|mes|on|nous|notre|nos)\b|\bj['’]|\bm['’]")
# Logistic regression on the labelled turns of rsn-pe (simulated) and of the artisans' interviews (real); the two
# files with bare dashes, on which the reader is judged, were left out.
_WEIGHTS = (2.3, 0.45, 0.5, 1.5, -1.0, 5.3, 1.5)
_BIAS = -1.0


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


def alternate(odds: Sequence[float], *, switch: tuple[float, float], first: float = 0.7) -> list[float]:
    """Return the probability that each turn is the interviewer's, given all the turns (forward-backward).

    ``odds`` are log-odds turn by turn; ``switch`` is the probability that the next turn is the other's after an
    interviewer's and after a respondent's turn; ``first`` that the interviewer opens. Rabiner (1989), section III.

    >>> [round(p) for p in alternate([3.0, -3.0, 0.2, -3.0], switch=(0.9, 0.9))]
    [1, 0, 1, 0]
    """
    likely = [(1 / (1 + math.exp(-o)), 1 / (1 + math.exp(o))) for o in (max(-30.0, min(30.0, x)) for x in odds)]
    stay = ((1 - switch[0], switch[0]), (switch[1], 1 - switch[1]))
    forward: list[tuple[float, float]] = []
    for index, (ask, answer) in enumerate(likely):
        before = forward[-1] if index else (first, 1 - first)
        reach = before if not index else _step(before, stay)
        forward.append(_scaled(reach[0] * ask, reach[1] * answer))
    after = (1.0, 1.0)
    found = []
    for index in range(len(likely) - 1, -1, -1):
        found.append(_scaled(forward[index][0] * after[0], forward[index][1] * after[1])[0])
        ask, answer = likely[index][0] * after[0], likely[index][1] * after[1]
        after = _scaled(stay[0][0] * ask + stay[0][1] * answer, stay[1][0] * ask + stay[1][1] * answer)
    return found[::-1]


def _step(
    before: tuple[float, float], stay: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[float, float]:
    """Carry the probabilities over one change of turn."""
    return (before[0] * stay[0][0] + before[1] * stay[1][0], before[0] * stay[0][1] + before[1] * stay[1][1])


def _scaled(one: float, other: float) -> tuple[float, float]:
    """Make two weights sum to one."""
    total = one + other or 1e-300
    return one / total, other / total
