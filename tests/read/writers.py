"""One interview written in every format that filrouge reads, for contract, round-trip and damage tests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from importlib import import_module
from typing import Any

SPEECHES = (
    ("Enquêteur", "Qu’est-ce que la page vous a apporté\u202f?"),
    ("Mme L.", "Des clients. À l’étranger, surtout, et ça rassure."),
    ("Enquêteur", "Et les risques\u00a0?"),
    ("Mme L.", "Je vérifie le profil (rires) avant de signer\u00a0: « toujours »."),
)
Speeches = Sequence[tuple[str, str]]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE, TEXT = (f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "text"))


def dialogue(speeches: Speeches = SPEECHES) -> str:
    """Write the interview as plain text."""
    return "\n\n".join(f"{who}\u00a0: {said}" for who, said in speeches) + "\n"


def archive(parts: dict[str, str]) -> bytes:
    """Write a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        for name, part in parts.items():
            folder.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docx(body: str = "", *, comments: str = "", speeches: Speeches = SPEECHES) -> bytes:
    """Write a Word document whose body is ``body``, by default the interview."""
    told = body or "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(f"{who} : {said}")}</w:t></w:r></w:p>'
        for who, said in speeches
    )
    parts = {"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{told}</w:body></w:document>'}
    if comments:
        parts["word/comments.xml"] = f'<w:comments xmlns:w="{W}">{comments}</w:comments>'
    return archive(parts)


def odt(body: str = "", *, speeches: Speeches = SPEECHES, before: str = "", names: str = "") -> bytes:
    """Write an OpenDocument text whose body is ``body``, by default the interview, after what stands before it."""
    told = body or "".join(f"<text:p>{escape(f'{who} : {said}')}</text:p>" for who, said in speeches)
    names = f'xmlns:office="{OFFICE}" xmlns:text="{TEXT}" xmlns:dc="http://purl.org/dc/elements/1.1/"{names}'
    page = f"{before}<office:body><office:text>{told}</office:text></office:body>"
    return archive({"content.xml": f"<office:document-content {names}>{page}</office:document-content>"})


def rtf(speeches: Speeches = SPEECHES) -> bytes:
    """Write rich text, every sign beyond ASCII escaped."""
    lines = "".join(_rtf(f"{who} : {said}") + "\\par\n" for who, said in speeches)
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Times;}}}}\n{lines}}}".encode("ascii")


def _rtf(text: str) -> str:
    """Escape a text for RTF; astral signs take two units."""
    units = [int.from_bytes(text.encode("utf-16-le")[n : n + 2], "little") for n in range(0, 2 * _units(text), 2)]
    signs = {ord("\\"): "\\\\", ord("{"): "\\{", ord("}"): "\\}"}
    return "".join(signs.get(u) or (chr(u) if u < 128 else f"\\u{u - 65536 if u > 32767 else u}?") for u in units)


