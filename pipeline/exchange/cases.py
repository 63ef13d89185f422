"""Cases and variables, as REFI-QDA keeps them, to the attributes of each transcript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.exchange.project import CASE_COLUMNS, Memo
from pipeline.exchange.refi_codes import guid_of
from pipeline.exchange.refi_sources import Source
from pipeline.read.markup import local


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its name, its values, the documents it holds (GUIDs)."""

    name: str
    values: dict[str, str]
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Values:
    """What a project says of its documents: ``columns`` in order, cases, own values and groups by document."""

    columns: tuple[str, ...]
    cases: tuple[Case, ...]
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)


def values_of(root: Any, sources: Sequence[Source]) -> Values:
    """Read variables, cases and sets of documents."""
    variables = {guid_of(v.get("guid")): v.get("name") or "" for v in root.iter("{*}Variable")}
    at = {
        guid_of(s.get("guid")): guid_of(source.get("guid"))
        for source in root.iter("{*}TextSource")
        for s in source
    }
    cases = []
    for case in root.iter("{*}Case"):
        held = {guid_of(ref.get("targetGUID")) for ref in case.findall("{*}SourceRef")}
        held |= {at.get(guid_of(ref.get("targetGUID")), "") for ref in case.findall("{*}SelectionRef")} - {""}
        cases.append(
            Case(case.get("name") or "", _values(case.findall("{*}VariableValue"), variables), frozenset(held))
        )
    own = {source.guid: _values(source.values, variables) for source in sources}
    groups: dict[str, list[str]] = {}
    for group in root.iter("{*}Set"):
        for member in group.findall("{*}MemberSource"):
            groups.setdefault(guid_of(member.get("targetGUID")), []).append(group.get("name") or "")
    return Values(tuple(dict.fromkeys(name for name in variables.values() if name)), tuple(cases), own, groups)


def attributes_of(guid: str, name: str, values: Values) -> dict[str, str]:
    """Return the attributes of a document: those of its cases, then its own; a case's name where it says more."""
    attributes = {column: "" for column in values.columns}
    for case in values.cases:
        if guid in case.sources:
            attributes |= {key: value for key, value in case.values.items() if value}
            if case.name and not _said(case, name):
                attributes.setdefault("cas", case.name)
                attributes["cas"] = attributes["cas"] or case.name
    attributes |= {key: value for key, value in values.own.get(guid, {}).items() if value}
    if values.groups.get(guid):
        attributes.setdefault("groupe", " ; ".join(values.groups[guid]))
    return attributes


def case_memos(values: Values) -> Iterator[Memo]:
    """Keep, as memos, the cases that hold no document."""
    for case in values.cases:
        if not case.sources and case.values:
            yield Memo(f"Cas {case.name}", "\n".join(f"{key} : {value}" for key, value in case.values.items()))


def case_column(names: Sequence[str]) -> str:
    """Return the attribute that names the case, or nothing.

    >>> case_column(["vague", "Entreprise"]), case_column(["vague"])
    ('Entreprise', '')
    """
    lowered = {name.casefold(): name for name in names}
    return next((lowered[name] for name in CASE_COLUMNS if name in lowered), "")


def _said(case: Case, name: str) -> bool:
    """Tell whether a case's name is the document's, or one of its own values."""
    return case.name == name or any(
        key.casefold() in CASE_COLUMNS and value == case.name for key, value in case.values.items()
    )


def _values(elements: Sequence[Any], variables: dict[str, str]) -> dict[str, str]:
    """Read VariableValue elements: variable -> value, as written."""
    values: dict[str, str] = {}
    for element in elements:
        ref = element.find("{*}VariableRef")
        told = next((child.text or "" for child in element if local(child).endswith("Value")), "")
        name = variables.get(guid_of(ref.get("targetGUID")), "") if ref is not None else ""
        if name:
            values[name] = told
    return values
