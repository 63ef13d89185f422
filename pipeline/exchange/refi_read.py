"""REFI-QDA projects (.qdpx) of any tool in, a Project out. Specification: REFI-QDA 1.5, qdasoftware.org."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError
from pipeline.exchange.archive import Archive
from pipeline.exchange.cases import Values, attributes_of, case_memos, values_of
from pipeline.exchange.evidence import Reading, Sight, judge
from pipeline.exchange.fields import unpack
from pipeline.exchange.offsets import Ruler
from pipeline.exchange.project import Memo, Project, Setting, Unplaced, identifiers, merged
from pipeline.exchange.refi_codes import guid_of, read_codes
from pipeline.exchange.refi_notes import Notes
from pipeline.exchange.refi_sources import Selection, Source, sources_of
from pipeline.exchange.tree import to_codebook, walk
from pipeline.read.markup import local, parse_xml
from pipeline.read.quotes import agrees
from pipeline.records import Coding, Transcript

_MACHINE = re.compile(r"filrouge \((machine(?::.*)?)\)", re.DOTALL)
_UNREAD = {"PictureSource": "image", "Graph": "graphe", "Link": "lien"}


def read_qdpx(path: Path, setting: Setting) -> Project:
    """Read a .qdpx; raises ReadError when it is no project, or when its positions fit no way of counting."""
    archive = Archive(path)
    root = parse_xml(archive.read(_project_part(archive)), name=str(path), kind="projet REFI-QDA")
    if local(root) != "Project":
        raise ReadError(
            f"{path} : ce n’est pas un projet REFI-QDA (élément <{local(root)}> au lieu de <Project>)."
        )
    reading = _Reading(path, root, sources_of(root, archive, path), Notes(root, archive))
    return reading.project(setting)


def _project_part(archive: Archive) -> str:
    """Find the one .qde at the root of the archive."""
    found = [name for name in archive.names if name.lower().endswith(".qde") and "/" not in name]
    if len(found) != 1:
        what = "aucun fichier .qde" if not found else f"{len(found)} fichiers .qde"
        raise ReadError(
            f"{archive.path} : {what} à la racine de l’archive ; un projet REFI-QDA en a exactement un."
        )
    return found[0]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A project half read."""

    path: Path
    root: Any
    sources: tuple[Source, ...]
    notes: Notes

    def project(self, setting: Setting) -> Project:
        """Put everything together."""
        roots = read_codes(self.root)
        self._open_used(roots)
        description = _text(self.root, "Description")
        codebook, codes = to_codebook(roots, name=self.root.get("name") or self.path.stem, text=description)
        ids = dict(zip([source.guid for source in self.sources], self._ids(), strict=True))
        evidence = self._evidence()
        codings, unplaced = self._codings(codes, ids, evidence, setting)
        values = values_of(self.root, self.sources)
        transcripts = tuple(
            self._transcript(source, ids, values) for source in self.sources if source.text is not None
        )
        memos = [*self.notes.memos({**codes, **ids}), *case_memos(values), *self._descriptions(description, ids)]
        return Project(
            self.root.get("name") or self.path.stem, codebook, transcripts, merged(codings), tuple(memos),
            tuple(unplaced), (evidence.sentence,) if evidence.total else (), tuple(self._doubts()),
        )  # fmt: skip

    def _ids(self) -> list[str]:
        """Name the transcripts."""
        return identifiers([source.name for source in self.sources])

    def _open_used(self, roots: list[Any]) -> None:
        """Treat as a code every folder that codes something all the same."""
        used = {guid_of(ref.get("targetGUID")) for ref in self.root.iter("{*}CodeRef")}
        for node in walk(roots):
            node.codable = node.codable or node.key in used

    def _evidence(self) -> Reading:
        """Decide how positions count; refuse a project whose selections bear no reading out."""
        texts = {source.guid: source.text for source in self.sources if source.text is not None}
        sights = [
            Sight(source.guid, chosen.start, chosen.end, (chosen.name, chosen.description))
            for source in self.sources for chosen in source.selections if chosen.positioned
        ]  # fmt: skip
        best = judge(sights, texts, origin=self.root.get("origin") or "")
        if not best.fits:
            raise ReadError(
                f"{self.path} : les positions des codages ne tombent pas sur des mots, de quelque façon qu’on les "
                f"compte ({best.sentence.rstrip('.')}). Rien n’est importé ; exportez de nouveau le projet."
            )
        return best

    def _codings(
        self, codes: Mapping[str, str], ids: Mapping[str, str], evidence: Reading, setting: Setting
    ) -> tuple[list[Coding], list[Unplaced]]:
        """Place every selection, one Coding a coder; what has no place is set apart."""
        codings, unplaced = [], []
        users = self._users()
        for source in self.sources:
            ruler = Ruler(source.text, evidence.counting) if source.text is not None else None
            for chosen in source.selections:
                span = ruler.span(chosen.start, chosen.end) if ruler and chosen.positioned else None
                if ruler and chosen.whole:
                    span = (0, len(ruler.text))
                for coder, guids, note in self._votes(chosen, source, users, setting):
                    known = [codes[guid] for guid in guids if guid in codes]
                    if ruler and span and span[0] < span[1] and len(known) == len(guids):
                        passage = ruler.text[slice(*span)]
                        codings.append(_coding((ids[source.guid], *span, coder), known, note, passage))
                    else:
                        why = _why(source, span, len(known) == len(guids))
                        names = ", ".join(known) or "(sans code)"
                        unplaced.append(Unplaced(source.name, names, coder, chosen.name or note, why))
        return codings, unplaced

    def _votes(
        self, chosen: Selection, source: Source, users: Mapping[str, str], setting: Setting
    ) -> Iterator[tuple[str, list[str], str]]:
        """Yield (coder, codes, note) for each coder of a selection; one without codes says « rien »."""
        author = self.root.get("creatingUserGUID")
        default = next((who for who in (chosen.user, source.user, guid_of(author)) if who), "")
        by_coder: dict[str, list[str]] = {}
        notes: dict[str, list[str]] = {}
        for coding in chosen.codings:
            who = coding.user or default
            by_coder.setdefault(who, []).append(coding.code)
            notes.setdefault(who, []).extend(self.notes.texts(coding.notes))
        for who, guids in (by_coder or {default: []}).items():
            told = dict.fromkeys([chosen.description, *notes.get(who, []), *self.notes.texts(chosen.notes)])
            name = users.get(who) or setting.coder or "inconnu"
            yield _coder(name), guids, "\n".join(text for text in told if text)

    def _users(self) -> dict[str, str]:
        """Return the coders' names by GUID."""
        return {
            guid_of(user.get("guid")): user.get("name") or user.get("id") or ""
            for user in self.root.iter("{*}User")
        }

    def _transcript(self, source: Source, ids: Mapping[str, str], values: Values) -> Transcript:
        """Make a transcript of a source."""
        from pipeline.exchange.offsets import canonical_places

        text, _ = canonical_places(source.text or "")
        return Transcript(ids[source.guid], text, attributes=attributes_of(source.guid, ids[source.guid], values))

    def _descriptions(self, description: str, ids: Mapping[str, str]) -> Iterator[Memo]:
        """Keep what the project and its documents say of themselves."""
        for source in self.sources:
            if source.description.strip():
                yield Memo(f"Description de {ids[source.guid]}", source.description, about=ids[source.guid])
        words = unpack(description)[0]
        if words.strip():
            yield Memo("Description", words, about="projet")

    def _doubts(self) -> Iterator[str]:
        """Tell what this format holds and filrouge does not."""
        for source in self.sources:
            if source.text is None:
                yield f"Document « {source.name} » : {source.why}."
            elif not source.text.strip():
                yield f"Document « {source.name} » : vide ; filrouge le laissera de côté."
        counted = Counter(local(element) for element in self.root.iter())
        for tag, word in _UNREAD.items():
            if counted[tag]:
                yield f"{counted[tag]} {word}{'s' if counted[tag] > 1 else ''} dans le projet : non repris."
        bare = sum(not chosen.codings for source in self.sources for chosen in source.selections)
        if bare:
            yield f"{bare} sélection{'s' if bare > 1 else ''} sans code : « lu, rien ne s’applique »."


