"""The question page: a segment in its context, an answer, and the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.annotate.questions import Progress, Question, Suggestion
from pipeline.annotate.web.context import lines_around
from pipeline.annotate.web.curve import draw
from pipeline.annotate.web.desk import Desk
from pipeline.annotate.web.visit import Reply, Visit, address

NO_CODE = "Choisissez au moins un code, ou « Rien ne s’applique » (touche 0) si aucun ne convient."
NOTHING_LEFT = "Il n’y a rien à annuler : aucune réponse n’est enregistrée."
TAKEN_BACK = "Votre dernier geste, fait en mode lecture, est annulé."
CORRECT = "Réponse annulée ; elle attend votre correction."
SKIPPED = "Passage mis de côté ; il reviendra après les autres."


@dataclass(frozen=True, slots=True)
class Said:
    """The answer just given, and what the machine would have said: shown after it, never before."""

    question: Question
    codes: frozenset[str]
    suggestion: Suggestion | None

    @property
    def disputed(self) -> frozenset[str]:
        """Codes on which coder and machine differ."""
        return self.codes ^ self.suggestion.retained if self.suggestion else frozenset()


def ask(desk: Desk, visit: Visit) -> Reply:
    """Show the next question, or the one of the address."""
    wanted = visit.query.get("question", "")
    question = desk.at_work.question(wanted) if wanted else desk.at_work.next()
    after = visit.query.get("apres", "")
    return _show(desk, visit, question, said=_said(desk, after) if after else None)


def answer(desk: Desk, visit: Visit) -> Reply:
    """Store an answer, or leave the question aside, then show the next one."""
    session, question, key = desk.at_work, visit.one("question"), visit.one("key")
    if visit.one("do") == "skip":
        session.skip(key, question, visit.memo)
        return desk.after(visit, "/") or _show(desk, visit, session.next(), note=SKIPPED)
    codes = frozenset() if visit.one("do") == "nothing" else visit.codes
    if not codes and visit.one("do") != "nothing":
        if visit.htmx:
            return desk.complaint(visit, NO_CODE, 400)
        return _show(desk, visit, session.question(question), alert=NO_CODE, memo=visit.memo, status=400)
    session.answer(key, question, codes, visit.memo)
    there = address("/", apres=question)
    return desk.after(visit, there) or _show(desk, visit, session.next(), said=_said(desk, question))


def undo(desk: Desk, visit: Visit) -> Reply:
    """Take the newest answer back and show its question again."""
    session = desk.at_work
    held = any(reading.events or reading.finished for reading in session.transcripts())
    question = session.undo(visit.one("key"))
    if question is None:
        note = TAKEN_BACK if held else NOTHING_LEFT
        return desk.after(visit, address("/", dit="geste" if held else "rien")) or _show(
            desk, visit, session.next(), note=note
        )
    there = address("/", question=question.id, dit="reponse")
    return desk.after(visit, there) or _show(desk, visit, question, note=CORRECT)


def progress(desk: Desk, visit: Visit) -> Reply:
    """Show the panel alone: the machine may have learnt meanwhile."""
    template = "_panel.html.j2" if visit.htmx else "progress.html.j2"
    return desk.page(visit, template, **_panel(desk.at_work.progress()))


def why(desk: Desk, visit: Visit) -> Reply:
    """Say why the machine puts a code on a segment that this coder answered."""
    question, code = visit.query.get("question", ""), visit.query.get("code", "")
    desk.codebook.dimension_of(code)  # a KeyError is a forged address
    told = desk.at_work.explain(question, code)
    template = "_why.html.j2" if visit.htmx else "why.html.j2"
    return desk.page(visit, template, code=code, told=told, question=desk.at_work.question(question))


def help_page(desk: Desk, visit: Visit) -> Reply:
    """Show the keys on a page of their own, for those without scripts."""
    return desk.page(visit, "help.html.j2")


_NOTES = {"geste": TAKEN_BACK, "rien": NOTHING_LEFT, "reponse": CORRECT}


def _show(
    desk: Desk,
    visit: Visit,
    question: Question | None,
    *,
    said: Said | None = None,
    note: str = "",
    alert: str = "",
    memo: str = "",
    status: int = 200,
) -> Reply:
    """Render a question, or the page that says that all is decided."""
    panel = _panel(desk.at_work.progress())
    note = note or _NOTES.get(visit.query.get("dit", ""), "")
    if question is None:
        return desk.page(visit, "done.html.j2", said=said, note=note, alert=alert, **panel)
    lines = lines_around(question.segment, question.asked, question.before, question.after)
    return desk.page(
        visit, "question.html.j2", status=status, question=question, lines=lines, said=said, note=note,
        alert=alert, memo=memo or question.memo, chosen=question.chosen, **panel,
    )  # fmt: skip


def _panel(progress: Progress) -> dict[str, Any]:
    """Return what the panel shows."""
    most = max([15, *(code.positives for code in progress.codes)])
    return {"progress": progress, "drawing": draw(progress.curve), "most": most}


def _said(desk: Desk, question: str) -> Said | None:
    """Look up what this coder just said of a question; None if it was taken back meanwhile."""
    asked = desk.at_work.question(question)
    place = asked.segment.transcript.id, asked.segment.start, asked.segment.end
    events = desk.at_work.reading(place[0]).events
    found = [event for event in events if event.kind == "decision" and event.place == place]
    return Said(asked, found[-1].codes, desk.at_work.suggestion(question)) if found else None
