"""`pactgraph report` and `pactgraph view site` on the bundled data, as a user calls them. The site is written once for all tests."""

from __future__ import annotations

import html
import itertools
import re
import shlex
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from inprocess import Run, run

from graph_loader.catalogue import catalogue
from graph_loader.cli import report, view_site
from graph_loader.cli.options import reading
from graph_loader.cli.view_site import folder, make
from graph_loader.identity import default_identity
from graph_loader.questions import questions
from graph_loader.stores.base import Store

__all__ = ["run"]
DAY = "2022-06-30"
QUESTIONS = (5, 6, 15, 28, 36, 38)


@pytest.fixture(scope="module", autouse=True)
def few_resamples() -> Iterator[None]:
    """Camps of few runs: what is tested here is how they are told."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (report, view_site):
            patch.setattr(module, "RUNS", 3)
            patch.setattr(module, "RESAMPLES", 8)
        yield


@pytest.fixture(scope="module")
def site(loaded_embedded: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `view site --state DEU --state JPN --bloc EU --as-of 2022-06-30` writes, with six of the questions."""
    output = tmp_path_factory.mktemp("site") / "site"
    folder(output)
    with reading(str(loaded_embedded.url), DAY) as (store, reader, held, day):
        make(output, store, reader, held, day, DAY, lambda _: None, states=("DEU", "JPN"), blocs=("EU",), questions=QUESTIONS)
    return output


def text_of(file: Path, section: str = "") -> str:
    page = file.read_text(encoding="utf-8")
    if section:
        page = re.search(rf'<section id="{section}".*?</section>', page, re.S)[0]  # type: ignore[index]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def commands_of(file: Path) -> list[str]:
    """The commands that doubt the findings of a page."""
    found = re.findall(r'class="doubt">.*?<code>(.*?)</code>', file.read_text(encoding="utf-8"))
    return [html.unescape(text) for text in found]


def test_every_page_is_linked_and_every_link_leads_somewhere(site: Path) -> None:
    pages = {file.name for file in site.glob("*.html")}
    links = set(re.findall(r'href="([^"#:]+\.html)"', (site / "index.html").read_text(encoding="utf-8")))
    assert links == pages - {"index.html"}
    assert pages >= {"network.html", "dependency.html", "show-DEU.html", "report-JPN.html", "bloc-EU.html", "question-05.html"}


def test_a_state_in_june_2022(site: Path) -> None:
    file = site / "report-DEU.html"
    said = text_of(file, "findings")
    # Bundesnetzagentur, 2022: Russia 52 % of German gas imports in 2021
    assert re.search(r"Germany got 52% of its natural gas from Russia", said)
    assert "Without Russia, Germany would lose" in said
    assert re.search(r"of its natural gas \(2021\) 52%", text_of(file, "scenario"))
    # nato.int: thirty members on the day; the EU's clause of mutual defence binds others besides
    assert re.search(r"Germany and \d+ other states are bound to defend each other", said)
    assert "North Atlantic Treaty the treaty that binds most of its defenders" in text_of(file, "scenario")
    # The Union's measures against Russia of 2014 and 2022 are its members'
    assert re.search(r"sanction or dispute \(of a union: of its members\) \(\d+\) [^(]*Russia", text_of(file, "map"))
    assert "no statement on a dispute" in text_of(file, "map")


def test_one_guarantor(site: Path) -> None:
    # Treaty of Mutual Cooperation and Security of 1960: the United States is the only state bound to defend Japan
    assert "1 state is bound to defend Japan: United States." in text_of(site / "report-JPN.html", "findings")
    assert "Japan would have 0 left of 1 defender" in text_of(site / "report-JPN.html", "findings")


def test_a_bloc(site: Path) -> None:
    file = site / "bloc-EU.html"
    # Eurostat, Glossary: EU enlargements: 27 members since 1 February 2020
    assert "the european union has 27 full members" in text_of(file, "findings").lower()
    # Treaty on European Union, article 42(7), in force with the Treaty of Lisbon since 1 December 2009
    assert re.search(r"Every full member is bound to defend every other by [^.]*Lisbon", text_of(file, "findings"))
    assert "Never add these to the bloc's" in text_of(file, "exposure")
    assert text_of(file, "members").count("full") >= 27


