"""Ideal points of states in the UN General Assembly (Bailey, Strezhnev and Voeten 2017): one indicator a state and session."""

from __future__ import annotations

from collections.abc import Sequence

from graph_loader.claims import Claim
from graph_loader.identity import UnknownStateError
from graph_loader.sources.files import FileSource, Reader, Table

FIRST_SESSION = 1945  # session n meets from September of year 1945 + n
INDICATORS = {
    "unga-ideal-point": ("IdealPointAll", "UN General Assembly ideal point, all votes", "posterior mean"),
    "unga-votes-cast": ("NVotesAll", "Votes cast in the UN General Assembly session", "votes"),
}


class _Unga(FileSource):
    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        claims = [reader.claim("Indicator", [id_], {"name": name, "unit": unit}) for id_, (_, name, unit) in INDICATORS.items()]
        seen: set[tuple[str, str]] = set()
        for table in tables:
            for row, ccode, session, votes, point in table.rows("ccode", "session", "NVotesAll", "IdealPointAll"):
                if not (session or "").isdigit():
                    reader.account.reject(table, row, "no session", session)
                    continue
                year = str(FIRST_SESSION + int(session))
                try:
                    state = reader.state("cow", ccode or "", f"{year}-12-31")
                except UnknownStateError as error:
                    reader.account.reject(table, row, "unknown state", error)
                    continue
                if (state, year) in seen:
                    reader.account.reject(table, row, "state and session stated twice", f"{state} {session}")
                    continue
                seen.add((state, year))
                for (id_, (_, _, unit)), text in zip(INDICATORS.items(), (point, votes), strict=True):
                    value = number(text)
                    if value is not None:
                        claims.append(reader.claim("OBSERVED", [state, id_, year], {"value": value, "unit": unit}, table=table, row=row))
        return claims


def number(text: str | None) -> float | None:
    """The number, or None for a missing one (empty, NA)."""
    try:
        return float(text) if text not in (None, "", "NA") else None
    except ValueError:
        return None


SOURCE = _Unga(__file__)
