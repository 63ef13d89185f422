"""The codebook: dimensions that hold codes, read from codebook.toml and compared with another."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import CodebookError

Select = Literal["any", "one"]
_ID = re.compile(r"[^\W\d_][\w.-]*")
# Okabe and Ito's palette (2008), told apart by colour-blind readers, then darker mates.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C6D00", "#56B4E9", "#7B3294", "#5B5B5B", "#B2182B")


@dataclass(frozen=True, slots=True)
class Code:
    """One theme: what it means, what falls under it and what does not."""

    id: str
    label: str
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    parent: str = ""
    aliases: tuple[str, ...] = ()
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Codes that answer one question; ``select`` says whether several may hold ("any") or exactly one."""

    id: str
    label: str
    codes: tuple[Code, ...]
    select: Select = "any"


@dataclass(frozen=True, slots=True)
class Codebook:
    """A whole grille de codage."""

    name: str
    dimensions: tuple[Dimension, ...]
    language: str = "fr"
    unit: str = ""
    scope: str = ""

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every code, in the order of the file."""
        return tuple(code for dimension in self.dimensions for code in dimension.codes)

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of every code, in the order of the file; column order of every matrix."""
        return tuple(code.id for code in self.codes)

    @property
    def fingerprint(self) -> str:
        """Sixty-four hexadecimal digits that change with anything a coder would read."""
        text = json.dumps(as_dict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def dimension_of(self, code: str) -> Dimension:
        """Return the dimension that holds ``code``; KeyError if none does."""
        for dimension in self.dimensions:
            if any(entry.id == code for entry in dimension.codes):
                return dimension
        raise KeyError(code)

    def resolve(self, name: str) -> str | None:
        """Return the id that ``name`` stands for (an id or an alias), or None."""
        for code in self.codes:
            if name == code.id or name in code.aliases:
                return code.id
        return None


def read_codebook(path: Path) -> Codebook:
    """Read a codebook.toml; every complaint names the file and, where it can, the line.

    Raises CodebookError.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return parse_codebook(tomllib.loads(text), where=_Source(str(path), text))
    except FileNotFoundError:
        raise CodebookError(f"{path} : fichier introuvable. Une étude a besoin d’un codebook.toml.") from None
    except UnicodeDecodeError as error:
        raise CodebookError(
            f"{path} : ce fichier n’est pas en UTF-8 (octet {error.start}). Enregistrez-le en UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(f"{path} : TOML invalide ({_in_french(str(error))}).") from None


def parse_codebook(data: Mapping[str, Any], *, where: _Source | None = None) -> Codebook:
    """Build a Codebook from decoded TOML or JSON (the shape that ``as_dict`` gives).

    >>> parse_codebook({"name": "n", "dimensions": [
    ...     {"id": "d", "label": "D", "codes": [{"id": "a", "label": "A"}]}]}).ids
    ('a',)

    Raises CodebookError.
    """
    source = where or _Source("codebook", "")
    dimensions = tuple(_dimension(entry, source) for entry in _tables(data, "dimensions", source))
    if not any(dimension.codes for dimension in dimensions):
        raise CodebookError(
            f"{source.name} : aucun code. Il faut au moins un bloc [[dimensions]] avec un [[dimensions.codes]]."
        )
    _refuse_duplicates([dimension.id for dimension in dimensions], "dimension", source)
    codes = [code for dimension in dimensions for code in dimension.codes]
    _refuse_duplicates([code.id for code in codes], "code", source)
    _refuse_duplicates([name for code in codes for name in (code.id, *code.aliases)], "code ou alias", source)
    _check_parents(codes, source)
    coloured = iter(_COLOURS * (1 + len(codes) // len(_COLOURS)))
    palette = {code.id: next(coloured) for code in codes}
    return Codebook(
        name=_string(data, "name", source, default="Grille de codage"),
        dimensions=tuple(
            Dimension(d.id, d.label, tuple(_painted(code, palette[code.id]) for code in d.codes), d.select)
            for d in dimensions
        ),
        language=_string(data, "language", source, default="fr"),
        unit=_string(data, "unit", source, default=""),
        scope=_string(data, "scope", source, default=""),
    )


def as_dict(codebook: Codebook) -> dict[str, Any]:
    """Return the codebook as plain lists and dicts, ready for JSON; ``parse_codebook`` reads it back."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(codebook)))
    return data


def differences(one: Codebook, other: Codebook) -> list[str]:
    """Say in French, a line each, how ``other`` differs from ``one`` in what changes the coding.

    Codes, their dimension and definitions count; labels, colours and the name do not.

    >>> differences(parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": "a", "label": "A"}]}]}),
    ...             parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": "b", "label": "B"}]}]}))
    ['code absent : a', 'code en plus : b']
    """
    mine = {code.id: (dimension, code) for dimension in one.dimensions for code in dimension.codes}
    theirs = {code.id: (dimension, code) for dimension in other.dimensions for code in dimension.codes}
    lines = [f"code absent : {name}" for name in mine if name not in theirs]
    lines += [f"code en plus : {name}" for name in theirs if name not in mine]
    for name in mine.keys() & theirs.keys():
        lines += _code_differences(name, mine[name], theirs[name])
    return sorted(set(lines))


def _code_differences(name: str, mine: tuple[Dimension, Code], theirs: tuple[Dimension, Code]) -> list[str]:
    """Compare one code that both codebooks hold."""
    (dimension, code), (other_dimension, other) = mine, theirs
    lines = []
    if dimension.id != other_dimension.id:
        lines.append(f"dimension changée : {name} ({dimension.id} → {other_dimension.id})")
    if dimension.select != other_dimension.select:
        lines.append(f"choix changé : {dimension.id} ({dimension.select} → {other_dimension.select})")
    if (code.definition, code.include, code.exclude) != (other.definition, other.include, other.exclude):
        lines.append(f"définition changée : {name}")
    return lines


@dataclass(frozen=True, slots=True)
class _Source:
    """A name for messages and the text in which to look up a line."""

    name: str
    text: str

    def line_of(self, needle: str, *, last: bool = False) -> str:
        """Return « , ligne N » for the first (or last) line that holds ``needle``, else nothing."""
        lines = [n for n, line in enumerate(self.text.split("\n"), 1) if needle and needle in line]
        return f", ligne {lines[-1 if last else 0]}" if lines else ""


def _dimension(entry: Mapping[str, Any], source: _Source) -> Dimension:
    """Read one [[dimensions]] block."""
    name = _identifier(entry, "dimension", source)
    select = entry.get("select", "any")
    if select not in ("any", "one"):
        raise CodebookError(
            f"{source.name}{source.line_of(str(select))} : dimension « {name} », select = « {select} » ; "
            "valeurs admises : « any » (plusieurs codes possibles) ou « one » (exactement un)."
        )
    codes = tuple(_code(code, source) for code in _tables(entry, "codes", source))
    return Dimension(name, _string(entry, "label", source, default=name), codes, select)


def _code(entry: Mapping[str, Any], source: _Source) -> Code:
    """Read one [[dimensions.codes]] block."""
    name = _identifier(entry, "code", source)
    label = _string(entry, "label", source, default="")
    if not label.strip():
        raise CodebookError(
            f"{source.name}{source.line_of(name)} : le code « {name} » n’a pas de label. "
            'Ajoutez une ligne label = "…", lisible par une personne.'
        )
    return Code(
        id=name,
        label=label,
        definition=_string(entry, "definition", source, default=""),
        include=_strings(entry, "include", source),
        exclude=_strings(entry, "exclude", source),
        examples=_strings(entry, "examples", source),
        parent=_string(entry, "parent", source, default=""),
        aliases=_strings(entry, "aliases", source),
        colour=_colour(entry, source),
    )


def _painted(code: Code, colour: str) -> Code:
    """Give ``code`` a colour if it has none."""
    if code.colour:
        return code
    return Code(
        code.id, code.label, code.definition, code.include, code.exclude, code.examples, code.parent,
        code.aliases, colour,
    )  # fmt: skip


def _colour(entry: Mapping[str, Any], source: _Source) -> str:
    """Read a colour, which ends up in a style sheet: nothing but #rrggbb may pass."""
    colour = _string(entry, "colour", source, default="")
    if colour and not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise CodebookError(
            f"{source.name}{source.line_of(colour)} : couleur « {colour} » ; écrivez-la sous la forme #0072B2."
        )
    return colour


def _identifier(entry: Mapping[str, Any], kind: str, source: _Source) -> str:
    """Read an id: a letter, then letters, digits, ``_``, ``-`` or ``.``."""
    name = _string(entry, "id", source, default="")
    if not _ID.fullmatch(name):
        raise CodebookError(
            f"{source.name}{source.line_of(name)} : id de {kind} « {name} » invalide ; "
            "commencez par une lettre, puis lettres, chiffres, « _ », « - » ou « . », sans espace."
        )
    return name


def _refuse_duplicates(names: list[str], kind: str, source: _Source) -> None:
    """Raise if a name occurs twice, and point at its second place."""
    for name in names:
        if names.count(name) > 1:
            raise CodebookError(
                f"{source.name}{source.line_of(name, last=True)} : {kind} « {name} » défini deux fois ; "
                "chaque identifiant doit être unique dans toute la grille."
            )


def _check_parents(codes: list[Code], source: _Source) -> None:
    """Raise if a parent is not a code."""
    known = {code.id for code in codes}
    for code in codes:
        if code.parent and code.parent not in known:
            raise CodebookError(
                f"{source.name}{source.line_of(code.parent)} : le code « {code.id} » a pour parent "
                f"« {code.parent} », qui n’existe pas. Codes connus : {', '.join(sorted(known))}."
            )


def _tables(data: Mapping[str, Any], key: str, source: _Source) -> list[Mapping[str, Any]]:
    """Read a list of tables."""
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise CodebookError(f"{source.name} : « {key} » doit être une suite de blocs [[{key}]].")
    return value


def _string(data: Mapping[str, Any], key: str, source: _Source, *, default: str) -> str:
    """Read a string."""
    value = data.get(key, default)
    if not isinstance(value, str):
        raise CodebookError(
            f"{source.name}{source.line_of(f'{key} =')} : « {key} » doit être un texte entre guillemets ; "
            f"trouvé : {value!r}."
        )
    return value


def _strings(data: Mapping[str, Any], key: str, source: _Source) -> tuple[str, ...]:
    """Read a list of strings."""
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise CodebookError(
            f"{source.name}{source.line_of(f'{key} =')} : « {key} » doit être une liste de textes, "
            f'par exemple {key} = ["…", "…"].'
        )
    return tuple(value)


def _in_french(message: str) -> str:
    """Turn « … (at line 3, column 5) » into French.

    >>> _in_french("Expected '=' after a key (at line 3, column 5)")
    "ligne 3, colonne 5 : Expected '=' after a key"
    """
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if not place:
        return message
    return f"ligne {place[1]}, colonne {place[2]} : {message[: place.start()].strip()}"
