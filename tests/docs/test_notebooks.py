"""The notebooks run whole on the bundled data, in one kernel that forgets in between, and are stored without outputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from support import environment

from graph_loader.stores.base import Store

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
QUESTIONS = {"camps", "similarity", "concentration", "exposure", "scenario", "obligations", "hedging", "explain", "diff", "pair"}


def test_there_is_one_a_question_and_the_page_links_each() -> None:
    assert {path.stem for path in NOTEBOOKS} == QUESTIONS
    page = (FOLDER / "index.md").read_text(encoding="utf-8")
    assert all(f"]({name}.ipynb)" in page for name in QUESTIONS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_short_and_holds_no_output(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert 5 <= len(book.cells) <= 10
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@pytest.fixture(scope="module")
def kernel(loaded_embedded: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client whose kernel serves all notebooks: its start takes longer than most of them."""
    home = tmp_path_factory.mktemp("notebooks")
    client = NotebookClient(nbformat.v4.new_notebook(), timeout=300, kernel_name="python3")
    with client.setup_kernel(cwd=str(home), env=environment(home, loaded_embedded) | {"IPYTHONDIR": str(home / "ipython")}):
        yield client


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_whole(kernel: Any, path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    book.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    kernel.nb = book
    kernel.reset_execution_trackers()
    for number, cell in enumerate(book.cells):
        kernel.execute_cell(cell, number)  # raises, with the traceback, when a cell does
    shown = [cell for cell in book.cells[3:] if cell.cell_type == "code"]
    assert all(cell.outputs for cell in shown)
    assert not [output for cell in shown for output in cell.outputs if output.output_type == "stream" and output.name == "stderr"]
