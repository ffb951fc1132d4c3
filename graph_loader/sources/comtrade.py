"""UN Comtrade, the CSV of its former website: trade with the world as indicators of the reporter, and shares of imports by partner.

A share needs the reporter's imports from the world of the same commodity and year: without that row the total is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import UnknownStateError
from graph_loader.sources.files import FileSource, Reader, Table
from graph_loader.sources.yearly import covering

UNIT = "US dollars"
FLOWS = {"Import": "imports", "Export": "exports", "Re-Export": "re-exports", "Re-Import": "re-imports"}
REVISIONS = {"H0": "1992", "H1": "1996", "H2": "2002", "H3": "2007", "H4": "2012", "H5": "2017", "H6": "2022"}
SCOPE = "imports as the importer reported; the total is its imports of the commodity from the world"
_COLUMNS = (
    "Classification", "Year", "Trade Flow", "Reporter", "Reporter ISO", "Partner Code", "Partner", "Partner ISO", "Commodity Code",
    "Commodity", "Trade Value (US$)",
)  # fmt: skip
_Key = tuple[str, str, str]  # reporter, good, year


class _Comtrade(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        return covering(info, tables, "Year")

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        work = _Reading(reader)
        for table in tables:
            for row, *cells in table.rows(*_COLUMNS):
                work.row(table, row, [(cell or "").strip() for cell in cells])
        return work.claims()


class _Reading:
    def __init__(self, reader: Reader) -> None:
        self.reader, self.account = reader, reader.account
        self.seen: dict[tuple[str, ...], float] = {}
        self.described: dict[str, Claim] = {}
        self.observed: list[Claim] = []
        self.world: dict[_Key, float] = {}
        self.partners: dict[_Key, list[tuple[str, float, Table, int]]] = defaultdict(list)

    def state(self, code: str, year: str) -> str:
        try:
            return self.reader.state("iso3", code, f"{year}-12-31")
        except UnknownStateError:
            return self.reader.state("iso3", code, f"{year}-01-01")

    def row(self, table: Table, row: int, cells: Sequence[str]) -> None:
        revision, year, flow, reporter, iso, code, partner, partner_iso, commodity, description, text = cells
        if not (year.isdigit() and len(year) == 4) or flow not in FLOWS or revision not in REVISIONS or not commodity.isdigit():
            self.account.reject(table, row, "no year, flow or commodity of the Harmonized System", f"{revision} {year} {flow} {commodity}")
            return
        value = float(text) if text.isdigit() else None
        if value is None:
            self.account.reject(table, row, "no value" if not text else "value not understood", text)
            return
        if not iso:
            self.account.reject(table, row, "reporter is no state (areas not elsewhere specified)", reporter)
            return
        try:
            state = self.state(iso, year)
            supplier = "" if code == "0" else self.state(partner_iso, year)
        except UnknownStateError as error:
            self.account.reject(table, row, "unknown state", f"{reporter}, {partner}: {error}")
            return
        key = (state, f"hs{REVISIONS[revision]}-{commodity}", year)
        stated = (flow, *key, supplier)
        if stated in self.seen:
            if self.seen[stated] == value:
                self.account.merged += 1
            else:
                self.account.reject(table, row, "stated twice with different values", f"{reporter}, {partner}, {commodity} {year}")
            return
        self.seen[stated] = value
        if not supplier:
            self.with_world(table, row, flow, key, description, value)
        elif flow != "Import":
            self.account.reject(table, row, "export to a partner: its imports are those that it reports", f"{reporter}, {partner}")
        else:
            self.partners[key].append((supplier, value, table, row))
            hs = f"{commodity[:4]}.{commodity[4:]}".rstrip(".")
            self.described.setdefault(key[1], self.reader.claim("Good", [key[1]], {
                "name": description, "stage": "product", "hs": hs, "hs_revision": f"HS{REVISIONS[revision]}",
            }))  # fmt: skip

    def with_world(self, table: Table, row: int, flow: str, key: _Key, description: str, value: float) -> None:
        state, good, year = key
        id_ = f"comtrade-{FLOWS[flow]}-{good}"
        name = f"{FLOWS[flow].capitalize()}, {good.replace('-', ' ').upper()}: {description}"
        self.described.setdefault(id_, self.reader.claim("Indicator", [id_], {"name": name, "unit": UNIT}))
        self.observed.append(self.reader.claim("OBSERVED", [state, id_, year], {"value": value, "unit": UNIT}, table=table, row=row))
        if flow == "Import":
            self.world[key] = value

    def claims(self) -> list[Claim]:
        flows = []
        for key, suppliers in self.partners.items():
            importer, good, year = key
            total = self.world.get(key, 0.0)
            whole = sum(value for _, value, _, _ in suppliers) <= total * 1.0001  # rounding of the parts
            for supplier, value, table, row in suppliers:
                if not total or not whole:
                    reason = "no imports from the world to take a share of" if not total else "partners add up to more than the world"
                    self.account.reject(table, row, reason, f"{importer}, {good} {year}")
                    continue
                flows.append(self.reader.claim("DEPENDS_ON", [importer, supplier, good, "product", "value", year, year], {
                    "share": round(min(1.0, value / total), 6), "value": value, "total": total, "unit": UNIT, "scope": SCOPE,
                    "named_largest": False,
                }, table=table, row=row))  # fmt: skip
        used = {c.key[2] for c in flows}
        described = [c for id_, c in sorted(self.described.items()) if c.type == "Indicator" or id_ in used]
        return [*described, *self.observed, *flows]


SOURCE = _Comtrade(__file__)
