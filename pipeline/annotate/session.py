"""A session = a stream of questions, an answer, an update; the machine refits beside it, never in its way."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from pipeline.annotate.asking import Asking
from pipeline.annotate.events import Event, Kind, effective, last_answer
from pipeline.annotate.ledger import Ledger, Place, ledger
from pipeline.annotate.material import Machine, Material
from pipeline.annotate.measure import Measured
from pipeline.annotate.progress import report
from pipeline.annotate.questions import Progress, Question, Reading, Suggestion, Why, decode_id
from pipeline.annotate.refit import Job, Refit
from pipeline.annotate.store import Clock, Store
from pipeline.annotate.strategies import DEFAULT
from pipeline.annotate.wording import check_codes
from pipeline.annotate.worklist import Listed
from pipeline.codebook import Codebook, as_dict
from pipeline.errors import CodingError, StudyError
from pipeline.records import Explanation, Precedent

PRECEDENTS = 3


class Session:
    """One coder at work. Thread-safe. ``codebook``, ``coder`` and ``title`` are public; every write takes a key.

    ``key`` is drawn by the page, once a form (uuid4): sent twice, it counts once. Every French complaint is a
    FilrougeError whose text can be shown as it is; a forged or stale question id is ValueError.
    """

    def __init__(
        self,
        store: Store,
        material: Material,
        machine: Machine,
        codebook: Codebook,
        *,
        coder: str,
        clock: Clock,
        seed: int = 0,
        strategy: str = DEFAULT,
        suggests: bool = False,
        worklist: Sequence[Listed] = (),
    ) -> None:
        self.coder, self.codebook, self.suggests, self.title = coder, codebook, suggests, material.title
        self._store, self._material, self._machine, self._clock = store, material, machine, clock
        self._lock = threading.RLock()
        self._held = ExitStack()
        self._held.enter_context(store.claim(coder))
        self._row = {(s.transcript.id, s.start, s.end): n for n, s in enumerate(material.segments)}
        self._events: list[Event] = []
        self._asking = Asking(material, codebook, strategy=strategy, seed=seed, worklist=worklist)
        self._pending: Question | None = None
        try:
            self._events = list(store.events(coder))
            begun = {"codebook": as_dict(codebook), "seed": seed, "strategy": strategy, "segments": len(self._row)}
            self._write(self._own_key("session"), "session", payload=begun)
        except BaseException:
            self._held.close()
            raise
        measured = [event.payload for event in self._events if event.kind == "measure"]
        last = max((int(point.get("labels", 0)) for point in measured), default=0)
        self._refit = Refit(machine, material.interview, last=last, told=self._measured)
        self._learn()

    def next(self) -> Question | None:
        """Return the question to show: the same until it is answered or skipped; None when all is decided."""
        with self._lock:
            if self._pending is None:
                self._pending = self._asking.next(self._ledger, self._refit.learnt)
            return self._pending

    def question(self, question: str) -> Question:
        """Return the question of an id, also after a restart. Raises ValueError if it names no segment.

        ``chosen`` and ``memo`` are filled in with what this coder says of it, or said before an undo.
        """
        with self._lock:
            row, why = self._decoded(question)
            said = [e for e in self._events if e.kind == "decision" and self._row.get(e.place) == row]
            return self._asking.question(row, why, said[-1] if said else None)

    def answer(self, key: str, question: str, codes: Iterable[str], memo: str = "") -> bool:
        """Store what holds of a question's segment; no code means "nothing applies". False: known already.

        Raises CodingError if a code is unknown, or two codes of a dimension that takes one are given.
        """
        return self._reply("decision", key, question, check_codes(self.codebook, codes), memo)

    def skip(self, key: str, question: str, memo: str = "") -> bool:
        """Leave a question aside; it comes back after all others."""
        return self._reply("skip", key, question, frozenset(), memo)

    def undo(self, key: str) -> Question | None:
        """Take the newest answer back, and return its question (``chosen`` and ``memo`` filled in).

        None if there is nothing to take back, or if what was taken back was a span or a reading.
        """
        with self._lock:
            last = last_answer(self._events)
            if last is None or not self._write(key, "undo", undoes=last.key):
                return None
            if last.kind not in ("decision", "skip") or last.place not in self._row:
                return None
            why = Why(last.strategy, last.score, last.probability, last.model)
            self._pending = self._asking.question(self._row[last.place], why, last)
            return self._pending

    def take_back(self, key: str, event: str) -> bool:
        """Take back any one answer of this coder. False if ``key`` is known; ValueError if it is not in force."""
        with self._lock:
            if any(one.key == key for one in self._events):
                return False
            if event not in {one.key for one in effective(self._events)}:
                raise ValueError(f"no such event in force: {event!r}")
            return self._write(key, "undo", undoes=event)

    def code_span(
        self, key: str, transcript: str, start: int, end: int, codes: Iterable[str], memo: str = ""
    ) -> bool:
        """Store codes on a free passage; offsets are code points of the transcript's text, end exclusive.

        Raises CodingError if the passage is empty, lies outside the text, or no code is given.
        """
        given = check_codes(self.codebook, codes)
        text = self.reading(transcript).transcript.text
        if not 0 <= start < end <= len(text) or not text[start:end].strip():
            raise CodingError(f"{transcript} : passage {start} à {end} vide ou hors du texte (0 à {len(text)}).")
        if not given:
            raise CodingError(f"{transcript} : aucun code choisi pour ce passage ; choisissez-en un au moins.")
        return self._write(key, "span", (transcript, start, end), codes=given, memo=memo)

    def finish_reading(self, key: str, transcript: str) -> bool:
        """Store that the whole transcript was read: what bears no code is "read, nothing applies"."""
        whole = len(self.reading(transcript).transcript.text)
        return self._write(key, "read", (transcript, 0, whole))

    def transcripts(self) -> tuple[Reading, ...]:
        """Return every transcript, as ``reading`` does, in the study's order."""
        return tuple(self.reading(group[0].transcript.id) for group in self._material.groups if group)

    def reading(self, transcript: str) -> Reading:
        """Return one transcript to read. Raises StudyError if the study holds none of that name."""
        for group in self._material.groups:
            if group and group[0].transcript.id == transcript:
                with self._lock:
                    mine = [e for e in effective(self._events) if e.transcript == transcript]
                    said = tuple(e for e in mine if e.kind in ("decision", "span"))
                    return Reading(group[0].transcript, tuple(group), said, transcript in self._ledger.finished)
        known = ", ".join(group[0].transcript.id for group in self._material.groups if group)
        raise StudyError(f"Transcription « {transcript} » inconnue. Transcriptions de l’étude : {known}.")

    def progress(self) -> Progress:
        """Say how far the work is."""
        with self._lock:
            learnt = self._refit.learnt
            return report(
                self._ledger, self.codebook, self._events, sample=len(self._asking.sample(self._ledger)),
                worklist=self._asking.listed(self._ledger), learning=self._refit.busy,
                model=learnt.model if learnt else "",
            )  # fmt: skip

    def suggestion(self, question: str) -> Suggestion | None:
        """Say what the machine thinks; None unless ``suggests``, or while it knows nothing.

        Also None before this coder has answered that very question: it must not anchor them.
        """
        with self._lock:
            row, _ = self._decoded(question)
            learnt = self._refit.learnt
            if not self.suggests or learnt is None or not self._ledger.decided[row]:
                return None
            scores = learnt.probabilities[row]
            order = np.argsort(-scores, kind="stable").tolist()
            ids = self.codebook.ids
            retained = frozenset(ids[c] for c in order if scores[c] >= 0.5)
            return Suggestion(tuple((ids[c], round(float(scores[c]), 4)) for c in order), retained, learnt.model)

    def explain(self, question: str, code: str) -> Explanation:
        """Say why: the words that weighed most and the three nearest passages that this coder gave ``code``."""
        with self._lock:
            row, _ = self._decoded(question)
            (wanted,) = check_codes(self.codebook, [code])
            column, now = self.codebook.ids.index(wanted), self._ledger
        known = now.known[now.known != row]
        words = self._machine.words(known, now.labels[known], row, column) if len(known) else ()
        given = known[now.labels[known, column] == 1]
        alike = self._material.vectors[given] @ self._material.vectors[row]
        near = []
        for k in np.argsort(-alike, kind="stable")[:PRECEDENTS].tolist():
            segment = self._material.segments[given[k]]
            near.append(Precedent(segment.transcript.id, segment.text, (self.coder,), round(float(alike[k]), 4)))
        return Explanation(words, tuple(near))

    def settle(self, timeout: float = 60.0) -> bool:
        """Wait until the machine has learnt all there is (for tests, and before a model is written)."""
        return self._refit.settle(timeout)

    def close(self) -> None:
        """Stop the machine's thread and let the coder's claim go; idempotent."""
        self._refit.close()
        self._held.close()

    def _reply(self, kind: Kind, key: str, question: str, codes: frozenset[str], memo: str) -> bool:
        """Store an answer to a question, with the reason for which it was asked."""
        with self._lock:
            row, why = self._decoded(question)
            segment = self._material.segments[row]
            place = segment.transcript.id, segment.start, segment.end
            stored = self._write(
                key, kind, place, codes=codes, memo=memo, model=why.model, strategy=why.strategy, score=why.score,
                probability=why.probability,
            )  # fmt: skip
            if stored and self._pending is not None and self._pending.segment is segment:
                self._pending = None
            return stored

    def _write(self, key: str, kind: Kind, place: Place = ("", 0, 0), **more: Any) -> bool:
        """Store an event, take it in, and have the machine learn it."""
        with self._lock:
            event = Event(key, self.coder, kind, self._clock(), *place, codebook=self.codebook.fingerprint, **more)
            if not self._store.append(event):
                return False
            self._events.append(event)
            if kind != "measure":
                self._ledger: Ledger = ledger(self._events, self._material.segments, self.codebook.ids)
            if kind not in ("session", "measure"):
                self._learn()
            return True

    def _learn(self) -> None:
        """Hand what is known to the machine's thread."""
        self._refit.submit(Job(self._ledger, self._asking.sample(self._ledger)))

    def _measured(self, found: Measured) -> None:
        """Keep a point of the learning curve; called by the machine's thread."""
        kappas = [None if np.isnan(value) else round(float(value), 4) for value in found.kappas]
        defined = [value for value in kappas if value is not None]
        self._write(
            self._own_key("measure"), "measure",
            payload={
                "labels": found.answers, "sample": found.sample, "stability": found.stability,
                "kappa": round(sum(defined) / len(defined), 4) if defined else None,
                "by_code": dict(zip(self.codebook.ids, kappas, strict=True)),
            },
        )  # fmt: skip

    def _own_key(self, kind: str) -> str:
        """Return a key for an event that no page asked for."""
        told = f"{self.coder}|{kind}|{self._clock()}|{len(self._events)}"
        return f"{kind}-{hashlib.sha256(told.encode()).hexdigest()[:32]}"

    def _decoded(self, question: str) -> tuple[int, Why]:
        """Return the row and the reason of a question's id. Raises ValueError if it names no segment."""
        place, why = decode_id(question)
        if place not in self._row:
            raise ValueError(f"no segment stands at {place}")
        return self._row[place], why
