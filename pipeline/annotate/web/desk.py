"""What every handler leans on: the session, the templates, and how a page or a complaint is sent back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import typography
from pipeline.annotate.adjudication import Adjudication
from pipeline.annotate.session import Session
from pipeline.annotate.web import hotkeys
from pipeline.annotate.web.visit import Reply, Visit, address, new_key
from pipeline.codebook import Codebook

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent


@dataclass
class Desk:
    """One coder's session, or the adjudication of a study: never both, coding is blind."""

    session: Session | None
    adjudication: Adjudication | None
    csrf: str = field(repr=False, default="")

    @property
    def at_work(self) -> Session:
        """The session; only routes of a session call this."""
        assert self.session is not None
        return self.session

    @property
    def judging(self) -> Adjudication:
        """The adjudication; only its routes call this."""
        assert self.adjudication is not None
        return self.adjudication

    @property
    def coder(self) -> str:
        """Who sits here."""
        return self.session.coder if self.session is not None else self.judging.coder

    @property
    def codebook(self) -> Codebook:
        """The codebook in force."""
        return self.session.codebook if self.session is not None else self.judging.codebook

    @property
    def title(self) -> str:
        """The study's name where it is told, else the codebook's."""
        told: str = getattr(self.session or self.adjudication, "title", "")
        return told or self.codebook.name

    @cached_property
    def templates(self) -> jinja2.Environment:
        """The templates: everything is escaped, and a name that is missing is an error."""
        import jinja2

        environment = jinja2.Environment(
            autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        )  # fmt: skip
        codes = self.codebook.codes
        number = {code.id: n for n, code in enumerate(codes)}
        labels = {code.id: code.label for code in codes}
        environment.filters |= {
            "typo": typography.spaced, "whole": typography.whole, "decimal": typography.decimal,
            "clipped": typography.clipped, "shown": typography.shown,
            "number": lambda code: number.get(code, 0),
            "label": lambda code: typography.spaced(labels.get(code) or code),
            "in_order": lambda held: sorted(held, key=lambda code: number.get(code, len(number))),
        }  # fmt: skip
        environment.globals |= {
            "codebook": self.codebook, "keys": hotkeys.assign(self.codebook.ids), "csrf": self.csrf,
            "coder": self.coder, "study": self.title,
            "judging": self.session is None, "new_key": new_key, "counted": typography.counted, "address": address,
        }  # fmt: skip
        return environment

    def page(self, visit: Visit, template: str, *, status: int = 200, **values: Any) -> Reply:
        """Render a whole page, or its changed part alone for a script."""
        base = "part.html.j2" if visit.htmx else "layout.html.j2"
        return Reply(self.templates.get_template(template).render(base=base, **values), status)

    def after(self, visit: Visit, where: str) -> Reply | None:
        """Post, then redirect: None means that a script asked, and gets the new part at once."""
        return None if visit.htmx else Reply(status=303, location=where)

    def complaint(self, visit: Visit, sentence: str, status: int) -> Reply:
        """Say what went wrong: beside the form that was sent, or on a page of its own."""
        if visit.htmx:
            said = self.templates.get_template("complaint.html.j2").render(sentence=sentence)
            return Reply(said, status, headers={"HX-Retarget": "#alerte", "HX-Reswap": "innerHTML"})
        return self.page(visit, "error.html.j2", status=status, sentence=sentence)
