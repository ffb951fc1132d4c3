"""neo4j: a real local Neo4j without Docker and without a Java installation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph_loader.cli.options import format_option, quiet_option
from graph_loader.cli.output import Answer, emit
from graph_loader.cli.query import library_option, query_folders
from graph_loader.errors import PactgraphError, UsageError

if TYPE_CHECKING:
    from graph_loader.server.service import Status

home_option = click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), envvar="PACTGRAPH_NEO4J_HOME",
    help="Folder of the server. Default: neo4j among your user data.",
)  # fmt: skip


@click.group()
def neo4j() -> None:
    """A Neo4j of your own on this machine, without Docker and without Java.

    It listens on this machine only. --db neo4j names it wherever --db is taken; nobody needs to type its password.
    """


@neo4j.command(epilog="\b\nExamples:\n  pactgraph neo4j start\n  pactgraph load --db neo4j")
@home_option
@click.option("--release", metavar="SERIES", help="Neo4j 5.26 (long-term support, the default) or 2026.05.")
@click.option("--heap", default="2g", show_default=True, help="Largest heap of its Java: a whole number with k, m or g.")
@library_option
@format_option
@quiet_option
def start(home: Path | None, release: str | None, heap: str, library: tuple[Path, ...], form: str, quiet: bool) -> None:
    """Start the server; the first time its 155 MB are fetched and verified.

    A second start says that it runs. It goes on until 'pactgraph neo4j stop'. The address that it prints opens Neo4j Browser with our
    colours, the library's queries as favourites and a guide (see 'pactgraph neo4j kit'). A second start brings them up to date.
    """
    from graph_loader.cli.browser_kit import kit_files
    from graph_loader.server import service

    kit, problem = None, ""
    try:
        kit = kit_files(query_folders(library))
    except PactgraphError as error:  # a fault in a query of the user's own is no reason to have no server
        problem = str(error)
    try:
        with _jars_bar(quiet) as told:
            done = service.start(home, version=release, heap=heap, progress=told, kit=kit)
    except ValueError as error:
        raise UsageError(str(error)) from error
    server, new, problem = done.server, done.new_password, problem or done.kit_problem
    notes = [] if done.here else [f"It runs already (process {server.pid}); nothing was started."]
    if new:
        notes.append(
            f"The password was made for you and is shown this once; it is kept, for you only, in {server.home / 'password'};"
            " 'pactgraph neo4j status --show-password' shows it again."
        )
    where = "" if server.home == service.default_home().resolve() else f" (with PACTGRAPH_NEO4J_HOME={server.home})"
    if problem:
        notes.append(f"Neo4j Browser opens without our style, favourites and guide: {problem}.")
    notes.append(f"To use it: pactgraph load --db neo4j{where}; other programs: {server.uri}, user {server.user}.")
    _emit(_described(service.status(server.home), show_password=new), notes, form)


@neo4j.command(epilog="\b\nExamples:\n  pactgraph neo4j kit -o for-browser\n  pactgraph neo4j kit -o for-browser --serve")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option("--serve", is_flag=True, help="Then serve them on this machine until Ctrl-C: Browser takes a guide by address only.")
@click.option("--port", type=click.IntRange(0, 65535), default=7476, show_default=True, help="Port of --serve; 0 for a free one.")
@library_option
@format_option
def kit(output: Path, serve: bool, port: int, library: tuple[Path, ...], form: str) -> None:
    """Write style, favourites and guide for Neo4j Browser: for a Neo4j elsewhere, since 'neo4j start' brings them by itself.

    Drop style.grass, then favourites.zip into Browser's window; --serve prints what to type there for the guide.
    """
    from graph_loader.cli.browser_kit import NAMES, kit_files
    from graph_loader.exports.staging import replaced_folder
    from graph_loader.server.files import serving

    files = kit_files(query_folders(library))
    with replaced_folder(output, NAMES) as staging:
        for name in NAMES:
            (staging / name).write_bytes(files[name])
    rows = [{"file": name, "bytes": len(files[name])} for name in NAMES]
    notes = [f"Written to {output}."]
    if not serve:
        emit(Answer(["file", "bytes"], rows, notes=notes), form)
        return
    with serving({name: files[name] for name in NAMES}, port) as server:
        address = f"http://localhost:{server.server_address[1]}"  # Browser takes guides from localhost, not from 127.0.0.1
        notes.append(f"Until Ctrl-C, in Neo4j Browser: :style {address}/style.grass and :guide {address}/guide.html")
        emit(Answer(["file", "bytes"], rows, notes=notes), form)
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.serve_forever()


@neo4j.command(epilog="\b\nExamples:\n  pactgraph neo4j status\n  pactgraph neo4j status --show-password --format json")
@home_option
@click.option("--show-password", is_flag=True, help="Show the password as well.")
@format_option
def status(home: Path | None, show_password: bool, form: str) -> None:
    """Say whether the server runs, its addresses, version, folder and logs."""
    from graph_loader.server import service

    found = service.status(home)
    notes: list[str] = {
        "running": [],
        "stopped": ["It is stopped; its data are kept. 'pactgraph neo4j start' starts it."],
        "absent": ["It was never started. 'pactgraph neo4j start' fetches and starts it."],
        "silent": [
            f"Its process {found.noted_pid} runs but does not answer: it is starting, stopping or stuck (see the logs);"
            " 'pactgraph neo4j stop' ends it."
        ],
        "lost": [
            f"It ended without a stop (process {found.noted_pid} is gone; see the logs). 'pactgraph neo4j start' starts it again;"
            " what was committed is kept."
        ],
    }[found.state]
    _emit(_described(found, show_password), notes, form)


@neo4j.command(epilog="\b\nExample:\n  pactgraph neo4j stop")
@home_option
def stop(home: Path | None) -> None:
    """Stop the server; its data are kept."""
    from graph_loader.server import service

    found = service.stop(home)
    if found.state in ("running", "silent"):
        click.echo(f"Stopped (process {found.noted_pid}); the data are kept in {found.home}.")
    else:
        click.echo("It does not run; nothing was stopped.")


@neo4j.command(epilog="\b\nExample:\n  pactgraph neo4j wipe --yes")
@home_option
@click.option("--jars", is_flag=True, help="Remove the downloaded jars of Neo4j as well.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def wipe(home: Path | None, jars: bool, yes: bool) -> None:
    """Stop the server and remove its data, settings, logs and password; the jars stay."""
    from graph_loader.server import service

    folder = (home or service.default_home()).resolve()
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("wipe removes all data of the local Neo4j: add --yes to do that without a question")
        click.confirm(f"Remove all data of the local Neo4j in {folder}?", abort=True, err=True)
    there = folder.is_dir()
    left = service.wipe(home)
    click.echo(f"Removed the local Neo4j in {folder}." if there else f"There is no local Neo4j in {folder}.")
    if left:
        click.echo(f"Left there, since Neo4j did not write it: {', '.join(left)}.")
    if jars:
        click.echo(f"Removed {service.remove_jars()} jars.")


def _described(found: Status, show_password: bool) -> dict[str, Any]:
    from graph_loader.server.browser import browser_url, kit_folder, serves_kit

    shown: dict[str, Any] = {"state": found.state, "version": found.version or None}
    if found.server is not None:
        shown |= {"bolt": found.server.uri, "browser": browser_url(found.server), "user": found.server.user, "pid": found.server.pid}
        if serves_kit(found.server):
            shown["kit"] = str(kit_folder(found.home))
    if show_password and (found.home / "password").is_file():
        shown["password"] = (found.home / "password").read_text(encoding="utf-8").rstrip("\n")
    return shown | {"home": str(found.home), "logs": str(found.logs)}


def _emit(shown: dict[str, Any], notes: list[str], form: str) -> None:
    if form != "table":
        rows = [{"property": name, "value": value} for name, value in shown.items()]
        emit(Answer(["property", "value"], rows, notes=notes), form)
        return
    # As lines, for a table cuts what is long, and an address must stay whole to be opened.
    for name, value in shown.items():
        if value is not None:
            click.echo(f"{name:<10}{value}")
    for note in notes:
        click.echo(note)


@contextmanager
def _jars_bar(quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """A bar on stderr while jars are fetched; nothing with --quiet or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Fetching Neo4j"), BarColumn(), MofNCompleteColumn(), TextColumn("jars"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("jars", total=None, visible=False)
        yield lambda present, total, _: bar.update(task, completed=present, total=total, visible=True)
