"""The report of one of the forty questions: what the documentation says of it, and the rows of its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viz import charts, document, page, report
from viz.words import REPORT


@dataclass(frozen=True, kw_only=True)
class QuestionInput(document.DocumentInput):
    """What the report shows.

    Attributes
    ----------
    number, theme, told
        The question's number and theme, and what the documentation says of the answer.
    answers
        ``title``, ``shell`` (the command as printed), ``as_of``, ``columns``, ``numeric`` (per column), ``rows`` ({cells (text), sources}),
        ``all`` (rows before a limit), ``doubt`` (a command).
    states
        Ids of the states in the answer, for the map.
    names
        State id -> name.
    """

    number: int
    theme: str
    told: str
    answers: Sequence[Mapping[str, Any]]
    states: Sequence[str]
    names: Mapping[str, str]


def question_page(data: QuestionInput) -> str:
    """Render the report.

    Returns
    -------
    str
        A whole HTML page; equal input gives equal text.
    """
    refs = document.References(data.sources)
    drawn: list[charts.Chart] = []
    answers = [
        {
            "title": a["title"], "shell": a["shell"], "as_of": a["as_of"], "doubt": a["doubt"],
            "columns": [{"name": c, "numeric": n} for c, n in zip(a["columns"], a["numeric"], strict=True)],
            "rows": [{"cells": r["cells"], "refs": refs(r["sources"])[: document.MOST_REFERENCES]} for r in a["rows"]],
            "cut": REPORT["rows_of"].format(n=len(a["rows"]), all=a["all"]) if len(a["rows"]) < a["all"] else "",
        }
        for a in data.answers
    ]  # fmt: skip
    states = report.world_map(dict.fromkeys(data.states, "named"), data.names, "", data.as_of, drawn) if data.states else None
    context: dict[str, Any] = {
        "w": REPORT, **data.head(), "number": data.number, "theme": data.theme, "told": data.told, "answers": answers, "map": states,
        "most_rows": 3 * report.MOST_ROWS,
    }  # fmt: skip
    context["sources"] = refs.listed()
    outlines = charts.world()["world"] if drawn else None
    return page.render_document("question.html.j2", context, script="document.js", style="document.css", charts=drawn, world=outlines)
