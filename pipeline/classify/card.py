"""A model in, its card out: a page of French that says what it learnt from and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.classify.figures import BAR, FLOOR, SEEN_ENOUGH

if TYPE_CHECKING:
    from pipeline.classify.model import Model


USAGE = {"ready": "prêt", "review": "à relire", "hand": "à la main"}
DIVERGENCE = (
    "Kappa moyen des entretiens de chaque modalité (codes réunis), codes oubliés et ajoutés en part des "
    "décisions, et test de permutation de l’écart : d’entretiens entiers, ou à l’intérieur d’un même cas "
    "quand le caractère y varie (les vagues), ou de cas entiers. Un p corrigé faible veut dire que les "
    "comparaisons entre ces modalités, faites sur les codes de la machine, seraient biaisées ; un p élevé ne "
    "prouve pas l’égalité, surtout avec peu de cas. Les modalités d’un seul cas sont réunies. « transcription"
    " » et « étiquettes » sont lues dans le texte."
)


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
            *_learnt(figures),
            *_also(figures),
            f"- Classifieur : {model.kind} ; encodeur : {model.encoder}",
            f"- Date : {model.date or 'non précisée'}",
            "- Licence : MIT",
            "",
            *_agreement(figures),
            *_verdicts(figures),
            *_piles(figures),
            *_cases(figures),
            *_divergence(figures),
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


# What was left out in turn, by figures["validation"]: see ``training.left_out``.
LEFT_OUT = {
    "case": "Le modèle code des cas (entreprises, organisations) sans avoir rien lu d’eux.",
    "interview": "Un seul cas : le modèle code des entretiens sans les avoir lus, mais il connaît leur cas ; "
    "ailleurs, attendez-vous à moins.",
    "block": "Un seul entretien : le modèle code des passages d’une personne dont il a lu le reste. Ces chiffres "
    "le flattent ; codez d’autres entretiens avant d’y croire.",
}


def _learnt(figures: Mapping[str, Any]) -> list[str]:
    """Say what the model learnt from."""
    if figures.get("validation") == "none" and not figures.get("segments"):
        return ["- Appris de la grille seule : ses définitions, critères et exemples ; aucun passage codé"]
    return [
        f"- Entraîné sur : {figures.get('interviews', '?')} entretiens, {figures.get('cases', '?')} cas, "
        f"{figures.get('segments', '?')} segments, codés par {', '.join(figures.get('coders', []))}"
    ]


def _agreement(figures: Mapping[str, Any]) -> list[str]:
    """Tell how far the machine agreed with the coders, or that nothing could be measured."""
    if "kappa" not in figures:
        return [
            "## Accord : non mesuré", "",
            "Aucune validation n’est possible sans passages codés. Les suggestions de ce modèle sont faibles : "
            "sur notre étude simulée, la grille seule atteint un kappa moyen de 0,08 (docs/benchmarks.md). Chaque "
            "code est proposé sur un segment sur dix, les scores ne sont pas calibrés, et la machine n’est sûre "
            "de rien. Codez une vingtaine de passages, puis réentraînez.", "",
        ]  # fmt: skip
    folds = figures.get("folds")
    return [
        "## Accord en validation croisée", "",
        f"Kappa de Cohen sur les segments. {LEFT_OUT[figures.get('validation', 'case')]} "
        + (f"{folds} groupes sont laissés de côté tour à tour ; le " if folds else "Le ")
        + "seuil de chaque code est choisi sur les autres. « Machine » : moyenne des kappas avec chaque "
        "codeur. « Humains » : kappa entre les deux premiers codeurs, sur les mêmes segments. Intervalles à "
        "95\u202f% du kappa de la machine, pour deux affirmations différentes : « ce corpus », si l’on avait lu "
        "d’autres segments de ces entretiens (loi a posteriori de Dirichlet(½)) ; « autres entretiens », si "
        "l’on codait de nouveaux entretiens du même type (jackknife par entretien).", "",
        *_table(figures), "",
    ]  # fmt: skip


def _table(figures: Mapping[str, Any]) -> list[str]:
    """Lay out kappa per code, with its two intervals, beside the humans' own."""
    rows = [
        "| code | passages (par codeur) | machine | ce corpus | autres entretiens | humains | usage |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    human, intervals = figures.get("human", {}), figures.get("intervals", {})
    for code, kappa in figures.get("kappa", {}).items():
        counts = " / ".join(str(n) for n in figures.get("positives", {}).get(code, {}).values())
        both = intervals.get(code, {})
        ends = f"{interval(both.get('corpus'))} | {interval(both.get('transfer'))}"
        usage = USAGE.get(figures.get("verdict", {}).get(code, ""), "")
        rows.append(f"| {code} | {counts} | {number(kappa)} | {ends} | {number(human.get(code))} | {usage} |")
    macro, humans = number(figures.get("macro")), number(figures.get("human_macro"))
    return [
        *rows,
        f"| **moyenne** | | **{macro}** | | {interval(figures.get('macro_interval'))} | **{humans}** | |",
    ]


def _verdicts(figures: Mapping[str, Any]) -> list[str]:
    """Say what each usage means."""
    if not figures.get("verdict"):
        return []
    return [
        f"Usage : « prêt » si le kappa atteint {number(BAR)[:4]} et que l’intervalle pour d’autres entretiens "
        f"reste au-dessus de {number(FLOOR)[:4]} ; « à relire » si le kappa atteint {number(FLOOR)[:4]} : la "
        f"machine propose, vous décidez ; « à la main » sinon, ou avec moins de {SEEN_ENOUGH} passages. Ces "
        "barres sont une convention de filrouge : fixez la vôtre avant de regarder les chiffres.",
        "",
    ]


def _piles(figures: Mapping[str, Any]) -> list[str]:
    """Lay out how much the machine may decide alone."""
    piles = figures.get("piles", {})
    if not piles:
        return []
    rows = [
        f"| {code} | {one['yes']} | {percent(one['yes_right'])} | {one['ask']} | {one['no']} "
        f"| {percent(one['no_lost'])} |"
        for code, one in piles.items()
    ]
    return [
        "## Où la machine est sûre", "",
        "Segments que la machine dit porter sûrement le code, sûrement pas, ou laisse à l’humain ; en validation "
        "croisée, seuils choisis sur les autres cas. « Confirmés » : part des codeurs qui ont mis le code là où "
        "elle en est sûre. « Perdus » : part des passages codés qui tombent là où elle est sûre que non.", "",
        "| code | sûrement oui | confirmés | à décider | sûrement non | perdus |",
        "|---|---:|---:|---:|---:|---:|",
        *rows, "",
    ]  # fmt: skip


def _divergence(figures: Mapping[str, Any]) -> list[str]:
    """Lay out whether the machine errs more on some kinds of interviews."""
    rows = divergence_rows(figures.get("divergence", []))
    if not rows:
        return []
    return [
        "## La machine se trompe-t-elle autrement selon les entretiens ?", "",
        DIVERGENCE, "",
        "| caractère | modalité | entretiens | kappa | oubliés | ajoutés | p | p corrigé (Holm) |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        *("| " + " | ".join(row) + " |" for row in rows), "",
    ]  # fmt: skip


def divergence_rows(found: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Write one row a level: trait, level, interviews, kappa, missed, added, p, corrected p (once a trait).

    The case's own levels are left out: the table of cases has them.
    """
    rows: list[tuple[str, ...]] = []
    for one in found:
        p, holm = number(one["p"]), number(one["holm"])
        levels = {"(chaque cas)": None} if one["trait"] == "cas" else one["levels"]
        for n, (name, level) in enumerate(levels.items()):
            cells = (
                (
                    str(level["interviews"]),
                    number(level["kappa"]),
                    percent(level["missed"]),
                    percent(level["added"]),
                )
                if level
                else ("", "", "", "")
            )
            rows.append((one["trait"] if not n else "", name, *cells, p if not n else "", holm if not n else ""))
    return rows


def _also(figures: Mapping[str, Any]) -> list[str]:
    """Say what else the model learnt from."""
    return [
        f"- Appris en plus : {origin}, {segments} segments ; aucun chiffre ni seuil de cette fiche n’en vient."
        for origin, segments in figures.get("also", ())
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


def interval(ends: Sequence[float] | None) -> str:
    """Write an interval the French way.

    >>> interval([0.5, 0.625]), interval(None)
    ('[0,500 ; 0,625]', '—')
    """
    return "—" if ends is None else f"[{number(ends[0])} ; {number(ends[1])}]"


def percent(share: float | None) -> str:
    """Write a share as a percentage, the French way.

    >>> percent(0.125), percent(None)
    ('12,5\u202f%', '—')
    """
    return "—" if share is None else f"{100 * share:.1f}\u202f%".replace(".", ",")


def number(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> number(0.5), number(None)
    ('0,500', 'non défini')
    """
    return "non défini" if value is None else f"{value:.3f}".replace(".", ",")
