"""A Project in, a corpus for IRaMuTeQ out: each coded passage a text, with its codes, case, wave… as variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.errors import OutputError
from pipeline.exchange.project import Options, Project, merged
from pipeline.exchange.tree import slug
from pipeline.records import Coding, Transcript


def write_iramuteq(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay the corpus out in UTF-8; raises OutputError when no passage is coded."""
    texts = list(_texts(project))
    if not texts:
        raise OutputError(f"L’étude « {project.name} » n’a aucun passage codé : pas de corpus pour IRaMuTeQ.")
    return {f"{project.name}.txt": ("\n\n".join(texts) + "\n").encode("utf-8", "surrogatepass")}


def starred(talk: Transcript, codings: Sequence[Coding]) -> str:
    """Write the line of variables of a passage, which several may have coded.

    >>> starred(Transcript("e1", "x", attributes={"vague": "1", "Secteur": "Agro-alimentaire, B2B"}),
    ...         [Coding("e1", 0, 1, "Léa D.", frozenset({"individuel_prive"}))])
    '**** *entretien_e1 *vague_1 *secteur_agroalimentaireb2b *codeur_lead *code_individuelprive'
    """
    pairs = [("entretien", talk.id), *talk.attributes.items()]
    pairs += [("codeur", coding.coder) for coding in codings]
    pairs += [("code", code) for code in sorted({code for coding in codings for code in coding.codes})]
    return " ".join(["****", *(f"*{_word(name)}_{_word(value)}" for name, value in pairs if value.strip())])


def plain(text: str) -> str:
    r"""Take out of a passage what IRaMuTeQ reads as a mark: stars, and line ends.

    >>> plain("**** a *b\n-*c  d"), plain("l’export")
    ('a b c d', 'l’export')
    """
    return " ".join(re.sub(r"-?\*+", " ", text).split())


def _texts(project: Project) -> Iterator[str]:
    """Yield each coded passage under its line of variables."""
    talks = {talk.id: talk for talk in project.transcripts}
    passages: dict[tuple[str, int, int], list[Coding]] = {}
    for coding in merged(project.codings):
        if coding.codes:
            passages.setdefault((coding.transcript, coding.start, coding.end), []).append(coding)
    for (name, start, end), codings in passages.items():
        words = plain(talks[name].text[start:end])
        if words:
            yield f"{starred(talks[name], codings)}\n{words}"


def _word(name: str) -> str:
    """Make one word of a name or a value, letters and digits; « _ » parts the two.

    >>> _word("1re vague"), _word("individuel_privé"), _word("—")
    ('1revague', 'individuelprive', 'x')
    """
    return re.sub(r"[^a-z0-9]", "", slug(f"x{name}")[1:]) or "x"
