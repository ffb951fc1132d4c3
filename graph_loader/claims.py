"""What sources say: a claim is one source's word on one fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_loader import dates
from graph_loader.schema import Fact, Value, claimable, make_fact

__all__ = ["Claim", "Provenance", "SourceInfo", "claim_from_props", "claim_node", "source_from_props", "source_node"]


@dataclass(frozen=True)
class Provenance:
    """Where a claim was read: for error messages, never stored."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"


@dataclass(frozen=True)
class SourceInfo:
    """A dataset, or a document that a dataset names as its evidence.

    ``covers_until`` of ``..`` means maintained. ``precedence``: lower is preferred when sources disagree.
    """

    id: str
    title: str
    publisher: str = ""
    version: str = ""
    url: str = ""
    licence: str = ""
    citation: str = ""
    covers_from: str = ""
    covers_until: str = ".."
    dataset: str = ""
    precedence: int = 100
    released: str = ""


@dataclass(frozen=True)
class Claim:
    """One source's word on one fact.

    Attributes
    ----------
    type : str
        Node label or relationship type of the fact.
    key : tuple of str
        Natural key of the fact without its spell number.
    spell : int
        Which of the dataset's own spells of that key this is, from 1.
    source, dataset : str
        The document (or dataset) that says so, and the dataset it came in.
    values : mapping
        What was said, by property name; dates as EDTF text under ``since_edtf`` and ``until_edtf`` (``date_edtf`` of events).
    """

    type: str
    key: tuple[str, ...]
    spell: int
    source: str
    dataset: str
    values: Mapping[str, Value]
    locator: str = ""
    matched: str = ""
    seen: str = ""
    order: int = 0
    origin: Provenance | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        return "|".join(["claim", self.source, self.type, *self.key, str(self.spell)])

    def since(self) -> dates.Boundary:
        return dates.since(str(self.values.get("since_edtf", self.values.get("date_edtf", ""))))

    def until(self, covers_until: str) -> dates.Boundary:
        return dates.until_covered(str(self.values.get("until_edtf", "")), covers_until)


def claim_node(claim: Claim, fact: str) -> Fact:
    """The claim as a node of the graph, pointing at the fact it supports."""
    props: dict[str, Value | None] = {
        "fact": fact, "fact_type": claim.type, "key": list(claim.key), "spell": claim.spell, "source": claim.source,
        "dataset": claim.dataset, "locator": claim.locator, "matched": claim.matched, "seen": claim.seen, "order": claim.order,
    }  # fmt: skip
    for name, value in claim.values.items():
        props[name] = value
    return make_fact("Claim", claim.id, props)


def claim_from_props(props: Mapping[str, Value]) -> Claim:
    """The claim again from its stored properties."""
    type_ = str(props["fact_type"])
    values = {name: props[name] for name in claimable(type_) if props.get(name) is not None}
    return Claim(
        type=type_, key=tuple(_strings(props["key"])), spell=int(str(props["spell"])), source=str(props["source"]),
        dataset=str(props["dataset"]), values=values, locator=str(props.get("locator") or ""), matched=str(props.get("matched") or ""),
        seen=str(props.get("seen") or ""), order=int(str(props.get("order") or 0)),
    )  # fmt: skip


def _strings(value: Value) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def source_node(source: SourceInfo) -> Fact:
    """The source as a node of the graph."""
    props = {name: value for name, value in vars(source).items() if name != "id"}
    return make_fact("Source", source.id, props)


def source_from_props(props: Mapping[str, Value]) -> SourceInfo:
    """The source again from its stored properties."""
    known = {name: props[name] for name in SourceInfo.__dataclass_fields__ if props.get(name) is not None}
    return SourceInfo(**known)  # type: ignore[arg-type]
