"""Whether the machine errs more on some interviews: what is tested, what is found, what is never named."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.divergence import divergence
from pipeline.classify.traits import ALONE, traits
from pipeline.records import Transcript, Turn

CASES = [f"firme {n // 2}" for n in range(16)]
WAVE = ["1", "2"] * 8
GOOD, BAD = [14.0, 1, 1, 44], [6.0, 9, 9, 36]


def tables(bad: list[bool]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return counts (16, 1, 4), noisy, poor where ``bad``."""
    rng = np.random.default_rng(1)
    return np.array([[BAD if worse else GOOD] for worse in bad]) + rng.integers(0, 3, (16, 1, 4))


def test_a_machine_worse_on_one_wave_is_found() -> None:
    rows = divergence(tables([wave == "2" for wave in WAVE]), CASES, {"vague": WAVE})
    wave = rows[1]
    assert (wave["trait"], wave["unit"]) == ("vague", "within")
    assert wave["holm"] < 0.05
    assert wave["levels"]["1"]["kappa"] > wave["levels"]["2"]["kappa"] + 0.3
    assert wave["levels"]["2"]["missed"] > wave["levels"]["1"]["missed"]
    assert rows[0]["p"] > 0.05


def test_a_machine_worse_on_two_firms_is_found_between_cases_and_not_between_waves() -> None:
    rows = divergence(tables([case in ("firme 0", "firme 1") for case in CASES]), CASES, {"vague": WAVE})
    assert rows[0]["p"] < 0.05
    assert rows[1]["p"] > 0.05
    assert set(rows[0]["levels"]) == {f"cas {n}" for n in range(1, 9)}


def test_what_is_fixed_within_a_case_is_permuted_by_case() -> None:
    country = ["B" if n < 8 else "F" for n in range(16)]
    rows = divergence(tables([one == "F" for one in country]), CASES, {"pays": country})
    assert rows[1]["unit"] == "case"
    # 8 cases, 4 and 4: 2 of the 70 ways to share them out are as extreme.
    assert rows[1]["p"] == pytest.approx(2 / 70, abs=0.01)


def test_an_even_machine_is_seldom_accused() -> None:
    rng = np.random.default_rng(2)
    accused = 0
    for _ in range(60):
        even = np.array([[GOOD]] * 16) + rng.integers(0, 6, (16, 1, 4)).astype(float)
        accused += any(row["holm"] < 0.05 for row in divergence(even, CASES, {"vague": WAVE}))
    assert accused <= 8


def test_the_same_seed_gives_the_same_p() -> None:
    found = [divergence(tables([False] * 16), CASES, {"vague": WAVE}, seed=5) for _ in range(2)]
    assert found[0] == found[1]


def talk(number: int, said: str, **attributes: str) -> Transcript:
    """Write an interview of one answer."""
    return Transcript(f"e{number}", said, (Turn(0, len(said), "R", "respondent"),), attributes)


def test_levels_that_one_case_alone_has_go_unnamed_and_useless_traits_are_left_out() -> None:
    talks = [
        talk(
            n,
            "Euh, on exporte." if n % 2 else "On exporte.",
            secteur=f"s{n // 2}",
            pays="BBBBFFMM"[n],
            langue="fr",
        )
        for n in range(8)
    ]
    found = traits(talks, CASES[:8])
    assert set(found) == {"pays", "transcription"}
    assert found["pays"] == ["B"] * 4 + [ALONE] * 4
    assert found["transcription"] == ["hésitations lissées", "hésitations notées"] * 4
