"""Bilateral investment treaties from UNCTAD's International Investment Agreements Navigator.

Each treaty is an instrument with its two parties; a tie in TRADE of kind ``bit`` follows from it while it is in force. A treaty that was
signed and is not in force has signatories and makes no tie. Parties are named as they are today, so a state that came into being later is
a party from its beginning on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from graph_loader.claims import Claim, SourceInfo
from graph_loader.identity import UnknownStateError
from graph_loader.schema import Value
from graph_loader.sources.files import FileSource, Reader, Table, renewed
from graph_loader.sources.independence import beginning

BLOCS = {
    "BLEU (Belgium-Luxembourg Economic Union)": ("BLEU", "Belgium-Luxembourg Economic Union", "union"),
    "Channel Islands (Guernsey, Jersey)": ("CHANNEL-ISLANDS", "Channel Islands (Guernsey, Jersey)", "grouping"),
}
NAMES = {"Congo": "COG"}  # the other one is 'Congo, Democratic Republic of the'
_QUALIFIER = re.compile(r"( of| of the| SAR)$")  # 'Republic of': no name begins with it
STATUSES = ("In force", "Signed (not in force)", "Terminated")
_COLUMNS = ("full_title", "short_title", "type", "status", "parties", "date_of_signature", "date_of_entry_into_force", "termination_date")


class _Unctad(FileSource):
    def release(self, tables: Sequence[Table], info: SourceInfo) -> SourceInfo:
        """The list is current to the newest day in it."""
        days = {day for table in tables for cells in table.rows(*_columns(table)[5:]) for text in cells[1:] if (day := _day(text))}
        return renewed(info, covers_until=max(days), version=f"list to {max(days)}") if days else info

    def claims(self, tables: Sequence[Table], reader: Reader) -> list[Claim]:
        claims: list[Claim] = []
        seen: set[tuple[object, ...]] = set()
        taken: Counter[str] = Counter()
        found: list[tuple[Table, int, list[str], str, str, str, str, str]] = []
        for table in tables:
            for row, full, short, type_, status, parties, *dates in table.rows(*_columns(table)):
                problem = _problem(type_, status, parties, dates)
                if problem:
                    reader.account.reject(table, row, *problem)
                    continue
                signed, in_force, ended = (_day(text) for text in dates)
                try:
                    who = split_parties(parties, reader)
                except UnknownStateError as error:
                    reader.account.reject(table, row, "party not understood", error)
                    continue
                treaty = (tuple(who), signed, in_force, ended)
                if treaty in seen:
                    reader.account.merged += 1
                    continue
                seen.add(treaty)
                found.append((table, row, who, " ".join((full or short or parties).split()), status, signed, in_force, ended))
        for table, row, who, title, status, signed, in_force, ended in sorted(found, key=lambda f: (f[5], f[2], f[6], f[7])):
            stem = f"bit-{'-'.join(who).lower()}-{signed[:4]}"
            taken[stem] += 1
            id_ = stem if taken[stem] == 1 else f"{stem}-{taken[stem]}"
            claims += _treaty(reader, table, row, id_, who, title, status, signed, in_force, ended)
        parties = {c.key[0] for c in claims if c.type == "PARTY_TO"}
        blocs = [reader.claim("Bloc", [id_], {"name": name, "kind": kind}) for id_, name, kind in BLOCS.values() if id_ in parties]
        return blocs + claims


def _columns(table: Table) -> tuple[str, ...]:
    if table.layout.name == "list of treaties":
        return _COLUMNS
    return tuple(c.replace("_", " ").capitalize() for c in _COLUMNS)


def _day(text: str | None) -> str:
    """An ISO day from '2014-08-21' or '21/08/2014'; '' for none."""
    text = (text or "").strip()
    if match := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text):
        text = "-".join(reversed(match.groups()))
    return text if re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text) else ""


def _problem(type_: str | None, status: str | None, parties: str | None, dates: Sequence[str | None]) -> tuple[str, str] | None:
    if type_ == "TIPs":
        return "treaty with investment provisions, no bilateral investment treaty", parties or ""
    if type_ != "BITs":
        return "type not known", type_ or ""
    if status not in STATUSES or not parties:
        return "no status or parties", f"{status}: {parties}"
    signed, in_force, ended = (_day(text) for text in dates)
    if any(text and not _day(text) for text in dates):
        return "date not understood", ", ".join(text or "" for text in dates)
    missing = not signed or (status == "In force" and not in_force) or (status == "Terminated" and not ended)
    if missing:
        return "no date of what its status says", f"{parties}, {status}"
    if (in_force and in_force < signed) or (ended and ended <= (in_force or signed)):
        return "dates out of order", ", ".join((signed, in_force, ended))
    return None


def split_parties(text: str, reader: Reader) -> list[str]:
    """Ids of the two parties. Names hold commas ('Korea, Republic of'): of all places to part the text, one pair alone may be known.

    Raises
    ------
    UnknownStateError
        When no parting gives two parties, or different ones do.
    """
    pieces = [piece.strip() for piece in text.split(",")]
    pairs = set()
    for place in range(1, len(pieces)):
        if _QUALIFIER.search(pieces[place]):
            continue
        first, second = _party(", ".join(pieces[:place]), reader), _party(", ".join(pieces[place:]), reader)
        if first and second and first != second:
            pairs.add((min(first, second), max(first, second)))
    if len(pairs) != 1:
        raise UnknownStateError(f"'{text}' {'can be parted in several ways' if pairs else 'does not name two known parties'}")
    return list(pairs.pop())


def _party(name: str, reader: Reader) -> str:
    if name in NAMES or name in BLOCS:
        return NAMES.get(name) or BLOCS[name][0]
    try:
        return reader.state("name", name, "2025-01-01")
    except UnknownStateError:
        return ""


def _treaty(
    reader: Reader, table: Table, row: int, id_: str, who: Sequence[str], title: str, status: str, signed: str, in_force: str, ended: str
) -> list[Claim]:
    def claim(type_: str, key: Sequence[str], values: dict[str, Value]) -> Claim:
        return reader.claim(type_, key, values, table=table, row=row)

    claims = [claim("Instrument", [id_], {
        "title": title, "form": "treaty", "type": "bit", "domains": ["TRADE"], "binding": True, "obligations": [], "derives": "dyads",
    })]  # fmt: skip
    events = (("signed", signed), ("in_force", in_force), ("terminated", ended))
    claims += [claim("Event", [id_, kind], {"date_edtf": day}) for kind, day in events if day]
    for party in who:
        since, until = in_force or signed, ended or ".."
        first = beginning(reader.identity, party, since)
        if first and (until == ".." or first < until):
            since = first
        role = "party" if in_force else "signatory"
        claims.append(claim("PARTY_TO", [party, id_], {"role": role, "since_edtf": since, "until_edtf": until}))
    return claims


SOURCE = _Unctad(__file__)
