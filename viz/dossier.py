"""The page of one state, or of a pair: ties by domain over time, memberships, obligations, dependence, what sources disagree on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viz import document, page, style, timeline
from viz.document import say
from viz.words import BASIS, DOSSIER, PROPERTY

BINDING = ("defence", "offence")
MOST_PARTNERS = 8
"""Partners named in a row of the table of ties; all of them stand in the row's list."""
MOST_FLOWS = 8
"""Rows of a table of shares before the rest is folded away."""
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DossierInput(document.DocumentInput):
    """What the page shows.

    Attributes
    ----------
    subjects
        One state, or two: ``{id, name, spells}``, spells in words.
    ties
        Ties that began by ``as_of``, ended ones too. ``domain``, ``other``, ``name``, ``kind``, ``label``, ``obligations``, ``obliged``
        (both, it, other, ""; it = the first subject), ``instrument``, ``title``, ``binding`` (None: unknown), ``since`` and ``until`` (ISO,
        ``until`` is the first day no longer in force), ``since_text``, ``until_text``, ``in_force``, ``disputed``, ``fact``, ``sources``.
    memberships
        Subject id -> rows with ``bloc``, ``name``, ``kind``, ``role``, ``suspended`` and dates as ties have.
    through
        Of a pair: ties with a bloc of the other; as ties, with ``via``, ``member`` and ``outside`` (state ids).
    imports, exports
        One row an importer, good and period: ``importer``, ``importer_name``, ``good``, ``stage``, ``basis``, ``from_year``, ``to_year``,
        ``scope``, ``hhi_lo``, ``hhi_hi`` (0..1 or None), ``named_share``, ``disputed``, ``sources``, and ``suppliers``:
        ``{id, name, share}``, largest first. Of a pair both hold only what one gets from the other. ``exports`` may hold the
        importer "WORLD".
    claims
        ``{fact, what, property, affects, said: [{value, sources, locator}]}``.
    """

    subjects: Sequence[Row]
    ties: Sequence[Row]
    memberships: Mapping[str, Sequence[Row]]
    through: Sequence[Row]
    imports: Sequence[Row]
    exports: Sequence[Row]
    claims: Sequence[Row]


def dossier_page(data: DossierInput) -> str:
    """Render the page.

    Returns
    -------
    str
        A whole HTML page; equal input gives equal text.
    """
    refs = document.References(data.sources)
    names = {s["id"]: s["name"] for s in data.subjects}
    axis = timeline.axis([*data.ties, *data.through], data.as_of)
    belonging = timeline.axis([m for rows in data.memberships.values() for m in rows], data.as_of)
    pair = len(data.subjects) == 2
    context: dict[str, Any] = {
        "w": DOSSIER,
        **data.head(),
        "subjects": data.subjects,
        "pair": pair,
        "ticks": axis.ticks,
        "membership_ticks": belonging.ticks,
        "most_flows": MOST_FLOWS,
        "findings": document.findings(said(data), refs, data.as_of),
        "obligations": _duties([t for t in data.ties if _binds(t) and t["in_force"]], data, refs),
        "overview": _overview(data.ties, axis, data.as_of),
        "memberships": _memberships(data, belonging, refs),
        "imports": [_flow(r, refs) for r in data.imports],
        "exports": [_flow(r, refs) for r in data.exports],
        "claims": [claim_row(c, refs) for c in data.claims],
        "domains": _domains(data.ties, axis, refs),
        "through": _through(data.through, axis, refs, names),
    }
    context["sources"] = refs.listed()
    return page.render_document("dossier.html.j2", context, script="document.js", style="document.css")


def _binds(tie: Row) -> bool:
    return tie["domain"] == "DEFENCE" and any(o in BINDING for o in tie["obligations"])


