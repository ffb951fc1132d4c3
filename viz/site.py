"""The index page of a folder of pages: what there is, with a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viz import document, page
from viz.words import INDEX


@dataclass(frozen=True, kw_only=True)
class SiteInput(document.DocumentInput):
    """What the index lists.

    Attributes
    ----------
    network, dependency
        File names beside the index; empty for none.
    states, blocs, questions
        Rows ``{id, name, ties, pages}``; ``pages`` are (key of words, file name), ``ties`` a number or None.
    """

    network: str
    dependency: str
    states: Sequence[Mapping[str, Any]]
    blocs: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]]


def index_page(data: SiteInput) -> str:
    """Render the index.

    Returns
    -------
    str
        A whole HTML page whose links are relative; equal input gives equal text.
    """
    refs = document.References(data.sources)
    whole = [
        {"name": INDEX[key], "about": INDEX[f"{key}_about"], "file": file}
        for key, file in (("network", data.network), ("dependency", data.dependency))
        if file
    ]
    groups = [
        {"key": key, "title": INDEX[key], "rows": rows, "count": key == "states"}
        for key, rows in (("states", data.states), ("blocs", data.blocs), ("questions", data.questions))
        if rows
    ]
    context = {"w": INDEX, **data.head(), "whole": whole, "groups": groups, "sources": refs.listed()}
    return page.render_document("index.html.j2", context, script="document.js", style="document.css")
