"""`filrouge annotate`: a session for a coder; its answers exported; coders' disagreements settled."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Encoder, Interviewer, Quiet
from pipeline.cli.progress import bars
from pipeline.errors import StudyError

if TYPE_CHECKING:
    from pipeline.annotate import Adjudication, Session
    from pipeline.run.annotating import Opened

HELP = """Code à la main, dans le navigateur : filrouge demande le passage dont il apprendrait le plus.

filrouge annotate ÉTUDE --coder NOM ouvre une séance. filrouge annotate export ÉTUDE écrit codes/NOM.csv. \
filrouge annotate adjudicate ÉTUDE --coder NOM montre les désaccords et enregistre le consensus. \
filrouge annotate model ÉTUDE apprend des réponses le modèle que filrouge code emploie (aussi en fin de séance).

Chaque réponse est enregistrée aussitôt dans ÉTUDE/study.sqlite. Tout reste sur cet ordinateur ; personne ne voit \
les réponses d’un autre codeur avant la mise en commun."""

ACTIONS = ("export", "adjudicate", "model")


def main(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[export|adjudicate|model] ÉTUDE", help="Dossier de l’étude.", show_default=False),
    ],
    coder: Annotated[str, typer.Option("--coder", metavar="NOM", help="Votre nom de codeur.")] = "",
    port: Annotated[int, typer.Option("--port", metavar="N", help="Port (par défaut : un libre).")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="N’ouvre pas le navigateur.")] = False,
    host: Annotated[
        str, typer.Option("--host", metavar="ADRESSE", help="Adresse d’écoute ; hors 127.0.0.1, exige --token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None, typer.Option("--token", metavar="JETON", help="Jeton d’accès (par défaut : tiré au hasard).")
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Montre l’avis de la machine, après votre réponse seulement.")
    ] = False,
    strategy: Annotated[
        str, typer.Option("--strategy", metavar="NOM", help="Comment choisir les questions : hybrid, random…")
    ] = "hybrid",
    store: Annotated[
        str | None,
        typer.Option(
            "--store", metavar="ADRESSE", help="Autre base : fichier ou postgresql+psycopg://… (équipe)."
        ),
    ] = None,
    worklist: Annotated[
        Path | None,
        typer.Option("--worklist", metavar="FICHIER", help="Liste servie d’abord (filrouge agree plan)."),
    ] = None,
    terminal: Annotated[bool, typer.Option("--terminal", help="Dans le terminal, sans navigateur.")] = False,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Graine du tirage.")] = None,
    accept_codebook: Annotated[
        bool,
        typer.Option("--accept-codebook", help="Continue avec une grille modifiée depuis la séance."),
    ] = False,
    rename: Annotated[
        list[str] | None,
        typer.Option("--rename", metavar="ANCIEN=NOUVEAU", help="Code disparu, repris sous un autre nom."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="À l’export, remplace un fichier modifié.")] = False,
    encoder: Encoder = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
) -> None:
    """Open the study, then do what the words ask."""
    action, folder = _asked(words, coder)
    names = dict(_pair(one) for one in rename or ())
    from pipeline.run.annotating import check_call, export_codes, open_adjudication, open_session, open_study

    if not action:
        check_call(coder, strategy)
    if action in ("", "adjudicate") and not terminal:
        from pipeline.annotate.web import check_reach

        check_reach(host, token)
    net = {"host": host, "port": port, "token": token, "browser": None if no_browser else typer.launch}
    with bars(quiet=quiet) as progress:
        study = open_study(folder, store=store, interviewer=tuple(interviewer or ()), progress=progress)
        session = None
        if not action:
            session = open_session(
                study, coder=coder, clock=_now, strategy=strategy, suggests=suggest, worklist=worklist, seed=seed,
                encoder=encoder, accept=accept_codebook, rename=names, progress=progress,
            )  # fmt: skip
    tell_failures(study.failures)
    if session is not None:
        _hold(session, terminal, net)
    elif action == "adjudicate":
        _serve(None, open_adjudication(study, coder=coder, clock=_now), net)
    elif action == "export":
        for path in export_codes(study, clock=_now, force=force):
            typer.echo(str(path))
    if action in ("", "model"):
        _learn(study, encoder, quiet)
    study.store.close()


def _asked(words: Sequence[str], coder: str) -> tuple[str, Path]:
    """Return the action ("" for a session) and the study's folder."""
    action = words[0] if len(words) > 1 else ""
    if len(words) > 2 or (action and action not in ACTIONS):
        raise StudyError(f"« {' '.join(words)} » : donnez un dossier d’étude, seul ou après {_either(ACTIONS)}.")
    if action in ("", "adjudicate") and not coder:
        raise StudyError("Il manque --coder NOM : sous quel nom vos réponses seront gardées.")
    return action, Path(words[-1])


def _either(names: Sequence[str]) -> str:
    """List what may be given.

    >>> _either(["a", "b", "c"])
    'a, b ou c'
    """
    return f"{', '.join(names[:-1])} ou {names[-1]}"


def _pair(text: str) -> tuple[str, str]:
    """Split ANCIEN=NOUVEAU."""
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise StudyError(f"--rename « {text} » : écrivez ANCIEN=NOUVEAU, par exemple notoriete=visibilite.")
    return old, new


def _hold(session: Session, terminal: bool, net: Mapping[str, Any]) -> None:
    """Hold a session until the coder leaves."""
    try:
        if terminal:
            from pipeline.cli.terminal import converse

            with contextlib.suppress(KeyboardInterrupt):
                converse(session)
        else:
            _serve(session, None, net)
    finally:
        session.close()


def _serve(session: Session | None, adjudication: Adjudication | None, net: Mapping[str, Any]) -> None:
    """Serve the pages until Ctrl-C."""
    from pipeline.annotate.web import serve

    serve(session, adjudication, tell=_listening, **net)


def _listening(address: str) -> None:
    """Say where the page is."""
    typer.echo(f"Séance ouverte : {address}")
    typer.echo("Ctrl-C pour finir ; chaque réponse est déjà enregistrée.", err=True)


def _learn(study: Opened, encoder: str | None, quiet: bool) -> None:
    """Write the model of what was decided, and say so."""
    from pipeline.run.session_model import MODEL, learn_study

    with bars(quiet=quiet) as progress:
        model = learn_study(study, date=_now()[:10], encoder=encoder, progress=progress)
    if quiet:
        return
    if model is None:
        typer.echo("Pas encore assez de réponses pour écrire un modèle (il en faut vingt).")
    else:
        typer.echo(f"Modèle écrit dans {study.folder / MODEL} : filrouge code {study.folder} l’emploiera.")


def _now() -> str:
    """Return the time, UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
