"""The style of Neo4j Browser: a GraSS sheet with the colours of :mod:`viz.style`.

Browser's reader of GraSS has traps, so the sheet holds no comments (one swallows the next selector) and no ``:`` in a caption (it drops
the caption).
"""

from __future__ import annotations

from collections.abc import Mapping

from viz import style
from viz.document import contrast

Rules = dict[str, dict[str, str]]
"""Selector -> property -> value, as Browser keeps a style."""

# Colours go by what a node is. Big circles where a caption is long, for Browser cuts what does not fit.
_NODES: Mapping[str, tuple[str, str, int]] = {
    "State": (style.CAMP_COLOURS[0], "{name}", 70),
    "Bloc": (style.CAMP_COLOURS[5], "{id}", 80),
    "Actor": (style.CAMP_COLOURS[3], "{name}", 70),
    "Instrument": (style.CAMP_COLOURS[2], "{title}", 100),
    "Event": (style.CAMP_COLOURS[4], "{kind} {date_edtf}", 70),
    "Good": (style.DEPENDENCE_COLOUR, "{name}", 70),
    "Indicator": (style.DOMAINS["CLIMATE"].colour, "{name}", 80),
    "Source": (style.CAMP_COLOURS[6], "{title}", 100),
    "Claim": (style.NO_OBLIGATION_COLOUR, "{dataset} {matched}", 100),
    "Run": (style.DOMAINS["FINANCE"].colour, "{finished}", 70),
    "Meta": (style.DOMAINS["FINANCE"].colour, "{release_date}", 70),
}
# Dates as their source said them: a year alone does not become the first of January.
_TIE_CAPTION = "{since_edtf} {kind}"
_RELATIONSHIPS: Mapping[str, tuple[str, str]] = {
    "DEPENDS_ON": (style.DEPENDENCE_COLOUR, "{share} {to_year} {good}"),
    "PRODUCES": (style.DEPENDENCE_COLOUR, "{share} {to_year} {stage}"),
    "MEMBER_OF": (style.CAMP_COLOURS[5], "{since_edtf} {role}"),
    "PARTY_TO": (style.CAMP_COLOURS[2], "{since_edtf} {role}"),
    "SUCCEEDED_BY": (style.CAMP_COLOURS[0], "{since_edtf} {kind}"),
    "OBSERVED": (style.DOMAINS["CLIMATE"].colour, "{year} {value}"),
}


def rules() -> Rules:
    """The style as rules.

    Returns
    -------
    dict
        Selector (``node``, ``node.State``, ``relationship.DEFENCE``) -> property -> value.
    """
    found: Rules = {
        "node": {
            "diameter": "70px", "color": style.NO_OBLIGATION_COLOUR, "border-color": _darker(style.NO_OBLIGATION_COLOUR),
            "border-width": "2px", "text-color-internal": "#000000", "font-size": "11px", "caption": "{id}",
        },
        "relationship": {
            "color": style.domain_style("").colour, "shaft-width": "1px", "font-size": "7px", "padding": "2px",
            "text-color-external": "#000000", "text-color-internal": "#ffffff", "caption": "<type>",
        },
    }  # fmt: skip
    for label, (colour, caption, diameter) in _NODES.items():
        found[f"node.{label}"] = {
            "color": colour, "border-color": _darker(colour), "text-color-internal": _readable_on(colour),
            "diameter": f"{diameter}px", "caption": caption,
        }  # fmt: skip
    ties = {domain: (drawn.colour, _TIE_CAPTION) for domain, drawn in style.DOMAINS.items()}
    for type_, (colour, caption) in {**ties, **_RELATIONSHIPS}.items():
        # A negative tie is told by its width too: Browser draws no dashes.
        width = "3px" if type_ in ("SANCTIONS", "DISPUTE") else "2px"
        found[f"relationship.{type_}"] = {"color": colour, "shaft-width": width, "caption": caption}
    return found


def sheet(found: Rules) -> str:
    """The rules as text of a ``.grass`` file.

    Parameters
    ----------
    found : dict
        As of :func:`rules`.

    Returns
    -------
    str
        One block a selector, in the order of the rules.
    """
    blocks = []
    for selector, properties in found.items():
        lines = [f'  {name}: "{value}";' if name == "caption" else f"  {name}: {value};" for name, value in properties.items()]
        blocks.append("\n".join([f"{selector} {{", *lines, "}\n"]))
    return "\n".join(blocks)


def _darker(colour: str) -> str:
    return "#" + "".join(f"{round(int(colour[place : place + 2], 16) * 0.7):02x}" for place in (1, 3, 5))


def _readable_on(colour: str) -> str:
    return "#ffffff" if contrast(colour, "#ffffff") >= contrast(colour, "#000000") else "#000000"
