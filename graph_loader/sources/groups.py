"""Organisations that publishers name among states: one id each, described as in the curated data where those have it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

from graph_loader.claims import Claim
from graph_loader.resources import data_folder
from graph_loader.sources.files import Reader

_GROUPS: dict[str, tuple[str, str]] = {  # name and kind
    "ASEAN": ("Association of Southeast Asian Nations", "organisation"),
    "AU": ("African Union", "organisation"),
    "CENTO": ("Central Treaty Organization", "alliance"),
    "CHINCOM": ("China Committee of the Coordinating Committee for Multilateral Export Controls", "organisation"),
    "CIS": ("Commonwealth of Independent States", "organisation"),
    "COCOM": ("Coordinating Committee for Multilateral Export Controls", "organisation"),
    "COMECON": ("Council for Mutual Economic Assistance", "organisation"),
    "COMMONWEALTH": ("Commonwealth of Nations", "organisation"),
    "CSTO": ("Collective Security Treaty Organization", "alliance"),
    "ECOWAS": ("Economic Community of West African States", "organisation"),
    "EFTA": ("European Free Trade Association", "trade_area"),
    "G7": ("Group of Seven", "grouping"),
    "G8": ("Group of Eight", "grouping"),
    "GCC": ("Gulf Cooperation Council", "organisation"),
    "KIMBERLEY-PROCESS": ("Kimberley Process participants", "grouping"),
    "LEAGUE-OF-ARAB-STATES": ("League of Arab States", "organisation"),
    "LEAGUE-OF-NATIONS": ("League of Nations", "organisation"),
    "MERCOSUR": ("Southern Common Market", "trade_area"),
    "NAFTA": ("North American Free Trade Agreement parties", "trade_area"),
    "OAPEC": ("Organization of Arab Petroleum Exporting Countries", "organisation"),
    "OAS": ("Organization of American States", "organisation"),
    "OAU": ("Organization of African Unity", "organisation"),
    "OECS": ("Organisation of Eastern Caribbean States", "organisation"),
    "OIC": ("Organisation of Islamic Cooperation", "organisation"),
    "OIF": ("International Organisation of La Francophonie", "organisation"),
    "OPEC": ("Organization of the Petroleum Exporting Countries", "organisation"),
    "OSCE": ("Organization for Security and Co-operation in Europe", "organisation"),
    "PIF": ("Pacific Islands Forum", "organisation"),
    "RSS": ("Regional Security System", "organisation"),
    "SADC": ("Southern African Development Community", "organisation"),
    "SCO": ("Shanghai Cooperation Organisation", "organisation"),
    "SEATO": ("Southeast Asia Treaty Organization", "alliance"),
    "UN": ("United Nations", "organisation"),
    "UNASUR": ("Union of South American Nations", "organisation"),
    "WTO": ("World Trade Organization", "organisation"),
}


@cache
def groups() -> dict[str, tuple[str, str]]:
    """Name and kind of each known group by id."""
    with (data_folder() / "curated" / "blocs.csv").open(encoding="utf-8-sig", newline="") as file:
        return _GROUPS | {row["id"]: (row["name"], row["kind"]) for row in csv.DictReader(file)}


def bloc_claims(reader: Reader, ids: Iterable[str]) -> list[Claim]:
    """A claim that describes each of the groups, so that a source stands without the curated data."""
    known = groups()
    return [reader.claim("Bloc", [id_], {"name": known[id_][0], "kind": known[id_][1]}) for id_ in sorted(set(ids))]
