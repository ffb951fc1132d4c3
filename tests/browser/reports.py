"""SYNTHETIC inputs of reports: invented for tests, by hand, not to be quoted."""

from __future__ import annotations

from typing import Any

from viz.dossier import DossierInput
from viz.question import QuestionInput
from viz.report import ReportInput

AXES = (("bilateral", "multilateral"), ("practice", "rules"))


def partner(id_: str, name: str, *domains: tuple[str, int, str], label: str = "State", **values: Any) -> dict[str, Any]:
    """A partner with its ties: (domain, number, arrow)."""
    row: dict[str, Any] = {
        "id": id_, "name": name, "label": label, "n": sum(n for _, n, _ in domains), "binds": False, "hostile": False,
        "sources": ["synthetic-a"], "domains": [{"domain": d, "n": n, "arrow": arrow} for d, n, arrow in domains],
    }  # fmt: skip
    return row | values


def position(id_: str, name: str, lean: float, spread: float, kind: str, volume: int = 4) -> dict[str, Any]:
    """A state's place between two poles."""
    return {
        "id": id_, "name": name, "kind": kind, "lean": lean, "spread": spread, "volume": volume, "sources": ["synthetic-a"],
        "domains": [{"domain": "DEFENCE", "a": 2, "b": 0}, {"domain": "TRADE", "a": 1, "b": 1}], "decided_by": ["TRADE"],
        "turned_by": ["treaty-x"],
    }  # fmt: skip


PARTNERS = [
    partner("RRR", "Rho", ("SANCTIONS", 1, "out"), hostile=True),
    partner("BBB", "Beta", ("DEFENCE", 2, ""), ("TRADE", 1, ""), ("ENERGY", 1, ""), binds=True),
    partner("UNI", "The Union", ("TRADE", 1, "in"), label="Bloc"),
]
GRID = [
    {"instrument": "x", "title": "Treaty X", "scope": "bilateral", "thickness": "rules", "binding": True, "reason": "binds in law",
     "sources": ["synthetic-a"]},
    {"instrument": "y", "title": "Declaration Y", "scope": "multilateral", "thickness": "practice", "binding": False, "reason": None,
     "sources": ["synthetic-b"]},
]  # fmt: skip
PLANE = [
    position("AAA", "Alpha", 0.25, 0.5, "cross-domain hedge"), position("BBB", "Beta", 1.0, 0.0, "aligned"),
    position("CCC", "Gamma", 1.0, 0.0, "aligned"), position("DDD", "Delta", 0.0, 0.05, "equidistant"),
]  # fmt: skip
POLES = [{"id": "PPP", "name": "Pole One"}, {"id": "QQQ", "name": "Pole Two"}]
LOST = {"item": "gas", "good_name": "Natural gas", "from_year": 2024, "to_year": 2024, "share_lost": 0.55, "hhi_lo": 0.4, "hhi_hi": 0.41,
        "hhi_lo_after": 0.5, "hhi_hi_after": 0.6, "sources": ["synthetic-flows"]}  # fmt: skip
LOSSES = [
    {"role": "supplier", "without": "RRR", "name": "Rho", "supply": [LOST], "before": 1, "after": 1, "share": None, "year": None,
     "sources": ["synthetic-flows"]},
    {"role": "guarantor", "without": "BBB", "name": "Beta", "supply": [], "before": 1, "after": 0, "share": 1.0, "year": 2012,
     "sources": ["synthetic-a"]},
    {"role": "treaty", "without": "pact", "name": "The Pact", "supply": [], "before": 1, "after": 0, "share": None, "year": None,
     "sources": ["synthetic-a"]},
]  # fmt: skip


