"""The words by which transcribers name the roles, and those that look like labels and are none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Known = Literal["interviewer", "respondent", "other", ""]

# Without accents, in lower case. To teach the reader a new word, add it to its role.
ROLE_WORDS: dict[Literal["interviewer", "respondent", "other"], frozenset[str]] = {
    "interviewer": frozenset(
        "enqueteur enquetrice enqueteuse enqueteurs enqueteures enqueteure enq enqu enquet intervieweur "
        "intervieweuse intervieweure interviewer interviewers interviewrice interv intw int itw itv "
        "chercheur chercheuse chercheure cherch moderateur moderatrice mod moderator animateur "
        "animatrice anim journaliste question questions q sociologue ethnographe anthropologue doctorant "
        "doctorante facilitateur facilitatrice investigateur investigatrice researcher host examinateur "
        "examinatrice questionneur questionneuse interrogateur interrogatrice psychologue".split()
    ),
    "respondent": frozenset(
        "enquete enquetee enquetes interviewe interviewee interviewes interroge interrogee repondant "
        "repondante reponse reponses rep r respondent participant participante participants temoin "
        "informateur informatrice sujet answer invite invitee".split()
    ),
    "other": frozenset(
        "interruption interruptions inconnu inconnue serveur serveuse telephone interprete traducteur "
        "traductrice tiers voix collegue".split()
    ),
}

# Words before a colon (or alone on a line) that no transcriber gives to a speaker.
STOP = frozenset(
    "note notes nb ps exemple exemples ex attention resultat resultats remarque remarques bref donc "
    "alors voila oui non si et mais ou puis enfin bon ben bah euh hein ouais ok merci bonjour "
    "d'accord d accord la le les l un une des ce cet cette ces c ca je j tu il elle on nous vous ils "
    "elles me moi toi lui parce pour par sur dans en avec sans apres avant premierement deuxiemement "
    "troisiemement quand comme comment pourquoi quoi qui que qu est au aux du de y ne n pas plus "
    "c'est rires rire silence pause inaudible soupir coupure bruit musique sourire pleurs exactement "
    "absolument tout tres bien surtout sinon ensuite http https tel mail email date heure duree lieu "
    "entreprise secteur pays marches vague annee titre sujet theme thematique fichier source audio "
    "transcription transcripteur transcriptrice transcrit legende conventions convention statut age "
    "profession sexe genre code entretien interview contexte terrain projet ville region version "
    "langue support enregistrement".split()
)

_LETTERS = re.compile(r"\d+$")


@lru_cache(maxsize=4096)
def known_role(key: str) -> Known:
    """Return the role that a label, stripped of accents and case, names by itself; "" if it names none.

    >>> known_role("enquetrice"), known_role("checheur"), known_role("marie (enquetrice)"), known_role("luc h")
    ('interviewer', 'interviewer', 'interviewer', '')
    """
    whole = _LETTERS.sub("", key).strip()
    if exact := _exact(whole):
        return exact
    inside = re.search(r"\(([^()]+)\)", key)
    tokens = [inside[1].split()[0]] if inside and inside[1].split() else []
    words = re.sub(r"\([^()]*\)", "", key).split()
    tokens += [word for word in words if len(word) >= 3 and words.index(word) in (0, len(words) - 1)]
    for token in tokens:
        if exact := _exact(_LETTERS.sub("", token)):
            return exact
    return _nearly(whole) if len(whole.split()) == 1 else ""


def _exact(word: str) -> Known:
    """Look one word up."""
    for role, words in ROLE_WORDS.items():
        if word in words:
            return role
    return ""


def _nearly(word: str) -> Known:
    """Forgive a slip of the keyboard, unless the word lies as near to another role."""
    if len(word) < 6:
        return ""
    nearest: dict[Known, int] = {}
    for role, words in ROLE_WORDS.items():
        close = [distance(word, known) for known in words if len(known) >= 6 and abs(len(known) - len(word)) <= 2]
        nearest[role] = min(close, default=9)
    best: Known = min(nearest, key=lambda role: nearest[role])
    rivals = [steps for role, steps in nearest.items() if role != best]
    limit = 2 if len(word) >= 8 else 1
    return best if nearest[best] <= limit and nearest[best] < min(rivals) else ""


def near(one: str, other: str) -> bool:
    """Tell whether two labels are one label misspelt: long enough, a letter or two apart.

    >>> near("checheur", "chercheur"), near("marie", "maria"), near("r1", "r2")
    (True, False, False)
    """
    if min(len(one), len(other)) < 6 or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    if _exact(one) and _exact(other) and _exact(one) != _exact(other):
        return False
    return distance(one, other) <= (2 if len(one) >= 8 else 1)


def distance(one: str, other: str) -> int:
    """Count the letters to add, drop or change (Levenshtein).

    >>> distance("checheur", "chercheur")
    1
    """
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (left != right))
    return row[-1]
