"""view site: a folder of pages with an index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from graph_loader.cli.options import RESAMPLES, RUNS, as_of_option, db_option, progress, quiet_option, reading, state_of
from graph_loader.cli.view import open_option, opened, view, write
from graph_loader.errors import StoreError, UsageError

if TYPE_CHECKING:
    from graph_loader.briefing import Ground
    from graph_loader.snapshot import Release
    from graph_loader.stores.base import Reader, Store

REPORTED = ("CHN", "DEU", "FRA", "GBR", "IND", "JPN", "KOR", "RUS", "TUR", "UKR", "USA")
"""States with a report where none are named: a report holds its charts and outlines, about 1 MB."""
BLOCS = ("ASEAN", "BRICS", "CSTO", "EU", "NATO", "SCO")
LIST = ".pactgraph-site"
"""The file that marks a folder as ours to write in again: names of the pages that we wrote there, one a line."""
Say = Callable[[str], None]


@view.command(
    "site",
    epilog="\b\nExamples:\n  pactgraph view site -o site\n  pactgraph view site -o baltic --state EST --state LVA --state LTU --open\n"
    "  pactgraph view site -o all --all-reports",
)
@click.option(
    "-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="Folder to write: new, empty, or an earlier site."
)
@click.option("--state", "states", multiple=True, metavar="STATE", help="Only this state, with its report (repeat for several).")
@click.option("--bloc", "blocs", multiple=True, metavar="BLOC", help="Only the report of this bloc (repeat for several).")
@click.option(
    "--all-reports", "every", is_flag=True, help="A report of every state with a tie and of every bloc with members: about 1 MB each."
)
@open_option
@db_option
@as_of_option
@quiet_option
def site(
    output: Path, states: tuple[str, ...], blocs: tuple[str, ...], every: bool, open_: bool, db: str | None, as_of: str | None, quiet: bool
) -> None:
    """A folder of pages that link each other: network, dependence, every state, reports of states, blocs and the forty questions.

    Without --state all states with a tie in force have their page, and some of them and some blocs a report. The links are relative: it
    opens from a disk, and can be put on any web server.
    """
    if every and (states or blocs):
        raise UsageError("view site: give --all-reports or the states and blocs, not both")
    folder(output)
    with reading(db, as_of) as (store, reader, held, day), progress(quiet) as say:
        summary = make(output, store, reader, held, day, as_of, say, states=states, blocs=blocs, every=every, bar=bar(quiet))
    click.echo(f"{output}: {summary}")
    opened(output / "index.html", open_)


def folder(output: Path) -> None:
    """Make the folder, or find before the work that it is not ours to write in."""
    if output.is_dir() and any(output.iterdir()) and not (output / LIST).is_file():
        raise UsageError(f"{output}: holds files that are not an earlier site; choose an empty or new folder for -o")
    try:
        output.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(f"{output}: cannot be written ({error.strerror}); choose another -o") from error
    if not os.access(output, os.W_OK):
        raise StoreError(f"{output}: cannot be written (no permission); choose another -o")


def bar(quiet: bool) -> Callable[[Sequence[Any]], Any]:
    """A progress bar over pages, on stderr and only at a terminal."""

    @contextmanager
    def shown(items: Sequence[Any]) -> Iterator[Any]:
        import sys

        if quiet or not sys.stderr.isatty():
            yield items
            return
        with click.progressbar(items, label="pages", file=sys.stderr) as running:
            yield running

    return shown


def make(
    output: Path, store: Store, reader: Reader, held: Release, day: str, as_of: str | None, say: Say, *, states: Sequence[str] = (),
    blocs: Sequence[str] = (), every: bool = False, questions: Sequence[int] | None = None,
    bar: Callable[[Sequence[Any]], Any] | None = None,
) -> str:  # fmt: skip
    """Write all pages into an existing folder, and say how many.

    States and blocs: those named have a page and a report; none named: all states with a tie have a page, the usual ones a report.
    """
    from graph_loader import snapshot
    from graph_loader.briefing import Ground, camp_dates, solved
    from graph_loader.questions import questions as known_questions

    say("reading ties of all dates")
    ties = snapshot.ties(reader, None)
    camps = solved(ties, camp_dates(ties, day), runs=RUNS, resamples=RESAMPLES, say=say)
    ground = Ground(reader, day, runs=RUNS, resamples=RESAMPLES, say=say, ties=ties, camps=camps)
    chosen = sorted({state_of(text, day) for text in states})
    tied = sorted(n for n, d in ground.now.nodes(data=True) if d["label"] == "State" and ground.now.degree(n))
    shown = chosen or ([] if blocs else tied)
    text = "MATCH (b:Bloc) WHERE b.fingerprint IS NOT NULL RETURN b.id AS id, b.name AS name"
    known = {row[0]: row[1] for row in reader.run(text, {}).rows}
    peopled = sorted(b for b in known if ground.members.get(b))
    for bloc in blocs:
        if bloc not in known:
            from graph_loader.cli.options import offered

            raise UsageError(f"--bloc: no bloc '{bloc}' is loaded; {offered(bloc, known)}")
    some = not chosen and not blocs
    reported = chosen or (shown if every else [s for s in REPORTED if s in tied] if some else [])
    unions = sorted(set(blocs)) or (peopled if every else [b for b in BLOCS if b in peopled] if some else [])
    numbers = sorted(known_questions()) if questions is None else list(questions)
    dated = ["--as-of", as_of] if as_of else []
    jobs: list[tuple[str, str, Callable[[], str]]] = [
        ("network.html", "", lambda: _network(ground, held, dated, say)),
        ("dependency.html", "", lambda: _dependency(ground, held, dated)),
        *((f"show-{s}.html", s, lambda s=s: _dossier(ground, held, s, dated)) for s in shown),
        *((f"report-{s}.html", s, lambda s=s: _report(ground, held, s, dated)) for s in reported),
        *((f"bloc-{b}.html", b, lambda b=b: _bloc(ground, held, b, dated)) for b in unions),
        *((_asked(n), str(n), lambda n=n: _question(store, reader, held, day, n, as_of)) for n in numbers),
    ]
    before = (output / LIST).read_text(encoding="utf-8").split("\n") if (output / LIST).is_file() else []
    written = ["index.html", *(_file(name) for name, *_ in jobs)]
    write(output / LIST, "\n".join(sorted({*before, *written} - {""})) + "\n")  # so that a run that stops leaves a folder of ours
    with (bar or bar_none)(jobs) as running:
        for name, _, make_page in running:
            write(output / _file(name), make_page())
    write(output / "index.html", _index(ground, held, shown, reported, unions, known, numbers, [*_words(states, blocs, every), *dated]))
    for name in set(before) - set(written):
        if name and Path(name).name == name:
            (output / name).unlink(missing_ok=True)
    write(output / LIST, "\n".join(sorted(written)) + "\n")
    reports = f"{len(reported)} of states, {len(unions)} of blocs, {len(numbers)} of questions"
    return f"{len(jobs) + 1} pages as of {day}: states {len(shown)}, reports {reports}"


@contextmanager
def bar_none(items: Sequence[Any]) -> Iterator[Any]:
    """No progress bar."""
    yield items


def _words(states: Sequence[str], blocs: Sequence[str], every: bool) -> list[str]:
    return [*(f"--state {s}" for s in states), *(f"--bloc {b}" for b in blocs), *(["--all-reports"] if every else [])]


def _file(name: str) -> str:
    """A file name that any disk takes, whatever a bloc of the user's own data is called."""
    return quote(name, safe=" -_.").replace("%", "_")


