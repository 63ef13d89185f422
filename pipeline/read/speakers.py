"""Who says what, and in which role; what is not sure is said, and the researcher's word always wins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.read.draft import Draft
from pipeline.read.evidence import alternate, scores
from pipeline.read.labels import plain
from pipeline.read.roles import WORD, choose, evidence, priors
from pipeline.read.turns import Found, find_turns
from pipeline.read.words import known_role
from pipeline.records import Role, Turn

_SURE = 0.9  # below this probability of the set of interviewers, nothing is coded
_SURE_UNLABELLED = 0.94  # nor below this expected share of the text in its right role, where there are no labels
# How often the voice changes from one dash or paragraph to the next: after the interviewer, after a respondent.
_HABITS = {
    "dashes": ((0.98, 0.98), (0.95, 0.85), (0.95, 0.65)),
    "paragraphs": ((0.97, 0.9), (0.93, 0.6), (0.85, 0.4), (0.7, 0.3)),
}
_HELP = 'dans study.toml, rubrique [speakers], écrivez interviewer = ["{0}"], ou ajoutez --interviewer "{0}"'


@dataclass(frozen=True, slots=True)
class Speakers:
    """The labels whose role the researcher gave; they win over anything the reader believes."""

    interviewer: tuple[str, ...] = ()
    respondent: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def role_of(self, label: str) -> Role | None:
        """Return the role given to ``label``, whatever its case, accents and final dot.

        >>> Speakers(interviewer=("enq",)).role_of("Enq.")
        'interviewer'
        """
        key = plain(label)
        for role, labels in _by_role(self):
            if label in labels or (key and key in {plain(name) for name in labels}):
                return role
        return None


@dataclass(frozen=True, slots=True)
class Cast:
    """Turns with their roles; ``sure`` is False when nothing should be coded on them."""

    turns: tuple[Turn, ...]
    doubts: tuple[str, ...] = ()
    sure: bool = True


def cast(draft: Draft, *, speakers: Speakers = Speakers()) -> Cast:
    r"""Find the turns of a draft, where its format did not tell them, and give each its role.

    >>> [turn.role for turn in cast(Draft("Enq. : Et ?\n\nK. B. : Oui.")).turns]
    ['interviewer', 'respondent']
    """
    found = find_turns(draft.text) if draft.turns is None else _told(draft.turns)
    if draft.stamps:
        found = replace(found, turns=_timed(found.turns, draft))
    if not found.turns:
        return Cast((), ("Aucun tour de parole trouvé.",), sure=False)
    odds = scores([draft.text[turn.start : turn.end] for turn in found.turns])
    if found.kind in ("dashes", "paragraphs"):
        return _unlabelled(found, odds)
    return _labelled(found, odds, _given(found, speakers))


def _timed(turns: Sequence[Turn], draft: Draft) -> tuple[Turn, ...]:
    """Let a turn begin at the stamp of its line, before its words, and end where the next stamp stands."""
    places = [place for place, _ in draft.stamps]
    timed = []
    for turn in turns:
        line = draft.text.rfind("\n", 0, turn.start) + 1
        first, after = bisect_left(places, line), bisect_left(places, turn.end)
        if first < len(places) and places[first] <= turn.start:
            ended = draft.stamps[after][1] if after < len(places) else None
            turn = replace(turn, began=draft.stamps[first][1], ended=ended)
        timed.append(turn)
    return tuple(timed)


def _by_role(speakers: Speakers) -> tuple[tuple[Role, tuple[str, ...]], ...]:
    """List the labels given, role by role."""
    return (
        ("interviewer", speakers.interviewer),
        ("respondent", speakers.respondent),
        ("other", speakers.other),
    )


def _told(turns: tuple[Turn, ...]) -> Found:
    """Take the turns that the format told; without a name or a role they are judged like paragraphs."""
    named = any(turn.speaker or turn.role != "other" for turn in turns)
    groups = tuple(turn.speaker or ("" if turn.role == "other" else turn.role) for turn in turns)
    return Found("labels" if named else "paragraphs", turns, groups)


def _given(found: Found, speakers: Speakers) -> dict[str, Role]:
    """Return the roles that need no guess: the researcher's, else those that the file tells."""
    voices = tuple(dict.fromkeys(found.groups))
    given = {voice: role for voice in voices if voice and (role := speakers.role_of(voice))}
    if "interviewer" in given.values():
        return given
    pairs = zip(found.groups, found.turns, strict=True)
    return {**{group: turn.role for group, turn in pairs if turn.role != "other"}, **given}


