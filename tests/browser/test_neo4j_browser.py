"""The kit in the real Neo4j Browser, on the real Neo4j with the bundled data, in headless Chromium."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support import Cli, environment

from graph_loader.server import LocalNeo4j
from graph_loader.server.browser import browser_url
from graph_loader.stores.base import Store
from viz import grass, style

from .support import browser, seen_in

pytestmark = [pytest.mark.browser, pytest.mark.neo4j]
WAIT = 120_000  # ms; for a slow machine, never reached on a quick one


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as instance:
        yield instance


@contextmanager
def connected(chrome: Any, server: LocalNeo4j, address: str) -> Iterator[Any]:
    """Neo4j Browser as its user finds it after typing the password; nothing from beyond this machine is loaded."""
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(WAIT)
    context.route(lambda url: urlsplit(url).hostname not in ("localhost", "127.0.0.1"), lambda route: route.abort())
    page = context.new_page()
    try:
        page.goto(address)
        connect(page, server)
        yield page
    finally:
        context.close()


def connect(page: Any, server: LocalNeo4j) -> None:
    page.wait_for_selector('[data-testid="password"]')
    assert page.input_value('[data-testid="username"]') == "neo4j" and page.input_value('[data-testid="password"]') == ""
    page.fill('[data-testid="password"]', server.password)
    page.click('[data-testid="connect"]')
    page.get_by_text("You are connected as user").wait_for()


def dropped(page: Any, name: str, content: bytes) -> None:
    """Drop a file into Browser's window."""
    page.evaluate(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name));
          for (const type of ['dragenter', 'dragover', 'drop'])
            document.querySelector('.filedrop').dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true}));
        }""",
        [name, base64.b64encode(content).decode()],
    )


def favourites(page: Any) -> list[str]:
    """Open the list of favourites; the names in our folder in their order."""
    if not page.locator('[data-testid="expandFolder-pactgraph"]').count():
        page.click('[data-testid="navigationFavorites"]')
    if not page.locator('[data-testid="savedScriptListItem"]').count():
        page.click('[data-testid="expandFolder-pactgraph"]')
    items = page.locator('[data-testid="savedScriptListItem"]')
    items.first.wait_for()
    return [text.split("\n")[0] for text in items.all_text_contents()]


def newest(page: Any) -> Any:
    return page.locator('[data-testid="frame"]').first


def ran(page: Any, name: str) -> Any:
    """Run a favourite; its frame."""
    item = page.locator('[data-testid="savedScriptListItem"]').filter(has_text=name)
    return opens(page, item.locator('[data-testid="savedScriptsButton-Run"]'))


def opens(page: Any, button: Any) -> Any:
    """Click what opens a frame; the frame."""
    newest(page).evaluate("frame => { frame.dataset.seen = '1'; }")
    button.click()
    page.locator('[data-testid="frame"]').first.and_(page.locator(":not([data-seen])")).wait_for()
    return newest(page)


def set_parameters(page: Any, name: str) -> None:
    """Run a favourite of parameters and wait until they are set."""
    all_done(page, ran(page, name))


def all_done(page: Any, frame: Any) -> None:
    """Wait until each statement of a script has succeeded."""
    page.wait_for_function(
        """frame => {
          const told = [...frame.querySelectorAll('[data-testid="multi-statement-list-icon"]')].map(icon => icon.title);
          return told.length > 0 && told.every(title => title === 'Status: success');
        }""",
        arg=frame.element_handle(),
    )


def table(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame's table; a cell reads as JSON."""
    frame.locator("table tbody tr").first.wait_for()
    names = [name for name in frame.locator("table thead th").all_inner_texts() if name.strip()]
    rows: list[list[str]] = frame.locator("table tbody tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.innerText))")
    return [dict(zip(names, map(json.loads, row[-len(names) :]), strict=True)) for row in rows]


def drawn(frame: Any, expected: tuple[int, int]) -> None:
    """Wait for a graph; it has so many nodes and relationships, in the legend and in the picture."""
    text = frame.get_by_text(re.compile(r"Displaying \d+ nodes, \d+ relationships"))
    text.wait_for()
    assert tuple(map(int, re.findall(r"\d+", text.inner_text()))) == expected
    assert frame.locator("svg g.node").count() == expected[0]


