"""A ledger and what was measured in, how far a coder is out, with advice in French."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.annotate.events import Event
from pipeline.annotate.ledger import Ledger
from pipeline.annotate.questions import CodeProgress, Point, Progress
from pipeline.annotate.strategies import STARVED
from pipeline.annotate.wording import INDICATION
from pipeline.codebook import Codebook

STABLE, ROUNDS = 0.95, 3  # at this scale .99 never fires before 300 answers (design notes, E2)
RARE_AFTER = 200  # answers


def report(
    ledger: Ledger, codebook: Codebook, events: Sequence[Event], *, sample: int, worklist: tuple[int, int] | None,
    learning: bool, model: str,
) -> Progress:  # fmt: skip
    """Lay out how far a coder is; ``events`` are theirs, ``sample`` the size of the random sample."""
    measured = [event.payload for event in events if event.kind == "measure"]
    positives = ledger.positives.tolist()
    codes = tuple(
        CodeProgress(code.id, code.label, n, ledger.answers >= RARE_AFTER and n < STARVED)
        for code, n in zip(codebook.codes, positives, strict=True)
    )
    return Progress(
        segments=len(ledger.decided), decided=int(ledger.decided.sum()), skipped=int(ledger.skipped.sum()),
        random=sample, codes=codes, curve=tuple(map(_point, measured)),
        advice=(*_stable(measured), *_rare(codes, ledger.answers)), indication=INDICATION, worklist=worklist,
        learning=learning, model=model,
    )  # fmt: skip


def _point(payload: Any) -> Point:
    """Read one measure back."""
    return Point(payload["labels"], payload["kappa"], payload["sample"], payload["by_code"])


def _stable(measured: Sequence[Any]) -> list[str]:
    """Say so when successive models have agreed ROUNDS times in a row."""
    last = [point["stability"] for point in measured[-ROUNDS:]]
    if len(last) < ROUNDS or any(value is None or value < STABLE for value in last):
        return []
    agreed = f"{min(last):.2f}".replace(".", ",")
    return [
        f"Les prédictions ont cessé de changer (kappa d’au moins {agreed} entre modèles successifs, {ROUNDS} fois "
        "de suite) : d’autres réponses apprendront peu. Mesurez maintenant l’accord sur un tirage neuf "
        "(filrouge agree plan)."
    ]


def _rare(codes: Sequence[CodeProgress], answers: int) -> list[str]:
    """Name the codes that too few passages hold."""
    return [
        f"« {code.label} » : {code.positives or 'aucun'} passage{'s' if code.positives > 1 else ''} après "
        f"{answers} réponses ; trop rare pour être automatisé, codez-le à la main."
        for code in codes
        if code.rare
    ]