def test_questions_have_the_rows_of_their_commands(run: Run, site: Path, loaded_embedded: Store) -> None:
    page = text_of(site / "question-05.html")
    assert "5. Who is treaty-bound to defend them?" in page and page.count("Treaty of Mutual Cooperation and Security") >= 1
    for number in (5, 6):
        told = text_of(site / f"question-{number:02}.html")
        assert all(re.sub(r"\s+", " ", ask.shell) in told for ask in questions()[number].asks)
    # The grid is counted, and its counts are those of the command
    rows = run("query", "typology/grid", "--as-of", DAY, "--format", "json", db=loaded_embedded).ok().rows
    n = sum((row["scope"], row["thickness"]) == ("bilateral", "rules") for row in rows)
    assert re.search(rf"bilateral rules {n} ", text_of(site / "question-15.html"))


def test_every_command_that_doubts_a_finding_works(run: Run, site: Path, loaded_embedded: Store) -> None:
    pages = ("report-DEU.html", "bloc-EU.html", "question-05.html")
    found = dict.fromkeys(command for page in pages for command in commands_of(site / page))
    answers = {}
    for command in found:
        words = shlex.split(command)
        if words[2].startswith("query:"):  # that a query's rows can be explained is tested with the command itself
            asked = catalogue()[words[2].removeprefix("query:")]
            params = dict(word.split("=", 1) for flag, word in itertools.pairwise(words) if flag == "-p")
            asked.bind(params, words[-1], default_identity())
            answers["query"] = words
        else:
            answers[words[2].split(":")[0].split("|")[0]] = words
    assert {"query", "hhi", "defenders", "camp"} <= set(answers)
    for kind, words in answers.items():
        if kind != "camp":  # takes long, and is tested with the command
            assert run(*words[1:], "--format", "json", db=loaded_embedded).ok().rows, words


def test_a_site_is_written_again_and_nothing_of_others_is_touched(run: Run, site: Path, loaded_embedded: Store, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    done = run("view", "site", "-o", str(mine), "--state", "DEU", db=loaded_embedded)
    done.fails(2, "holds files that are not an earlier site")
    assert [f.name for f in mine.iterdir()] == ["notes.txt"]
    (site / "own.html").write_text("mine", encoding="utf-8")
    folder(site)  # an earlier site may be written again
    with reading(str(loaded_embedded.url), "1948") as (store, reader, held, day):
        make(site, store, reader, held, day, "1948", lambda _: None, states=("FRA",), questions=(1,))
    assert {f.name for f in site.glob("*.html")} == {
        "index.html", "network.html", "dependency.html", "show-FRA.html", "report-FRA.html", "question-01.html", "own.html",
    }  # fmt: skip


def test_the_command_and_its_errors(run: Run, loaded_embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: shown.append(url) or True)
    file = tmp_path / "x.html"
    done = run("report", "France", "-o", str(file), "--as-of", "1948", "--poles", "USA,SUN", "--open", db=loaded_embedded).ok()
    assert done.stdout.startswith(f"{file}: France as of 1948-12-31; ties in force: ") and shown == [file.as_uri()]
    assert "On 1948-12-31 some of these borders were others" in text_of(file, "map") and "Soviet Union" in text_of(file, "plane")
    assert "pactgraph report France --poles USA,SUN --as-of 1948" in text_of(file)
    first = file.read_bytes()
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    done = run("report", "France", "-o", str(file), "--as-of", "1948", "--poles", "USA,SUN", "--open", db=loaded_embedded).ok()
    assert "No browser was found" in done.stderr and file.read_bytes() == first
    run("view", "show", "FRA", "-o", str(file), "--open", db=loaded_embedded).ok()
    file.unlink()
    for words, told in (
        ((), "name one of STATE, --bloc BLOC and --question N"), (("DEU", "--bloc", "EU"), "name one of STATE"),
        (("Atlantis",), "Atlantis"),
        (("--bloc", "NATTO"), "no bloc 'NATTO' is loaded; nearest: NATO"), (("--question", "41"), "41"),
        (("DEU", "--poles", "USA"), "name two poles"), (("--question", "5", "--poles", "USA,CHN"), "no poles"),
    ):  # fmt: skip
        run("report", *words, "-o", str(file), db=loaded_embedded).fails(2, told)
    run("report", "DEU", "-o", str(tmp_path / "no" / "x.html"), db=loaded_embedded).fails(1, "there is no such folder")
    run("view", "site", "-o", str(tmp_path / "s"), "--bloc", "NATTO", db=loaded_embedded).fails(2, "no bloc 'NATTO'")
    run("view", "site", "-o", str(tmp_path / "s"), "--bloc", "EU", "--all-reports", db=loaded_embedded).fails(2, "not both")
    assert not file.exists() and not list(tmp_path.glob("*.part"))