def _labelled(found: Found, odds: Sequence[float], given: dict[str, Role]) -> Cast:
    """Give each voice a role: the one given, else the most probable."""
    voices = tuple(dict.fromkeys(found.groups))
    aside = {voice for voice in voices if voice not in given and known_role(plain(voice)) == "other"}
    aside |= {voice for voice, role in given.items() if role == "other"}
    rest = [voice for voice in voices if voice not in aside]
    weights = _with_given(priors(rest, found.header), given)
    if found.kind == "questions":
        weights = {voice: weights[voice] or (2.0 if voice else -2.0) for voice in rest}
    heard = evidence(found.groups, odds)
    chosen, probability = choose(weights, {voice: heard[voice] for voice in rest})
    chosen -= {voice for voice, role in given.items() if role == "respondent"}
    roles: dict[str, Role] = {
        voice: "other" if voice in aside else "interviewer" if voice in chosen else "respondent"
        for voice in voices
    }
    turns = tuple(replace(turn, role=roles[group]) for turn, group in zip(found.turns, found.groups, strict=True))
    settled = "interviewer" in given.values() or all(voice in given for voice in voices)
    doubts = _doubts(rest, chosen, probability, weights, heard, settled=settled)
    sure = settled or (probability >= _SURE and len(rest) > 1)
    return Cast(turns, (*found.doubts, *doubts), sure)


def _with_given(weights: dict[str, float], given: dict[str, Role]) -> dict[str, float]:
    """Let the researcher's roles outweigh everything; naming the interviewer makes the others respondents."""
    if "interviewer" in given.values():
        weights = dict.fromkeys(weights, -100.0)
    sign = {"interviewer": 100.0, "respondent": -100.0}
    return {voice: sign.get(given.get(voice, ""), weight) for voice, weight in weights.items()}


def _doubts(
    voices: Sequence[str],
    chosen: frozenset[str],
    probability: float,
    weights: dict[str, float],
    heard: dict[str, float],
    *,
    settled: bool,
) -> list[str]:
    """Say what was inferred, what is uncertain and how to settle it."""
    names = [voice for voice in voices if voice]
    listed = ", ".join(f"« {name} »" for name in names[:6]) + ("…" if len(names) > 6 else "")
    who = next((name for name in names if name in chosen), names[0] if names else "ÉTIQUETTE")
    if settled:
        return []
    if len(voices) < 2:
        return [
            f"Une seule voix trouvée ({listed or 'sans étiquette'}) : personne ne répond ou personne ne demande."
        ]
    if probability < _SURE:
        return [f"Intervieweur incertain parmi {listed} : " + _HELP.format(who) + "."]
    doubts = []
    if not chosen:
        doubts.append(f"Aucun intervieweur parmi {listed} : tous sont tenus pour répondants.")
    elif "" in chosen:
        doubts.append(
            f"Les paragraphes sans étiquette sont tenus pour des questions, {listed} pour les réponses. "
            "Si c’est l’inverse, écrivez « Q : » et « R : » au début des tours."
        )
    elif all(abs(weights[voice]) < WORD for voice in chosen):
        doubts.append(
            f"Intervieweur déduit de la manière de parler : « {who} ». Si ce n’est pas lui, "
            + _HELP.format(next((name for name in names if name not in chosen), "ÉTIQUETTE")) + "."
        )  # fmt: skip
    for voice in names:
        if voice not in chosen and heard[voice] > 3 and weights[voice] > -WORD:
            doubts.append(
                f"« {voice} » parle comme un intervieweur ; si c’en est un, " + _HELP.format(voice) + "."
            )
    return doubts


def _unlabelled(found: Found, odds: Sequence[float]) -> Cast:
    """Decide each turn from what it sounds like and from the alternation of the two voices."""
    chances, _ = alternate(odds, habits=_HABITS[found.kind])
    roles: list[Role] = ["interviewer" if chance > 0.5 else "respondent" for chance in chances]
    turns = tuple(replace(turn, role=role) for turn, role in zip(found.turns, roles, strict=True))
    hazy = sum(0.2 < chance < 0.8 for chance in chances)
    sizes = [turn.end - turn.start for turn in turns]
    right = sum(max(chance, 1 - chance) * size for chance, size in zip(chances, sizes, strict=True)) / sum(sizes)
    both = len(set(roles)) == 2
    sign = "tirets" if found.kind == "dashes" else "paragraphes"
    doubt = f"Pas d’étiquettes : rôles déduits des questions et de l’alternance des {sign}"
    doubt += f" ({hazy} tour{'s' if hazy > 1 else ''} sur {len(turns)} à vérifier)." if hazy else "."
    sure = both and right >= _SURE_UNLABELLED and len(turns) >= 4
    if not sure:
        doubt += " Trop incertain pour coder : écrivez « Q : » et « R : » au début des tours."
    return Cast(turns, (*found.doubts, doubt), sure)
