"""A file is written whole or not at all, even on a full disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.write import refuse_unwritable, replacing, write_text


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "rapport.html"
    path.write_text("ancien")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OutputError, match="espace disque"):
        write_text(path, "neuf")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("rapport.html", "ancien")]


def test_an_interruption_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "codings.csv"
    path.write_text("ancien")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("à moitié")
        raise KeyboardInterrupt
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("codings.csv", "ancien")]


def test_lines_end_alike_on_every_system(tmp_path: Path) -> None:
    write_text(tmp_path / "neuf/a.csv", "é\nœ\n")
    assert (tmp_path / "neuf/a.csv").read_bytes() == "é\nœ\n".encode()


def test_asking_whether_a_folder_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    refuse_unwritable(tmp_path / "results")
    assert list(tmp_path.iterdir()) == []
