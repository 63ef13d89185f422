"""Studies small enough to code in a test, a model trained on one of them, and the command itself."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from typer.testing import CliRunner, Result

ROOT = Path(__file__).parents[1]
RSN = ROOT / "corpora/rsn-pe"
LEARNT = ("acier-vif_v1", "acier-vif_v2", "pixelune_v1", "pixelune_v2")
NEW = ("studio-calame_v1", "verger-lambert_v1")

# A slow machine is no failure: examples have no deadline.
settings.register_profile("filrouge", deadline=None)
settings.load_profile("filrouge")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"


def copy_study(folder: Path, ids: Sequence[str]) -> Path:
    """Copy a part of rsn-pe (simulated): the transcripts ``ids`` with what their two coders said of them."""
    for part in ("transcripts", "codes"):
        (folder / part).mkdir(parents=True)
    shutil.copy(RSN / "codebook.toml", folder)
    for name in ids:
        shutil.copy(RSN / f"transcripts/{name}.txt", folder / "transcripts")
    for source in [RSN / "attributes.csv", *sorted((RSN / "codes").glob("*.csv"))]:
        rows = list(csv.reader(source.read_text(encoding="utf-8").splitlines()))
        with (folder / source.relative_to(RSN)).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(row for n, row in enumerate(rows) if n == 0 or row[0] in ids)
    return folder


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return a study of two interviews that the small model never saw."""
    return copy_study(tmp_path / "etude", NEW)


@pytest.fixture(scope="session")
def learnt_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the study of four interviews, two firms, that the small model learnt; not to be changed."""
    return copy_study(tmp_path_factory.mktemp("apprise") / "etude", LEARNT)


@pytest.fixture(scope="session")
def coded(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return parts of short answers (invented) and the folder where they were coded; not to be changed."""
    from corpus import write_parts

    from pipeline.batch import Place
    from pipeline.run.batching import Wanted, batch

    home = tmp_path_factory.mktemp("lots")
    parts = write_parts(home / "entree")
    outcome = batch(parts, home / "sortie", Wanted(model=str(small_model), place=Place(1)))
    assert outcome.complete, outcome.errors
    return parts, home / "sortie"


@pytest.fixture(scope="session")
def small_model(learnt_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a real model, trained with the lexical encoder."""
    from pipeline.run import train_study

    out = tmp_path_factory.mktemp("modeles") / "petit"
    train_study(learnt_study, out=out, encoder="lexical", date="2026-11-24")
    return out


@pytest.fixture
def filrouge() -> Callable[..., Result]:
    """Return a function that runs the command in this process; its result has exit_code, stdout and stderr."""
    from pipeline.cli import app

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run
