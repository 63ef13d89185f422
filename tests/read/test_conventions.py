"""Conventions that rsn-pe does not show: every word of a short (invented) interview in its role, in each."""

from __future__ import annotations

import pytest

from pipeline.read import Draft, cast

EXCHANGES = (
    (
        "Merci de me recevoir. Vous pouvez me présenter l'entreprise ?",
        "Oui, alors moi j'ai repris l'affaire de mon père, on est douze, on fait surtout de la charcuterie.",
    ),
    (
        "Et les réseaux sociaux, comment est-ce que vous les utilisez ?",
        "Facebook, c'est ma femme, elle poste des photos, et puis moi je suis sur LinkedIn pour les contacts.",
    ),
    (
        "Ça vous a apporté quelque chose ?",
        "Des clients, oui. Un Allemand nous a écrit l'an dernier, on l'avait jamais vu, il avait vu la page.",
    ),
    (
        "D'accord. Et votre compte personnel ?",
        "Ah non, ça je mélange pas. Mes enfants, mes vacances, c'est privé, ils n'ont rien à faire là-dedans.",
    ),
    ("Vous êtes plusieurs à publier ?", "On est deux, ma fille et moi. Elle a fait une école, moi je valide."),
    ("Très bien. Quelque chose à ajouter ?", "Non, je crois qu'on a fait le tour. On prend des stagiaires."),
)
# Name -> one exchange; {q} and {r} stand for the words, {n} counts from 1, {m} counts lines.
SHAPES = {
    "capital labels": "ENQ: {q}\nREP: {r}\n",
    "a number after the role": "Enquêteur 1 : {q}\nRépondant : {r}\n",
    "bold labels": "**Enquêtrice :** {q}\n\n**Mme D. :** {r}\n\n",
    "bold questions": "**{q}**\n\n{r}\n\n",
    "italic questions": "*{q}*\n\n{r}\n\n",
    "letters A and B": "A : {q}\nB : {r}\n",
    "letters D and R": "D : {q}\nR : {r}\n",
    "letters E and R with dots": "E. {q}\nR. {r}\n",
    "letters X and Y": "X : {q}\nY : {r}\n",
    "initials": "MD : {q}\nPL : {r}\n",
    "first names": "Sophie : {q}\nMarc : {r}\n",
    "names and a dash": "SOPHIE – {q}\nMARC – {r}\n",
    "Speaker 1 on its own line": "Speaker 1  00:0{n}:10\n{q}\n\nSpeaker 2  00:0{n}:20\n{r}\n\n",
    "Locuteur with a time": "Locuteur 1 (00:0{n}:10)\n{q}\n\nLocuteur 2 (00:0{n}:20)\n{r}\n\n",
    "diarised": "[0:0{n}:10 --> 0:0{n}:19] SPEAKER_00: {q}\n[0:0{n}:20 --> 0:0{n}:59] SPEAKER_01: {r}\n",
    "journalist": "Journaliste : {q}\nM. Durand : {r}\n",
    "tabs": "Q\t{q}\nR\t{r}\n",
    "numbered questions and answers": "Q{n}. {q}\nR{n}. {r}\n",
    "numbered with a colon": "Q{n} : {q}\nR{n} : {r}\n",
    "numbered questions": "{n}. {q}\n\n{r}\n\n",
    "questions labelled": "Q : {q}\n\n{r}\n\n",
    "answers labelled": "{q}\n\nR : {r}\n\n",
    "quoted questions": "> {q}\n\n{r}\n\n",
    "parentheses": "(Enquêteur) {q}\n(Enquêté) {r}\n",
    "slashes": "I/ {q}\nR/ {r}\n",
    "hyphen before the label": "- Enquêteur : {q}\n- Enquêté : {r}\n",
    "hyphens alone": "- {q}\n- {r}\n",
    "dashes between blank lines": "– {q}\n\n– {r}\n\n",
    "paragraphs": "{q}\n\n{r}\n\n",
    "lines": "{q}\n{r}\n",
    "time, then name": "[00:0{n}:10] - Intervieweur\n{q}\n\n[00:0{n}:20] - Jean Dupont\n{r}\n\n",
    "name, then time": "Sophie Martin  0:{n}1\n{q}\n\nJean Dupont  0:{n}3\n{r}\n\n",
    "numbered lines": "{m} Int: {q}\n{m} Rep: {r}\n",
    "narrow no-break space": "Intervieweuse\u202f: {q}\n\nInterviewé\u00a0: {r}\n\n",
    "full-width colon": "Enquêteur：{q}\nMarie：{r}\n",
    "pronouns": "Moi : {q}\nElle : {r}\n",
    "two letters": "In : {q}\nRé : {r}\n",
    "several participants": "Animatrice : {q}\nParticipant {n} : {r}\n",
    "angle brackets": "<Enq> {q}\n<Mme L> {r}\n",
    "hash marks": "#Q# {q}\n#R# {r}\n",
    "label and colon alone": "Enquêteur :\n{q}\n\nMme Leroy :\n{r}\n\n",
    "capital names alone": "ENQUÊTEUR\n{q}\n\nJEANNE\n{r}\n\n",
    "in English": "Interviewer: {q}\nInterviewee: {r}\n",
    "indented answers": "{q}\n    {r}\n",
}
HEADERS = {
    "no header": "",
    "a title and a rule": "Entretien n° 4\nRéalisé le 12 mars 2020\n________________\n\n",
    "keys": "Date : 12 mars 2020\nLieu : Liège\nDurée : 52 min\n\n",
}


