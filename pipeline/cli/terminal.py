"""A session in a terminal, over ssh: the same engine; what is typed goes to the store at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

from pipeline.errors import FilrougeError

if TYPE_CHECKING:
    from pipeline.annotate import Question, Session
    from pipeline.codebook import Codebook

HELP = "Codes : leurs numéros ou leurs noms, séparés par des espaces. 0 ou n : rien ne s’applique. s : passer. "
HELP += "u : revenir sur la dernière réponse. d : définitions. a : avancement. m TEXTE : mémo. q : quitter."


def converse(
    session: Session, *, ask: Callable[[str], str] | None = None, tell: Callable[[str], None] = typer.echo,
    key: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> int:  # fmt: skip
    """Ask and store until all is decided or the coder leaves; return how many answers were stored."""
    read = ask or (lambda prompt: input(prompt))
    tell(HELP)
    count, memo, shown = 0, "", ""
    while (question := session.next()) is not None:
        if shown != question.id:
            tell(screen(question, session.codebook))
            shown = question.id
        try:
            typed = read("codes> ").strip()
        except EOFError:
            break
        word, _, rest = typed.partition(" ")
        if word == "q":
            break
        if word == "m":
            memo = rest
            tell(f"Mémo noté pour la réponse à venir : {memo}")
        elif word in SAYS and not rest:
            tell(SAYS[word](session))
        elif word == "u":
            back = session.undo(key())
            tell("Réponse reprise." if back else "Rien à reprendre.")
            shown = ""
        elif typed:
            stored = _answer(session, question, typed, memo, key(), tell)
            count, memo = count + stored, "" if stored else memo
    else:
        tell("Tous les segments sont décidés.")
    return count


def _answer(
    session: Session, question: Question, typed: str, memo: str, key: str, tell: Callable[[str], None]
) -> bool:
    """Store one answer; tell what is wrong with it."""
    try:
        if typed == "s":
            session.skip(key, question.id, memo)
            return False
        codes = chosen(typed.replace(",", " ").split(), session.codebook)
        stored = session.answer(key, question.id, codes, memo)
    except FilrougeError as error:
        tell(str(error))
        return False
    tell("→ " + (", ".join(sorted(codes)) or "rien ne s’applique") + _suggested(session, question))
    return stored


def chosen(words: Iterable[str], codebook: Codebook) -> list[str]:
    """Turn numbers and names into names of codes; "0" and "n" are none.

    >>> from pipeline.codebook import parse_codebook
    >>> book = parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": "a", "label": "A"}]}]})
    >>> chosen(["1"], book), chosen(["0"], book), chosen(["a", "9"], book)
    (['a'], [], ['a', '9'])
    """
    ids = codebook.ids
    return [
        ids[int(word) - 1] if word.isascii() and word.isdigit() and 0 < int(word) <= len(ids) else word
        for word in words
        if word not in ("0", "n", "N")
    ]


def screen(question: Question, codebook: Codebook) -> str:
    """Lay a question out: context, segment, codes."""
    lines = ["", f"── {question.segment.transcript.id} · {question.reason}"]
    if question.listed:
        lines.append(f"Liste de travail : {question.listed[0]} sur {question.listed[1]}")
    lines += [f"   [question] {question.asked}"] if question.asked else []
    lines += [f"   … {segment.text}" for segment in question.before]
    lines += [f" ▶ {question.speaker + ' : ' if question.speaker else ''}{question.segment.text}"]
    lines += [f"   … {segment.text}" for segment in question.after]
    lines.append("  ".join(f"{n} {code.label}" for n, code in enumerate(codebook.codes, 1)) + "  0 rien")
    return "\n".join(lines)


def _definitions(session: Session) -> str:
    """Tell what each code means."""
    return "\n".join(f"{n} {code.label} : {code.definition}" for n, code in enumerate(session.codebook.codes, 1))


def _progress(session: Session) -> str:
    """Tell how far the work is."""
    now = session.progress()
    lines = [f"{now.decided} segments décidés sur {now.segments}, dont {now.random} tirés au hasard."]
    lines += [f"  {code.label} : {code.positives}" for code in now.codes]
    if now.curve and now.curve[-1].kappa is not None:
        point = now.curve[-1]
        lines.append(f"kappa moyen {point.kappa:.2f} sur {point.sample} segments. ".replace(".", ",", 1))
        lines.append(now.indication)
    return "\n".join([*lines, *now.advice])


# To add a word that only tells something: the word, and what tells it.
SAYS: dict[str, Callable[[Session], str]] = {
    "?": lambda session: HELP,
    "d": _definitions,
    "a": _progress,
}


def _suggested(session: Session, question: Question) -> str:
    """Tell what the machine would have said, where the coder asked for it, and only now."""
    found = session.suggestion(question.id)
    if found is None:
        return ""
    return f" (la machine : {', '.join(sorted(found.retained)) or 'rien'})"
