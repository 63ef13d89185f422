"""REFI-QDA codebooks (.qdc) in and out; memberships of sets are not kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline import __version__
from pipeline.errors import CodebookError, ReadError, reason
from pipeline.exchange.project import Options, Project, Setting
from pipeline.exchange.refi_codes import read_codes, write_codes
from pipeline.exchange.refi_write import serialised
from pipeline.exchange.tree import from_codebook, from_paths, to_codebook
from pipeline.read.markup import local, parse_xml

NAMESPACE = "urn:QDA-XML:codebook:1.0"


def read_qdc(path: Path, setting: Setting) -> Project:
    """Read a codebook; it need not fit the schema (Taguette's does not), it must hold codes."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path} : lecture impossible ({reason(error)}).") from None
    root = parse_xml(data, name=str(path), kind="grille REFI-QDA")
    if local(root) != "CodeBook":
        raise ReadError(
            f"{path} : ce n’est pas une grille REFI-QDA (élément <{local(root)}> au lieu de <CodeBook>)."
        )
    roots = read_codes(root)
    if "taguette" in (root.get("origin") or "").lower():
        roots = from_paths([(tuple(node.name.split(".")), node.text, node.key) for node in roots])
    codebook, _ = to_codebook(roots, name=path.stem)
    if codebook is None:
        raise CodebookError(f"{path} : aucun code dans cette grille.")
    doubt = ("Ensembles de codes (Sets) : non repris.",) if next(root.iter("{*}Set"), None) is not None else ()
    return Project(path.stem, codebook, doubts=doubt)


def write_qdc(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out the codebook. Raises CodebookError where there is none."""
    from lxml import etree

    if project.codebook is None:
        raise CodebookError(f"L’étude « {project.name} » n’a pas de codebook.toml : aucune grille à exporter.")
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE}, origin=f"filrouge {__version__}")
    codes = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    write_codes(codes, from_codebook(project.codebook), project=project.name)
    return {f"{project.name}.qdc": serialised(root, "Codebook.xsd")}
