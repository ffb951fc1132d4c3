"""A store with what publishers say beside the bundled data; a test module imports the fixture."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import opened

from graph_loader import pipeline
from graph_loader.sources import base
from graph_loader.stores.base import Store


@pytest.fixture(scope="module")
def with_atop_and_votes(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Store:
    """The bundled data with ATOP 5.1 (1990-2018) and the ideal points of June 2024; only read. Mark tests with ``reference``."""
    store = opened(tmp_path_factory.mktemp("published") / "store")
    pipeline.load(store, [(base.get(name), None) for name in ("reference", "curated")])
    pipeline.load(store, [(base.get("atop"), reference / "atop" / "atop5_1ddyr_1990_2018.csv")])
    pipeline.load(store, [(base.get("unga"), reference / "unga" / "IdealpointestimatesAll_Jun2024.csv")])
    return store