def _groups(ties: Sequence[Row]) -> dict[tuple[str, ...], list[Row]]:
    """Ties of one domain, kind and instrument together; ties without an instrument by partner."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for tie in ties:
        groups[tie["domain"], tie["instrument"] or f"| {tie['other']}", tie["kind"]].append(tie)
    return groups


def said(data: DossierInput) -> list[document.Said]:
    """What is to be said of a state or pair in short: sentences with their numbers, the rows behind them, and the ANSWER to doubt."""
    now = [t for t in data.ties if t["in_force"]]
    ids = [s["id"] for s in data.subjects]
    all_ties = document.asked("partnership/ties-of", party=ids[0])
    if len(ids) == 2:
        all_ties = document.asked("partnership/pair", a=ids[0], b=ids[1])
    found: list[document.Said] = [(*_sentence_ties(data, now), all_ties), *_sentences_duty(data, now)]
    partnerships = [t for t in now if t["kind"] == "strategic_partnership"]
    agreements = len({t["instrument"] or t["fact"] for t in partnerships})
    if agreements:
        others = document.count(len({t["other"] for t in partnerships}), "state or bloc", "states and blocs")
        whom = "" if len(ids) == 2 else f" with {others}"
        answer = all_ties if len(ids) == 2 else document.asked("partnership/of-state", party=ids[0])
        found.append((say("partnerships", n=document.count(agreements, "strategic partnership"), whom=whom), partnerships, answer))
    hostile = [t for t in [*now, *(t for t in data.through if t["in_force"])] if t["domain"] in ("SANCTIONS", "DISPUTE")]
    if hostile:
        n = document.count(len(hostile), "sanction or dispute", "sanctions and disputes")
        found.append((say("hostile", n=n, which=_against(hostile, data)), hostile, hostile[0]["fact"]))
    elif len(ids) == 2:
        found.append((say("no_hostile"), [], all_ties))
    found += _sentences_flow(data)
    found += _sentence_blocs(data, document.named(data.subjects[0]["name"]))
    disputed = [c for c in data.claims if len(c["said"]) > 1]
    if disputed:
        found.append((say("disputed", n=document.count(len(disputed), "point")), [], disputed[0]["fact"]))
    return found


def _sentence_ties(data: DossierInput, now: Sequence[Row]) -> tuple[str, Sequence[Row]]:
    pair = [document.named(s["name"]) for s in data.subjects]
    ended = len(data.ties) - len(now)
    if not now:
        return say("none_in_force", whom=" and ".join(pair), n=document.count(ended, "tie")), []
    parts = {
        "n": document.count(len(now), "tie"),
        "domains": document.count(len({t["domain"] for t in now}), "domain"),
        "instruments": document.count(len({t["instrument"] or t["fact"] for t in now}), "instrument"),
        "before": say("ended_before", n=f"{ended:,}") if ended else "",
    }
    if len(pair) == 2:
        return say("ties_of_pair", join="joins" if len(now) == 1 else "join", whom=" and ".join(pair), **parts), now
    partners = document.count(len({t["other"] for t in now}), "state or bloc", "states, blocs and other actors")
    return say("ties_of_state", whom=pair[0], partners=partners, **parts), now


def _sentences_duty(data: DossierInput, now: Sequence[Row]) -> list[document.Said]:
    pair = [document.named(s["name"]) for s in data.subjects]
    first = pair[0]
    duties = [t for t in now if _binds(t)]
    if len(pair) == 2:
        if not duties:
            return [(say("pair_no_duty", a=first, b=pair[1]), [], _defenders(data))]
        how = {t["obliged"] for t in duties}
        if "both" in how or {"it", "other"} <= how:
            return [(say("pair_each_other", a=first, b=pair[1]), duties, _defenders(data))]
        if "it" in how:
            return [(say("pair_one_sided", a=first, b=pair[1]), duties, _defenders(data, 1))]
        return [(say("pair_one_sided", a=pair[1], b=first), duties, _defenders(data))]
    defenders = sorted({t["name"] for t in duties if t["obliged"] in ("both", "other")})
    charges = sorted({t["name"] for t in duties if t["obliged"] in ("both", "it")})
    if not duties:
        return [(say("no_duty", a=first), [], _defenders(data))]
    if defenders == charges:
        n = document.count(len(charges), "other state")
        return [(say("each_other", a=first, n=n, which=document.listing(charges)), duties, _defenders(data))]
    found: list[document.Said] = []
    if defenders:
        n = document.count(len(defenders), "state")
        text = say("defended_by", a=first, n=n, be="is" if len(defenders) == 1 else "are", which=document.listing(defenders))
        found.append((text, duties, _defenders(data)))
    if charges:
        text = say("defends", a=first, n=document.count(len(charges), "state"), which=document.listing(charges))
        found.append((text, duties, document.asked("partnership/ties-of", party=data.subjects[0]["id"], domain="DEFENCE")))
    return found


def _defenders(data: DossierInput, which: int = 0) -> str:
    return f"defenders:{data.subjects[which]['id']}"


def _against(ties: Sequence[Row], data: DossierInput) -> str:
    """Who acts against whom; a mutual tie, such as a dispute, is with the other."""
    names = {s["id"]: s["name"] for s in data.subjects}

    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for tie in ties:
        own, other = names.get(tie.get("outside", data.subjects[0]["id"]), ""), tie["name"]
        sender, target = (other, own) if tie["start"] == tie["other"] else (own, other)
        ends = (
            f"with {document.named(other)}" if tie.get("mutual", True) else f"by {document.named(sender)} against {document.named(target)}"
        )
        groups[tie["domain"].lower(), ends].add(tie["kind"].replace("_", " "))
    return document.listing([f"{domain} ({', '.join(sorted(kinds))}) {ends}" for (domain, ends), kinds in sorted(groups.items())])


def _sentences_flow(data: DossierInput) -> list[document.Said]:
    if len(data.subjects) == 2:
        newest: dict[tuple[str, ...], Row] = {}
        for row in data.imports:  # the newest period of each good stands first
            newest.setdefault((row["importer"], row["good"], row["stage"], row["basis"]), row)
        found: list[document.Said] = []
        for subject in data.subjects:
            rows = [r for r in newest.values() if r["importer"] == subject["id"]]
            found += [(_got(r), [r], r.get("answer", "")) for r in sorted(rows, key=lambda r: (-r["suppliers"][0]["share"], r["good"]))[:2]]
        return found
    inward = [r for r in data.imports if r["suppliers"] and r["hhi_lo"] is not None]
    outward = [r for r in data.exports if r["importer"] != "WORLD"]
    largest = [sorted(rows, key=lambda r: (-r["suppliers"][0]["share"], r["good"]))[:2] for rows in (inward, outward)]
    with_index = [(_got(r, hhi=True), [r], r.get("answer", "")) for r in largest[0]]
    return [*with_index, *((_got(r), [r], r.get("answer", "")) for r in largest[1])]


def _got(row: Row, *, hhi: bool = False) -> str:
    """The importer got so much of the good from its largest supplier in the row."""
    top = row["suppliers"][0]
    index = f"; HHI {document.hhi_text(row['hhi_lo'], row['hhi_hi'])}" if hhi else ""
    return document.got(row["importer_name"], top["share"], document.inside(row["good"]), top["name"], "", f"{_measure(row)}{index}")


def _measure(row: Row) -> str:
    return f"{document.period_text(row)}, by {BASIS.get(row['basis'], row['basis'])}"


def _sentence_blocs(data: DossierInput, first: str) -> list[document.Said]:
    # A category is a list that somebody drew up, such as who counts as a middle power: nobody belongs to it by an act of its own.
    blocs = [{m["bloc"]: m for m in data.memberships[s["id"]] if m["in_force"] and m["kind"] != "category"} for s in data.subjects]
    if len(blocs) == 2:
        shared = [blocs[0][b] for b in sorted(set(blocs[0]) & set(blocs[1]))]
        listed = f": {document.listing([m['name'] for m in shared])}" if shared else ""
        rows = [*shared, *(blocs[1][m["bloc"]] for m in shared)]
        answer = document.asked("membership/shared", a=data.subjects[0]["id"], b=data.subjects[1]["id"])
        return [(say("both_belong", n=document.count(len(shared), "bloc"), which=listed), rows, answer)]
    members = sorted(blocs[0].values(), key=lambda m: str(m["name"]))
    if not members:
        return []
    text = say("belongs", a=first, n=document.count(len(members), "bloc"), which=document.listing([m["name"] for m in members]))
    return [(text, members, document.asked("membership/of-state", state=data.subjects[0]["id"]))]


def _duties(ties: Sequence[Row], data: DossierInput, refs: document.References) -> list[dict[str, Any]]:
    """One row an instrument and direction, with all whom it binds."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for tie in ties:
        groups[tie["instrument"] or tie["fact"], tie["obliged"], ", ".join(tie["obligations"])].append(tie)
    first = data.subjects[0]["name"]
    rows = []
    for (_, obliged, what), group in groups.items():
        partners = sorted({t["name"] for t in group})
        others = partners[0] if len(partners) == 1 else f"{document.count(len(partners), 'state')}: {', '.join(partners)}"
        dates = sorted({(t["since"], t["since_text"]) for t in group})
        ends = {"both": (DOSSIER["each_other"], f"{first} and {others}"), "it": (first, others)}.get(obliged, (others, first))
        rows.append(
            {
                "owes": ends[0],
                "owed": ends[1],
                "what": what,
                "title": group[0]["title"] or str(group[0]["kind"]).replace("_", " "),
                "since": dates[0][1] + (f" {DOSSIER['and_later']}" if len(dates) > 1 else ""),
                "disputed": any(t["disputed"] for t in group),
                "refs": refs({s for t in group for s in t["sources"]}),
            }
        )
    return rows


