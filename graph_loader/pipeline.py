"""A load: read -> claims -> resolve -> derive -> diff -> one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from graph_loader.claims import Claim, SourceInfo, claim_node, source_node
from graph_loader.derive import derive
from graph_loader.errors import DataError, UsageError
from graph_loader.identity import Identity, default_identity
from graph_loader.resolve import Ranking, Resolved, resolve
from graph_loader.resources import code_digest
from graph_loader.schema import FORMAT, NODE, RELATIONSHIP, Fact, Value, make_fact
from graph_loader.sources.base import Reading, Rejection, Source, get
from graph_loader.stores.base import (
    META_ID,
    Diff,
    Params,
    Reader,
    Rows,
    Store,
    Stored,
    meta,
    stored_claims,
    stored_facts,
    stored_runs,
    stored_sources,
)

Progress = Callable[[str], None]
ALWAYS = "reference"  # states are described there: it is loaded with the first dataset


@dataclass
class SourceCounts:
    """What a load did with one dataset.

    ``read`` rows = ``loaded`` + ``merged`` into what another row states + ``rejected``. The other counts are of facts; ``shared``
    are those that another dataset states too.
    """

    source: str
    read: int = 0
    loaded: int = 0
    merged: int = 0
    rejected: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    shared: int = 0


@dataclass
class LoadReport:
    """The outcome of a load."""

    counts: list[SourceCounts]
    precedence: list[str]
    rejected: dict[str, list[Rejection]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    written: bool = False


@dataclass
class Assembled:
    """Everything that the store should hold after a load."""

    resolved: Resolved
    facts: dict[str, Fact]
    claims: list[Claim]
    sources: dict[str, SourceInfo]
    precedence: list[str]


def assemble(claims: Sequence[Claim], sources: Mapping[str, SourceInfo], prefer: Sequence[str] = ()) -> Assembled:
    """Resolve and derive in memory: facts, claims and sources as nodes and relationships of the graph.

    Parameters
    ----------
    prefer : sequence of str
        Ids of datasets (or documents) that precede all others, most preferred first.

    Raises
    ------
    UsageError
        When ``prefer`` names what is not loaded.
    """
    datasets = sorted((s for s in sources.values() if s.dataset == s.id), key=lambda s: (s.precedence, s.id))
    for name in prefer:
        if name not in sources:
            raise UsageError(f"--prefer {name}: no such source is loaded; there are {', '.join(s.id for s in datasets)}")
    precedence = [*prefer, *(s.id for s in datasets if s.id not in prefer)]
    resolved = resolve(claims, sources, precedence)
    derive(resolved, Ranking(precedence, sources))
    facts = dict(resolved.facts)
    for fact in _bookkeeping(resolved, claims, sources, precedence):
        facts[fact.id] = fact
    return Assembled(resolved, facts, list(claims), dict(sources), precedence)


def _bookkeeping(
    resolved: Resolved, claims: Iterable[Claim], sources: Mapping[str, SourceInfo], precedence: Sequence[str]
) -> Iterable[Fact]:
    for source in sources.values():
        yield source_node(source)
    cited: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        fact = resolved.fact_of_claim[claim.id]
        yield claim_node(claim, fact)
        yield make_fact("FROM", f"from|{claim.id}", {}, ("Claim", claim.id), ("Source", claim.source))
        instrument = {"Instrument": 0, "Event": 0, "PARTY_TO": 1}.get(claim.type)
        if instrument is not None:
            cited.setdefault((claim.key[instrument], claim.source), set()).update([claim.locator] if claim.locator else [])
    for (instrument_id, source_id), locators in cited.items():
        props: dict[str, Value | None] = {"locator": "; ".join(sorted(locators)) or None}
        yield make_fact("CITED_IN", f"cited|{instrument_id}|{source_id}", props, ("Instrument", instrument_id), ("Source", source_id))
    released = [(s.released, -precedence.index(s.id), s.id) for s in sources.values() if s.released and s.id in precedence]
    newest = max(released, default=("", 0, ""))
    yield make_fact("Meta", META_ID, {
        "format": FORMAT, "release_date": newest[0], "newest_source": newest[2], "precedence": list(precedence),
    })  # fmt: skip


def difference(target: Mapping[str, Fact], stored: Mapping[str, Stored]) -> Diff:
    """What must be written so that the store holds exactly ``target``; runs of earlier loads are kept."""
    diff = Diff()
    for id_, fact in target.items():
        there = stored.get(id_)
        if there is None:
            diff.added.append(fact)
        elif there.type != fact.type:
            diff.removed.append((there.type, id_))
            diff.added.append(fact)
        elif there.fingerprint != fact.fingerprint:
            diff.changed.append(fact)
    diff.removed += [(there.type, id_) for id_, there in stored.items() if id_ not in target and there.type != "Run"]
    return diff


def load(
    store: Store,
    wanted: Sequence[tuple[Source, Path | None]],
    *,
    prefer: Sequence[str] | None = None,
    dry_run: bool = False,
    strict: bool = False,
    identity: Identity | None = None,
    progress: Progress = lambda _: None,
) -> LoadReport:
    """Load datasets into a store, in one transaction.

    Parameters
    ----------
    wanted : sequence of (Source, Path or None)
        Sources with the place to read them from; None reads the bundled copy.
    prefer : sequence of str, optional
        New order of precedence; None keeps the stored one.
    dry_run : bool
        Resolve and count, but write nothing.
    strict : bool
        Whether a rejected row is an error.

    Raises
    ------
    DataError, StoreError, UsageError
        Nothing is written then.
    """
    identity = identity or default_identity()
    started = _now()
    if dry_run:
        with store.reading() if store.exists() else nullcontext(_Empty()) as reader:
            return _load(reader, None, wanted, prefer, strict, identity, started, progress)
    with store.writing() as writer:
        return _load(writer, writer.apply, wanted, prefer, strict, identity, started, progress)


def _load(
    reader: Reader,
    apply: Callable[[Diff], None] | None,
    wanted: Sequence[tuple[Source, Path | None]],
    prefer: Sequence[str] | None,
    strict: bool,
    identity: Identity,
    started: str,
    progress: Progress,
) -> LoadReport:
    progress("reading what is stored")
    known_meta = meta(reader)
    sources = stored_sources(reader)
    stored = stored_facts(reader)
    if ALWAYS not in sources and all(path or source.info().id != ALWAYS for source, path in wanted):
        wanted = [(get(ALWAYS), None), *wanted]
    digests = [source.digest(path) for source, path in wanted]
    before = _unchanged(reader, wanted, digests, sources, stored) if prefer is None else None
    if before is not None and known_meta is not None:
        kept = [str(name) for name in known_meta["precedence"]]
        report = LoadReport(before, kept, written=apply is not None)
        report.notes = ["The files, the program and the store are as the last load left them: no fact was read or written."]
        return report
    claims = stored_claims(reader)
    readings: dict[str, Reading] = {}
    for source, path in wanted:
        progress(f"reading {path or source.info().id}")
        ids = frozenset(c.key[0] for c in claims if c.type in ("State", "Bloc", "Actor")) | {
            c.key[0] for r in readings.values() for c in r.claims if c.type in ("State", "Bloc", "Actor")
        }
        reading = source.read(path, identity, ids)
        if strict and reading.rejected:
            raise DataError(f"--strict: {len(reading.rejected)} of {reading.read} rows cannot be read; the first: {reading.rejected[0]}")
        readings[reading.info.id] = reading
    claims = [c for c in claims if c.dataset not in readings]
    sources = {id_: s for id_, s in sources.items() if s.dataset not in readings}
    for reading in readings.values():
        claims += reading.claims
        for info in (reading.info, *reading.documents):
            other = sources.get(info.id)
            if other is not None:
                raise UsageError(f"source id '{info.id}' of {reading.info.id} is taken by {other.dataset}; rename it")
            sources[info.id] = info
    progress(f"resolving {len(claims)} claims")
    order = kept_order(known_meta, sources) if prefer is None else prefer
    assembled = assemble(claims, sources, order)
    diff = difference(assembled.facts, stored)
    counts = _count(readings, assembled, stored, diff)
    report = LoadReport(counts, assembled.precedence, {name: r.rejected for name, r in readings.items() if r.rejected})
    report.notes = [note for reading in readings.values() for note in reading.notes]
    report.moved = sorted(f.id for f in diff.changed if _is_fact(f.type))
    if apply is not None:
        progress(f"writing {len(diff.added)} added, {len(diff.changed)} changed, {len(diff.removed)} removed")
        state = _state((id_, fact.type, fact.fingerprint) for id_, fact in assembled.facts.items())
        diff.added.append(_run(dict(zip(readings, digests, strict=True)), counts, started, stored, state))
        apply(diff)
        report.written = True
    return report


def kept_order(known: Mapping[str, object] | None, sources: Mapping[str, SourceInfo]) -> list[str]:
    """The stored order, when a user chose one: datasets of the default order need no place in it."""
    stored = known.get("precedence") if known else None
    if not isinstance(stored, list):
        return []
    default = [s.id for s in sorted((s for s in sources.values() if s.dataset == s.id), key=lambda s: (s.precedence, s.id))]
    kept = [str(name) for name in stored if name in sources]
    return [] if kept == [name for name in default if name in kept] else kept


def _is_fact(type_: str) -> bool:
    return NODE[type_].resolved if type_ in NODE else RELATIONSHIP[type_].resolved


def _count(
    readings: Mapping[str, Reading], assembled: Assembled, stored: Mapping[str, Stored], diff: Diff
) -> list[SourceCounts]:
    dataset = {id_: s.dataset for id_, s in assembled.sources.items()}
    added, changed = {f.id for f in diff.added}, {f.id for f in diff.changed}
    counts = []
    for name, reading in readings.items():
        count = SourceCounts(name, read=reading.read, loaded=reading.loaded, merged=reading.merged, rejected=len(reading.rejected))
        statements = {(c.type, c.key, c.spell): assembled.resolved.fact_of_claim[c.id] for c in reading.claims}
        count.shared = sum(len({dataset[s] for s in _sources(assembled.facts[fact])}) > 1 for fact in set(statements.values()))
        for id_, fact in assembled.facts.items():
            if not _is_fact(fact.type) or not any(dataset.get(s) == name for s in _sources(fact)):
                continue
            if id_ in added:
                count.added += 1
            elif id_ in changed:
                count.changed += 1
            else:
                count.unchanged += 1
        old = {name, *(d.id for d in reading.documents)}
        count.removed = sum(_is_fact(t) and bool(old.intersection(stored[i].sources)) for t, i in diff.removed)
        counts.append(count)
    return counts


def _sources(fact: Fact) -> list[str]:
    value = fact.props.get("sources")
    return value if isinstance(value, list) else []


def _run(
    digests: Mapping[str, str], counts: Sequence[SourceCounts], started: str, stored: Mapping[str, Stored], state: str
) -> Fact:
    number = 1 + sum(there.type == "Run" for there in stored.values())
    return make_fact("Run", f"run|{number}", {
        "source": list(digests), "file_sha256": " ".join(f"{name}:{digest}" for name, digest in digests.items()),
        "started": started, "finished": _now(), "status": "done",
        "counts": [f"{c.source}: {c.read}, {c.loaded}, {c.merged}, {c.added}, {c.changed}, {c.unchanged}, {c.removed}" for c in counts],
        "state": state, "code": code_digest(),
    })  # fmt: skip


def _state(facts: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over ids and fingerprints of everything but runs."""
    digest = hashlib.sha256()
    for id_, type_, fingerprint in sorted(facts):
        if type_ != "Run":
            digest.update(f"{id_}\0{fingerprint}\n".encode())
    return digest.hexdigest()


