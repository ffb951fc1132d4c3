"""What ``pactgraph report --question N`` shows: the answer's rows, by the commands of the question."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from graph_loader.cells import flat
from graph_loader.cli.options import doubts
from graph_loader.cli.output import shown
from graph_loader.cli.query import _given as given
from graph_loader.cli.query import query as query_command

if TYPE_CHECKING:
    from graph_loader.questions import Ask
    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader, Store

_STATES = frozenset(("state", "defender", "partner", "importer", "host", "sender", "target", "a", "b", "supplier", "other"))
"""Columns that name states of the answer, for the map."""
_UNSHOWN = frozenset(("sources", "since_edtf", "until_edtf", "start_kind", "end_kind"))


def question_html(store: Store, reader: Reader, held: Release, day: str, number: int, as_of: str | None) -> tuple[str, str]:
    """The report of a question as text, and a line that says what is in it."""
    from graph_loader import __version__, snapshot
    from graph_loader.dossier import party_names
    from graph_loader.questions import questions
    from viz.question import QuestionInput, question_page

    asked = questions()[number]
    answers = [_answer(store, reader, ask, day, as_of) for ask in asked.asks]
    cited = {s for a in answers for row in a["rows"] for s in row["sources"]}
    names = party_names(reader)
    states = {row[0] for row in reader.run("MATCH (s:State) WHERE s.fingerprint IS NOT NULL RETURN s.id AS id", {}).rows}
    found = {v for a in answers for row in a["raw"] for c, v in row.items() if c in _STATES and v in states}
    notes = [note for a in answers for note in a["notes"]]
    words = f"pactgraph report --question {number}" + (f" --as-of {as_of}" if as_of else "")
    page = question_page(
        QuestionInput(
            number=number, theme=asked.theme, told=asked.about, answers=answers, states=sorted(found), names=names,
            sources={row["id"]: row for row in snapshot.sources(reader, cited)} if cited else {},
            queries=[{"title": a["title"], "text": a["text"], "params": a["params"]} for a in answers],
            as_of=day, newest_source=held.newest_source, version=f"pactgraph {__version__}", title=f"{number}. {asked.title}",
            command=words, notes=list(dict.fromkeys(notes)),
        )
    )  # fmt: skip
    rows = sum(len(a["rows"]) for a in answers)
    return page, f"question {number} as of {day}; commands: {len(answers)}, rows: {rows}, sources: {len(cited)}"


def _answer(store: Store, reader: Reader, ask: Ask, day: str, as_of: str | None) -> dict[str, Any]:
    """One command's rows as text; its own date stands, else the report's."""
    from graph_loader.catalogue import catalogue
    from graph_loader.identity import default_identity
    from graph_loader.session import types_in
    from graph_loader.stores.base import query as run

    limit: int | None = None
    if ask.cypher:
        rows = run(reader, store, ask.cypher, {"as_of": day})
        text, title, params, columns, at, doubt = ask.cypher, "Cypher", f"as_of = '{day}'", rows.columns, day, ""
    else:
        # The command line is read by the command itself, so that it means here what it means there.
        values = query_command.make_context("query", shlex.split(ask.command)[2:]).params
        asked = catalogue()[values["which"]]
        bound = asked.bind(given(values["params"]), _date(values["as_of"], day), default_identity())
        at = str(bound.get("as_of", day))
        rows = run(reader, store, asked.text, bound)
        narrowed = f" ({', '.join(values['params'])})" if values["params"] else ""
        text, title, params = asked.text, f"{asked.id}{narrowed}: {asked.title}", ", ".join(f"{k} = {v!r}" for k, v in bound.items())
        columns = values["columns"].split(",") if values["columns"] else [c for c in rows.columns if c not in asked.hidden]
        limit = values["limit"]
        doubt = " ".join(["pactgraph explain", f"query:{asked.id}", *(f"-p {shlex.quote(p)}" for p in values["params"]), f"--as-of {at}"])
    raw = rows.dicts()
    chosen = [c for c in columns if c not in _UNSHOWN]
    if ask.rows:
        raw = [row for row in raw if re.search(ask.rows, ",".join(str(flat(row.get(c))) for c in chosen))]
    if ask.count:
        counted = Counter(tuple(shown(row, c) for c in ask.count) for row in raw)
        cells = [{"cells": [*key, f"{n:,}"], "sources": []} for key, n in sorted(counted.items())]
        sources = sorted({s for row in raw for s in row.get("sources") or []})
        cells = [cell | {"sources": sources} for cell in cells]
        chosen = [*ask.count, "count"]
    else:
        cells = [{"cells": [shown(row, c) for c in chosen], "sources": row.get("sources") or []} for row in raw]
    return {
        "title": title, "text": text, "params": params, "shell": ask.shell, "columns": chosen, "rows": cells[:limit], "all": len(cells),
        "raw": raw[:limit], "as_of": at, "doubt": doubt, "notes": doubts(reader, at, types_in(text)),
        "numeric": [all(isinstance(row.get(c), int | float) and not isinstance(row.get(c), bool) for row in raw) for c in chosen],
    }  # fmt: skip


def _date(given_: str | None, day: str) -> str:
    from graph_loader.cli.options import date_of

    return date_of(given_) or day
