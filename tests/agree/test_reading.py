"""Who read what, who differs where, how many to read: small studies made up in the test."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agree import CONSENSUS, TwoByTwo, accord, agreement
from pipeline.agree.intervals import corpus_interval
from pipeline.agree.pairs import agree_on, why_not
from pipeline.agree.pieces import by_character
from pipeline.agree.plan import Need, draw, need_of, shares_of, width_of
from pipeline.agree.reading import by_segment, inside
from pipeline.align import characters
from pipeline.codebook import parse_codebook
from pipeline.records import Coding, Segment, Transcript, Turn

BOOK = parse_codebook(
    {
        "dimensions": [
            {"id": "d", "label": "D", "codes": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]},
            {"id": "one", "label": "Un", "select": "one", "codes": [{"id": c, "label": c} for c in ("p", "q")]},
        ]
    }
)  # fmt: skip


def talk(name: str, segments: int = 4) -> Transcript:
    """Return an interview whose respondent says ``segments`` units of ten characters."""
    return Transcript(name, "R : " + "abcdefghi " * segments, (Turn(4, 4 + 10 * segments, "R", "respondent"),))


def cut(*talks: Transcript) -> list[Segment]:
    """Cut interviews every ten characters."""
    return [
        Segment(one, at, at + 10, one.turns[0]) for one in talks for at in range(4, one.turns[0].end, 10)
    ]  # fmt: skip


def put(coder: str, name: str, n: int, codes: str = "") -> Coding:
    """Let a coder put codes, a letter each, on the nth segment."""
    return Coding(name, 4 + 10 * n, 14 + 10 * n, coder, frozenset(codes))


TALKS = tuple(talk(f"e{n}") for n in range(3))
SEGMENTS = cut(*TALKS)


def test_what_a_coder_did_not_read_is_missing_and_not_no() -> None:
    codings = [put("anne", "e0", 0, "x"), put("bob", "e0", 0, "x"), put("anne", "e1", 1, "x")]
    reading = by_segment(SEGMENTS, codings, coders=("anne", "bob"), codes=BOOK.ids)
    assert reading.seen.sum(axis=1).tolist() == [8, 4]
    (line, *_) = agree_on(reading)
    assert (line.table, line.interviews) == (TwoByTwo(1, 0, 0, 3), 1)


def test_a_coder_with_a_worklist_has_read_the_list_alone() -> None:
    listed = {("e0", 4, 14), ("e0", 14, 24), ("e1", 4, 14)}
    codings = [put("anne", "e0", 0, "x"), put("anne", "e1", 3, "x"), put("bob", "e0", 0, "x")]
    assert inside(codings, "bob", listed)
    assert not inside(codings, "anne", listed)
    assert not inside(codings, "personne", listed)
    lists = {"bob": listed}
    reading = by_segment(SEGMENTS, codings, coders=("anne", "bob"), codes=BOOK.ids, lists=lists)
    assert reading.seen[1].tolist() == [True, True] + [False] * 10
    # One who says "read, nothing applies" says it wherever they read.
    codings.append(put("bob", "e1", 0))
    reading = by_segment(SEGMENTS, codings, coders=("anne", "bob"), codes=BOOK.ids, lists=lists)
    assert np.flatnonzero(reading.seen[1]).tolist() == [0, 4]
    letters = by_character(SEGMENTS, codings, coders=("anne", "bob"), codes=BOOK.ids, lists=lists)
    assert (letters.seen * letters.weights).sum(axis=1).tolist() == [80, 20]


@given(st.lists(st.tuples(st.sampled_from(["anne", "bob"]), st.integers(0, 2), st.integers(0, 43),
                          st.integers(1, 20), st.sampled_from("xypq")), max_size=12))  # fmt: skip
def test_pieces_count_what_characters_one_by_one_count(
    drawn: list[tuple[str, int, int, int, str]],
) -> None:
    codings = [
        Coding(f"e{n}", start, min(start + size, 44), coder, frozenset(code))
        for coder, n, start, size, code in drawn
    ]  # fmt: skip
    coders = ("anne", "bob")
    read = [{coding.transcript for coding in codings if coding.coder == coder} for coder in coders]
    both = [one for one in TALKS if all(one.id in names for names in read)]
    lines = agree_on(by_character(SEGMENTS, codings, coders=coders, codes=BOOK.ids), intervals=False)
    for c, line in enumerate(lines):
        mine, theirs = (
            np.concatenate([np.zeros(0, bool), *(characters(talk, codings, coder=coder, codes=BOOK.ids)[:, c]
                                                 for talk in both)])
            for coder in coders
        )  # fmt: skip
        assert line.table == agreement(mine, theirs)


def three_coders() -> list[Coding]:
    """Return the codings of three coders, one of whom did not read the third interview."""
    said = [("anne", "e0", 0, "x"), ("anne", "e0", 1, "y"), ("anne", "e1", 0, "xp"), ("anne", "e2", 2, "x"),
            ("bob", "e0", 0, "x"), ("bob", "e0", 1, "x"), ("bob", "e1", 0, "xq"), ("bob", "e2", 2, "y"),
            ("chloe", "e0", 0, "x"), ("chloe", "e1", 0, "p")]  # fmt: skip
    return [put(*one) for one in said]


def test_a_transcript_that_nobody_coded_changes_nothing() -> None:
    coders = ("anne", "bob", "chloe")
    one = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=coders)
    more = accord(cut(*TALKS, talk("vide")), three_coders(), codebook=BOOK, humans=coders)
    for part in ("pairs", "characters", "several", "dimensions", "spans", "confusions", "disagreements"):
        assert getattr(one, part) == getattr(more, part), part


def test_the_order_of_coders_changes_no_figure() -> None:
    one = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=("anne", "bob", "chloe"))
    two = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=("chloe", "bob", "anne"))
    for first, second in zip(one.several, two.several, strict=True):
        assert first.figures == pytest.approx(second.figures)
    for mine, theirs in zip(one.dimensions, two.dimensions, strict=True):
        for name, (value, _) in mine.alphas.items():
            assert theirs.alphas[name][0] == pytest.approx(value)
    kappas = {frozenset(line.coders): line.table.kappa for line in two.pairs if line.code == "x"}
    assert {frozenset(line.coders): line.table.kappa for line in one.pairs if line.code == "x"} == kappas


def test_a_dimension_of_one_choice_has_nominal_alpha_first_and_sets_name_their_distance() -> None:
    found = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=("anne", "bob", "chloe"))
    assert [list(one.alphas) for one in found.dimensions] == [["MASI", "Jaccard"], ["nominal", "MASI", "Jaccard"]]


def test_a_consensus_is_compared_with_the_machine_alone() -> None:
    codings = [*three_coders(), put(CONSENSUS, "e0", 0, "x"), put("machine:m", "e0", 0, "x")]
    humans = ("anne", "bob", CONSENSUS)
    found = accord(SEGMENTS, codings, codebook=BOOK, humans=humans, machine="machine:m")
    assert {line.coders for line in found.pairs} == {
        ("anne", "bob"), *((human, "machine:m") for human in humans)
    }  # fmt: skip
    assert {(line.human, line.other) for line in found.versus} == {("anne", "bob"), ("bob", "anne")}
    assert found.several[0].coders == ("anne", "bob")


def test_disagreements_stand_with_the_most_consequential_first_and_say_each_side() -> None:
    found = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=("anne", "bob")).disagreements
    weights: dict[str, list[float]] = {}
    for one in found:
        weights.setdefault(one.code, []).append(round(one.weight, 9))
    assert all(ones == sorted(ones, reverse=True) for ones in weights.values())
    assert list(weights) == list(dict.fromkeys(one.code for one in found))
    places = Counter((one.transcript, one.start) for one in found)
    assert places == {("e0", 14): 2, ("e1", 4): 2, ("e2", 24): 2}
    first = next(one for one in found if (one.transcript, one.code) == ("e0", "y"))
    assert first.sides == (("anne", frozenset("y")), ("bob", frozenset("x")))
    assert first.gain > 0


def test_settling_a_disagreement_gains_what_it_says() -> None:
    codings = [c for c in three_coders() if c.coder != "chloe"]
    before = accord(SEGMENTS, codings, codebook=BOOK, humans=("anne", "bob"))
    (one,) = [d for d in before.disagreements if (d.transcript, d.code) == ("e2", "x")]
    settled = [c for c in codings if (c.coder, c.transcript) != ("bob", "e2")] + [put("bob", "e2", 2, "xy")]
    after = accord(SEGMENTS, settled, codebook=BOOK, humans=("anne", "bob"))

    def kappa(found: object) -> float:
        return next(line.table.kappa or 0.0 for line in found.pairs if line.code == "x")  # type: ignore[attr-defined]

    assert (kappa(after) - kappa(before)) / len(BOOK.ids) == pytest.approx(one.gain)


def test_who_says_which_code_for_which() -> None:
    (first, _) = accord(SEGMENTS, three_coders(), codebook=BOOK, humans=("anne", "bob")).confusions
    assert first.names == ("x", "y", "")
    assert first.counts == ((2, 1, 0), (1, 0, 0), (0, 0, 8))


def test_passages_of_one_coder_that_overlap_are_united_and_told() -> None:
    codings = [
        Coding("e0", 4, 20, "anne", frozenset("x")), Coding("e0", 12, 30, "anne", frozenset("x")),
        Coding("e0", 4, 30, "bob", frozenset("x")),
    ]  # fmt: skip
    found = accord(SEGMENTS, codings, codebook=BOOK, humans=("anne", "bob"))
    assert [(one.coder, one.code, one.count) for one in found.mergings] == [("anne", "x", 1)]
    assert found.spans[0].alpha.u == pytest.approx(1.0)
    assert found.characters[0].table == TwoByTwo(26, 0, 0, 14)


@pytest.mark.parametrize(
    ("used", "interviews", "told"),
    [(30, 8, ""), (4.5, 8, "moins de 5"), (30, 1, "un seul"), (30, 3, "à peine"), (0, 0, "aucune unité")],
)
def test_what_is_missing_is_told(used: float, interviews: int, told: str) -> None:
    assert told in why_not(used, interviews)
    assert bool(told) == bool(why_not(used, interviews))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(1, 200))
def test_a_plan_reads_in_every_interview_and_no_more_than_there_is(sizes: list[int], n: int) -> None:
    given_ = shares_of(sizes, n)
    assert all(1 <= share <= size for share, size in zip(given_, sizes, strict=True))
    assert sum(given_) == min(max(n, len(sizes)), sum(sizes))


def test_the_same_seed_draws_the_same_segments_and_another_does_not() -> None:
    segments = cut(*(talk(f"t{n}", 30) for n in range(5)))
    one, again, other = (draw(segments, 40, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert {(task.stratum, task.start) for task in one} != {(task.stratum, task.start) for task in other}
    assert [task.rank for task in one] == list(range(1, 41))
    assert Counter(task.stratum for task in one) == dict.fromkeys((f"t{n}" for n in range(5)), 8)
    assert {task.probability for task in one} == {8 / 30}
    assert len({task.stratum for task in one[:5]}) == 5


def test_every_segment_is_as_likely_as_its_probability_says() -> None:
    segments = cut(talk("a", 12), talk("b", 6))
    drawn = Counter((task.transcript, task.start) for seed in range(600) for task in draw(segments, 6, seed=seed))
    assert len(drawn) == 18
    assert all(abs(count / 600 - 1 / 3) < 0.09 for count in drawn.values())


def test_a_plan_of_the_wished_width_gives_about_that_width() -> None:
    need = need_of("x", 0.2, width=0.3, most=2000)
    assert isinstance(need, Need)
    assert need.segments is not None
    rng = np.random.default_rng(0)
    p, split = 0.2, 0.3 * 0.2 * 0.8
    widths = []
    for _ in range(40):
        ends = corpus_interval(
            rng.multinomial(need.segments, [p - split, split, split, 1 - p - split]).astype(float)
        )
        assert ends is not None
        widths.append(ends[1] - ends[0])
    assert float(np.mean(widths)) == pytest.approx(0.3, abs=0.03)


def test_a_code_too_rare_for_the_wish_is_told() -> None:
    assert need_of("x", 0.001, width=0.2, most=1000) == Need("x", 0.001, None, None)
    rare = need_of("x", 0.02, width=0.1, most=500)
    assert rare.segments is None
    assert rare.width == width_of(500, 0.02)
