"""The adjudication page: what coders disagree on, side by side, and the consensus they reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pipeline.annotate.adjudication import Disagreement
from pipeline.annotate.web.context import lines_around
from pipeline.annotate.web.desk import Desk
from pipeline.annotate.web.visit import Reply, Visit, address


def disagreements(desk: Desk, visit: Visit) -> Reply:
    """Show one disagreement: that of the address, else the first that is not settled."""
    return _show(desk, visit, visit.query.get("code", ""), visit.query.get("passage", ""))


def settle(desk: Desk, visit: Visit) -> Reply:
    """Record the consensus: the codes ticked, those of one coder, or that nothing applies."""
    wanted, kept = visit.one("passage"), visit.one("filter")
    codes = visit.codes
    if visit.one("do") == "nothing":
        codes = frozenset()
    elif visit.one("follow"):
        codes = _find(desk.judging.disagreements(), wanted).answers[visit.one("follow")].codes
    desk.judging.record(visit.one("key"), wanted, codes, visit.memo)
    return desk.after(visit, address("/", code=kept)) or _show(desk, visit, kept, "", note="Consensus enregistré.")


def _find(known: Sequence[Disagreement], wanted: str) -> Disagreement:
    """Return a disagreement by its id. Raises ValueError if there is none."""
    found = next((one for one in known if one.id == wanted), None)
    if found is None:
        raise ValueError(f"no such disagreement: {wanted[:40]!r}")
    return found


def _show(desk: Desk, visit: Visit, code: str, wanted: str, note: str = "") -> Reply:
    """Render one disagreement, and the list of all of them."""
    known = desk.judging.disagreements()
    every = [one for one in known if not code or code in one.codes]
    left = [one for one in every if one.settled is None]
    one = _find(known, wanted) if wanted else next(iter(left or every), None)
    shared = reduce(frozenset.__and__, (e.codes for e in one.answers.values())) if one else frozenset()
    chosen = one.settled.codes if one and one.settled else shared
    return desk.page(
        visit, "disagreement.html.j2", one=one, every=every, settled=len(every) - len(left), code=code, note=note,
        alert="", coders=desk.judging.coders(), chosen=chosen,
        rank=[each.id for each in every].index(one.id) if one and one in every else 0,
        memo=one.settled.memo if one and one.settled else "",
        lines=lines_around(one.segment, one.asked, one.before, one.after) if one else [],
    )  # fmt: skip
