"""Colours, dashes and shapes of the views.

Two families of colour, both told apart by readers with a colour-vision deficiency:

* camps: the palette of Okabe and Ito, *Color Universal Design* (2008), without black;
* domains: colours in the manner of Paul Tol, *Colour Schemes* (SRON/EPS/TN/09-002, issue 3.2, 2021), moved until each
  has a contrast of at least 3 with the paper (WCAG 2.2, 1.4.11), for light and for dark paper. Thirteen hues cannot
  all be told apart, so the dash is a second cue: domains of one dash group differ by a CIE76 distance of at least 20
  in normal, protan, deutan and tritan vision (simulated after Machado, Oliveira and Fernandes 2009), and the two
  negative domains alone have a dash and a dot. A tie that does not bind in law has the gaps of ``NON_BINDING``.
"""

from __future__ import annotations

from dataclasses import dataclass

SOLID: tuple[int, ...] = ()
DOTTED: tuple[int, ...] = (2, 4)
DASHED: tuple[int, ...] = (11, 4, 2, 4)
NON_BINDING: dict[tuple[int, ...], tuple[int, ...]] = {SOLID: (8, 6), DOTTED: (2, 3, 2, 10), DASHED: (2, 8, 11, 8)}
"""Dash of a tie that does not bind in law, by the dash of its domain."""
PAPER = "#ffffff"
DARK_PAPER = "#14181c"


@dataclass(frozen=True)
class DomainStyle:
    """How the ties of one domain are drawn.

    Attributes
    ----------
    label
        The domain's name as printed.
    colour, dark
        ``#rrggbb`` on light and on dark paper.
    dash
        Canvas dash pattern; empty for a solid line.
    """

    label: str
    colour: str
    dark: str
    dash: tuple[int, ...]


DOMAINS: dict[str, DomainStyle] = {
    "DEFENCE": DomainStyle("Defence", "#882155", "#9b4c76", SOLID),
    "TRADE": DomainStyle("Trade", "#227331", "#228535", SOLID),
    "TECHNOLOGY": DomainStyle("Technology", "#3158d6", "#365cd1", SOLID),
    "ENERGY": DomainStyle("Energy", "#b18d00", "#d4a900", SOLID),
    "FINANCE": DomainStyle("Finance", "#8d8e89", "#929a86", SOLID),
    "DIPLOMACY": DomainStyle("Diplomacy", "#2f9cb9", "#34adcd", SOLID),
    "DEVELOPMENT": DomainStyle("Development", "#40a090", "#4bb69f", DOTTED),
    "CULTURE": DomainStyle("Culture", "#a7439a", "#ab478c", DOTTED),
    "HEALTH": DomainStyle("Health", "#d3785a", "#ed8765", DOTTED),
    "CLIMATE": DomainStyle("Climate", "#332288", "#6759b7", DOTTED),
    "MIGRATION": DomainStyle("Migration", "#8c8c00", "#8c8c00", DOTTED),
    "SANCTIONS": DomainStyle("Sanctions", "#cc3311", "#e2512f", DASHED),
    "DISPUTE": DomainStyle("Dispute", "#222222", "#c9c9c9", DASHED),
}

DEPENDENCE_COLOUR = "#8c510a"
DEPENDENCE_DARK = "#d08a3c"

CAMP_COLOURS: tuple[str, ...] = (
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#56b4e9",  # sky blue
    "#e69f00",  # orange
    "#f0e442",  # yellow
)
BLOC_COLOURS: tuple[tuple[str, str], ...] = (
    ("#117733", "#44aa77"), ("#882255", "#cc6699"), ("#332288", "#8877dd"),
    ("#997700", "#ddcc77"), ("#117788", "#44bbcc"), ("#aa4422", "#ee8866"),
)  # fmt: skip
"""Outlines of chosen blocs on light and on dark paper, after Tol's muted scheme; each has its dash besides and its name beside it."""
BLOC_DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (2, 3), (9, 3, 2, 3))
NO_OBLIGATION_COLOUR = "#b9bfc6"
NO_CAMP_COLOUR = "#ffffff"
UNCERTAIN_BELOW = 0.8


def domain_style(domain: str) -> DomainStyle:
    """Return the style of a domain; a domain unknown here is drawn in dotted grey under its own name."""
    return DOMAINS.get(domain, DomainStyle(domain.capitalize(), "#555555", "#a8a8a8", DOTTED))


def node_shape(label: str, kind: str) -> str:
    """Return the vis-network shape of a node: states round, alliances square, other blocs diamonds, actors triangles."""
    if label == "Bloc":
        return "square" if kind == "alliance" else "diamond"
    if label == "Actor":
        return "triangle"
    return "dot"