def asked(cli: Cli, store: Store, id_: str, *args: str) -> list[dict[str, Any]]:
    return cli("query", id_, *args, "--format", "json", db=store).ok().rows


def test_the_kit_is_dropped_and_its_favourites_answer_as_the_command_does(
    chrome: Any, loaded_server: LocalNeo4j, loaded_neo4j: Store, cli: Cli, tmp_path: Path
) -> None:
    kit = tmp_path / "kit"
    cli("neo4j", "kit", "-o", kit).ok()
    plain = browser_url(loaded_server).replace("/kit/", "/")  # type: ignore[union-attr]
    with connected(chrome, loaded_server, plain) as page:
        for name in ("style.grass", "favourites.zip"):
            dropped(page, name, (kit / name).read_bytes())
        page.wait_for_function("() => (localStorage['neo4j.documents'] || '').includes('typology/grid')")
        names = favourites(page)
        assert names[:2] == ["00 Draw only what a query returns", "01 Parameters"] and names == sorted(names)
        numbered = {name.partition(" ")[2]: name for name in names}

        def run(what: str) -> Any:
            return ran(page, numbered[what])

        ran(page, names[0])
        page.wait_for_function("() => JSON.parse(localStorage['neo4j.settings'] || '{}').autoComplete === false")
        coverage = table(run("Ask evidence/coverage"))
        assert coverage == asked(cli, loaded_neo4j, "evidence/coverage")

        set_parameters(page, numbered["Set membership/members"])
        members = asked(cli, loaded_neo4j, "membership/members", "-p", "bloc=NATO")
        assert table(run("Ask membership/members")) == members
        drawn(run("Draw membership/members"), (len(members) + 1, len(members)))
        seen = seen_in(chrome, newest(page).screenshot(), [style.CAMP_COLOURS[0], style.CAMP_COLOURS[5]])
        # 32 states and one bloc, in the colours that the rules say.
        assert [grass.rules()[f"node.{label}"]["color"] for label in ("State", "Bloc")] == [style.CAMP_COLOURS[0], style.CAMP_COLOURS[5]]
        assert seen[0] > 5 * seen[1] > 1000

        set_parameters(page, numbered["Set dependency/suppliers"])
        suppliers = asked(cli, loaded_neo4j, "dependency/suppliers", "-p", "importer=DEU", "-p", "good=natural-gas")
        assert table(run("Ask dependency/suppliers")) == suppliers

        set_parameters(page, numbered["Set obligations/defenders"])
        # The treaty of 1960 (article 5) obliges the United States alone: one tie, one relationship.
        defenders = asked(cli, loaded_neo4j, "obligations/defenders", "-p", "state=JPN")
        drawn(run("Draw obligations/defenders"), (1 + len({row["defender"] for row in defenders}), len(defenders)))
        assert seen_in(chrome, newest(page).screenshot(), [style.DOMAINS["DEFENCE"].colour])[0] > 20
        captions = newest(page).locator("svg text").all_text_contents()
        assert {"Japan", "United States"} <= {text.strip() for text in captions}
        assert any(text.startswith(defenders[0]["since_edtf"]) for text in captions)


def stored(page: Any, key: str) -> Any:
    return json.loads(page.evaluate("key => localStorage[key]", key))


