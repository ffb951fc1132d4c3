"""The documentation is true: its examples print what it shows, generated pages are current, links within it lead somewhere."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from examples import ROOT, examples, pages, run

_WITH_EXAMPLES = [page for page in pages() if examples(page)]


@pytest.mark.parametrize("page", _WITH_EXAMPLES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_examples_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    for example in examples(page):
        assert run(example.command, tmp_path) == example.output, (
            f"{example.page}: $ {example.command} (refresh: python tests/docs/examples.py)"
        )


def test_the_schema_page_is_current() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "generate_schema.py"))["page"]()
    shown = (ROOT / "docs" / "reference" / "schema.md").read_text(encoding="utf-8")
    assert shown == made, "run: python docs/generate_schema.py"


def test_the_data_package_is_current() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "generate_datapackage.py"))["package"]()
    assert (ROOT / "data" / "datapackage.json").read_text(encoding="utf-8") == made, "run: python docs/generate_datapackage.py"


def test_links_within_the_documentation_lead_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_command_is_in_the_help_with_an_example() -> None:
    import click

    from graph_loader.cli.main import cli

    def walk(command: click.Command, name: str) -> None:
        assert command.help, f"{name} has no help"
        if isinstance(command, click.Group):
            for child, sub in command.commands.items():
                walk(sub, f"{name} {child}")
        elif name != "pactgraph queries check":
            assert f"pactgraph {name.removeprefix('pactgraph ')}" in (command.epilog or ""), f"{name} has no example"

    walk(cli, "pactgraph")


def test_the_questions_of_the_reports_are_those_of_the_page() -> None:
    from graph_loader.questions import questions

    text = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    parts = re.findall(r"^\*\*(\d+)\. (.*?)\*\*(.*?)```console\n(.*?)```", text, re.S | re.M)
    plain = lambda prose: re.sub(r"\s+", " ", prose).strip()  # noqa: E731
    shown = {int(n): (plain(title), plain(about)) for n, title, about, _ in parts}
    commands: dict[int, list[str]] = {int(n): re.findall(r"^\$ (.*?(?:\\\n.*?)*)$", block, re.M) for n, _, _, block in parts}
    assert shown == {n: (q.title, q.about) for n, q in questions().items()} and len(shown) == 40
    assert commands == {n: [ask.shell for ask in q.asks] for n, q in questions().items()}
    themes = {int(n): re.findall(r"^## (.*)$", text[: text.index(f"**{n}. ")], re.M)[-1] for n in shown}
    assert themes == {n: q.theme for n, q in questions().items()}