def written(shape: str) -> str:
    """Write the interview in one convention."""
    lines = [shape.format(q=q, r=r, n=n, m=n) for n, (q, r) in enumerate(EXCHANGES, 1)]
    return "".join(lines)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_word_has_its_role(shape: str, header: str) -> None:
    text = HEADERS[header] + written(SHAPES[shape])
    found = cast(Draft(text))
    heard = {turn.role: "" for turn in found.turns}
    for turn in found.turns:
        heard[turn.role] += text[turn.start : turn.end] + "\n"
    assert found.sure, found.doubts
    for question, answer in EXCHANGES:
        assert question in heard["interviewer"]
        assert answer in heard["respondent"]
    assert not any(word in "".join(heard.values()) for word in ("Réalisé le", "Durée", "____"))


@pytest.mark.parametrize(
    "text",
    [
        "Un texte suivi, sans dialogue. Il raconte une entreprise. Elle exporte.",
        "Paul : Il fait beau.\nMarie : Oui, il fait très beau.\nPaul : Demain aussi.\nMarie : Demain aussi, oui.",
        "Bonjour.\n\nIl est tard.\n\nLa machine tourne.\n\nOn ferme à six heures.",
        "Enquêtrice : Vous exportez ?\n\nEnquêtrice : Et depuis quand ?",
    ],
)
def test_what_is_unsure_is_said_and_not_coded(text: str) -> None:
    found = cast(Draft(text))
    assert not found.sure
    assert found.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Q : Et ?\n\nR : Oui.\n" + "_" * 5000 + "\nsuite\n\nQ : Bon ?\n\nR : Voilà.",
        "Q : Et ?\n\nR : Oui." + " " * 50_000 + "x\n\nQ : Bon ?" + " " * 50_000 + "\n\nR : Voilà.",
        (" " * 3000 + "Q : Et ?\n" + " " * 3000 + "R : Oui.\n") * 4,
        "[" + "a;" * 20_000 + "\n\n" + "b\n\n" * 10,
        "- " * 20_000,
        "a : " * 20_000,
        "".join(f"Q{n} : mot ?\nR{n} : oui\n" for n in range(3000)),
    ],
    ids=["rule", "blanks", "indents", "bracket", "dashes", "colons", "thousands of labels"],
)
def test_odd_texts_end(text: str) -> None:
    """Each of these took minutes, or for ever, when labels were read with patterns that backtrack."""
    for turn in cast(Draft(text)).turns:
        assert text[turn.start : turn.end].strip() == text[turn.start : turn.end]