def test_the_opening_address_brings_style_favourites_and_guide(
    chrome: Any, loaded_server: LocalNeo4j, loaded_neo4j: Store, cli: Cli
) -> None:
    address = browser_url(loaded_server) or ""
    assert "/browser/kit/?" in address and loaded_server.password not in address
    with connected(chrome, loaded_server, address) as page:
        query = parse_qs(urlsplit(page.url).query)
        assert query["dbms"] == [f"bolt://neo4j@{loaded_server.uri.partition('://')[2]}"] and query["cmd"] == ["guide"]
        assert stored(page, "neo4j.settings")["autoComplete"] is False
        rules: Mapping[str, Mapping[str, str]] = stored(page, "neo4j.grass")
        assert {name: rules[name] for name in grass.rules()} == grass.rules()

        # The guide stands at the side; its third slide asks who was in NATO in 1985.
        page.get_by_text("pactgraph: a guide").wait_for()
        for _ in range(2):
            page.get_by_text("Next", exact=True).click()
        page.get_by_text("Who is a member of a bloc at a date, in which role?").first.wait_for()
        boxes = page.locator("pre.runnable")  # an icon before the text runs it
        all_done(page, opens(page, boxes.filter(has_text=":param").locator("i").first))
        graph = opens(page, boxes.filter(has_text="RETURN s, m, b").locator("i").first)
        members = asked(cli, loaded_neo4j, "membership/members", "-p", "bloc=NATO", "--as-of", "1985-06-01")
        assert len(members) == 16  # NATO, "Enlargement": 16 members from 1982 to 1999
        drawn(graph, (17, 16))

        names = favourites(page)
        # What the user changes, adds or removes stays so when the address is opened again; nothing comes twice.
        page.evaluate(
            """() => {
              const documents = JSON.parse(localStorage['neo4j.documents']);
              documents.find(d => d.id === 'pactgraph/typology/grid').content = '// mine now';
              documents.push({id: 'own', content: '// my own', folder: null, isStatic: false});
              localStorage['neo4j.documents'] = JSON.stringify(documents.filter(d => d.id !== 'pactgraph/draw-only'));
              const style = JSON.parse(localStorage['neo4j.grass']);
              style['node.State'].color = '#123456';
              localStorage['neo4j.grass'] = JSON.stringify(style);
              localStorage['neo4j.settings'] = JSON.stringify({...JSON.parse(localStorage['neo4j.settings']), autoComplete: true});
            }"""
        )
        page.goto(address)
        page.wait_for_url(re.compile("cmd=guide"))
        kept = [d for d in stored(page, "neo4j.documents") if not d["isStatic"]]
        documents = {d["id"]: d["content"] for d in kept}
        assert len(documents) == len(kept) == len(names)
        assert documents["pactgraph/typology/grid"] == "// mine now" and documents["own"] == "// my own"
        assert "pactgraph/draw-only" not in documents
        assert [folder["id"] for folder in stored(page, "neo4j.folders")].count("pactgraph") == 1
        assert stored(page, "neo4j.grass")["node.State"]["color"] == "#123456"
        assert stored(page, "neo4j.grass")["node.Bloc"] == grass.rules()["node.Bloc"]
        assert stored(page, "neo4j.settings")["autoComplete"] is True


def test_a_guide_and_a_style_served_from_this_machine_are_taken(
    chrome: Any, loaded_server: LocalNeo4j, cli: Cli, tmp_path: Path
) -> None:
    """``neo4j kit --serve``, for a Browser that comes from another address."""
    command = [sys.executable, "-m", "graph_loader", "neo4j", "kit", "-o", str(tmp_path / "kit"), "--serve", "--port", "0"]
    with subprocess.Popen(command, env=environment(cli.home), stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert isinstance(process.stdout, io.TextIOBase)
            said = next(line for line in process.stdout if ":guide" in line)
            found = re.search(r"(:style \S+) and (:guide \S+)", said)
            assert found
            other = f"http://127.0.0.1:{urlsplit(loaded_server.http_url).port}/browser/?dbms={loaded_server.uri}&db=neo4j"
            with connected(chrome, loaded_server, other.replace("bolt://", "bolt://neo4j@") + "&preselectAuthMethod=NATIVE") as page:
                for typed in found.groups():
                    page.locator("#monaco-main-editor textarea").first.focus()
                    page.keyboard.insert_text(typed)
                    page.keyboard.press("Control+Enter")
                page.get_by_text("pactgraph: a guide").wait_for()
                page.wait_for_function("() => (localStorage['neo4j.grass'] || '').includes('node.Instrument')")
                assert stored(page, "neo4j.grass")["node.State"] == grass.rules()["node.State"]
        finally:
            process.terminate()
    assert (tmp_path / "kit" / "guide.html").is_file()
