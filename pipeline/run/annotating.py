"""A study opened for a coder, its events written out as codings, its disagreements opened for a judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.annotate import Adjudication, Event, Session, Store, open_store
from pipeline.annotate.adjudication import ledgers
from pipeline.annotate.changes import codebook_change
from pipeline.annotate.events import CONSENSUS
from pipeline.annotate.exchange import as_csv, codings_of, consensus_codings, worklist_csv
from pipeline.annotate.material import Material, typicality
from pipeline.annotate.strategies import COLD, STRATEGIES
from pipeline.annotate.worklist import Listed, located
from pipeline.classify import passages
from pipeline.classify.context import questions
from pipeline.classify.statements import as_passages, statements
from pipeline.codebook import Codebook
from pipeline.embed import load_encoder
from pipeline.embed.cache import CACHE, CachedEncoder
from pipeline.errors import StudyError
from pipeline.read.digest import codable
from pipeline.read.study import Failure, codebook_of, read_study
from pipeline.read.worklist import FOLDER, PLAN, read_worklist
from pipeline.records import Coding, Segment
from pipeline.run.learning import Heads
from pipeline.run.steps import Groups, Progress, cast, encoding, segmented, silent
from pipeline.write import write_text

STORE = "study.sqlite"
_NAMES = ("consensus",)


@dataclass(frozen=True, slots=True)
class Opened:
    """A study read and cut into segments, with its store of events."""

    folder: Path
    codebook: Codebook
    groups: Groups
    store: Store
    failures: tuple[Failure, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment."""
        return tuple(segment for group in self.groups for segment in group)


def open_study(
    folder: Path, *, store: str | None = None, interviewer: Sequence[str] = (), progress: Progress = silent
) -> Opened:
    """Read a study to annotate. Raises StudyError if it has nothing to code, StoreError as ``open_store`` does."""
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    codebook = codebook_of(study)
    progress("read", 1, 1)
    opened = open_store(store or folder / STORE)
    kept, refused = codable(study.transcripts)
    groups = [group for group in segmented(kept, progress) if group]
    if not groups:
        opened.close()
        why = " ".join(failure.message for failure in (*study.failures, *refused)[:3])
        raise StudyError(f"{folder} : rien à coder, aucun passage de répondant n’a été trouvé. {why}".strip())
    return Opened(folder, codebook, groups, opened, (*study.failures, *refused))