def _common(row: Row, refs: document.References) -> dict[str, Any]:
    return {
        "title": row.get("title") or (str(row["kind"]).replace("_", " ") if "kind" in row else ""),
        "since": row["since_text"],
        "until": row["until_text"],
        "in_force": row["in_force"],
        "disputed": row["disputed"],
        "fact": row["fact"],
        "refs": refs(row["sources"]),
    }


def _overview(ties: Sequence[Row], axis: timeline.Axis, as_of: str) -> list[dict[str, Any]]:
    by_domain: dict[str, list[Row]] = defaultdict(list)
    for tie in ties:
        by_domain[tie["domain"]].append(tie)
    rows = []
    for domain, group in _in_order(by_domain):
        steps = timeline.counted(group, as_of)
        most = max((n for *_, n in steps), default=1)
        rows.append(
            {
                "look": document.domain_look(domain),
                "now": sum(t["in_force"] for t in group),
                "ever": len(group),
                "most": most,
                "steps": [axis.span(a, b) | {"n": n, "strength": round(0.3 + 0.7 * n / most, 2)} for a, b, n in steps],
            }
        )
    return rows


def _in_order(by_domain: Mapping[str, list[Row]]) -> list[tuple[str, list[Row]]]:
    order = {d: n for n, d in enumerate(style.DOMAINS)}
    return sorted(by_domain.items(), key=lambda item: (order.get(item[0], 99), item[0]))


