"""A model in, its card out: a page of French that says what it learnt from and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.classify.model import Model


def render_card(model: Model) -> str:
    """Return card.md."""
    figures = model.figures
    return "\n".join(
        [
            f"# Modèle « {model.name} »",
            "",
            model.provenance or "Provenance non précisée.",
            "",
            f"- Grille : {model.codebook.name} ({len(model.codebook.ids)} codes)",
            f"- Entraîné sur : {figures.get('interviews', '?')} entretiens, {figures.get('cases', '?')} cas, "
            f"{figures.get('segments', '?')} segments, codés par {', '.join(figures.get('coders', []))}",
            *_also(figures),
            f"- Classifieur : {model.kind} ; encodeur : {model.encoder}",
            f"- Date : {model.date or 'non précisée'}",
            "- Licence : MIT",
            "",
            "## Accord en validation croisée",
            "",
            "Kappa de Cohen sur les segments. Le modèle code un cas (une entreprise) sans avoir rien lu de lui ; "
            "le seuil de chaque code est choisi sur les autres cas. « Machine » : moyenne des kappas avec chaque "
            "codeur. « Humains » : kappa entre les deux premiers codeurs, sur les mêmes segments.",
            "",
            *_table(figures),
            "",
            *_cases(figures),
            *_calibration(figures),
            "## À savoir",
            "",
            "- Ces chiffres décrivent des entretiens du même type que ceux de l’étude ; sur un autre corpus, "
            "vérifiez l’accord sur un échantillon codé à la main avant de publier.",
            "- Le dossier ne contient aucun mot des entretiens : les n-grammes sont hachés, et ceux qui "
            "n’apparaissent que dans un seul segment sont écartés.",
            "- Les scores sont des probabilités calibrées (Platt) sur la validation croisée.",
            "",
        ]
    )


def _table(figures: Mapping[str, Any]) -> list[str]:
    """Lay out kappa per code beside the humans' own."""
    rows = ["| code | passages (par codeur) | machine | humains |", "|---|---:|---:|---:|"]
    human = figures.get("human", {})
    for code, kappa in figures.get("kappa", {}).items():
        counts = " / ".join(str(n) for n in figures.get("positives", {}).get(code, {}).values())
        rows.append(f"| {code} | {counts} | {number(kappa)} | {number(human.get(code))} |")
    total = f"| **moyenne** | | **{number(figures.get('macro'))}** | **{number(figures.get('human_macro'))}** |"
    return [*rows, total]


def _also(figures: Mapping[str, Any]) -> list[str]:
    """Say what else the model learnt from."""
    if "also" not in figures:
        return []
    return [
        f"- Appris en plus : {figures['also']}, {figures['also_segments']} segments ; aucun seuil ni "
        "aucun chiffre de cette fiche n’en vient."
    ]


def _cases(figures: Mapping[str, Any]) -> list[str]:
    """Lay out how the machine fares case by case, which shows whether it errs more on some."""
    cases = figures.get("by_case", {})
    if not cases:
        return []
    rows = [
        f"| {case} | {one['segments']} | {number(one['macro'])} | {number(one['human'])} "
        f"| {one['missed']} | {one['added']} |"
        for case, one in cases.items()
    ]
    return [
        "## Erreurs par cas", "",
        "Cas numérotés dans l’ordre alphabétique, sans leur nom : ce dossier peut circuler. Kappas moyens sur les "
        "codes. « Oubliés » : codes mis par tous les codeurs et non par la machine ; "
        "« ajoutés » : par la machine et par aucun codeur.", "",
        "| cas | segments | machine | humains | oubliés | ajoutés |", "|---|---:|---:|---:|---:|---:|", *rows, "",
    ]  # fmt: skip


def _calibration(figures: Mapping[str, Any]) -> list[str]:
    """Lay out the reliability diagram as a table."""
    bins = figures.get("reliability", [])
    if not bins:
        return []
    rows = [f"| {number(one['score'])} | {number(one['observed'])} | {one['n']:.0f} |" for one in bins]
    return [
        "## Calibrage des scores", "",
        f"Erreur de calibrage attendue : {number(figures['calibration_error'])} (écart moyen entre le score et la "
        "part des codeurs qui ont mis le code, en validation croisée, tous codes ensemble).", "",
        "| score moyen | part observée | décisions |", "|---:|---:|---:|", *rows, "",
    ]  # fmt: skip


def number(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> number(0.5), number(None)
    ('0,500', 'non défini')
    """
    return "non défini" if value is None else f"{value:.3f}".replace(".", ",")
