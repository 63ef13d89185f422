"""The arguments and options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyPath = Annotated[Path, typer.Argument(metavar="ÉTUDE", help="Dossier de l’étude.", show_default=False)]
Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="ÉTUDE|FICHIERS",
        help="Dossier d’une étude (codebook.toml, transcripts/), ou fichiers ou dossier de transcriptions.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="DOSSIER|NOM", help="Modèle (par défaut : celui, livré, qui connaît la grille)."
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DOSSIER", help="Garde les vecteurs, pour recoder plus vite le même corpus."),
]
Encoder = Annotated[
    str | None,
    typer.Option("--encoder", metavar="DOSSIER|NOM", help="Encodeur de phrases (par défaut : celui du modèle)."),
]
Interviewer = Annotated[
    list[str] | None,
    typer.Option(
        "--interviewer",
        metavar="ÉTIQUETTE",
        help="Étiquette de l’enquêteur, telle qu’écrite dans la transcription ; l’option peut être répétée.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="N’affiche que les erreurs.")]
Json = Annotated[bool, typer.Option("--json", help="Écrit le résultat en JSON sur la sortie standard.")]
