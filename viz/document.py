"""What the pages of tables share: sources with numbers, shares as text, colours of cells.

What is a table stays one. A span on a time axis, a share and an HHI range are one bar each in their row, and a heat map is a table: as
HTML every number is text that a reader can select, a screen reader reads in its row and column, and a printer keeps sharp; on a phone the
table folds. No charting library draws into the cells of a table, so these bars are CSS widths.

What has a shape of its own, flows, a plane, lines over years, a network's excerpt, a map, is drawn by one library, Apache ECharts (6.1,
Apache-2.0, maintained by the ASF), held once by each page that has such a chart (`viz.charts`, ``assets/charts.js``). Of the libraries that
have all five, a build of ECharts with these charts alone is the smallest: 641 kB, against 1.0 MB of ECharts whole, 1.1 MB of Altair inline,
1.4 MB of Bokeh and 4.9 MB of Plotly. Altair saves pages that load scripts, and Plotly's map fetches its outlines; ECharts takes outlines
from the page, so it works from a disk without a network. It draws SVG (text stays text, and print is sharp), runs under a policy that
allows scripts by hash and no eval, and takes decals, so that ally and rival differ by pattern and not by colour alone. d3 is smaller, but
a chart in it is our own code. ``assets/source`` says how the build is made, with versions and checksums.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from viz import style
from viz.words import SENTENCES

_SCALE = ((0.0, (247, 243, 236)), (0.25, (240, 200, 140)), (0.5, (214, 126, 60)), (0.75, (158, 68, 26)), (1.0, (92, 32, 10)))
"""Shares from pale to dark brown (after ColorBrewer's YlOrBr): lightness falls with the share, so that grey print keeps the order."""


@dataclass(frozen=True, kw_only=True)
class DocumentInput:
    """What every page that reads as a document says of itself.

    Attributes
    ----------
    sources
        Source id -> ``{title, publisher, version, url, licence, citation}``.
    queries
        ``{title, text, params}``.
    as_of, newest_source, version, title, command, filters, notes
        Printed on the page.
    """

    sources: Mapping[str, Mapping[str, str]]
    queries: Sequence[Mapping[str, Any]]
    as_of: str
    newest_source: str
    version: str
    title: str
    command: str
    filters: Sequence[str] = ()
    notes: Sequence[str] = ()

    def head(self) -> dict[str, Any]:
        """The part of a template's context that is the same on all documents."""
        return {
            "title": self.title,
            "as_of": self.as_of,
            "newest": self.newest_source,
            "version": self.version,
            "command": self.command,
            "filters": self.filters,
            "notes": self.notes,
            "queries": self.queries,
        }


class References:
    """Sources that a page cites, numbered in the order of their first use."""

    def __init__(self, sources: Mapping[str, Mapping[str, str]]) -> None:
        self._sources = sources
        self._number: dict[str, int] = {}

    def __call__(self, ids: Iterable[str]) -> list[int]:
        """Numbers of the sources, ascending."""
        return sorted({self._number.setdefault(i, len(self._number) + 1) for i in sorted(ids)})

    def listed(self) -> list[dict[str, Any]]:
        """The cited sources in order: number, text, licence, and an address when it is one of the web."""
        rows = []
        for id_, number in self._number.items():
            known = self._sources.get(id_, {})
            parts = (known.get("publisher", ""), known.get("title", "") or id_, known.get("version", ""))
            url = known.get("url", "")
            rows.append(
                {
                    "n": number,
                    "id": id_,
                    "text": known.get("citation") or ". ".join(p.rstrip(".") for p in parts if p) + ".",
                    "url": url if url.lower().startswith(("https://", "http://")) else "",
                    "address": url,
                    "licence": "" if known.get("licence") in (None, "", "not stated") else known["licence"],
                }
            )
        return rows


Said = tuple[str, Sequence[Mapping[str, Any]], str]
"""A sentence, the rows whose sources it rests on, and the ANSWER by which ``pactgraph explain`` doubts it; empty where there is none."""
MOST_REFERENCES = 6


def findings(said: Iterable[Said], refs: References, as_of: str) -> list[dict[str, Any]]:
    """Sentences with the numbers of their first sources, how many more there are, and the command that doubts them."""
    found = []
    for text, rows, answer in said:
        numbers = refs({s for row in rows for s in row["sources"]})
        doubt = f"pactgraph explain {answer if ' -p ' in answer else shlex.quote(answer)} --as-of {as_of}" if answer else ""
        shown = {"text": sentence(text), "refs": numbers[:MOST_REFERENCES], "more": max(0, len(numbers) - MOST_REFERENCES)}
        found.append(shown | {"doubt": doubt})
    return found


def asked(query: str, **params: str) -> str:
    """The ANSWER of a query of the library with its parameters, ready for a shell."""
    return " ".join([f"query:{query}", *(f"-p {name}={shlex.quote(value)}" for name, value in params.items())])


def percent(share: float | None) -> str:
    """A share of 0..1 in percent, with one decimal where it has one: .36 is 36%, .3627 is 36.3%."""
    if share is None:
        return "–"
    if 0 < share < 0.001:
        return "<0.1%"
    text = f"{100 * share:.1f}"
    return f"{text.removesuffix('.0')}%"


def hhi_text(low: float | None, high: float | None) -> str:
    """An HHI of the scale 0..1 with two decimals (three where two would hide the range)."""
    if low is None or high is None:
        return "–"
    if f"{low:.2f}" == f"{high:.2f}":
        return f"{low:.2f}" if high - low < 5e-4 else f"{low:.3f}–{high:.3f}"
    return f"{low:.2f}–{high:.2f}"


def period_text(row: Mapping[str, Any]) -> str:
    """2024, or 2021–25."""
    first, last = row["from_year"], row["to_year"]
    return f"{first}" if first == last else f"{first}–{last}"


def shade(share: float) -> dict[str, str]:
    """Background of a cell and the ink (black or white) with the higher contrast on it."""
    at = min(1.0, max(0.0, share))
    (x0, c0), (x1, c1) = next(pair for pair in pairwise(_SCALE) if at <= pair[1][0])
    mixed = [round(a + (b - a) * (at - x0) / (x1 - x0)) for a, b in zip(c0, c1, strict=True)]
    back = "#" + "".join(f"{v:02x}" for v in mixed)
    return {"back": back, "ink": "#000000" if contrast(back, "#000000") >= contrast(back, "#ffffff") else "#ffffff"}


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1..21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def domain_look(domain: str) -> dict[str, str]:
    """Label, colour and kind of edge (solid, dotted, dashed) of a domain."""
    look = style.domain_style(domain)
    edge = {style.SOLID: "solid", style.DOTTED: "dotted", style.DASHED: "dashed"}.get(look.dash, "solid")
    return {"id": domain, "label": look.label, "colour": look.colour, "edge": edge}


_ARTICLE = re.compile(
    r"(United|Soviet|Netherlands|Philippines|Maldives|Bahamas|Gambia|Comoros|Seychelles|European|Czech Rep|Dominican Rep|Central Afr"
    r"|Holy See)|.*"
    r"\b(Republic|Islands|Congo|Union|Federation|Kingdom)$"
)


def named(name: str) -> str:
    """A name inside a sentence: the United States, the Soviet Union, India."""
    if name.startswith("The "):
        return f"the {name[4:]}"
    return f"the {name}" if _ARTICLE.match(name) else name


def inside(good: str) -> str:
    """The name of a good inside a sentence: natural gas, but LNG and ArF immersion tools."""
    word = good.split(" ")[0]
    return good[:1].lower() + good[1:] if word[1:] == word[1:].lower() else good


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def say(key: str, **values: object) -> str:
    """One of the sentences of the pages, filled in."""
    return SENTENCES[key].format(**values)


def got(importer: str, share: float, good: str, supplier: str, standing: str, detail: str) -> str:
    """The sentence of a share: who got how much of what from whom."""
    return say("got", importer=named(importer), share=percent(share), good=good, supplier=named(supplier), standing=standing, detail=detail)


def count(n: int, one: str, many: str | None = None) -> str:
    """1 tie, 2 ties."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listing(names: Sequence[str], most: int = 6) -> str:
    """Names in a sentence; beyond ``most`` the rest is counted."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