def _bars(rows: Sequence[Row], axis: timeline.Axis) -> list[dict[str, Any]]:
    found = []
    for since, until in timeline.merged(rows):
        censored = any(r["until"] == until and r.get("end_kind") == "censored" for r in rows)
        found.append(axis.span(since, until) | {"censored": censored})
    return found


def _domains(ties: Sequence[Row], axis: timeline.Axis, refs: document.References) -> list[dict[str, Any]]:
    by_domain: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (domain, _, _), group in _groups(ties).items():
        by_domain[domain].append(_tie_row(group, axis, refs))
    found = []
    for domain, rows in _in_order(by_domain):  # type: ignore[arg-type]
        rows.sort(key=lambda r: (not r["in_force"], r["order"], r["title"]))
        found.append({"look": document.domain_look(domain), "rows": rows, "now": sum(r["in_force"] for r in rows)})
    return found


def _tie_row(group: Sequence[Row], axis: timeline.Axis, refs: document.References) -> dict[str, Any]:
    first = group[0]
    partners = sorted({(t["name"], t["other"]) for t in group})
    owed = sorted({o for t in group for o in t["obligations"]})
    one = len(group) == 1
    dates = {(t["since_text"], t["until_text"]) for t in group}
    since, until = dates.pop() if len(dates) == 1 else (min(t["since"] for t in group)[:4], "")
    return {
        "title": first["title"] or str(first["kind"]).replace("_", " "),
        "kind": str(first["kind"]).replace("_", " "),
        "label": first["label"] or "",
        "binding": first["binding"],
        "obligations": owed,
        "with": [name for name, _ in partners[:MOST_PARTNERS]],
        "more": max(0, len(partners) - MOST_PARTNERS),
        "n": len(partners),
        "in_force": any(t["in_force"] for t in group),
        "n_in_force": len({t["other"] for t in group if t["in_force"]}),
        "since": since,
        "until": until,
        "same_dates": one or bool(until),
        "bars": _bars(group, axis),
        "disputed": any(t["disputed"] for t in group),
        "refs": refs({s for t in group for s in t["sources"]}),
        "entries": []
        if one
        else [
            {"name": t["name"], "since": t["since_text"], "until": t["until_text"], "in_force": t["in_force"], "disputed": t["disputed"]}
            for t in sorted(group, key=lambda t: (t["name"], t["since"]))
        ],
        "order": min(t["since"] for t in group),
        "direction": _direction(group),
    }


