"""The data that travel with pactgraph: treaties, memberships and flows (``curated``) and the table of states (``reference``)."""

from __future__ import annotations

from graph_loader.resources import data_folder
from graph_loader.sources.package import PackageSource

SOURCE = PackageSource(data_folder() / "curated")
REFERENCE = PackageSource(data_folder() / "reference")
