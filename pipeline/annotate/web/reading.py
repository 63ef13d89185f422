"""Reading mode: a whole transcript, on which a passage is selected and coded as a free span."""

from __future__ import annotations

from pipeline.annotate.questions import Reading
from pipeline.annotate.web.desk import Desk
from pipeline.annotate.web.pieces import cut, find, heading
from pipeline.annotate.web.visit import Reply, Visit, address
from pipeline.errors import CodingError


def transcripts(desk: Desk, visit: Visit) -> Reply:
    """List the transcripts, or show one."""
    wanted = visit.query.get("transcription", "")
    if wanted:
        return _show(desk, visit, desk.at_work.reading(wanted))
    return desk.page(visit, "transcripts.html.j2", readings=desk.at_work.transcripts())


def code(desk: Desk, visit: Visit) -> Reply:
    """Store codes on the passage selected: offsets from the script, or a quotation from the form."""
    wanted = visit.one("transcription")
    if not visit.codes:
        raise CodingError("Choisissez au moins un code pour ce passage.")
    start, end = _bounds(desk.at_work.reading(wanted), visit)
    desk.at_work.code_span(visit.one("key"), wanted, start, end, visit.codes, visit.memo)
    return _again(desk, visit, wanted, "Passage codé.")


def take_back(desk: Desk, visit: Visit) -> Reply:
    """Take one span or decision back; an event of its own."""
    wanted = visit.one("transcription")
    desk.at_work.take_back(visit.one("key"), visit.one("event"))
    return _again(desk, visit, wanted, "Codage retiré.")


def undo(desk: Desk, visit: Visit) -> Reply:
    """Take the newest thing back, whatever it was, and stay on the page."""
    wanted = visit.one("transcription")
    desk.at_work.undo(visit.one("key"))
    return _again(desk, visit, wanted, "Dernier geste annulé.")


def finish(desk: Desk, visit: Visit) -> Reply:
    """Store that all was read."""
    wanted = visit.one("transcription")
    desk.at_work.finish_reading(visit.one("key"), wanted)
    return _again(
        desk, visit, wanted, "Lecture terminée : ce qui ne porte aucun code est « lu, rien ne s’applique »."
    )


def _again(desk: Desk, visit: Visit, wanted: str, note: str) -> Reply:
    """Show the transcript anew."""
    there = address("/lecture", transcription=wanted)
    return desk.after(visit, there) or _show(desk, visit, desk.at_work.reading(wanted), note)


def _show(desk: Desk, visit: Visit, reading: Reading, note: str = "") -> Reply:
    """Render a transcript, cut at every passage that this coder marked."""
    talk, order = reading.transcript, desk.codebook.ids
    turns = [(turn, cut(talk, turn, reading.events, order)) for turn in talk.turns]
    bounds = " ".join(f"{part.start}-{part.end}" for part in reading.segments)
    return desk.page(
        visit, "reading.html.j2", reading=reading, turns=turns, bounds=bounds, heading=heading(talk), note=note,
        alert="",
    )  # fmt: skip


def _bounds(reading: Reading, visit: Visit) -> tuple[int, int]:
    """Return where the passage stands. Raises CodingError if the quotation names no place, or several."""
    start, end = visit.one("start"), visit.one("end")
    if start.isdecimal() and end.isdecimal():
        return int(start), int(end)
    quote = visit.one("quote")
    if not quote.strip():
        raise CodingError("Aucun passage choisi : sélectionnez-le dans le texte, ou recopiez-le dans « Passage ».")
    places = find(reading.transcript.text, quote)
    if not places:
        raise CodingError("Ce passage ne se trouve pas dans l’entretien ; recopiez-le exactement.")
    if len(places) > 1:
        raise CodingError(
            f"Ce passage se trouve {len(places)} fois dans l’entretien ; recopiez-en davantage, qu’il soit unique."
        )
    return places[0]
