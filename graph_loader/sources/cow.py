"""What the sources of the Correlates of War project share."""

from __future__ import annotations

from collections.abc import Sequence

from graph_loader.errors import DataError
from graph_loader.sources.files import Table

ALLIANCES = "formal alliances"
"""Name of the layout, in each source's YAML file, of the data that are not served."""


def refuse_alliances(tables: Sequence[Table]) -> None:
    """Refuse COW's formal alliances, which their maintainer has asked software not to serve."""
    for table in tables:
        if table.layout.name == ALLIANCES:
            raise DataError(
                f"{table.file}: COW's formal alliances are not read, for their maintainer has asked software not to serve them; "
                "ATOP has alliances of the same states (pactgraph load atop --from FILE); leave this file out of the folder")  # fmt: skip
