"""Internacia: members of organisations and country groups, from its YAML files or its parquet file.

Most memberships have no dates. They are a list of December 2025: in force on its day, begun then or before, censored after it. A block
that is known here under another id (of the same name) has that id.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from graph_loader import dates
from graph_loader.claims import Claim
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity, UnknownStateError, fold
from graph_loader.resources import data_folder
from graph_loader.schema import Value
from graph_loader.sources.base import Reading, Rejection
from graph_loader.sources.files import FileSource, Reader, Table, candidates
from graph_loader.sources.groups import groups

ROLES = {
    "member": "full", "founding_member": "full", "associate": "associate", "associated": "associate", "associate_member": "associate",
    "observer": "observer", "partner": "partner", "participant": "partner", "participating": "partner", "cooperating": "partner",
}  # fmt: skip
# Lists of what states have in common, which nobody is a member of.
CLASSIFICATIONS = {"writingdirection", "writingsystem", "govform", "railgauge", "dvdregion", "teleregion", "lawsystem", "gaspipeline"}
KINDS = (  # the first that fits
    ("trade_area", {"fta", "pta", "customs", "cuscurr", "trade"}), ("alliance", {"military"}),
    ("category", {"acronym", "geographic", "unregionalblock"}), ("forum", {"forum"}),
)  # fmt: skip
ALIASES = {"QSD": "QUAD", "FVEY": "FIVE-EYES", "AfCFTA": "AFCFTA"}
CODES = {"KV": "XK"}  # Kosovo
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class _Member:
    file: str
    row: int
    block: Mapping[str, Any]
    member: Mapping[str, Any] | None


class _Internacia(FileSource):
    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        raise NotImplementedError  # members are nested in blocks, which no table holds

    def read(self, path: Path | None, identity: Identity, known: frozenset[str]) -> Reading:
        """Read the YAML files of blocks, or the parquet file of all.

        Raises
        ------
        UsageError
            Without a path.
        DataError
            When a file cannot be read, or none holds blocks.
        """
        info = self.info()
        if path is None:
            where = f"get it from {info.url}"
            raise UsageError(f"{info.id} does not travel with pactgraph; {where}, then: pactgraph load {info.id} --from FILE")
        if not path.exists():
            raise DataError(f"{path}: no such file or folder")
        members, notes = _members(path)
        if not members:
            raise DataError(f"{path}: no blocks with members; expected YAML files with id, name and includes, or a parquet file of them")
        work = _Work(Reader(info, identity, known), members)
        claims = work.claims()
        account = work.reader.account
        return Reading(info, claims, [], len(members), account.rejected, account.merged, notes)


def _members(path: Path) -> tuple[list[_Member], list[str]]:
    """Each member of each block; a block without any is one row."""
    found: list[_Member] = []
    passed, notes = [], []
    for file in candidates(path):
        suffix = file.suffix.lower()
        if suffix not in (".yaml", ".yml", ".parquet", ".pq"):
            passed.append(file.name)
            continue
        blocks = _yaml(file) if suffix in (".yaml", ".yml") else _parquet(file)
        if blocks is None:
            passed.append(file.name)
            continue
        row = 0
        for block in blocks:
            for member in block.get("includes") or [None]:
                row += 1
                found.append(_Member(file.name, row, block, member if isinstance(member, dict) else None))
    if passed:
        notes.append(f"passed over, no blocks: {', '.join(passed[:5])}{', …' if len(passed) > 5 else ''}")
    return found, [*notes, "rows are counted by member, in the order of the file"]


def _yaml(file: Path) -> list[Mapping[str, Any]] | None:
    try:
        content = yaml.load(file.read_bytes(), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise DataError(f"{file}: not readable as YAML ({str(error).splitlines()[0]}); is the file whole?") from error
    return _blocks(file, content if isinstance(content, list) else [content])


def _parquet(file: Path) -> list[Mapping[str, Any]] | None:
    try:
        frame = pl.read_parquet(io.BytesIO(file.read_bytes()))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"{file}: not readable as parquet ({str(error).splitlines()[0][:120]}); is the download complete?") from error
    return _blocks(file, frame.to_dicts()) if {"id", "name", "includes"} <= set(frame.columns) else None


def _blocks(file: Path, content: Sequence[Any]) -> list[Mapping[str, Any]] | None:
    blocks: list[Mapping[str, Any]] = [b for b in content if isinstance(b, dict) and "id" in b and "name" in b]
    if not blocks:
        return None
    for block in blocks:
        if not isinstance(block.get("includes") or [], list):
            raise DataError(f"{file}, block {block['id']}: 'includes' must be a list of members")
    return blocks


@cache
def _actors() -> frozenset[str]:
    """Ids of the curated actors: a bank with members is an actor there, and its members are those of a block here."""
    with (data_folder() / "curated" / "actors.csv").open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row["id"] for row in csv.DictReader(file))


def _code(value: Any) -> str:
    """An id as text: YAML reads an unquoted NO, of Norway, as false."""
    return "NO" if value is False else str(value or "").strip()


def _edtf(value: Any) -> str:
    text = str(value or "").strip()
    try:
        return dates.since(text).said if text not in ("", "..") and not text.startswith("../") else ""
    except dates.DateError:
        return ""


class _Work:
    def __init__(self, reader: Reader, members: Sequence[_Member]) -> None:
        self.reader, self.members = reader, members
        self.day = reader.info.covers_until
        names: dict[str, set[str]] = defaultdict(set)
        for entry in members:
            names[_code(entry.block["id"])].add(fold(str(entry.block["name"])))
        self.shared = {id_ for id_, found in names.items() if len(found) > 1}
        self.known = groups()
        self.by_name = {fold(name): id_ for id_, (name, _) in self.known.items()}
        self.blocs: dict[str, Claim] = {}
        self.seen: dict[tuple[str, str], dict[str, Value]] = {}
        self.made: list[Claim] = []

    def claims(self) -> list[Claim]:
        for entry in self.members:
            problem = self.member(entry)
            if problem:
                self.reader.account.rejected.append(Rejection(entry.file, entry.row, *problem))
        return [*(claim for _, claim in sorted(self.blocs.items())), *self.made]

    def member(self, entry: _Member) -> tuple[str, str] | None:
        """Claim the membership, or say why not."""
        block, member = entry.block, entry.member
        what = f"{_code(block['id'])} {block['name']}"
        types = set(_list(block.get("blocktype")))
        if types and types <= CLASSIFICATIONS:
            return "a classification of states, no group", what
        if member is None:
            return "block without members", what
        if block.get("dissolved") or block.get("status") == "historical":
            return "member, without dates, of a block that was dissolved", what
        role = ROLES.get(str(member.get("status") or "member"))
        if role is None:
            return "takes part without being a member", f"{what}: {member.get('name')}, {member.get('status')}"
        code = _code(member.get("id"))
        try:
            state = self.participant(code, str(member.get("type") or "country"))
        except UnknownStateError:
            return "unknown state", f"{what}: {code} {member.get('name')}"
        if not state:
            return "unknown organisation", f"{what}: {code} {member.get('name')}"
        bloc = self.bloc_id(block)
        if state == bloc:
            return "a member of itself", what
        joined = _edtf(member.get("joined"))
        values: dict[str, Value] = {"role": role, "since_edtf": joined or f"../{self.day}", "until_edtf": ".."}
        known = self.seen.setdefault((state, bloc), values)
        if known is not values:
            if known["role"] != role:
                return "stated twice with different roles", f"{what}: {member.get('name')}"
            self.reader.account.merged += 1
            return None
        self.describe(bloc, block, types)
        self.made.append(self.reader.claim("MEMBER_OF", [state, bloc], values))
        return None

    def participant(self, code: str, type_: str) -> str:
        """A state by its ISO code; an organisation when it is one of those known here."""
        if type_ == "organization":
            id_ = ALIASES.get(code, code)
            if id_ in self.known:
                self.blocs.setdefault(id_, self.reader.claim("Bloc", [id_], dict(zip(("name", "kind"), self.known[id_], strict=True))))
                return id_
            return ""
        return self.reader.state("iso2", CODES.get(code, code), f"{self.day}-31" if len(self.day) == 7 else None)

    def bloc_id(self, block: Mapping[str, Any]) -> str:
        """The id here: of a block that is known by its id or its name; else its own, told apart from a state's and from a namesake's."""
        id_, name = _code(block["id"]), fold(str(block["name"]))
        for known in (ALIASES.get(id_, ""), self.by_name.get(name, ""), "" if id_ in self.shared else id_):
            if known in self.known:
                return known
        plain = re.sub(r"[^A-Za-z0-9._-]", "", id_.replace("+", "-plus-")) or "block"
        if id_ in self.shared:
            return f"{plain}-{name.replace(' ', '-')}"[:120]
        return f"{plain}-BLOC" if plain in self.reader.identity.states or plain in _actors() else plain

    def describe(self, id_: str, block: Mapping[str, Any], types: set[str]) -> None:
        if id_ in self.blocs:
            return
        if id_ in self.known:
            name, kind = self.known[id_]
            self.blocs[id_] = self.reader.claim("Bloc", [id_], {"name": name, "kind": kind})
            return
        kind = next((kind for kind, own in KINDS if types & own), "grouping" if block.get("status") == "informal" else "organisation")
        values: dict[str, Value] = {"name": str(block["name"]), "kind": kind, "until_edtf": ".."}
        if founded := _edtf(block.get("founded")):
            values["since_edtf"] = founded
        self.blocs[id_] = self.reader.claim("Bloc", [id_], values)


def _list(value: Any) -> Iterator[str]:
    return (str(v) for v in value) if isinstance(value, list) else iter(())


SOURCE = _Internacia(__file__)