def _coding(place: tuple[str, int, int, str], codes: list[str], note: str, passage: str) -> Coding:
    """Make a Coding; scores come out of the note, and a note that only repeats the passage goes."""
    words, fields = unpack(note)
    scores = dict(filter(None, map(_score, fields.get("Score", []))))
    kept = "" if agrees(words, passage) else words
    return Coding(*place, frozenset(codes), {code: scores[code] for code in codes if code in scores} or None, kept)


def _score(told: str) -> tuple[str, float] | None:
    """Read « code = 0.91 »."""
    found = re.fullmatch(r"(\S+) = ([0-9.e+-]+)", told)
    try:
        return (found[1], float(found[2])) if found else None
    except ValueError:
        return None


def _coder(user: str) -> str:
    """Return the coder that a user stands for.

    >>> _coder("filrouge (machine:rsn-pe)"), _coder("Codeuse 1")
    ('machine:rsn-pe', 'Codeuse 1')
    """
    found = _MACHINE.fullmatch(user)
    return found[1] if found else " ".join(user.split())


def _why(source: Source, span: tuple[int, int] | None, known: bool) -> str:
    """Say why a selection has no place."""
    if source.text is None:
        return source.why
    if span is None:
        return "position hors du texte, ou sans position"
    return "passage vide" if known else "code absent de la grille du projet"


def _text(element: Any, tag: str) -> str:
    """Return the text of a child."""
    child = element.find(f"{{*}}{tag}")
    return "" if child is None else child.text or ""
