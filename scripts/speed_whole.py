"""Part « whole » of benchmark.py: from transcripts to codes, beside the pipeline one would write oneself.

Each is a fresh process, imports and loading included. The naive pipeline (speed_naive.py) is given the words of
the same respondents as plain text, already parted from the interviewer's, so that it reads as much and no more; it
learnt from corpora/rsn-pe (simulated) beforehand. filrouge reads the files as they are, finds who speaks,
explains, and writes its report. What was trained is kept in the folder FILROUGE_SPEED names, if it names one.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from speed_runs import ENCODER, FILROUGE, ROOT, Run, machine, number, process, ratio, rounds, spread

STUDY = ROOT / "corpora/rsn-pe"
NAIVE = Path(__file__).with_name("speed_naive.py")
NAMES = {"naive": "chaîne naïve", "whole": "**filrouge**, modèle livré", "fast": "**filrouge**, modèle `--fast`"}


def whole(folder: Path, count: int) -> str:
    """Measure, and lay out as a table."""
    with tempfile.TemporaryDirectory() as temporary:
        keep = Path(os.environ.get("FILROUGE_SPEED") or temporary)
        texts = Path(temporary) / "texts"
        words = _spoken(folder, texts)
        heads, fast = _naive_heads(keep), _fast_model(keep)
        ours = (*FILROUGE, "code", folder, "--out", Path(temporary) / "results")
        naive = (sys.executable, NAIVE, "code", texts, ENCODER, heads, Path(temporary) / "codes.csv")
        commands: dict[str, tuple[str | Path, ...]] = {
            "naive": naive,
            "whole": ours,
            "fast": (*ours, "--model", fast),
        }
        ends: dict[str, list[Run]] = {name: [] for name in commands}

        def measure(name: str) -> Callable[[], float]:
            def one() -> float:
                ends[name].append(process(commands[name], ok=(0, 1)))
                return ends[name][-1].seconds

            return one

        rounds({name: measure(name) for name in commands}, count)
    sentences = int(ends["naive"][0].told.split()[-1])
    told = (
        f"{number(words, 0)} mots de répondants ; la chaîne naïve en fait {number(sentences, 0)} phrases. "
        f"{machine('torch', 'spacy', 'sentence-transformers', 'transformers', count=count)}"
    )
    return "\n".join([*_rows(ends, words), "", told])


def _rows(ends: dict[str, list[Run]], words: int) -> list[str]:
    """Lay out what each took, and how many times less than the naive pipeline."""
    lines = [
        "| transcriptions → codes | secondes | rapport | s de processeur | rapport | mots/s | mémoire (Mo) |",
        "|---|" + "---:|" * 6,
    ]
    for name, runs in ends.items():
        cells = []
        for kind in ("seconds", "processor"):
            own, other = ([getattr(run, kind) for run in ends[one]] for one in (name, "naive"))
            cells += [spread(own), number(ratio(other, own))]
        pace = words / statistics.median(run.seconds for run in runs)
        memory = statistics.median(run.memory for run in runs)
        lines.append(f"| {NAMES[name]} | {' | '.join(cells)} | {number(pace, 0)} | {number(memory, 0)} |")
    return lines


def _spoken(folder: Path, texts: Path) -> int:
    """Write the respondents' words, one text an interview; return how many there are."""
    from pipeline.read.study import read_study

    texts.mkdir()
    words = 0
    for talk in read_study(folder).transcripts:
        said = "\n".join(talk.text[turn.start : turn.end] for turn in talk.turns if turn.role == "respondent")
        (texts / f"{talk.id}.txt").write_text(said, encoding="utf-8")
        words += len(said.split())
    return words


def _naive_heads(keep: Path) -> Path:
    """Train the naive pipeline on the segments of rsn-pe and its first coder, unless it was."""
    from pipeline.align import mark
    from pipeline.read.study import codebook_of, read_study
    from pipeline.segment import load_senter, segment_all

    heads, coded = keep / "heads.npz", keep / "coded.json"
    if not heads.is_file():
        study = read_study(STUDY)
        segments = [one for group in segment_all(study.transcripts, nlp=load_senter()) for one in group]
        codes = codebook_of(study).ids
        marks = mark(segments, study.codings, coder=study.coders[0], codes=codes)
        known = {
            "texts": [one.text for one in segments],
            "labels": marks.labels.astype(int).tolist(),
            "codes": codes,
        }
        coded.write_text(json.dumps(known), encoding="utf-8")
        process((sys.executable, NAIVE, "train", coded, ENCODER, heads))
    return heads


def _fast_model(keep: Path) -> Path:
    """Train filrouge's quick model on rsn-pe, unless it was."""
    fast = keep / "fast"
    if not (fast / "config.json").is_file():
        process((*FILROUGE, "train", STUDY, "--out", fast, "--fast"))
    return fast