def _asked(number: int) -> str:
    return f"question-{number:02}.html"


def _network(ground: Ground, held: Release, dated: list[str], say: Say) -> str:
    from graph_loader.cli.view import network_of
    from graph_loader.schema import DOMAINS

    command = " ".join(["pactgraph view network", *dated])
    return network_of(ground.reader, held, ground.day, DOMAINS, 0, "Ties between states", command, say, results=ground.solved)[0]


def _dependency(ground: Ground, held: Release, dated: list[str]) -> str:
    from graph_loader.cli.view_dependency import dependency_of

    return dependency_of(ground.reader, held, ground.day, (), None, " ".join(["pactgraph view dependency", *dated]), ground.reliance)[0]


def _dossier(ground: Ground, held: Release, state: str, dated: list[str]) -> str:
    from graph_loader.cli.view_show import dossier_html, gathered
    from graph_loader.schema import DOMAINS

    command = " ".join(["pactgraph view show", state, *dated])
    return dossier_html(gathered(ground.reader, held, ground.day, [state], DOMAINS, False, command, ground.flows))[0]


def _report(ground: Ground, held: Release, state: str, dated: list[str]) -> str:
    from graph_loader.cli.report import state_html

    return state_html(ground, held, state, ground.poles(), " ".join(["pactgraph report", state, *dated]))[0]


def _bloc(ground: Ground, held: Release, bloc: str, dated: list[str]) -> str:
    from graph_loader.cli.report import bloc_html

    return bloc_html(ground, held, bloc, ground.poles(), " ".join(["pactgraph report --bloc", bloc, *dated]))[0]


def _question(store: Store, reader: Reader, held: Release, day: str, number: int, as_of: str | None) -> str:
    from graph_loader.cli.report_question import question_html

    return question_html(store, reader, held, day, number, as_of)[0]


def _index(
    ground: Ground, held: Release, shown: Sequence[str], reported: Sequence[str], blocs: Sequence[str], names: dict[str, str],
    numbers: Sequence[int], words: Sequence[str],
) -> str:  # fmt: skip
    from graph_loader import __version__
    from graph_loader.questions import questions
    from viz.site import SiteInput, index_page

    states = [
        {
            "id": s, "name": ground.name(s), "ties": ground.now.degree(s) if s in ground.now else 0,
            "pages": [("dossier", _file(f"show-{s}.html")), *([("report", _file(f"report-{s}.html"))] if s in reported else [])],
        }
        for s in sorted(shown, key=lambda s: (ground.name(s), s))
    ]  # fmt: skip
    unions = [{"id": b, "name": names[b] or b, "ties": None, "pages": [("report", _file(f"bloc-{b}.html"))]} for b in blocs]
    asked = [
        {"id": f"{n}", "name": questions()[n].title, "ties": None, "pages": [("report", _asked(n))]} for n in numbers
    ]
    return index_page(
        SiteInput(
            network="network.html", dependency="dependency.html", states=states, blocs=unions, questions=asked, sources={}, queries=[],
            as_of=ground.day, newest_source=held.newest_source, version=f"pactgraph {__version__}", title="Ties between states: all pages",
            command=" ".join(["pactgraph view site", *words]), notes=["Each page names its sources, their licences and what is in doubt."],
        )
    )  # fmt: skip