def open_session(
    study: Opened,
    *,
    coder: str,
    clock: Callable[[], str],
    strategy: str = "hybrid",
    suggests: bool = False,
    worklist: Path | None = None,
    seed: int | None = None,
    encoder: str | None = None,
    accept: bool = False,
    rename: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Session:
    """Open a coder's session. Raises StudyError: coder's name, unknown strategy, codebook changed, worklist.

    ``accept`` goes on with a codebook that changed, ``rename`` maps codes that are no more. The seed of the
    random stream is that of the study's first session, unless given: coders share the sample.
    """
    check_call(coder, strategy)
    events = study.store.events()
    _accept_codebook(study, [event for event in events if event.coder == coder], accept, rename or {}, clock)
    tasks = _tasks(study, worklist)
    kept = CachedEncoder(load_encoder(encoder), study.folder / CACHE)
    encode = encoding(kept, progress)
    read = passages(study.groups, encode=encode)
    texts, says = statements(study.codebook)
    machine = Heads(read, (as_passages(texts, encode=encode), says))
    drawn = seed_of(events) if seed is None else seed
    material = Material(
        study.groups, [one for group in study.groups for one in questions(group)], machine.features,
        typicality(machine.features, clusters=COLD, seed=drawn), machine.cold(), title=_title(study),
    )  # fmt: skip
    progress("classify", 1, 1)
    return Session(
        study.store, material, machine, study.codebook, coder=coder, clock=clock, seed=drawn,
        strategy=strategy, suggests=suggests, worklist=tasks,
    )  # fmt: skip


def _tasks(study: Opened, worklist: Path | None) -> tuple[Listed, ...]:
    """Return what a coder was given to read: the list named, else the study's plan, if it has one."""
    path = worklist or study.folder / PLAN
    if worklist is None and not path.is_file():
        return ()
    lines = read_worklist(path, [group[0].transcript for group in study.groups])
    return located([(one.place, one.probability, one.where) for one in lines], study.segments)


def open_adjudication(study: Opened, *, coder: str, clock: Callable[[], str]) -> Adjudication:
    """Open the disagreements of a study's coders. Raises StudyError unless two have decided anything."""
    asked = [one for group in study.groups for one in questions(group)]
    found = Adjudication(
        study.store, study.groups, study.codebook, coder=coder, clock=clock, asked=asked, title=_title(study)
    )
    if len(found.coders()) < 2:
        known = ", ".join(found.coders()) or "aucun"
        raise StudyError(f"{study.folder} : il faut deux codeurs pour comparer. Codeurs jusqu’ici : {known}.")
    return found


def export_codes(study: Opened, *, clock: Callable[[], str], force: bool = False) -> tuple[Path, ...]:
    """Write codes/<coder>.csv, and worklists/<coder>.csv that says what was read; return the paths.

    With two coders, codes/consensus.csv too. A file that filrouge did not write, or that was edited since, stays
    unless ``force``. Raises StudyError.
    """
    events = study.store.events()
    coders = list(ledgers(events, study.segments, study.codebook.ids))
    if not coders:
        raise StudyError(f"{study.folder} : aucune réponse à exporter. Commencez par filrouge annotate ÉTUDE.")
    found = {one: codings_of(events, study.segments, study.codebook, coder=one) for one in coders}
    found |= {CONSENSUS: agreed} if (agreed := _consensus(study, events)) else {}
    known = {str(event.payload.get("sha256")) for event in events if event.kind == "export"}
    talks = {segment.transcript.id: segment.transcript for segment in study.segments}
    files: dict[Path, tuple[str, str]] = {}
    for one, codings in found.items():
        mine = [event for event in events if event.coder == one]
        files[study.folder / "codes" / f"{one}.csv"] = (one, as_csv(codings, talks, study.codebook))
        files[study.folder / FOLDER / f"{one}.csv"] = (one, worklist_csv(codings, mine, seed=seed_of(events)))
    for path in [] if force else [path for path in files if path.exists()]:
        if _digest(path.read_bytes()) not in known:
            raise StudyError(
                f"{path} : ce fichier ne vient pas d’un export de filrouge, ou fut modifié depuis ; il n’est pas "
                "remplacé. Renommez-le, ou ajoutez --force."
            )
    for path, (one, text) in files.items():
        digest, at = _digest(text.encode()), clock()
        if digest not in known:
            told = {"file": path.name, "sha256": digest}
            study.store.append(Event(f"export-{digest[:40]}", one, "export", at, payload=told))
        write_text(path, text)
    return tuple(files)


def seed_of(events: Sequence[Event]) -> int:
    """Return the seed of a study's first session, 0 before there is one."""
    return next((int(event.payload.get("seed", 0)) for event in events if event.kind == "session"), 0)


def check_call(coder: str, strategy: str) -> None:
    """Raise StudyError for a coder's name that cannot be a file's or means something else, an unknown strategy."""
    if strategy not in STRATEGIES:
        raise StudyError(f"Stratégie « {strategy} » inconnue. Stratégies : {', '.join(STRATEGIES)}.")
    if (
        not coder.strip()
        or coder in _NAMES
        or not all(c.isalnum() or c in "._- " for c in coder)
        or coder[0] == "."
    ):
        raise StudyError(
            f"Nom de codeur « {coder} » refusé : lettres, chiffres, « _ », « - », « . » et espaces seulement, "
            "et pas « consensus », qui désigne l’accord final."
        )


def _accept_codebook(
    study: Opened, events: Sequence[Event], accept: bool, rename: Mapping[str, str], clock: Callable[[], str]
) -> None:
    """Raise StudyError if the codebook changed and nobody accepted it; store what codes became."""
    change = codebook_change(events, study.codebook)
    if change is None:
        return
    wrong = [new for new in rename.values() if study.codebook.resolve(new) is None]
    if wrong:
        raise StudyError(f"Code « {wrong[0]} » inconnu de la grille. Codes : {', '.join(study.codebook.ids)}.")
    mapping = {**change.offered, **{old: study.codebook.resolve(new) or new for old, new in rename.items()}}
    if not (accept or (rename and set(change.lost) <= set(mapping))):
        raise StudyError(change.sentence(mapping))
    if mapping:
        key = f"mapping-{_digest(f'{events[0].coder}|{len(events)}|{sorted(mapping.items())}'.encode())[:40]}"
        study.store.append(Event(key, events[0].coder, "mapping", clock(), payload=mapping))


def _consensus(study: Opened, events: Sequence[Event]) -> tuple[Coding, ...]:
    """Return the consensus, once anything was settled."""
    if not any(event.kind == "consensus" for event in events):
        return ()
    return consensus_codings(events, study.segments, study.codebook)


def _title(study: Opened) -> str:
    """Return what a page calls the study."""
    return study.codebook.name


def _digest(data: bytes) -> str:
    """Return a sha256."""
    return hashlib.sha256(data).hexdigest()
