"""A Project in, a REFI-QDA project (.qdpx) out, checked against the official schema before it leaves.

Two exports of one study are the same bytes: GUIDs are made of what they name (uuid5), the date is an argument. One
PlainTextSelection a passage and coder, because QualCoder reads the coder there and not from the Coding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import __version__
from pipeline.errors import OutputError
from pipeline.exchange.archive import pack_archive
from pipeline.exchange.fields import pack
from pipeline.exchange.offsets import Counting, to_positions
from pipeline.exchange.project import Memo, Options, Project, is_machine, merged
from pipeline.exchange.refi_codes import guid, write_codes
from pipeline.exchange.refi_values import write_cases, write_values, write_variables
from pipeline.exchange.schema import complaint, legal
from pipeline.exchange.tree import from_codebook, summary
from pipeline.records import Coding, Transcript

NAMESPACE = "urn:QDA-XML:project:1.0"
_NAME = 60  # characters of a passage that name its selection


@dataclass(frozen=True, slots=True)
class Profile:
    """How one tool wants texts and positions; only ``refi`` was tried on a real importer, QualCoder's."""

    bom: bool = False
    eol: str = "\n"
    counting: Counting = Counting("codepoint", 1)  # noqa: RUF009 (frozen)


# To add a profile: a line here; --profile then offers it.
PROFILES = {
    "refi": Profile(),
    "nvivo": Profile(bom=True, eol="\r\n", counting=Counting("utf16", 2)),
    "maxqda": Profile(bom=True, eol="\r\n", counting=Counting("codepoint", 2)),
    "atlas": Profile(),
}


