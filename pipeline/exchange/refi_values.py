"""Attributes of transcripts in, variables and cases of REFI-QDA out; ``cases.py`` reads them back.

What does not vary within a case (a firm) is a value of the case; what does (a wave) is a value of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.exchange.cases import case_column
from pipeline.exchange.project import Project
from pipeline.exchange.refi_codes import guid
from pipeline.exchange.schema import legal
from pipeline.records import Transcript


def columns_of(project: Project) -> list[str]:
    """Return the names of all attributes, in the order met."""
    return list(dict.fromkeys(name for talk in project.transcripts for name in talk.attributes if legal(name)))


def write_variables(root: Any, project: Project) -> dict[str, str]:
    """Declare every attribute; return the type of each."""
    kinds = {}
    names = columns_of(project)
    if names:
        variables = _sub(root, "Variables")
    for name in names:
        values = [talk.attributes.get(name, "") for talk in project.transcripts]
        whole = any(values) and all(re.fullmatch(r"0|-?[1-9][0-9]*", value) for value in values if value)
        kinds[name] = "Integer" if whole else "Text"
        key = guid("variable", project.name, name)
        _sub(variables, "Variable", guid=key, name=legal(name), typeOfVariable=kinds[name])
    return kinds


def write_cases(root: Any, project: Project, kinds: Mapping[str, str], sources: Mapping[str, str]) -> None:
    """Write one case a firm, or one a transcript where no attribute names the firm."""
    grouped = _grouped(project)
    if not grouped or not kinds:
        return
    cases = _sub(root, "Cases")
    for name, talks in grouped.items():
        case = _sub(cases, "Case", guid=guid("case", project.name, name), name=legal(name))
        for column, value in _shared(talks, kinds).items():
            _value(case, project, column, value, kinds)
        for talk in talks:
            _sub(case, "SourceRef", targetGUID=sources[talk.id])


def write_values(source: Any, project: Project, transcript: Transcript, kinds: Mapping[str, str]) -> None:
    """Write, on a document, the values that vary within its case."""
    talks = next(talks for talks in _grouped(project).values() if transcript in talks)
    shared = _shared(talks, kinds)
    for column in kinds:
        value = transcript.attributes.get(column, "")
        if value and column not in shared:
            _value(source, project, column, value, kinds)


def _grouped(project: Project) -> dict[str, list[Transcript]]:
    """Group transcripts by case; one without a case is its own."""
    column = case_column(columns_of(project))
    groups: dict[str, list[Transcript]] = {}
    for talk in project.transcripts:
        groups.setdefault(talk.attributes.get(column, "") or talk.id, []).append(talk)
    return groups


def _shared(talks: Sequence[Transcript], kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the values that all transcripts of a case have."""
    values = {column: {talk.attributes.get(column, "") for talk in talks} for column in kinds}
    return {column: found.pop() for column, found in values.items() if len(found) == 1 and found != {""}}


def _value(parent: Any, project: Project, column: str, value: str, kinds: Mapping[str, str]) -> None:
    """Write one value."""
    held = _sub(parent, "VariableValue")
    _sub(held, "VariableRef", targetGUID=guid("variable", project.name, column))
    _sub(held, f"{kinds[column]}Value").text = legal(value)


def _sub(parent: Any, tag: str, **attributes: str) -> Any:
    """Add a child in the namespace of its parent."""
    from lxml import etree

    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", **attributes)