def _direction(group: Sequence[Row]) -> str:
    """For a one-sided tie without an obligation (a sanction, aid): from whom; empty for a mutual one."""
    one_sided = [t for t in group if not t.get("mutual", True)]
    if not one_sided:
        return ""
    senders = sorted({t["start"] for t in one_sided})
    return f"from {', '.join(senders)}"


def _memberships(data: DossierInput, axis: timeline.Axis, refs: document.References) -> list[dict[str, Any]]:
    """One row a bloc; of a pair, blocs of both first. Each subject has a line of its own in it."""
    by_bloc: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for subject, rows in data.memberships.items():
        for row in rows:
            by_bloc[row["bloc"]][subject].append(row)
    found = []
    for bloc, of in by_bloc.items():
        everyone = [m for rows in of.values() for m in rows]
        found.append(
            {
                "id": bloc,
                "name": everyone[0]["name"] or bloc,
                "kind": str(everyone[0]["kind"]).replace("_", " "),
                "shared": all(any(m["in_force"] for m in of.get(s["id"], [])) for s in data.subjects),
                "in_force": any(m["in_force"] for m in everyone),
                "refs": refs({s for m in everyone for s in m["sources"]}),
                "lines": [
                    {
                        "who": s["name"],
                        "bars": _bars(of[s["id"]], axis),
                        "spells": [
                            {
                                "role": m["role"],
                                "suspended": m["suspended"],
                                "since": m["since_text"],
                                "until": m["until_text"],
                                "disputed": m["disputed"],
                                "in_force": m["in_force"],
                            }
                            for m in of[s["id"]]
                        ],
                    }
                    for s in data.subjects
                    if s["id"] in of
                ],
            }
        )
    return sorted(found, key=lambda b: (not b["shared"], not b["in_force"], b["kind"] == "category", b["name"]))


def _flow(row: Row, refs: document.References) -> dict[str, Any]:
    named = sum(s["share"] for s in row["suppliers"])
    total = row["named_share"] if row.get("named_share") is not None else named
    return {
        "importer": row["importer_name"],
        "good": row["good"],
        "stage": row["stage"],
        "period": document.period_text(row),
        "basis": BASIS.get(row["basis"], row["basis"]),
        "scope": row["scope"] or "",
        "named": document.percent(total),
        "hhi": document.hhi_text(row["hhi_lo"], row["hhi_hi"]),
        "lo": row["hhi_lo"],
        "hi": row["hhi_hi"],
        "disputed": row["disputed"],
        "world": row["importer"] == "WORLD",
        "refs": refs(row["sources"]),
        "suppliers": [
            {"name": s["name"], "share": document.percent(s["share"]), "width": round(100 * s["share"], 1)} for s in row["suppliers"]
        ],
    }


def claim_row(claim: Row, refs: document.References) -> dict[str, Any]:
    """A disputed fact with what each source says of it."""
    said = [{"value": _value(s["value"], claim["property"]), "locator": s["locator"], "refs": refs(s["sources"])} for s in claim["said"]]
    return {
        "what": claim.get("what") or claim["fact"],
        "fact": claim["fact"],
        "property": PROPERTY.get(claim["property"], claim["property"].replace("_", " ")),
        "affects": claim["affects"],
        "said": said,
    }


def _value(text: str, name: str) -> str:
    if name in ("share", "share_lo", "share_hi"):
        return document.percent(float(text))
    return "open" if text == ".." else text


def _through(rows: Sequence[Row], axis: timeline.Axis, refs: document.References, names: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        found.append(
            {
                "look": document.domain_look(row["domain"]),
                "via": row["via_name"],
                "member": names.get(row["member"], row["member"]),
                "outside": names.get(row["outside"], row["outside"]),
                "kind": str(row["kind"]).replace("_", " "),
                "bars": _bars([row], axis),
                "obligations": list(row["obligations"]),
                "direction": _direction([row]),
            }
            | _common(row, refs)
        )
    return sorted(found, key=lambda r: (not r["in_force"], r["look"]["label"], r["title"]))