def write_qdpx(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out the archive; raises OutputError for an unknown profile."""
    profile = PROFILES.get(options.profile)
    if profile is None:
        raise OutputError(f"--profile « {options.profile} » inconnu. Profils : {', '.join(PROFILES)}.")
    root = _Writing(project, profile, options).root()
    parts = {"project.qde": serialised(root, "Project.xsd")}
    for transcript in project.transcripts:
        text = transcript.text.replace("\n", profile.eol)
        data = text.encode("utf-8-sig" if profile.bom else "utf-8", "surrogatepass")
        parts[f"sources/{_text_guid(project, transcript)}.txt"] = data
    return {f"{project.name}.qdpx": pack_archive(parts)}


def serialised(root: Any, schema: str) -> bytes:
    """Return the bytes of an element that fits its schema; what does not fit is a bug of ours, not the user's."""
    from lxml import etree

    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    fault = complaint(etree.fromstring(data), schema)
    if fault:
        raise ValueError(f"what was to be written departs from {schema}: {fault}")
    return data


def user_of(coder: str) -> str:
    """Return the user that stands for a coder.

    >>> user_of("machine:rsn-pe"), user_of("marie")
    ('filrouge (machine:rsn-pe)', 'marie')
    """
    return f"filrouge ({coder})" if is_machine(coder) else coder


@dataclass(frozen=True, slots=True)
class _Writing:
    """A project on its way to XML."""

    project: Project
    profile: Profile
    options: Options

    def root(self) -> Any:
        """Build the document; the order of the children is the schema's."""
        from lxml import etree

        project = self.project
        root = etree.Element(
            f"{{{NAMESPACE}}}Project", nsmap={None: NAMESPACE}, name=legal(project.name),
            origin=f"filrouge {__version__}, {self.options.profile}", creationDateTime=self.options.date,
        )  # fmt: skip
        coders = self._coders()
        if coders:
            users = self._sub(root, "Users")
            for coder in coders:
                self._sub(users, "User", guid=self._user(coder), name=legal(user_of(coder)))
        if project.codebook:
            codes = self._sub(self._sub(root, "CodeBook"), "Codes")
            write_codes(codes, from_codebook(project.codebook), project=project.name, notes=self._notes_on_codes())
        kinds = write_variables(root, project)
        write_cases(root, project, kinds, {t.id: guid("source", project.name, t.id) for t in project.transcripts})
        if project.transcripts:
            sources = self._sub(root, "Sources")
            for transcript in project.transcripts:
                self._source(sources, transcript, kinds)
        self._notes(root)
        self._description(root)
        return root

    def _coders(self) -> list[str]:
        """List who coded or wrote a memo."""
        return sorted({*self.project.coders, *(memo.author for memo in self.project.memos if memo.author)})

    def _source(self, sources: Any, transcript: Transcript, kinds: Mapping[str, str]) -> None:
        """Write a transcript and its selections."""
        name = self.project.name
        source = self._sub(
            sources, "TextSource", guid=guid("source", name, transcript.id), name=legal(transcript.id),
            plainTextPath=f"internal://{_text_guid(self.project, transcript)}.txt",
            creationDateTime=self.options.date,
        )  # fmt: skip
        positions = to_positions(transcript.text, self.profile.counting, eol=self.profile.eol)
        for coding in merged(c for c in self.project.codings if c.transcript == transcript.id):
            self._selection(source, coding, transcript, positions)
        for key in self._memos_about(transcript.id):
            self._sub(source, "NoteRef", targetGUID=key)
        write_values(source, self.project, transcript, kinds)

    def _selection(self, source: Any, coding: Coding, transcript: Transcript, positions: Sequence[int]) -> None:
        """Write what one coder said of one passage."""
        place = (self.project.name, coding.transcript, str(coding.start), str(coding.end), coding.coder)
        user = self._user(coding.coder)
        selection = self._sub(
            source, "PlainTextSelection", guid=guid("selection", *place),
            name=legal(transcript.text[coding.start : coding.end][:_NAME]),
            startPosition=str(positions[coding.start]), endPosition=str(positions[coding.end]),
            creatingUser=user, creationDateTime=self.options.date,
        )  # fmt: skip
        described = pack(coding.note, {"Score": scores_told(coding)})
        if described:
            self._sub(selection, "Description").text = legal(described)
        for code in sorted(coding.codes):
            held = self._sub(
                selection, "Coding", guid=guid("coding", *place, code), creatingUser=user,
                creationDateTime=self.options.date,
            )  # fmt: skip
            self._sub(held, "CodeRef", targetGUID=guid("code", self.project.name, code))

    def _notes(self, root: Any) -> None:
        """Write the memos."""
        memos = [(key, memo) for key, memo in self._memos() if memo.about != "projet"]
        if memos:
            notes = self._sub(root, "Notes")
            for key, memo in memos:
                note = self._sub(
                    notes, "Note", guid=key, name=legal(memo.name), creationDateTime=self.options.date
                )
                if memo.author:
                    note.set("creatingUser", self._user(memo.author))
                self._sub(note, "PlainTextContent").text = legal(memo.text)

    def _description(self, root: Any) -> None:
        """Write what the project says of itself."""
        words = "\n".join(memo.text for memo in self.project.memos if memo.about == "projet")
        fields = summary(self.project.codebook) if self.project.codebook else ""
        told = "\n".join(part for part in (words, fields) if part)
        if told:
            self._sub(root, "Description").text = legal(told)

    def _memos(self) -> list[tuple[str, Memo]]:
        """Give each memo its GUID."""
        return [(guid("note", self.project.name, str(n), m.name), m) for n, m in enumerate(self.project.memos)]

    def _memos_about(self, name: str) -> list[str]:
        """Return the GUIDs of the memos about something."""
        return [key for key, memo in self._memos() if memo.about == name]

    def _notes_on_codes(self) -> dict[str, list[str]]:
        """Return the GUIDs of the notes on each code."""
        ids = self.project.codebook.ids if self.project.codebook else ()
        return {code: self._memos_about(code) for code in ids}

    def _user(self, coder: str) -> str:
        """Return the GUID of a coder."""
        return guid("user", user_of(coder))

    def _sub(self, parent: Any, tag: str, **attributes: str) -> Any:
        """Add a child."""
        from lxml import etree

        return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", **attributes)


def scores_told(coding: Coding) -> list[str]:
    """Write the scores of the codes that hold, best first.

    >>> scores_told(Coding("e", 0, 1, "machine", frozenset({"a"}), {"a": 0.91, "b": 0.2}))
    ['a = 0.91']
    """
    held = [(code, score) for code, score in (coding.scores or {}).items() if code in coding.codes]
    return [f"{code} = {score!r}" for code, score in sorted(held, key=lambda pair: (-pair[1], pair[0]))]


def _text_guid(project: Project, transcript: Transcript) -> str:
    """Return the GUID that names a text in the archive."""
    return guid("text", project.name, transcript.id)
