"""A study in, a coder's decisions out: what to ask next, what was answered, what the machine learnt meanwhile."""

from pipeline.annotate.adjudication import Adjudication, Disagreement
from pipeline.annotate.events import Event
from pipeline.annotate.questions import CodeProgress, Point, Progress, Question, Reading, Suggestion, Why
from pipeline.annotate.session import Session
from pipeline.annotate.store import Store, open_store

__all__ = [
    "Adjudication",
    "CodeProgress",
    "Disagreement",
    "Event",
    "Point",
    "Progress",
    "Question",
    "Reading",
    "Session",
    "Store",
    "Suggestion",
    "Why",
    "open_store",
]
