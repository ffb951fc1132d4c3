"""Colours, dashes and shapes of the views.

Two families of colour, both told apart by readers with a colour-vision deficiency:

* camps: the palette of Okabe and Ito, *Color Universal Design* (2008), without black;
* domains: colours in the manner of Paul Tol, *Colour Schemes* (SRON/EPS/TN/09-002, issue 3.2, 2021). Thirteen hues
  cannot all be told apart, so the dash is a second cue: domains of one dash group differ by a CIE76 distance of at
  least 20 in normal, protan, deutan and tritan vision (simulated after Machado, Oliveira and Fernandes 2009), and
  the two negative domains alone have long dashes.
"""

from __future__ import annotations

from dataclasses import dataclass

SOLID: tuple[int, ...] = ()
DOTTED: tuple[int, ...] = (2, 4)
DASHED: tuple[int, ...] = (9, 5)


@dataclass(frozen=True)
class DomainStyle:
    """How the ties of one domain are drawn.

    Attributes
    ----------
    label
        The domain's name as printed.
    colour
        ``#rrggbb``.
    dash
        Canvas dash pattern; empty for a solid line.
    """

    label: str
    colour: str
    dash: tuple[int, ...]


DOMAINS: dict[str, DomainStyle] = {
    "DEFENCE": DomainStyle("Defence", "#882255", SOLID),
    "TRADE": DomainStyle("Trade", "#228833", SOLID),
    "TECHNOLOGY": DomainStyle("Technology", "#3366cc", SOLID),
    "ENERGY": DomainStyle("Energy", "#d4a900", SOLID),
    "FINANCE": DomainStyle("Finance", "#8c8c8c", SOLID),
    "DIPLOMACY": DomainStyle("Diplomacy", "#33aacc", SOLID),
    "DEVELOPMENT": DomainStyle("Development", "#44aa99", DOTTED),
    "CULTURE": DomainStyle("Culture", "#aa4499", DOTTED),
    "HEALTH": DomainStyle("Health", "#ee8866", DOTTED),
    "CLIMATE": DomainStyle("Climate", "#332288", DOTTED),
    "MIGRATION": DomainStyle("Migration", "#8c8c00", DOTTED),
    "SANCTIONS": DomainStyle("Sanctions", "#cc3311", DASHED),
    "DISPUTE": DomainStyle("Dispute", "#222222", DASHED),
}

DEPENDENCE_COLOUR = "#8c510a"

CAMP_COLOURS: tuple[str, ...] = (
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#56b4e9",  # sky blue
    "#e69f00",  # orange
    "#f0e442",  # yellow
)
NO_OBLIGATION_COLOUR = "#b9bfc6"
NO_CAMP_COLOUR = "#ffffff"
UNCERTAIN_BELOW = 0.8


def domain_style(domain: str) -> DomainStyle:
    """Return the style of a domain; a domain unknown here is drawn in dotted grey under its own name."""
    return DOMAINS.get(domain, DomainStyle(domain.capitalize(), "#555555", DOTTED))


def node_shape(label: str, kind: str) -> str:
    """Return the vis-network shape of a node: states round, alliances square, other blocs diamonds, actors triangles."""
    if label == "Bloc":
        return "square" if kind == "alliance" else "diamond"
    if label == "Actor":
        return "triangle"
    return "dot"
