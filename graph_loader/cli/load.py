"""load and sources: what is read into a store."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import db_option, format_option, progress, quiet_option
from graph_loader.cli.output import Answer, emit
from graph_loader.errors import DataError, UsageError

if TYPE_CHECKING:
    from graph_loader.pipeline import LoadReport
    from graph_loader.stores.base import Store

BUNDLED = ("reference", "curated", "usgs")


@click.command(
    epilog="\b\nExamples:\n  pactgraph load\n  pactgraph load sipri --from trade_register.csv --report rejected.json\n"
    "  pactgraph load --from ./mydata --dry-run\n  pactgraph load --prefer mydata,curated"
)
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--from", "path", type=click.Path(path_type=Path), help="The publisher's file, or a folder of them; gz, xz and zip work.")
@click.option(
    "--source", "described", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.yml",
    help="What describes a single CSV file in pactgraph's own layout.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--prefer",
    metavar="SOURCE[,SOURCE]...",
    help="Whose word is taken where sources disagree, most preferred first; '' for the default order.",
)
@click.option("--strict", is_flag=True, help="Load nothing when a row cannot be read.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all rejected rows to this JSON.")
@db_option
@format_option
@quiet_option
def load(
    names: tuple[str, ...], path: Path | None, described: Path | None, dry_run: bool, prefer: str | None, strict: bool,
    report_file: Path | None, db: str | None, form: str, quiet: bool,
) -> None:  # fmt: skip
    """Load sources into the store, in one transaction: all of it, or nothing.

    Without SOURCE the bundled data are loaded. With --from and no SOURCE the folder is one in pactgraph's own layout: source.yml and
    CSV files. Loading a source again replaces what it said before. With --prefer alone nothing is read: what is loaded is resolved anew.

    Of a publisher's file every row is loaded, merged with another row, or rejected with its reason: read = loaded + merged + rejected.
    The other counts are of facts; 'shared' are those that another source states too.
    """
    from graph_loader import pipeline
    from graph_loader.sources import base
    from graph_loader.sources.package import PackageSource
    from graph_loader.stores import open_store

    wanted: list[tuple[base.Source, Path | None]] = []
    if described is not None and (path is None or names):
        raise UsageError("--source describes the CSV file of --from, without the name of a source")
    if path is not None and len(names) > 1:
        raise UsageError("--from takes one SOURCE at a time")
    if path is not None and names:
        wanted = [(base.get(names[0]), path)]
    elif path is not None:
        wanted = [(PackageSource(path, described), path)]
    else:
        wanted = [(base.get(name), None) for name in names or BUNDLED]
    store = open_store(db)
    only_prefer = prefer is not None and not names and path is None and _is_loaded(store)
    if only_prefer:
        wanted = []
    order = None if prefer is None else [name.strip() for name in prefer.split(",") if name.strip()]
    with progress(quiet) as say:
        report = pipeline.load(store, wanted, prefer=order, dry_run=dry_run, strict=strict, progress=say)
    columns = ["source", "read", "loaded", "merged", "rejected", "added", "changed", "unchanged", "removed", "shared"]
    answer = Answer(columns, [asdict(count) for count in report.counts], {"dry_run": dry_run, "db": store.url})
    answer.notes = [*report.notes, *_rejections(report)]
    if report_file is not None:
        _write_report(report_file, report)
        answer.notes.append(f"Rejected rows are listed in {report_file}.")
    if only_prefer:
        shown = ", ".join(report.moved[:10]) + (", …" if len(report.moved) > 10 else "")
        answer.notes.append(f"Facts changed: {len(report.moved)}{f' ({shown})' if shown else ''}.")
    answer.notes.append(f"Precedence: {', '.join(report.precedence)}.")
    answer.notes.append("Nothing was written (--dry-run)." if dry_run else f"Stored in {store.url}.")
    emit(answer, form)


def _rejections(report: LoadReport) -> list[str]:
    """A line for each reason: how many rows, and the first of them."""
    lines = []
    for name, rejected in report.rejected.items():
        for reason, count in Counter(r.reason for r in rejected).most_common():
            first = next(r for r in rejected if r.reason == reason)
            where = f"{first.file}, row {first.row}" + (f": {first.detail}" if first.detail else "")
            lines.append(f"{name}: {count} row{'s' * (count > 1)} rejected, {reason} (first: {where})")
    return lines


def _write_report(file: Path, report: LoadReport) -> None:
    content = {
        "counts": [asdict(count) for count in report.counts],
        "rejected": [{"source": name, **asdict(r)} for name, rejected in report.rejected.items() for r in rejected],
        "notes": report.notes,
    }  # fmt: skip
    try:
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"--report {file}: cannot be written ({error.strerror}); name a file in a folder that exists") from error


def _is_loaded(store: Store) -> bool:
    from graph_loader.stores.base import meta

    if not store.exists():
        return False
    with store.reading() as reader:
        return meta(reader) is not None


@click.group()
def sources() -> None:
    """The datasets that can be loaded."""


def _described() -> list[dict[str, object]]:
    from graph_loader.sources import base

    return [
        {
            "source": name, "title": info.title, "publisher": info.publisher, "version": info.version, "released": info.released,
            "covers_from": info.covers_from, "covers_until": info.covers_until, "licence": info.licence, "url": info.url,
            "citation": info.citation, "precedence": info.precedence,
        }
        for name, info in ((name, source.info()) for name, source in base.available().items())
    ]  # fmt: skip


@sources.command("list", epilog="\b\nExample:\n  pactgraph sources list --format md")
@format_option
def sources_list(form: str) -> None:
    """List the sources that can be loaded."""
    columns = ["source", "title", "version", "covers_until", "licence"]
    rows = [{c: row[c] for c in columns} for row in _described()]
    emit(Answer(columns, rows), form)


@sources.command("show", epilog="\b\nExample:\n  pactgraph sources show curated")
@click.argument("name")
@format_option
def sources_show(name: str, form: str) -> None:
    """Publisher, coverage, licence and citation of one source, and the layouts of its files."""
    from graph_loader.sources import base
    from graph_loader.sources.files import FileSource

    source = base.get(name)
    row = next(row for row in _described() if row["source"] == name)
    rows = [{"property": key, "value": value} for key, value in row.items()]
    for layout in source.layouts() if isinstance(source, FileSource) else ():
        doubt = "" if layout.verified else " (layout not yet verified on a real file)"
        rows.append({"property": "layout", "value": f"{layout.name}{doubt}: {', '.join(layout.columns)}"})
    emit(Answer(["property", "value"], rows), form)


@sources.command("new", epilog="\b\nExamples:\n  pactgraph sources new mine\n  pactgraph sources new mine -o data --table memberships")
@click.argument("name")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where the folder NAME is made.")
@click.option("--table", "tables", multiple=True, metavar="TABLE", help="Only these tables (repeat for several); all by default.")
def sources_new(name: str, out: Path, tables: tuple[str, ...]) -> None:
    """Make a folder NAME for a dataset of your own: a commented source.yml and CSV files with their headers."""
    from graph_loader.sources import template

    for path in template.write(name, out, tables):
        click.echo(path)
    click.echo(f"Fill them in, then: pactgraph validate {out / name} && pactgraph load --from {out / name}")


@sources.command(
    "cite",
    epilog="\b\nExamples:\n  pactgraph query membership/members -p bloc=NATO --format json | pactgraph sources cite -\n"
    "  pactgraph sources cite curated unga --format md",
)
@click.argument("which", metavar="[ID]...|FILE|-", nargs=-1)
@db_option
@format_option
def sources_cite(which: tuple[str, ...], db: str | None, form: str) -> None:
    """Citations and licences of sources: of the IDs given, of an answer that was saved as JSON (FILE or -), or of all that is loaded.

    A document stands with the dataset that it came in: cite both.
    """
    from graph_loader import snapshot
    from graph_loader.cli.options import reading

    cited = _cited(which)
    with reading(db, None) as (_, reader, _, _):
        known = snapshot.sources(reader, cited if which else _datasets(reader))
        datasets = {d["id"]: d["dataset"] for d in known}
        more = snapshot.sources(reader, sorted(set(datasets.values()) - {d["id"] for d in known}))
    missing = sorted(set(cited) - {d["id"] for d in known})
    if missing:
        raise UsageError(f"no source '{missing[0]}' is loaded; 'pactgraph sources cite' lists the datasets")
    columns = ["source", "citation", "licence", "url", "dataset"]
    rows = [
        {"source": d["id"], "citation": d["citation"] or d["title"], "licence": d["licence"] or "not stated", "url": d["url"],
         "dataset": d["dataset"]}
        for d in sorted([*more, *known], key=lambda d: (d["dataset"], d["dataset"] != d["id"], d["id"]))
    ]  # fmt: skip
    emit(Answer(columns, rows), form)


def _cited(which: tuple[str, ...]) -> list[str]:
    """Source ids: as given, or those that a JSON answer names."""
    ids: list[str] = []
    for word in which:
        if word != "-" and not word.endswith(".json"):
            ids.append(word)
            continue
        try:
            text = sys.stdin.read() if word == "-" else Path(word).read_text(encoding="utf-8")
            ids += [str(source["id"]) for source in json.loads(text)["sources"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{word}: is no answer of pactgraph; save one with --format json ({type(error).__name__})") from error
    return list(dict.fromkeys(ids))


def _datasets(reader: Any) -> list[str]:
    text = "MATCH (s:Source) WHERE s.dataset = s.id AND s.fingerprint IS NOT NULL RETURN s.id AS id ORDER BY id"
    return [str(row[0]) for row in reader.run(text, {}).rows]