def _unchanged(
    reader: Reader, wanted: Sequence[tuple[Source, Path | None]], digests: Sequence[str], sources: Mapping[str, SourceInfo],
    stored: Mapping[str, Stored],
) -> list[SourceCounts] | None:  # fmt: skip
    """What a load of the same files by the same program into the same store would report; None when any of them differs.

    A load is a function of these, so there is nothing to resolve. Datasets with rejected rows are read again, for the rows are listed.
    """
    runs = sorted(stored_runs(reader), key=lambda r: int(str(r["id"]).split("|")[1]))
    if not wanted or not runs or not all(digests) or any(r["code"] != code_digest() for r in runs[-1:]):
        return None
    last: dict[str, tuple[str, str, list[int]]] = {}  # dataset -> digest, code, counts of the newest run that read it
    for run in runs:
        files = dict(part.rsplit(":", 1) for part in str(run["file_sha256"] or "").split())
        for line in run["counts"] or []:
            name, _, numbers = str(line).partition(": ")
            last[name] = (files.get(name, ""), str(run["code"]), [int(n) for n in numbers.split(", ")])
    counts = []
    for digest in digests:
        known = _dataset_of(digest, last)
        if known is None or last[known][1] != code_digest():
            return None
        read, loaded, merged, *_ = last[known][2]
        if read != loaded + merged:
            return None
        counts.append(SourceCounts(known, read, loaded, merged))
    if _state((id_, there.type, there.fingerprint) for id_, there in stored.items()) != runs[-1]["state"]:
        return None
    dataset = {id_: s.dataset for id_, s in sources.items()}
    for there in stored.values():
        if _is_fact(there.type):
            said_by = {dataset.get(s) for s in there.sources}
            for count in counts:
                if count.source in said_by:
                    count.unchanged += 1
                    count.shared += len(said_by) > 1
    return counts


def _dataset_of(digest: str, last: Mapping[str, tuple[str, str, list[int]]]) -> str | None:
    """The dataset that these very files made before: a folder names its dataset itself, so it is found by what it holds."""
    return next((name for name, (known, _, _) in last.items() if known == digest), None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Empty:
    """The view of a store in which nothing was loaded yet."""

    def run(self, text: str, params: Params) -> Rows:
        return Rows([], [])