def _units(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le")) // 2


def pdf(pages: Sequence[Sequence[tuple[float, float, str]]]) -> bytes:
    """Write a PDF whose pages hold (left, foot, text) in Helvetica 10; only cp1252 signs."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]  # fmt: skip
    kids = []
    for page in pages:
        signs = "".join(
            f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm <{text.encode('cp1252').hex()}> Tj ET\n" for x, y, text in page
        )
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(signs)} >>\nstream\n{signs}endstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, places = "%PDF-1.4\n", []
    for number, entry in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{entry}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return (body + f"startxref\n{body.rindex('xref')}\n%%EOF\n").encode("ascii")


def pdf_interview(speeches: Speeches = SPEECHES) -> bytes:
    """Write the interview on one page, a line a speech; WinAnsi has no narrow NBSP."""
    lines = [f"{who} : {said}".replace("\u202f", "\u00a0") for who, said in speeches]
    return pdf([[(60, 780 - 20 * n, line) for n, line in enumerate(lines)]])


def xlsx(sheets: dict[str, Sequence[Sequence[object]]] | None = None, *, speeches: Speeches = SPEECHES) -> bytes:
    """Write a workbook, by default of one sheet with the interview."""
    openpyxl: Any = import_module("openpyxl")

    book = openpyxl.Workbook()
    book.remove(book.active)
    told = sheets or {"Entretien": [("Locuteur", "Texte"), *speeches]}
    for title, rows in told.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def table(sign: str, speeches: Speeches = SPEECHES) -> str:
    """Write a table of turns."""
    return "\n".join(sign.join((who, f'"{said}"')) for who, said in (("Locuteur", "Texte"), *speeches))


def captions(mark: str, shape: str, speeches: Speeches = SPEECHES) -> str:
    """Write one cue a speech."""
    return "".join(
        f"{n}\n00:00:0{n}{mark}000 --> 00:00:0{n}{mark}900\n{shape.format(who=who, said=said)}\n\n"
        for n, (who, said) in enumerate(speeches, 1)
    )


def trs(speeches: Speeches = SPEECHES, *, head: str = "", sections: str = "") -> bytes:
    """Write a Transcriber file in UTF-8, or one whose episode is ``sections``."""
    ids = {who: f"spk{n}" for n, who in enumerate(dict.fromkeys(who for who, _ in speeches), 1)}
    people = "".join(f'<Speaker id="{key}" name="{escape(who)}"/>' for who, key in ids.items())
    turns = "".join(
        f'<Turn speaker="{ids[who]}" startTime="{n}" endTime="{n}.9"><Sync time="{n}"/>\n{escape(said)}\n</Turn>'
        for n, (who, said) in enumerate(speeches)
    )
    told = sections or f'<Section type="report" startTime="0" endTime="9">{turns}</Section>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE Trans SYSTEM "trans-14.dtd">\n<Trans>{head}'
        f"<Speakers>{people}</Speakers><Episode>{told}</Episode></Trans>"
    ).encode()


def eaf(speeches: Speeches = SPEECHES) -> bytes:
    """Write an ELAN file: a tier a speaker."""
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="b{n}" TIME_VALUE="{n}000"/><TIME_SLOT TIME_SLOT_ID="e{n}" TIME_VALUE="{n}900"/>'
        for n in range(len(speeches))
    )
    tiers = ""
    for speaker in dict.fromkeys(who for who, _ in speeches):
        notes = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="b{n}" TIME_SLOT_REF2="e{n}">'
            f"<ANNOTATION_VALUE>{escape(said)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, (who, said) in enumerate(speeches) if who == speaker
        )  # fmt: skip
        tiers += f'<TIER TIER_ID="{escape(speaker)}" LINGUISTIC_TYPE_REF="default-lt">{notes}</TIER>'
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>".encode()


def tei(speeches: Speeches = SPEECHES) -> bytes:
    """Write TEI: an annotationBlock a speech."""
    blocks = "".join(
        f'<annotationBlock who="{escape(who)}" start="{n}" end="{n}.9"><u><seg>{escape(said)}</seg></u>'
        "</annotationBlock>"
        for n, (who, said) in enumerate(speeches)
    ).replace('who="Mme L."', 'who="#L"')
    person = '<person xml:id="L"><persName>Mme L.</persName></person>'
    return (
        f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><listPerson>{person}</listPerson></teiHeader>'
        f"<text><body>{blocks}</body></text></TEI>"
    ).encode()


def cha(speeches: Speeches = SPEECHES) -> bytes:
    """Write CHAT; its codes hold no blank."""
    lines = "".join(f"*{who}:\t{said} \x15{n}000_{n}900\x15\n" for n, (who, said) in enumerate(speeches))
    return f"@UTF8\n@Begin\n@Languages:\tfra\n{lines}@End\n".encode()


def textgrid(speeches: Speeches = SPEECHES, *, short: bool = False) -> str:
    """Write a TextGrid, long or short."""
    speakers = list(dict.fromkeys(who for who, _ in speeches))
    end = len(speeches)
    values: list[tuple[str, str]] = [
        ("xmin", "0"), ("xmax", f"{end}"), ("tiers?", "<exists>"), ("size", f"{len(speakers)}")
    ]  # fmt: skip
    for number, speaker in enumerate(speakers, 1):
        values += [(f"item [{number}]:", ""), ("class", '"IntervalTier"'), ("name", f'"{speaker}"'), ("xmin", "0"),
                   ("xmax", f"{end}"), ("intervals: size", f"{end}")]  # fmt: skip
        for n, (who, said) in enumerate(speeches):
            words = said.replace('"', '""') if who == speaker else ""
            values += [
                (f"intervals [{n + 1}]:", ""),
                ("xmin", f"{n}"),
                ("xmax", f"{n + 1}"),
                ("text", f'"{words}"'),
            ]
    head = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
    if short:
        return head + "\n".join(value for _, value in values if value) + "\n"
    return head + "\n".join(
        f"    {name} = {value} " if value and name != "tiers?" else f"{name} {value}" for name, value in values
    ) + "\n"  # fmt: skip


def whisperx(speeches: Speeches = SPEECHES) -> bytes:
    """Write WhisperX's JSON."""
    segments = [
        {"start": float(n), "end": n + 0.9, "text": f" {said}", "speaker": who, "words": []}
        for n, (who, said) in enumerate(speeches)
    ]
    return json.dumps({"segments": segments, "language": "fr"}, ensure_ascii=False).encode()


def otr(speeches: Speeches = SPEECHES) -> bytes:
    """Write oTranscribe's JSON around HTML."""
    page = "".join(
        f'<p><span class="timestamp" data-timestamp="{n}">0:0{n}</span> <b>{escape(who)}\u00a0:</b> {escape(said)}'
        "<br /></p>"
        for n, (who, said) in enumerate(speeches)
    )
    return json.dumps({"text": page, "media": "e1.mp3", "media-time": 3.0}).encode()


def noscribe(speeches: Speeches = SPEECHES) -> bytes:
    """Write noScribe's HTML: a link a passage, the speaker said where the voice changes."""
    paragraphs = "".join(
        f'<p><a name="ts_{n}000_{n}900_{escape(who)}" >{escape(who)}: <span style="color: #78909C" >[00:00:0{n}]'
        f"</span> {escape(said)}</a></p>"
        for n, (who, said) in enumerate(speeches)
    )
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0//EN"><html><head><meta charset="UTF-8" />'
        '<meta name="audio_source" content="e1.mp3"></head><body><div class="WordSection1">'
        f'<p style="font-weight: 600">e1</p>{paragraphs}</div></body></html>'
    ).encode()


# Suffix -> the interview in that format. A new reader adds its line here.
SAMPLES: dict[str, Callable[[], bytes]] = {
    ".cha": cha,
    ".csv": lambda: table(",").encode(),
    ".docx": docx,
    ".eaf": eaf,
    ".htm": noscribe,
    ".html": noscribe,
    ".json": whisperx,
    ".md": lambda: dialogue().encode(),
    ".odt": odt,
    ".otr": otr,
    ".pdf": pdf_interview,
    ".rtf": rtf,
    ".srt": lambda: captions(",", "{who}: {said}").encode(),
    ".textgrid": lambda: textgrid().encode("utf-16"),
    ".trs": trs,
    ".tsv": lambda: table("\t").encode(),
    ".txt": lambda: dialogue().encode(),
    ".vtt": lambda: ("WEBVTT\n\n" + captions(".", "<v {who}>{said}</v>")).encode(),
    ".xlsx": xlsx,
    ".xml": tei,
}