def of_state(dossier: DossierInput, supplies: list[dict[str, Any]], common: dict[str, Any]) -> ReportInput:
    """The report of Alpha: three partners in five domains, four states in the plane, two camps."""
    camps = [
        {"date": "1948-12-31", "size": None, "certainty": None, "with": [], "sources": []},
        {"date": "1955-12-31", "size": 2, "certainty": 0.6, "with": ["Beta"], "sources": ["synthetic-a"]},
        {"date": "2025-06-30", "size": 3, "certainty": 0.95, "with": ["Beta", "Gamma"], "sources": ["synthetic-a"]},
    ]
    return ReportInput(
        subject={"id": "AAA", "name": "Alpha", "kind": "state", "about": "independent from 1900"}, dossier=dossier, partners=PARTNERS,
        at_odds=[("BBB", "RRR")], supplies=[r for r in supplies if r["importer"] == "AAA"],
        of_blocs=[r for r in supplies if r["is_bloc"]], of_members=(), poles=POLES, plane=PLANE, marked=("AAA",), grid=GRID, axes=AXES,
        camps=camps, losses=LOSSES, places={"DEU": "self", "POL": "ally", "RUS": "rival", "IND": "partner", "SGP": "tied", "SUN": "both"},
        names={"DEU": "Alpha", "POL": "Beta", "RUS": "Rho", "IND": "Iota", "SGP": "Sigma", "SUN": "Gone"}, title="Report: Alpha", **common,
    )  # fmt: skip


def of_bloc(members: list[dict[str, Any]], supplies: list[dict[str, Any]], common: dict[str, Any]) -> ReportInput:
    """The report of a bloc of two full members and one suspended."""
    camps = [
        {"date": "1958-12-31", "members": 1, "largest": 0, "camps": 0, "outside": 1, "elsewhere": [], "example": ""},
        {"date": "2025-06-30", "members": 2, "largest": 1, "camps": 1, "outside": 1, "elsewhere": [], "example": "AAA"},
    ]
    duties = [{"instrument": "pact", "title": "The Pact", "binding": True, "obligations": ["defence", "consultation"], "disputed": True,
               "sources": ["synthetic-a"]}]  # fmt: skip
    orphans = [{"name": "Beta", "lost": ["AAA"], "defenders_after": 0, "orphaned": True, "sources": ["synthetic-a"]}]
    return ReportInput(
        subject={"id": "UNI", "name": "The Union", "kind": "bloc", "about": "union, 2 full members"}, dossier=None, partners=PARTNERS[1:2],
        at_odds=[], supplies=[r for r in supplies if r["is_bloc"]], of_blocs=(), of_members=[r for r in supplies if not r["is_bloc"]],
        poles=POLES, plane=PLANE, marked=("AAA", "BBB"), grid=GRID[:1], axes=AXES, camps=camps, losses=orphans,
        places={"DEU": "member", "POL": "member", "ITA": "associated"}, names={"DEU": "Alpha", "POL": "Beta", "ITA": "Gamma"},
        members=members, duties=duties, title="Report: The Union", **common,
    )  # fmt: skip


def of_question(common: dict[str, Any]) -> QuestionInput:
    """A question with two commands, one of which has no answer."""
    rows = [{"cells": [f"S{n:02}", f"State {n:02}", f"{n}"], "sources": ["synthetic-a"]} for n in range(40)]
    answers = [
        {"title": "membership/members: Who?", "shell": "pactgraph query membership/members -p bloc=X | head", "as_of": "1950-12-31",
         "columns": ["state", "name", "n"], "numeric": [False, False, True], "rows": rows, "all": 90,
         "doubt": "pactgraph explain query:membership/members -p bloc=X --as-of 1950-12-31"},
        {"title": "Cypher", "shell": "pactgraph query -", "as_of": "2025-06-30", "columns": ["a"], "numeric": [False], "rows": [], "all": 0,
         "doubt": ""},
        {"title": "flows", "shell": "pactgraph query x", "as_of": "2025-06-30", "columns": ["a"], "numeric": [False], "all": 1,
         "rows": [{"cells": ["b"], "sources": ["synthetic-flows", "synthetic-b"]}], "doubt": ""},
    ]  # fmt: skip
    return QuestionInput(
        number=7, theme="Camps", told="Nobody, as far as is known.", answers=answers, states=["DEU", "TUV"],
        names={"DEU": "Alpha", "TUV": "Tau"}, title="7. Who is bound?", **common,
    )  # fmt: skip
