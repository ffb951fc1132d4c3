"""The guide in Neo4j Browser, and the page that opens Browser with style, favourites and guide in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from viz import words
from viz.page import asset, render_text


def guide_page(slides: Sequence[Mapping[str, str]], draw_only: str) -> str:
    """The guide: HTML that ``:guide`` shows in Browser's sidebar and ``:play`` in a frame.

    Parameters
    ----------
    slides
        ``title``, ``about``, ``parameters``, ``query`` and ``picture`` (empty where there is none) a question.
    draw_only
        The command that stops Browser from adding relationships.

    Returns
    -------
    str
        Slides whose statements run at a click. Every text is escaped.
    """
    return render_text("guide.html.j2", {"slides": slides, "draw_only": draw_only, "w": words.BROWSER_GUIDE})


def opening_page() -> str:
    """The page beside the guide that puts style and favourites into Browser's storage and goes on to Browser."""
    return render_text("browser.html.j2", {"w": words.BROWSER_OPEN})


def opening_script() -> str:
    """The script of :func:`opening_page`: a file of its own, for Browser's content security policy forbids it inline."""
    return asset("browser.js")
