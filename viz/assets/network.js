/* The network page: what is shown, the picture, the panels. Data reach the document as text only, never as HTML. */
(function () {
  "use strict";

  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const P = read("payload");
  const text = (n) => P.strings[n];
  const $ = (id) => document.getElementById(id);
  const own = (o, k) => Object.prototype.hasOwnProperty.call(o, k);
  // Fixed words; {name} is filled in once, so that a value with braces stays as it is.
  const w = (key, values) => (values ? P.words[key].replace(/\{(\w+)\}/g, (m, k) => (own(values, k) ? String(values[k]) : m)) : P.words[key]);
  const count = (n, key) => w(n === 1 ? key + "_1" : key + "_n", { n });
  const OPEN = "9999-12-31";
  const UNKNOWN_START = "0001-01-01";
  const FONT = '"DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif';
  const LEAN_FROM = 3000; // lines from which they are thin, and hidden while the view moves
  const MOST_CITED = 60; // sources that a picture names; more are counted
  const MOST_NUMBERS = 160; // lines from which their numbers are written only where the reader looks

  // ---------------------------------------------------------------- data
  const domainIds = P.domains.map((d) => d.id);
  const domainNumber = new Map(domainIds.map((d, i) => [d, i]));
  const nodes = P.nodes.map((r, i) => ({
    i, id: text(r[0]), name: text(r[1]), short: text(r[2]).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ""),
    label: text(r[3]), kind: text(r[4]), iso2: text(r[5]), region: text(r[6]),
    spells: r[7].map(([a, b]) => [text(a), text(b)]), ties: [], importsIn: [], suppliesIn: [], blocs: [],
  }));
  const nodeById = new Map(nodes.map((n) => [n.id, n]));
  const visNodes = read("nodes");
  const ends = read("edges");
  const terms = P.terms.map((r) => {
    const t = {
      domain: text(r[0]), d: domainNumber.get(text(r[0])), kind: text(r[1]), obligations: r[2].map(text),
      mutual: !!(r[3] & 1), sign: r[3] & 2 ? -1 : 1, derived: !!(r[3] & 4), disputed: !!(r[3] & 8),
      binding: r[3] & 16 ? true : r[3] & 32 ? false : null,
      instrument: text(r[4]), title: text(r[5]), official: text(r[6]), rule: text(r[7]),
      since: text(r[8]), until: text(r[9]), startKind: P.kindsOfEnd[r[10]], endKind: P.kindsOfEnd[r[11]],
      sinceSaid: text(r[12]), untilSaid: text(r[13]), sources: r[14].map(text), weight: 0,
    };
    for (const o of t.obligations) if (own(P.weights, o)) t.weight = Math.max(t.weight, P.weights[o]);
    t.owed = t.obligations.length ? t.obligations : [""];
    t.bound = t.binding === null ? "unknown" : t.binding ? "yes" : "no";
    return t;
  });
  const ties = P.ties.map((r, k) => {
    const t = Object.assign({}, terms[r[1]]);
    t.k = k;
    t.from = ends[k][0];
    t.to = ends[k][1];
    t.id = typeof r[0] === "string" ? r[0]
      : ["tie", t.instrument, nodes[t.from].id, nodes[t.to].id, t.domain, t.kind].filter(Boolean).join("|") + "|" + r[0];
    t.slot = r[2];
    t.evidence = r.slice(3);
    t.pair = t.from < t.to ? t.from * nodes.length + t.to : t.to * nodes.length + t.from;
    return t;
  });
  for (const t of ties) {
    nodes[t.from].ties.push(t);
    if (t.to !== t.from) nodes[t.to].ties.push(t);
  }
  const day = (year, rest) => String(year).padStart(4, "0") + rest;
  const flows = P.flows.map((r, k) => ({
    k, key: "f" + k, importer: r[0], importerId: text(r[1]), supplier: r[2], good: text(r[3]), goodName: text(r[4]),
    stage: text(r[5]), basis: text(r[6]), fromYear: r[7], toYear: r[8], shareLo: r[9], share: r[10], shareHi: r[11],
    value: r[12], total: r[13], unit: text(r[14]), scope: text(r[15]), namedLargest: !!r[16], disputed: !!r[17],
    sources: r[18].map(text), group: [text(r[1]), text(r[3]), text(r[5]), text(r[6])].join("\u0000"),
  }));
  const concentration = P.concentration.map((r) => ({
    importer: r[0], good: text(r[1]), goodName: text(r[2]), stage: text(r[3]), basis: text(r[4]), fromYear: r[5],
    toYear: r[6], lo: r[7], hi: r[8], top: text(r[9]), cr1: r[10], named: r[11], sources: r[12].map(text),
    group: [r[0], text(r[1]), text(r[3]), text(r[4])].join("\u0000"),
  }));
  for (const f of flows) {
    nodes[f.supplier].suppliesIn.push(f);
    if (f.importer >= 0) nodes[f.importer].importsIn.push(f);
  }
  const blocs = P.blocs.map((r) => ({ id: text(r[0]), name: text(r[1]), kind: text(r[2]), spells: r[3].map(([i, a, b]) => [i, text(a), text(b)]) }));
  const blocById = new Map(blocs.map((b) => [b.id, b]));
  const membersAt = (b, d) => new Set(b.spells.filter(([, since, until]) => since <= d && until > d).map(([i]) => i));

  // ---------------------------------------------------------------- state of the page
  // Facets: what is hidden, by value. Each stands in the address under its own name.
  const FACETS = ["domain", "kind", "owed", "bound", "type", "region", "camp"];
  const GROUPS = ["none", "camp", "bloc", "region"];
  const defaults = () => {
    const s = {
      year: P.years[1], place: P.years[1], bloc: "", among: true, weight: 0, pair: 1, sure: 0, dep: false, share: 5, outlines: true,
      untied: true, hulls: [], group: P.grouped ? "camp" : "none", lines: "each", open: new Set(), focus: null, path: null, sel: null,
    };
    for (const f of FACETS) s[f] = new Set();
    return s;
  };
  const VALUES = {
    domain: domainIds,
    kind: [...new Set(ties.map((t) => t.kind))].sort(),
    owed: [...new Set(ties.flatMap((t) => t.owed))].sort((a, b) => (P.weights[b] || 0) - (P.weights[a] || 0) || (a < b ? -1 : 1)),
    bound: ["yes", "no", "unknown"].filter((v) => ties.some((t) => t.bound === v)),
    type: [...new Set(nodes.map(typeOf))].sort(),
    region: [...new Set(nodes.map((n) => n.region))].filter(Boolean).sort(),
    camp: [...new Set(P.camps.flatMap((c) => c.rows.map((r) => String(r[1]))))].sort(),
  };
  function typeOf(n) {
    return n.label === "Bloc" ? (n.kind === "alliance" ? "alliance" : "bloc") : n.label === "Actor" ? "actor" : "state";
  }
  let state = defaults();
  const view = {
    date: "", inForce: [], shown: new Uint8Array(ties.length), exists: new Uint8Array(nodes.length), passes: new Uint8Array(nodes.length),
    campOf: new Map(), camps: [], campTable: null, epoch: -1, partners: new Uint16Array(nodes.length), shownAt: new Uint32Array(nodes.length),
    flows: [], flowsDrawn: [], visible: [], drawn: [], groups: [], itemOf: [], bundles: [], lineOf: new Map(), inside: 0, lean: false,
    labelOrder: [], alpha: 1, hulls: null, counts: {}, chosen: [],
  };
  const dateOf = (year) => (year >= P.years[1] ? P.asOf : day(year, "-12-31"));
  const inForceAt = (t, d) => t.since <= d && t.until > d;

  function fiveYearsBefore(d) {
    return day(Number(d.slice(0, 4)) - 5, d.slice(4));
  }
  // The newest period of each group that is complete at the date and at most five years old.
  function newestPeriod(rows, d) {
    const best = new Map();
    const oldest = fiveYearsBefore(d);
    for (const r of rows) {
      const until = day(r.toYear + 1, "-01-01");
      if (until > d || until < oldest) continue;
      const seen = best.get(r.group);
      if (seen === undefined || r.toYear > seen) best.set(r.group, r.toYear);
    }
    return rows.filter((r) => best.get(r.group) === r.toYear && day(r.toYear + 1, "-01-01") <= d);
  }
  function epochAt(d) {
    let epoch = 0;
    P.camps.forEach((table, k) => { if (table.from <= d) epoch = k + 1; });
    return P.epochs.length ? P.epochs[epoch] : -1;
  }
  const passesTie = (t) => !state.domain.has(t.domain) && !state.kind.has(t.kind) && !state.bound.has(t.bound)
    && (!state.owed.size || t.owed.some((o) => !state.owed.has(o))) && t.weight >= state.weight;

  function compute() {
    const d = dateOf(state.year), N = nodes.length;
    view.date = d;
    view.inForce = [];
    view.shown.fill(0);
    view.partners.fill(0);
    view.shownAt.fill(0);
    view.passes.fill(0);
    const perDomain = new Array(P.domains.length).fill(0);
    const per = { kind: new Map(), owed: new Map(), bound: new Map() };
    const more = (map, key) => map.set(key, (map.get(key) || 0) + 1);
    const tied = new Uint8Array(N);
    const pairs = new Set(), allied = new Set();
    const defence = new Uint16Array(N); // partners in defence: the central members name a camp
    for (const t of ties) {
      if (!inForceAt(t, d)) continue;
      view.inForce.push(t);
      perDomain[t.d] += 1;
      more(per.kind, t.kind);
      more(per.bound, t.bound);
      for (const o of t.owed) more(per.owed, o);
      tied[t.from] = tied[t.to] = 1;
      if (t.domain === "DEFENCE" && !allied.has(t.pair)) {
        allied.add(t.pair);
        defence[t.from] += 1;
        defence[t.to] += 1;
      }
      if (!pairs.has(t.pair)) {
        pairs.add(t.pair);
        view.partners[t.from] += 1;
        view.partners[t.to] += 1;
      }
    }
    view.flows = newestPeriod(flows, d);
    view.flowsDrawn = state.dep
      ? view.flows.filter((f) => f.importer >= 0 && f.importer !== f.supplier && f.share !== null && f.share >= state.share / 100 - 1e-9)
      : [];
    for (const f of view.flowsDrawn) tied[f.importer] = tied[f.supplier] = 1;
    // camps
    view.campTable = null;
    for (const table of P.camps) if (table.from <= d) view.campTable = table;
    view.epoch = epochAt(dateOf(state.place));
    view.campOf = new Map();
    if (view.campTable) for (const [i, camp, certainty] of view.campTable.rows) view.campOf.set(i, { camp, certainty });
    const bloc = state.bloc ? membersAt(blocById.get(state.bloc), d) : null;
    for (const n of nodes) {
      view.exists[n.i] = n.spells.length ? (n.spells.some(([a, b]) => a <= d && b > d) ? 1 : 0) : tied[n.i];
      const mine = view.campOf.get(n.i);
      view.passes[n.i] = view.exists[n.i] && !state.region.has(n.region) && !state.type.has(typeOf(n))
        && !(mine && state.camp.has(String(mine.camp))) && !(state.sure && mine && mine.certainty !== null && mine.certainty < state.sure)
        && !(bloc && state.among && !bloc.has(n.i)) ? 1 : 0;
    }
    view.hiddenEnds = 0;
    let list = [];
    for (const t of view.inForce) {
      if (!passesTie(t)) continue;
      if (!view.exists[t.from] || !view.exists[t.to]) { view.hiddenEnds += 1; continue; }
      if (!view.passes[t.from] || !view.passes[t.to] || (bloc && !bloc.has(t.from) && !bloc.has(t.to))) continue;
      list.push(t);
    }
    if (state.pair > 1) {
      const times = new Map();
      for (const t of list) more(times, t.pair);
      list = list.filter((t) => times.get(t.pair) >= state.pair);
    }
    if (state.focus) list = nearby(list);
    if (bloc && !state.among) {
      const near = new Set(bloc);
      for (const t of list) { near.add(t.from); near.add(t.to); }
      for (const n of nodes) if (!near.has(n.i)) view.passes[n.i] = 0;
    }
    for (const t of list) {
      view.shown[t.k] = 1;
      view.shownAt[t.from] += 1;
      view.shownAt[t.to] += 1;
    }
    view.flowsDrawn = view.flowsDrawn.filter((f) => view.passes[f.importer] && view.passes[f.supplier]
      && !(bloc && !bloc.has(f.importer) && !bloc.has(f.supplier)));
    if (view.flowsDrawn.length > 1500) {
      view.flowsDrawn.sort((a, b) => b.share - a.share || a.k - b.k);
      view.flowsCut = view.flowsDrawn.length - 1500;
      view.flowsDrawn.length = 1500;
    } else view.flowsCut = 0;
    for (const f of view.flowsDrawn) {
      view.shownAt[f.importer] += 1;
      view.shownAt[f.supplier] += 1;
    }
    const members = new Map();
    for (const [i, mine] of view.campOf) {
      if (!view.exists[i]) continue;
      if (!members.has(mine.camp)) members.set(mine.camp, []);
      members.get(mine.camp).push(i);
    }
    view.camps = [];
    for (const [camp, all] of members) {
      all.sort((a, b) => defence[b] - defence[a] || view.partners[b] - view.partners[a] || (nodes[a].id < nodes[b].id ? -1 : 1));
      const sure = all.map((i) => view.campOf.get(i).certainty).filter((c) => c !== null).sort((a, b) => a - b);
      const some = all.slice(0, 3).map((i) => nodes[i].id).join(", ") + (all.length > 3 ? " +" + (all.length - 3) : "");
      view.camps.push({
        camp, list: all, lowest: sure.length ? sure[0] : null, highest: sure.length ? sure[sure.length - 1] : null,
        median: sure.length ? (sure[(sure.length - 1) >> 1] + sure[sure.length >> 1]) / 2 : null,
        uncertain: sure.filter((c) => c < P.uncertainBelow).length, some, colour: campColour(camp),
      });
    }
    view.camps.sort((a, b) => (a.camp === null) - (b.camp === null) || b.list.length - a.list.length || a.camp - b.camp);
    view.chosen = state.hulls.map((id, k) => ({ bloc: blocById.get(id), k, set: membersAt(blocById.get(id), d) }));
    view.visible = nodes.filter((n) => view.passes[n.i] && (state.untied || view.shownAt[n.i]));
    arrange(list);
    view.labelOrder = view.drawn.map((i) => nodes[i]).sort((a, b) => (view.shownAt[b.i] > 0) - (view.shownAt[a.i] > 0)
      || (b.label !== "State") - (a.label !== "State") || view.partners[b.i] - view.partners[a.i] || a.i - b.i);
    const lines = view.lineOf.size ? new Set(view.lineOf.values()).size : 0;
    view.lines = lines;
    view.lean = lines >= LEAN_FROM;
    view.alpha = view.lean ? 1 : Math.max(0.4, Math.min(1, Math.sqrt(110 / Math.max(1, lines))));
    view.hulls = null;
    const left = P.omitted.length ? P.omitted[state.year - P.years[0]] : 0;
    view.counts = {
      states: view.visible.filter((n) => n.label === "State").length,
      others: view.visible.filter((n) => n.label !== "State").length,
      shown: list.length, inForce: view.inForce.length + left, left, perDomain, per,
      pale: view.visible.filter((n) => !view.shownAt[n.i]).length,
    };
  }
  // Only what lies within some steps of one state.
  function nearby(list) {
    const near = new Map([[state.focus.node, 0]]);
    for (let step = 1; step <= state.focus.depth; step++) {
      for (const t of list) {
        for (const [a, b] of [[t.from, t.to], [t.to, t.from]]) if (near.get(a) === step - 1 && !near.has(b)) near.set(b, step);
      }
    }
    for (const n of nodes) if (!near.has(n.i)) view.passes[n.i] = 0;
    return list.filter((t) => near.has(t.from) && near.has(t.to));
  }

  // ---------------------------------------------------------------- groups, and lines between what is drawn
  const groupIds = new Map(), bundleIds = new Map();
  const idOf = (map, key, prefix) => {
    if (!map.has(key)) map.set(key, prefix + map.size);
    return map.get(key);
  };
  function groupKey(n, blocOf) {
    const kind = typeOf(n);
    if (state.group === "bloc" && blocOf.has(n.i)) return "bloc " + blocOf.get(n.i);
    if (kind !== "state") return "type " + (kind === "actor" ? "actor" : "bloc");
    if (state.group === "region") return "region " + n.region;
    if (state.group === "bloc") return "bloc ";
    const mine = view.campOf.get(n.i);
    return mine ? "camp " + mine.camp : "untabled";
  }
  function groupName(key) {
    const [kind, rest] = [key.split(" ")[0], key.slice(key.indexOf(" ") + 1)];
    if (kind === "camp") return rest === "null" ? w("no_obligation") : w("camp_n", { n: rest });
    if (kind === "region") return rest || w("no_region");
    if (kind === "bloc") return rest ? blocById.get(rest).name : w("in_no_bloc");
    if (kind === "type") return w(rest === "actor" ? "actors" : "blocs_and_bodies");
    return w("untabled");
  }
  // Blocs by which states are grouped: the chosen ones, or else alliances and unions; a state in several stands in the largest.
  function groupingBlocs() {
    const chosen = state.hulls.length ? state.hulls.map((id) => blocById.get(id)) : blocs.filter((b) => b.kind === "alliance" || b.kind === "union");
    return chosen.map((b) => [b, membersAt(b, view.date)]).sort((a, b) => b[1].size - a[1].size || (a[0].id < b[0].id ? -1 : 1));
  }
  function arrange(list) {
    const pinned = new Set();
    if (state.sel && state.sel.node !== undefined) pinned.add(state.sel.node);
    if (state.sel && state.sel.tie !== undefined) { pinned.add(ties[state.sel.tie].from); pinned.add(ties[state.sel.tie].to); }
    if (state.focus) pinned.add(state.focus.node);
    view.routes = null;
    if (state.path) for (const i of route().steps) pinned.add(i);
    view.groups = [];
    view.itemOf = nodes.map((n) => n.i);
    view.drawn = [];
    view.closed = 0;
    const found = new Map();
    if (state.group !== "none") {
      const blocOf = new Map();
      if (state.group === "bloc") for (const [b, set] of groupingBlocs().reverse()) for (const i of set) blocOf.set(i, b.id);
      for (const n of view.visible) {
        const key = groupKey(n, blocOf);
        if (!found.has(key)) found.set(key, []);
        found.get(key).push(n.i);
      }
    }
    view.keys = [...found.keys()];
    const inGroup = new Set();
    for (const [key, all] of found) {
      const closed = all.filter((i) => !pinned.has(i));
      if (state.open.has(key) || closed.length < 2) continue;
      const id = idOf(groupIds, key, "g");
      view.groups.push({ id, key, name: groupName(key), list: closed, all, ties: 0, shown: 0 });
      for (const i of closed) { view.itemOf[i] = id; inGroup.add(i); }
    }
    for (const n of view.visible) if (!inGroup.has(n.i)) view.drawn.push(n.i);
    view.lineOf = new Map();
    view.bundles = [];
    view.single = [];
    view.inside = 0;
    const bundling = view.groups.length > 0 || state.lines === "pair";
    const groupOf = new Map(view.groups.map((g) => [g.id, g]));
    if (!bundling) {
      for (const t of list) { view.single.push(t); view.lineOf.set(t.k, t.k); }
      return;
    }
    const bundles = new Map();
    for (const t of list) {
      const a = view.itemOf[t.from], b = view.itemOf[t.to];
      if (a === b && typeof a === "string") {
        groupOf.get(a).ties += 1;
        view.inside += 1;
        continue;
      }
      const flip = String(a) > String(b);
      const key = (flip ? b + "|" + a : a + "|" + b) + (t.sign < 0 ? "|-" : "");
      let e = bundles.get(key);
      if (!e) {
        e = { id: idOf(bundleIds, key, "b"), key, a: flip ? b : a, b: flip ? a : b, sign: t.sign, ties: [] };
        bundles.set(key, e);
      }
      e.ties.push(t);
    }
    for (const e of bundles.values()) {
      const plain = e.ties.length === 1 && typeof e.a === "number" && typeof e.b === "number";
      if (plain) view.single.push(e.ties[0]);
      else view.bundles.push(e);
      for (const t of e.ties) view.lineOf.set(t.k, plain ? t.k : e.id);
    }
  }

  // ---------------------------------------------------------------- the shortest path over the ties shown
  // Breadth-first search; several routes of the same length are listed in the order of ids, at most 50 of them.
  function route() {
    if (view.routes) return view.routes;
    const { a, b, hostile } = state.path;
    const next = new Map();
    for (const t of ties) {
      if (!view.shown[t.k] || t.from === t.to || (t.sign < 0 && !hostile)) continue;
      for (const [x, y] of [[t.from, t.to], [t.to, t.from]]) {
        if (!next.has(x)) next.set(x, new Set());
        next.get(x).add(y);
      }
    }
    const far = new Map([[b, 0]]);
    let front = [b];
    while (front.length && !far.has(a)) {
      const then = [];
      for (const x of front) for (const y of next.get(x) || []) if (!far.has(y)) { far.set(y, far.get(x) + 1); then.push(y); }
      front = then;
    }
    const routes = [];
    const walk = (steps) => {
      if (routes.length >= 50) return;
      const x = steps[steps.length - 1];
      if (x === b) { routes.push(steps); return; }
      for (const y of [...(next.get(x) || [])].sort((p, q) => p - q)) if (far.get(y) === far.get(x) - 1) walk([...steps, y]);
    };
    if (far.has(a)) walk([a]);
    const n = routes.length ? Math.min(state.path.n, routes.length - 1) : 0;
    view.routes = { routes, n, steps: routes.length ? routes[n] : [a, b], found: routes.length > 0 };
    return view.routes;
  }
  const between = (a, b) => nodes[a].ties.filter((t) => view.shown[t.k] && (t.from === b || t.to === b) && (t.sign > 0 || !state.path || state.path.hostile));

  // ---------------------------------------------------------------- looks
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  let light = true; // exports and print are on light paper
  const INKS = {
    light: { ink: "#16191d", soft: "#59626c", pale: "#6d757d", paper: "#ffffff", strong: "#000000", halo: "rgba(255,255,255,.88)", bundle: "#5c6b7a", group: "#eef1f4" },
    dark: { ink: "#e9ecef", soft: "#b3bbc4", pale: "#8d969f", paper: "#14181c", strong: "#ffffff", halo: "rgba(20,24,28,.88)", bundle: "#9aa8b6", group: "#2a323a" },
  };
  const ink = () => (light ? INKS.light : INKS.dark);
  const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const rgba = (hex, a) => "rgba(" + rgb(hex).join(",") + "," + a + ")";
  const mix = (hex, to, share) => {
    const a = rgb(hex), b = rgb(to);
    return "#" + a.map((v, k) => Math.round(v + (b[k] - v) * share).toString(16).padStart(2, "0")).join("");
  };
  const domainColour = (d) => (light ? P.domains[d].colour : P.domains[d].dark);
  const flowColour = () => P.dependenceColour[light ? 0 : 1];
  const blocColour = (k) => P.blocColours[k % P.blocColours.length][light ? 0 : 1];
  const blocDash = (k) => P.blocDashes[k % P.blocDashes.length];
  const dashOf = (t) => (t.sign < 0 ? (t.binding === false ? P.looseNegative : P.dashNegative) : t.binding === false ? P.domains[t.d].loose : P.domains[t.d].dash);
  function campColour(camp) {
    return camp === null ? P.noObligationColour : P.campColours[view.campTable.colours[String(camp)] % P.campColours.length];
  }
  function colourOf(i) {
    const mine = view.campOf.get(i);
    return mine ? campColour(mine.camp) : P.noCampColour;
  }
  const unsure = (i) => {
    const mine = view.campOf.get(i);
    return !!mine && mine.certainty !== null && mine.certainty < P.uncertainBelow;
  };
  const maxPartners = () => Math.max(1, ...view.partners);
  const edgeOf = (base) => mix(base, ink().strong, light ? (base === P.noCampColour ? 0.55 : 0.4) : 0.35);
  function nodeLook(n, most) {
    const pale = !view.shownAt[n.i];
    const base = colourOf(n.i);
    const size = view.lean ? P.unit * 13 : P.unit * (n.label === "State" ? 9 + 11 * Math.sqrt(view.partners[n.i] / most) : 13);
    const border = base === P.noCampColour && n.label !== "State" ? (light ? "#333333" : "#aaaaaa") : unsure(n.i) ? (light ? "#111111" : "#ffffff") : edgeOf(base);
    return {
      id: n.i, size: pale ? size * 0.75 : size, hidden: false,
      color: {
        background: pale ? mix(base, ink().paper, 0.72) : base, border: pale && !unsure(n.i) ? mix(edgeOf(base), ink().paper, 0.45) : border,
        highlight: { background: base, border: ink().strong }, hover: { background: base, border: ink().strong },
      },
      borderWidth: Math.max(0.3, P.unit * (unsure(n.i) ? 2.4 : 1.4)),
      borderWidthSelected: Math.max(0.6, P.unit * 3),
      shapeProperties: { borderDashes: unsure(n.i) ? [6 * P.unit, 6 * P.unit] : false },
    };
  }
  function groupLook(g) {
    const camp = g.key.startsWith("camp ") && g.key !== "camp null" ? campColour(Number(g.key.slice(5))) : null;
    const base = camp || ink().group;
    return {
      id: g.id, size: g.r, hidden: false, shape: "dot", x: g.x, y: g.y,
      color: { background: base, border: camp ? edgeOf(base) : ink().soft, highlight: { background: base, border: ink().strong }, hover: { background: base, border: ink().strong } },
      borderWidth: Math.max(0.8, P.unit * 3), borderWidthSelected: Math.max(1, P.unit * 4),
    };
  }
  const tieColour = (t) => rgba(domainColour(t.d), view.lean ? 0.24 : 0.78);
  const tieWidth = (t) => (view.lean ? 1 : 0.9 + 0.5 * t.weight);
  function edgeLook(t) {
    const look = {
      id: t.k, from: t.from, to: t.to, hidden: false, width: tieWidth(t),
      color: { color: tieColour(t), highlight: domainColour(t.d), hover: domainColour(t.d) },
    };
    const dash = dashOf(t);
    if (dash.length) look.dashes = dash;
    const end = { enabled: true, scaleFactor: 0.55, type: t.sign < 0 ? "bar" : "arrow" };
    if (!t.mutual) look.arrows = { to: end };
    else if (t.sign < 0) look.arrows = { to: end, from: end };
    if (t.slot) look.smooth = curve(t.slot, t.from > t.to);
    if (t.disputed) look.label = "?";
    return look;
  }
  function curve(slot, flip) {
    const clockwise = (slot % 2 === 1) !== flip;
    return { enabled: true, type: clockwise ? "curvedCW" : "curvedCCW", roundness: Math.min(0.75, 0.1 * Math.ceil(slot / 2)) };
  }
  // One line for many ties: of one domain in its colour, else grey; wider with their number.
  function bundlePaint(e) {
    const d = e.ties[0].d, one = e.ties.every((t) => t.d === d);
    const colour = one ? domainColour(d) : ink().bundle;
    return { colour, width: Math.min(14, (view.lean ? 0.6 : 0.9) + 0.75 * Math.sqrt(e.ties.length - 1)) };
  }
  function bundleLook(e) {
    const { colour, width } = bundlePaint(e);
    const look = { id: e.id, from: e.a, to: e.b, hidden: false, width, color: { color: rgba(colour, view.lean ? 0.3 : 0.62), highlight: colour, hover: colour } };
    if (e.sign < 0) { look.dashes = P.dashNegative; look.smooth = curve(1, false); }
    return look;
  }
  function flowLook(f, lane) {
    const colour = flowColour();
    return {
      id: f.key, from: view.itemOf[f.importer], to: view.itemOf[f.supplier], width: 1 + 7 * Math.min(1, f.share), hidden: false,
      color: { color: rgba(colour, 0.8), highlight: colour, hover: colour },
      arrows: { to: { enabled: true, scaleFactor: 0.5, type: "vee" } },
      smooth: { enabled: true, type: "curvedCW", roundness: Math.min(0.6, 0.16 + 0.09 * lane) },
    };
  }

  // ---------------------------------------------------------------- the network
  light = !night.matches;
  readHash();
  compute();
  const redraw = () => body.emitter.emit("_requestRedraw"); // on the next frame, once
  const nodeSet = new vis.DataSet([]);
  const edgeSet = new vis.DataSet([]);
  const network = new vis.Network($("network"), { nodes: nodeSet, edges: edgeSet }, read("options"));
  const body = network.body;
  const looks = new Map(); // id of what vis-network has -> its look as text, or "" while hidden
  let edgesOn = new Set(); // ids of the lines drawn
  let epochDrawn = view.epoch;
  let leanDrawn = false, lightDrawn = light;
  let touched = false; // the reader moved the view: leave it where it is

  function placed(i) {
    const flat = P.positions[view.epoch] || [];
    return [flat[2 * i] || 0, flat[2 * i + 1] || 0];
  }
  function at(i) {
    const b = body.nodes[i];
    return b ? [b.x, b.y] : placed(i);
  }
  // A group stands in the middle of its members, moved until no two discs meet.
  function placeGroups() {
    const discs = view.groups.map((g) => {
      let x = 0, y = 0;
      for (const i of g.list) { const p = at(i); x += p[0]; y += p[1]; }
      return Object.assign(g, { x: x / g.list.length, y: y / g.list.length, r: P.unit * (16 + 7 * Math.sqrt(Math.min(400, g.list.length))) });
    });
    const fixed = view.drawn.length <= 600 ? view.drawn.map((i) => { const p = at(i); return { x: p[0], y: p[1], r: P.unit * 20 }; }) : [];
    const gap = P.unit * 44;
    for (let round = 0; round < 120; round++) {
      let moved = false;
      discs.forEach((g, k) => {
        for (const o of [...discs.slice(k + 1), ...fixed]) {
          let dx = g.x - o.x, dy = g.y - o.y;
          const far = Math.hypot(dx, dy), want = g.r + o.r + (o.key ? gap : gap / 4);
          if (far >= want) continue;
          if (far < 1e-6) { dx = Math.cos(k * 2.4); dy = Math.sin(k * 2.4); }
          const push = (want - far + 0.5) / Math.max(1e-6, Math.hypot(dx, dy));
          const mine = o.key ? 0.5 : 1;
          g.x += dx * push * mine;
          g.y += dy * push * mine;
          if (o.key) { o.x -= dx * push * 0.5; o.y -= dy * push * 0.5; }
          moved = true;
        }
      });
      if (clear(discs, gap / 4)) moved = true;
      if (!moved) break;
    }
  }
  // No disc on a line that does not end in it: it would seem to.
  function clear(discs, gap) {
    if (discs.length > 40) return false;
    const disc = new Map(discs.map((g) => [g.id, g]));
    let moved = false;
    for (const e of view.bundles) {
      const a = disc.get(e.a), b = disc.get(e.b);
      if (!a || !b) continue;
      const dx = b.x - a.x, dy = b.y - a.y, long = Math.max(1e-6, Math.hypot(dx, dy));
      for (const g of discs) {
        if (g === a || g === b) continue;
        const along = ((g.x - a.x) * dx + (g.y - a.y) * dy) / long;
        if (along <= 0 || along >= long) continue;
        const off = ((g.x - a.x) * -dy + (g.y - a.y) * dx) / long, want = g.r + gap;
        if (Math.abs(off) >= want) continue;
        const push = ((want - Math.abs(off)) / 2 + 0.5) * (off < 0 ? -1 : 1);
        g.x += (-dy / long) * push;
        g.y += (dx / long) * push;
        moved = true;
      }
    }
    return moved;
  }

  // An update of vis-network's data set takes ten times as long as setting what changes.
  function restyle(b, look) {
    const { color, shapeProperties, x, y } = look;
    for (const k of ["size", "hidden", "borderWidth", "borderWidthSelected"]) b.options[k] = look[k];
    Object.assign(b.options.color, color);
    if (shapeProperties) b.options.shapeProperties.borderDashes = shapeProperties.borderDashes;
    if (x !== undefined) { b.x = x; b.y = y; }
    b.needsRefresh();
  }
  // What is not drawn is never given to vis-network; what was drawn once is hidden and shown in place, which takes some milliseconds.
  function apply() {
    const most = maxPartners();
    placeGroups();
    const wanted = new Map();
    for (const i of view.drawn) wanted.set(i, nodeLook(nodes[i], most));
    for (const g of view.groups) wanted.set(g.id, groupLook(g));
    const added = [];
    for (const [id, look] of wanted) {
      const key = JSON.stringify(look);
      const seen = looks.get(id);
      if (seen === key) continue;
      if (seen === undefined) {
        const p = typeof id === "number" ? placed(id) : [look.x, look.y];
        added.push(Object.assign({}, typeof id === "number" ? visNodes[id] : {}, look, { x: p[0], y: p[1] }));
      } else restyle(body.nodes[id], look);
      looks.set(id, key);
    }
    for (const [id, key] of looks) if (key && !wanted.has(id)) { body.nodes[id].options.hidden = true; looks.set(id, ""); }
    if (added.length) nodeSet.add(added);

    const repaint = leanDrawn !== view.lean || lightDrawn !== light;
    const now = new Set(), fresh = [];
    const put = (id, make, paint) => {
      now.add(id);
      const e = body.edges[id];
      if (!e) { fresh.push(make()); return; }
      e.options.hidden = false;
      if (paint || repaint) {
        const look = make();
        e.options.width = look.width;
        Object.assign(e.options.color, look.color);
      }
    };
    for (const t of view.single) put(t.k, () => edgeLook(t), false);
    for (const e of view.bundles) put(e.id, () => bundleLook(e), true);
    const lanes = new Map(), updated = [];
    for (const f of view.flowsDrawn) {
      const a = view.itemOf[f.importer], b = view.itemOf[f.supplier];
      if (a === b) continue;
      const pair = a + "," + b;
      const lane = lanes.get(pair) || 0;
      lanes.set(pair, lane + 1);
      now.add(f.key);
      (body.edges[f.key] ? updated : fresh).push(flowLook(f, lane));
    }
    for (const id of edgesOn) if (!now.has(id) && body.edges[id]) body.edges[id].options.hidden = true;
    if (fresh.length) edgeSet.add(fresh);
    if (updated.length) edgeSet.update(updated);
    edgesOn = now;
    if (leanDrawn !== view.lean) network.setOptions({ interaction: { hideEdgesOnDrag: view.lean, hideEdgesOnZoom: view.lean } });
    leanDrawn = view.lean;
    lightDrawn = light;
    network._updateVisibleIndices();
    bundleById = new Map(view.bundles.map((e) => [e.id, e]));
    groupById = new Map(view.groups.map((g) => [g.id, g]));
  }
  let bundleById = new Map(), groupById = new Map();

  let moving = 0;
  function applyPositions() {
    if (view.epoch === epochDrawn) return;
    epochDrawn = view.epoch;
    const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches || nodes.length > 400;
    const moved = nodes.filter((n) => body.nodes[n.i]);
    const from = moved.map((n) => [body.nodes[n.i].x, body.nodes[n.i].y]);
    const to = moved.map((n) => placed(n.i));
    const run = ++moving;
    const started = performance.now();
    const put = (k) => {
      moved.forEach((n, i) => {
        body.nodes[n.i].x = from[i][0] + (to[i][0] - from[i][0]) * k;
        body.nodes[n.i].y = from[i][1] + (to[i][1] - from[i][1]) * k;
      });
      view.hulls = null;
    };
    const done = () => { if (view.groups.length) apply(); showAll(false); };
    if (quiet) { put(1); done(); return; }
    const step = (now) => {
      if (run !== moving) return;
      const k = Math.min(1, (now - started) / 350);
      put(k * k * (3 - 2 * k));
      network.redraw();
      if (k < 1) requestAnimationFrame(step); else done();
    };
    requestAnimationFrame(step);
  }

  function extent() {
    const pad = 36 * P.unit; // nodes and outlines; labels get the fixed margin below
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const take = (x, y, r) => {
      box[0] = Math.min(box[0], x - r);
      box[1] = Math.min(box[1], y - r);
      box[2] = Math.max(box[2], x + r);
      box[3] = Math.max(box[3], y + r);
    };
    for (const i of view.drawn) { const p = at(i); take(p[0], p[1], pad); }
    for (const g of view.groups) take(g.x, g.y, g.r + pad / 2);
    return box;
  }
  function showAll(force) {
    if (touched && !force) { redraw(); return; }
    touched = false;
    if (!view.visible.length) { redraw(); return; }
    const box = extent();
    network.setSize("100%", "100%"); // else vis-network rescales the view when it notices the new size later
    const said = $("grouped").hidden ? 0 : $("grouped").offsetHeight + 8; // what is said of the groups stands over the picture
    const W = $("network").clientWidth, H = $("network").clientHeight - said;
    const scale = Math.max(0.02, Math.min(1.8, (W - 70) / (box[2] - box[0]), (H - 44) / (box[3] - box[1])));
    network.moveTo({ position: { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 - said / 2 / scale }, scale, animation: false });
  }

  // ---------------------------------------------------------------- outlines of camps and blocs
  function convexHull(points) {
    points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const cross = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
    const half = (list) => {
      const out = [];
      for (const p of list) {
        while (out.length > 1 && cross(out[out.length - 2], out[out.length - 1], p) <= 0) out.pop();
        out.push(p);
      }
      out.pop();
      return out;
    };
    return points.length < 3 ? points : half(points).concat(half(points.slice().reverse()));
  }
  function inside(polygon, x, y) {
    let hit = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [xi, yi] = polygon[i], [xj, yj] = polygon[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) hit = !hit;
    }
    return hit;
  }
  // The least tree that joins the members (Prim 1957): an outline that would enclose others becomes a band along it.
  function tree(list) {
    if (list.length > 300) return [];
    const left = new Set(list.slice(1));
    const near = new Map(list.slice(1).map((i) => [i, list[0]]));
    const far = (a, b) => { const p = at(a), q = at(b); return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2; };
    const edges = [];
    while (left.size) {
      let best = null, least = Infinity;
      for (const i of left) { const f = far(i, near.get(i)); if (f < least) { least = f; best = i; } }
      left.delete(best);
      edges.push([near.get(best), best]);
      for (const i of left) if (far(i, best) < far(i, near.get(i))) near.set(i, best);
    }
    return edges;
  }
  function hullOf(list, pad) {
    const points = [];
    for (const [x, y] of convexHull(list.map(at))) {
      for (let k = 0; k < 14; k++) points.push([x + pad * Math.cos((k * Math.PI) / 7), y + pad * Math.sin((k * Math.PI) / 7)]);
    }
    const polygon = convexHull(points);
    const mine = new Set(list);
    const xs = polygon.map((p) => p[0]), ys = polygon.map((p) => p[1]);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const clear = (x, y) => x < box[0] || y < box[1] || x > box[2] || y > box[3] || !inside(polygon, x, y);
    const apart = view.drawn.every((i) => mine.has(i) || clear(...at(i))) && view.groups.every((g) => clear(g.x, g.y));
    return { list, polygon, apart, pad, edges: apart ? [] : tree(list) };
  }
  function hulls() {
    if (view.hulls) return view.hulls;
    const drawn = new Set(view.drawn);
    view.hulls = [];
    if (state.outlines) {
      for (const c of view.camps) {
        if (c.camp === null) continue;
        const list = c.list.filter((i) => drawn.has(i));
        if (list.length) view.hulls.push(Object.assign({ c, name: w("camp_n", { n: c.camp }), colour: c.colour, dash: [] }, hullOf(list, 32 * P.unit)));
      }
    }
    for (const b of view.chosen) {
      const list = [...b.set].filter((i) => drawn.has(i)).sort((x, y) => x - y);
      if (list.length) view.hulls.push(Object.assign({ b, name: b.bloc.id.length <= 12 ? b.bloc.id : b.bloc.name, colour: blocColour(b.k), dash: blocDash(b.k) }, hullOf(list, (40 + 7 * b.k) * P.unit)));
    }
    return view.hulls;
  }
  function drawHulls(ctx) {
    const scale = body.view.scale;
    for (const h of hulls()) {
      ctx.beginPath();
      if (h.apart) {
        h.polygon.forEach((p, k) => (k ? ctx.lineTo(p[0], p[1]) : ctx.moveTo(p[0], p[1])));
        ctx.closePath();
        ctx.fillStyle = rgba(h.colour, h.b ? 0.07 : 0.1);
        ctx.fill();
        ctx.strokeStyle = rgba(h.colour, h.b ? 0.95 : 0.55);
        ctx.lineWidth = (h.b ? 1.8 : 1.2) / scale;
        ctx.setLineDash(h.dash.map((v) => v / scale));
        ctx.stroke();
      } else {
        for (const [i, j] of h.edges) { const p = at(i), q = at(j); ctx.moveTo(p[0], p[1]); ctx.lineTo(q[0], q[1]); }
        for (const i of h.list) { const p = at(i); ctx.moveTo(p[0], p[1]); ctx.lineTo(p[0] + 0.01, p[1]); }
        ctx.strokeStyle = rgba(h.colour, 0.16);
        ctx.lineWidth = (h.b ? 26 + 9 * h.b.k : 24) * P.unit;
        ctx.lineCap = ctx.lineJoin = "round";
        ctx.setLineDash([]);
        ctx.stroke();
        ctx.lineCap = "butt";
        ctx.beginPath();
        for (const i of h.list) {
          const p = at(i), r = (h.b ? 24 + 5 * h.b.k : 22) * P.unit;
          ctx.moveTo(p[0] + r, p[1]);
          ctx.arc(p[0], p[1], r, 0, 2 * Math.PI);
        }
        ctx.strokeStyle = rgba(h.colour, 0.95);
        ctx.lineWidth = 1.4 / scale;
        ctx.setLineDash(h.dash.map((v) => v / scale));
        ctx.stroke();
      }
      ctx.setLineDash([]);
    }
  }

  // ---------------------------------------------------------------- what stands out
  let hovered = null; // {node} or {edge}
  const lineDrawn = (id) => id !== undefined && body.edges[id] && edgesOn.has(id);
  function focusOf() {
    const s = state.sel;
    if (!s) return state.path ? pathFocus() : null;
    if (s.node !== undefined && view.passes[s.node]) return { items: [view.itemOf[s.node]], node: s.node };
    if (s.tie !== undefined && lineDrawn(view.lineOf.get(s.tie))) return { edges: [view.lineOf.get(s.tie)] };
    if (s.flow !== undefined && lineDrawn("f" + s.flow)) return { edges: ["f" + s.flow] };
    if (s.pair) return { edges: pairLines(s.pair) };
    if (s.group !== undefined) {
      const g = view.groups.find((x) => x.key === s.group);
      if (g) return { items: [g.id] };
    }
    if (s.camp !== undefined) {
      const c = view.camps.find((k) => k.camp === s.camp);
      if (c) return { among: new Set(c.list.map((i) => view.itemOf[i])) };
    }
    return null;
  }
  function pathFocus() {
    const { steps, found } = route();
    const edges = new Set();
    if (found) for (let k = 1; k < steps.length; k++) for (const t of between(steps[k - 1], steps[k])) edges.add(view.lineOf.get(t.k));
    return { edges: [...edges].filter(lineDrawn), items: steps.map((i) => view.itemOf[i]), path: true };
  }
  function pairLines([a, b]) {
    const found = new Set();
    for (const t of ties) {
      if (!view.shown[t.k]) continue;
      const x = view.itemOf[t.from], y = view.itemOf[t.to];
      if ((x === a && y === b) || (x === b && y === a)) found.add(view.lineOf.get(t.k));
    }
    return [...found].filter(lineDrawn);
  }
  function edgesOfFocus(focus) {
    if (!focus) return [];
    if (focus.edges) return focus.edges.filter((k) => body.edges[k]);
    const keys = [];
    for (const id of edgesOn) {
      const e = body.edges[id];
      if (!e) continue;
      if (focus.among ? focus.among.has(e.fromId) && focus.among.has(e.toId) : focus.items.includes(e.fromId) || focus.items.includes(e.toId)) keys.push(id);
    }
    return keys;
  }

  let drawn = { focus: null, keys: [], bright: null };
  const busy = () => view.lean && (network.renderer.dragging || network.renderer.zooming); // vis-network hides the lines then
  function before(ctx) {
    drawHulls(ctx);
    const focus = focusOf();
    const keys = edgesOfFocus(focus);
    let bright = null;
    if (focus) {
      bright = new Set(focus.among || focus.items || []);
      if (!focus.among) for (const k of keys) { bright.add(body.edges[k].fromId); bright.add(body.edges[k].toId); }
    }
    drawn = { focus, keys, bright };
    ctx.globalAlpha = focus ? Math.min(0.16, view.alpha) : view.alpha;
  }
  const items = () => [...view.drawn, ...view.groups.map((g) => g.id)];
  function after(ctx, everything) {
    ctx.globalAlpha = 1;
    const again = [...drawn.keys];
    if (!drawn.focus && hovered) again.push(...edgesOfFocus(hovered.node !== undefined ? { items: [hovered.node] } : { edges: [hovered.edge] }));
    if (drawn.focus || view.alpha < 1 || everything) {
      for (const k of again) if (body.edges[k]) { body.edges[k].draw(ctx); body.edges[k].drawArrows(ctx); }
      for (const id of items()) {
        const b = body.nodes[id];
        if (drawn.bright && !drawn.bright.has(id)) {
          ctx.globalAlpha = 1;
          ctx.beginPath();
          ctx.arc(b.x, b.y, b.options.size * (typeof id === "number" && nodes[id].label === "Bloc" ? 0.7 : 0.98), 0, 2 * Math.PI);
          ctx.fillStyle = ink().paper;
          ctx.fill();
          ctx.globalAlpha = 0.35;
        } else ctx.globalAlpha = 1;
        b.draw(ctx);
      }
      ctx.globalAlpha = 1;
    }
    ctx.setLineDash([]);
  }
  network.on("beforeDrawing", (ctx) => { if (!busy()) before(ctx); else ctx.globalAlpha = 1; });
  network.on("afterDrawing", (ctx) => {
    if (busy()) return;
    after(ctx, false);
    const canvas = network.canvas.frame.canvas;
    const ratio = network.canvas.pixelRatio || 1;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLabels(ctx, body.view.scale, body.view.translation, canvas.clientWidth, canvas.clientHeight);
    ctx.restore();
  });

  // ---------------------------------------------------------------- labels: in screen pixels, never one over another
  const widths = new Map();
  const ruler = document.createElement("canvas").getContext("2d");
  function widthOf(label, font) {
    const key = font + label;
    let wide = widths.get(key);
    if (wide === undefined) { ruler.font = font; wide = ruler.measureText(label).width; widths.set(key, wide); }
    return wide;
  }
  let written = [];
  function drawLabels(ctx, scale, move, W, H) {
    const tx = move.x, ty = move.y, tone = ink();
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.lineJoin = "round";
    written = [];
    const CELL = 48;
    const grid = new Map();
    const cells = (b, act) => {
      for (let cx = Math.floor(b[0] / CELL); cx <= Math.floor(b[2] / CELL); cx++) {
        for (let cy = Math.floor(b[1] / CELL); cy <= Math.floor(b[3] / CELL); cy++) if (act(cx * 4096 + cy)) return true;
      }
      return false;
    };
    const add = (b) => cells(b, (key) => { const l = grid.get(key); if (l) l.push(b); else grid.set(key, [b]); });
    const free = (b, mine) => !cells(b, (key) => {
      const l = grid.get(key);
      return !!l && l.some((o) => o !== mine && o[0] < b[2] && o[2] > b[0] && o[1] < b[3] && o[3] > b[1]);
    });
    const within = (b) => b[0] >= 1 && b[1] >= 1 && b[2] <= W - 1 && b[3] <= H - 1;
    const spots = new Map();
    for (const id of items()) {
      const b = body.nodes[id];
      const x = b.x * scale + tx, y = b.y * scale + ty, r = b.options.size * scale * 0.86;
      if (x < -40 || y < -40 || x > W + 40 || y > H + 40) continue;
      const box = [x - r, y - r, x + r, y + r];
      spots.set(id, { x, y, r: r / 0.86, box });
      add(box);
    }
    const paint = (label, x, y, font, fill, box) => {
      add(box);
      written.push({ label, box });
      ctx.font = font;
      ctx.strokeStyle = tone.halo;
      ctx.lineWidth = 3;
      ctx.strokeText(label, x, y);
      ctx.fillStyle = fill;
      ctx.fillText(label, x, y);
    };
    const boxOf = (x, y, wide, h) => [x - 1, y - h, x + wide + 1, y + h];
    const around = (s, wide, h) => [
      [s.x - wide / 2, s.y + s.r + h + 1], [s.x - wide / 2, s.y - s.r - h - 1], [s.x + s.r + 3, s.y], [s.x - s.r - 3 - wide, s.y],
    ];
    const first = new Set();
    const focus = drawn.focus || (hovered ? (hovered.node !== undefined ? { items: [hovered.node] } : { edges: [hovered.edge] }) : null);
    if (focus && focus.items) for (const id of focus.items) first.add(id);
    if (focus && focus.edges) for (const k of focus.edges.slice(0, 40)) if (body.edges[k]) { first.add(body.edges[k].fromId); first.add(body.edges[k].toId); }
    for (const g of view.groups) {
      const s = spots.get(g.id);
      if (!s) continue;
      const font = "600 12.5px " + FONT;
      for (const label of [g.name + " (" + g.list.length + ")", g.name.length > 16 ? g.name.slice(0, 14) + "… (" + g.list.length + ")" : null, String(g.list.length)]) {
        if (!label) continue;
        const wide = widthOf(label, font);
        const spot = [...around(s, wide, 8), [s.x - wide / 2, s.y]].find(([x, y], k) => k === 4 ? wide < 2 * s.r : within(boxOf(x, y, wide, 8)) && free(boxOf(x, y, wide, 8), s.box));
        if (spot) { paint(label, spot[0], spot[1], font, tone.ink, boxOf(spot[0], spot[1], wide, 8)); break; }
      }
    }
    for (const h of hulls()) {
      const font = "600 12px " + FONT;
      const wide = widthOf(h.name, font);
      const xs = h.polygon.map((p) => p[0] * scale + tx), ys = h.polygon.map((p) => p[1] * scale + ty);
      const cx = (Math.min(...xs) + Math.max(...xs)) / 2, top = Math.min(...ys), bottom = Math.max(...ys);
      for (const y of [top - 9, bottom + 9, top + 9, bottom - 9, (top + bottom) / 2]) {
        const b = boxOf(cx - wide / 2, y, wide, 8);
        if (within(b) && free(b)) {
          paint(h.name, cx - wide / 2, y, font, mix(h.colour, tone.strong, light ? 0.45 : 0.35), b);
          break;
        }
      }
    }
    const order = first.size || drawn.bright
      ? view.labelOrder.slice().sort((a, b) => first.has(b.i) - first.has(a.i)
        || (drawn.bright ? drawn.bright.has(b.i) - drawn.bright.has(a.i) : 0))
      : view.labelOrder;
    const grow = Math.max(0, Math.min(3, (scale - 1) * 2));
    for (const n of order) {
      const s = spots.get(n.i);
      if (!s) continue;
      const strong = first.has(n.i);
      const pale = !view.shownAt[n.i] || (drawn.bright && !drawn.bright.has(n.i));
      const font = (strong ? "700 " : "") + (10.5 + grow + (strong ? 1 : 0)) + "px " + FONT;
      const fill = pale ? tone.pale : tone.ink;
      const h = 6.5 + grow / 2;
      const brief = n.id.length <= 8 && n.id.length < n.short.length ? n.id : null;
      const names = brief ? [n.short, brief] : [n.short];
      for (const label of names) {
        const wide = widthOf(label, font), last = strong && label === names[names.length - 1];
        const spot = around(s, wide, h).find(([x, y]) => last || (within(boxOf(x, y, wide, h)) && free(boxOf(x, y, wide, h), s.box)));
        if (spot) { paint(label, spot[0], spot[1], font, fill, boxOf(spot[0], spot[1], wide, h)); break; }
      }
    }
    // How many ties a line stands for, or how many lie side by side between two.
    const bright = new Set(drawn.keys);
    const numbers = [];
    const many = view.bundles.length > MOST_NUMBERS;
    for (const e of view.bundles) if (e.ties.length > 1 && (!many || bright.has(e.id))) numbers.push([e.a, e.b, e.ties.length]);
    if (drawn.focus && !view.bundles.length && drawn.keys.length <= 400) {
      const times = new Map();
      for (const k of drawn.keys) if (typeof k === "number") times.set(ties[k].pair, (times.get(ties[k].pair) || 0) + 1);
      for (const [pair, n] of times) if (n > 1) numbers.push([Math.floor(pair / nodes.length), pair % nodes.length, n]);
    }
    numbers.sort((a, b) => b[2] - a[2]);
    for (const [a, b, n] of numbers) {
      const p = body.nodes[a], q = body.nodes[b];
      const label = "×" + n, font = "600 10px " + FONT, wide = widthOf(label, font);
      for (const k of [0.5, 0.4, 0.6]) {
        const x = (p.x + (q.x - p.x) * k) * scale + tx, y = (p.y + (q.y - p.y) * k) * scale + ty;
        const box = boxOf(x - wide / 2, y, wide, 6);
        if (within(box) && free(box)) { paint(label, x - wide / 2, y, font, drawn.focus && !bright.size ? tone.pale : tone.ink, box); break; }
      }
    }
  }

  // ---------------------------------------------------------------- small builders: text only
  function el(tag, props, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(props || {})) {
      if (k === "class") e.className = v;
      else if (k === "on") for (const [event, act] of Object.entries(v)) e.addEventListener(event, act);
      else if (v !== null && v !== undefined) e.setAttribute(k, v);
    }
    for (const c of children.flat()) if (c !== null && c !== undefined) e.append(c);
    return e;
  }
  const bdi = (s) => el("bdi", null, String(s));
  const SVG = "http://www.w3.org/2000/svg";
  function svg(cls, box, tag, props) {
    const root = document.createElementNS(SVG, "svg");
    root.setAttribute("class", cls);
    root.setAttribute("viewBox", box);
    root.setAttribute("aria-hidden", "true");
    const e = document.createElementNS(SVG, tag);
    for (const [k, v] of Object.entries(props)) if (v !== null) e.setAttribute(k, v);
    root.append(e);
    return root;
  }
  function line(colour, dash, width) {
    return svg("line", "0 0 30 8", "line", { x1: 1, x2: 29, y1: 4, y2: 4, stroke: colour, "stroke-width": width || 2.6, "stroke-dasharray": dash && dash.length ? dash.map((v) => v * 0.8).join(" ") : null });
  }
  function mark(shape, fill, stroke, dashed) {
    const look = { fill, stroke: stroke || "#777777", "stroke-width": 1.5, "stroke-dasharray": dashed ? "3 2" : null };
    return shape === "dot" ? svg("mark", "0 0 16 16", "circle", Object.assign({ cx: 8, cy: 8, r: 6 }, look))
      : svg("mark", "0 0 16 16", "path", Object.assign({ d: { square: "M3 3h10v10h-10z", diamond: "M8 1l7 7-7 7-7-7z", triangle: "M8 2l7 12H1z" }[shape] }, look));
  }
  const button = (words, act, cls) => el("button", { type: "button", class: cls || null, on: { click: act } }, words);
  const link = (words, act) => el("button", { type: "button", class: "plain link", on: { click: act } }, bdi(words));
  function webLink(url) {
    try {
      const u = new URL(String(url));
      return u.protocol === "http:" || u.protocol === "https:" ? u.href : null;
    } catch (_) { return null; }
  }
  const sourceOf = (id) => (own(P.sources, id) ? P.sources[id] : null);
  function sourceRef(id) {
    const s = sourceOf(id);
    const address = s && webLink(s.url);
    const title = s ? [s.title, s.publisher, s.version].filter(Boolean).join(", ") : w("undescribed");
    return address
      ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer", title, class: "source" }, bdi(id))
      : el("span", { title, class: "source" }, bdi(id));
  }
  const sourceRefs = (ids) => (ids.length ? ids.map((id, k) => [k ? ", " : null, sourceRef(id)]).flat() : [w("no_source")]);
  function sourceEntry(id) {
    const s = sourceOf(id);
    const li = el("li", null, el("b", null, bdi(id)), ": ");
    if (!s) { li.append(w("undescribed")); return li; }
    const words = s.citation ? [s.citation] : [s.title, s.publisher].filter(Boolean);
    li.append(bdi(words.join(", ")));
    if (s.version && !words.join(" ").includes(s.version)) li.append("; " + w("version") + " ", bdi(s.version));
    li.append("; ");
    if (s.licence) li.append(w("licence") + " ", bdi(s.licence)); else li.append(w("no_licence"));
    if (s.url) {
      const address = webLink(s.url);
      li.append("; ", address ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, bdi(s.url)) : bdi(s.url));
    }
    return li;
  }
  const nodeButton = (i) => link(nodes[i].name, () => select({ node: i }));
  const said = (s) => (s && s !== ".." ? s : "");
  function sinceWords(t) {
    if (t.startKind === "unknown" || t.since === UNKNOWN_START) return w("start_unknown");
    const word = said(t.sinceSaid) || t.since;
    return t.startKind === "censored" ? w("by_date", { date: word }) : word;
  }
  function untilWords(t) {
    if (t.endKind === "open") return w("open_end");
    const word = said(t.untilSaid) || t.until;
    if (t.endKind === "unknown") return t.until === OPEN ? w("end_unknown") : w("end_unknown_by", { date: word });
    if (t.endKind === "censored") return w("known_to", { date: word });
    return t.until === OPEN ? w("open_end") : word;
  }
  const running = (t) => t.endKind === "open" && inForceAt(t, view.date);
  const spanWords = (t) => sinceWords(t) + " – " + (running(t) ? w("in_force") : untilWords(t));
  const percent = (x) => (x === null ? "–" : (100 * x).toFixed(100 * x < 10 ? 1 : 0) + " %");
  const two = (x) => (x === null ? "–" : x.toFixed(2));
  const three = (x) => (x === null ? "–" : x.toFixed(3));
  const shareRange = (f) => (f.shareLo !== null && f.shareHi !== null && f.shareHi - f.shareLo > 0.0005
    ? percent(f.shareLo) + " – " + percent(f.shareHi) : "");
  const shareWords = (f) => percent(f.share) + (shareRange(f) ? " (" + shareRange(f) + ")" : "");
  const period = (r) => (r.fromYear === r.toYear || r.fromYear === null ? String(r.toYear) : r.fromYear + "–" + r.toYear);
  const nice = (s) => s.replace(/_/g, " ");
  const domainLabel = (t) => P.domains[t.d].label;
  const tieLine = (t) => line(domainColour(t.d), dashOf(t), 1.4 + 0.6 * t.weight);
  const itemName = (id) => (typeof id === "number" ? nodes[id].name : groupById.has(id) ? groupById.get(id).name : "");

  // ---------------------------------------------------------------- right panel
  function panel() {
    const p = $("panel");
    p.replaceChildren();
    const s = state.sel;
    if (!s) return state.path ? pathPanel(p) : overview(p);
    if (s.node !== undefined) return nodePanel(p, nodes[s.node]);
    if (s.tie !== undefined) return tiePanel(p, ties[s.tie]);
    if (s.flow !== undefined) return flowPanel(p, flows[s.flow]);
    if (s.pair) return pairPanel(p, s.pair);
    if (s.group !== undefined) return groupPanel(p, s.group);
    if (s.camp !== undefined) return campPanel(p, s.camp);
    if (s.bloc !== undefined) return blocPanel(p, blocById.get(s.bloc));
    return undefined;
  }
  const closeButton = () => el("button", { type: "button", class: "close", "aria-label": w("clear_selection"), title: w("clear_esc"), on: { click: () => select(null) } }, "×");
  const heading = (words) => el("h2", null, words);
  function overview(p) {
    p.append(heading(w("reading")));
    p.append(el("ul", { class: "prose" }, ["reading_1", "reading_2", "reading_3", "reading_4", "reading_5", "reading_6", "reading_7"].map((k) => el("li", null, w(k, { day: P.asOf })))));
    if (view.groups.length) {
      p.append(el("h3", null, w("groups_head")), el("p", null, w("groups_said", { n: view.groups.length, inside: view.inside, shown: view.counts.shown })));
      const t = table([w("group"), w("members"), w("ties_inside")], "three");
      for (const g of view.groups) t.body.append(el("tr", null, el("td", null, link(g.name, () => select({ group: g.key }))), el("td", { class: "num" }, String(g.list.length)), el("td", { class: "num" }, String(g.ties))));
      p.append(t.root, el("p", { class: "actions" }, button(w("open_groups"), openAll)));
    }
    const rows = view.camps.filter((c) => c.camp !== null);
    if (rows.length) {
      p.append(el("h3", null, w("camps_at", { date: view.date })));
      const t = table([w("camp"), w("members"), w("certainty_median")], "three");
      for (const c of rows) {
        t.body.append(el("tr", null,
          el("td", null, mark("dot", c.colour), " ", link(w("camp_n", { n: c.camp }), () => select({ camp: c.camp })), el("div", { class: "muted" }, bdi(c.some))),
          el("td", { class: "num" }, String(c.list.length)),
          el("td", { class: "num" }, c.median === null ? w("not_computed") : two(c.median) + " (" + two(c.lowest) + ")")));
      }
      p.append(t.root);
    }
    const top = view.visible.filter((n) => n.label === "State").map((n) => [n, n.ties.reduce((sum, t) => sum + view.shown[t.k], 0)]).filter(([, k]) => k)
      .sort((a, b) => b[1] - a[1] || a[0].i - b[0].i).slice(0, 8);
    if (top.length) {
      p.append(el("h3", null, w("most_ties")));
      const t = table([w("state"), w("ties"), w("partners")]);
      for (const [n, shown] of top) {
        const partners = new Set(n.ties.filter((x) => view.shown[x.k]).map((x) => otherEnd(x, n.i)));
        t.body.append(el("tr", null, el("td", null, nodeButton(n.i)), el("td", { class: "num" }, String(shown)), el("td", { class: "num" }, String(partners.size))));
      }
      p.append(t.root);
    }
  }
  function table(heads, cls) {
    const bodyPart = el("tbody");
    const root = el("table", { class: cls || "" }, el("thead", null, el("tr", null, heads.map((h) => el("th", { scope: "col" }, h)))), bodyPart);
    return { root, body: bodyPart };
  }
  const uncertainWords = () => w("uncertain", { least: P.uncertainBelow });
  function campWords(i) {
    const mine = view.campOf.get(i);
    if (!P.camps.length) return w("no_camps");
    if (!view.campTable) return w("no_camps_then", { date: view.date, first: P.camps[0].from });
    if (!mine) return w("not_in_table", { date: view.campTable.from });
    const sure = mine.certainty === null ? w("certainty_none") : w("certainty_is", { c: two(mine.certainty) }) + (mine.certainty < P.uncertainBelow ? ", " + uncertainWords() : "");
    return (mine.camp === null ? w("No_obligation") : w("camp_n", { n: mine.camp })) + "; " + sure + "; " + w("camps_of", { date: view.campTable.from }) + ".";
  }
  const otherEnd = (t, i) => (t.from === i ? t.to : t.from);
  const owes = (t) => t.domain === "DEFENCE" && t.sign > 0;
  const direction = (t, i) => w(t.mutual ? "mutual" : (owes(t) ? "owed_" : "sent_") + (t.from === i ? "to" : "by"));
  function tieRows(t, n) {
    return el("tr", { class: "tie" },
      el("td", null,
        el("div", null, n === null ? [nodeButton(t.from), t.mutual ? " – " : " → ", nodeButton(t.to)] : nodeButton(otherEnd(t, n)),
          n === null ? null : el("span", { class: "muted" }, " " + direction(t, n)), t.disputed ? el("span", { class: "flag" }, w("disputed")) : null,
          t.binding === false ? el("span", { class: "flag" }, w("non_binding")) : null),
        el("div", null, tieLine(t), " ", link(domainLabel(t) + (t.kind ? ", " + nice(t.kind) : ""), () => select({ tie: t.k }))),
        t.obligations.length ? el("div", null, bdi(w("obligations_are", { what: t.obligations.map(nice).join(", ") }))) : null,
        t.title || t.instrument ? el("div", { class: "muted" }, bdi(t.title || t.instrument)) : null),
      el("td", null, el("div", { class: "when" }, spanWords(t)), el("div", { class: "refs" }, sourceRefs(t.sources))));
  }
  const MOST_ROWS = 200;
  function tieTable(list, n) {
    const t = table([w(n === null ? "tie" : "other_end"), w("when_source")], "two");
    const name = (x) => (n === null ? nodes[x.from].name + nodes[x.to].name : nodes[otherEnd(x, n)].name);
    list.sort((a, b) => a.d - b.d || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0) || (a.since < b.since ? -1 : 1));
    for (const x of list.slice(0, MOST_ROWS)) t.body.append(tieRows(x, n));
    return list.length > MOST_ROWS ? el("div", null, t.root, el("p", { class: "muted" }, w("first_rows", { k: MOST_ROWS, n: list.length }))) : t.root;
  }
  function nodePanel(p, n) {
    p.append(closeButton(), heading(bdi(n.name)));
    const facts = [n.id, n.iso2 && w("iso", { code: n.iso2 }), nice(n.kind || n.label.toLowerCase()), n.region].filter(Boolean);
    p.append(el("p", { class: "muted" }, bdi(facts.join(" · "))));
    const near = state.focus && state.focus.node === n.i;
    p.append(el("p", { class: "actions" },
      [1, 2].map((depth) => el("button", { type: "button", "aria-pressed": String(!!near && state.focus.depth === depth), on: { click: () => setFocus(near && state.focus.depth === depth ? null : { node: n.i, depth }) } }, count(depth, "only_near"))),
      button(w("path_from_here"), () => { $("path-part").open = true; $("path-from").value = nodeWords(n); $("path-to").value = ""; $("path-to").focus(); })));
    if (n.label === "State") p.append(el("p", null, campWords(n.i)));
    const blocsNow = blocs.filter((b) => membersAt(b, view.date).has(n.i));
    if (blocsNow.length) p.append(el("details", null, el("summary", null, w("member_of", { n: blocsNow.length })), el("ul", { class: "prose" }, blocsNow.map((b) => el("li", null, link(b.name, () => select({ bloc: b.id })))))));
    if (n.spells.length) {
      p.append(el("p", { class: "muted" }, w("exists", { spells: n.spells.map(([a, b]) => (a === UNKNOWN_START ? w("start_unknown") : a) + " – " + (b === OPEN ? w("open_end") : b)).join("; ") })));
    }
    if (!view.exists[n.i]) p.append(el("p", { class: "warn" }, n.spells.length ? w("not_existing", { date: view.date }) : w("no_tie_then", { date: view.date })));
    else if (!view.passes[n.i]) p.append(el("p", { class: "warn" }, w("hidden_by_filter")));
    if (blocById.has(n.id)) p.append(el("p", { class: "actions" }, button(w("show_members"), () => select({ bloc: n.id }))));
    const now = n.ties.filter((t) => inForceAt(t, view.date));
    const shown = now.filter((t) => view.shown[t.k]);
    p.append(el("h3", null, w("shown_at", { ties: count(shown.length, "tie"), date: view.date })));
    if (shown.length) p.append(tieTable(shown, n.i));
    later(p, now.filter((t) => !view.shown[t.k]), "ties_not_shown", n);
    later(p, n.ties.filter((t) => !inForceAt(t, view.date)), "ties_not_in_force", n);

    const imports = view.flows.filter((f) => f.importer === n.i).sort((a, b) => b.share - a.share || a.k - b.k);
    if (imports.length) {
      p.append(el("h3", null, w("depends_on")));
      p.append(flowTable(imports, (f) => nodeButton(f.supplier), w("supplier_good")));
    }
    const narrow = newestPeriod(concentration.filter((c) => c.importer === n.i), view.date);
    if (narrow.length) {
      p.append(el("h3", null, w("concentration")));
      p.append(el("p", { class: "muted" }, w("hhi_about")));
      const t = table([w("good"), w("hhi"), w("top_supplier")], "three");
      for (const c of narrow) {
        const bar = el("div", { class: "bar", "aria-hidden": "true" }, el("span"));
        bar.firstChild.style.left = 100 * (c.lo || 0) + "%";
        bar.firstChild.style.width = Math.max(2, 100 * ((c.hi || 0) - (c.lo || 0))) + "%";
        const top = nodeById.get(c.top);
        t.body.append(el("tr", null,
          el("td", null, bdi(c.goodName), el("div", { class: "muted" }, [c.stage, c.basis].filter(Boolean).map(nice).join(", "))),
          el("td", { class: "num" }, c.hi === null || three(c.lo) === three(c.hi) ? three(c.lo) : three(c.lo) + "–" + three(c.hi), bar),
          el("td", null, top ? nodeButton(top.i) : bdi(c.top || "–"), c.cr1 === null ? null : el("div", { class: "muted" }, percent(c.cr1) + (c.named === null ? "" : "; " + w("all_named", { share: percent(c.named) }))),
            el("div", null, period(c)), el("div", { class: "refs" }, sourceRefs(c.sources)))));
      }
      p.append(t.root);
    }
    const supplies = view.flows.filter((f) => f.supplier === n.i).sort((a, b) => b.share - a.share || a.k - b.k);
    if (supplies.length) {
      p.append(el("h3", null, w("others_depend")));
      p.append(flowTable(supplies.slice(0, 60), (f) => (f.importer >= 0 ? nodeButton(f.importer) : bdi(importerName(f))), w("importer_good")));
      if (supplies.length > 60) p.append(el("p", { class: "muted" }, w("largest_shares", { k: 60, n: supplies.length })));
    }
    const ids = new Set();
    for (const t of shown) t.sources.forEach((s) => ids.add(s));
    for (const f of [...imports, ...supplies, ...narrow]) f.sources.forEach((s) => ids.add(s));
    sourceList(p, ids);
  }
  const importerName = (f) => (f.importer >= 0 ? nodes[f.importer].name : f.importerId === "WORLD" ? w("world_output") : f.importerId);
  function later(p, list, words, n) {
    if (!list.length) return;
    const d = el("details", null, el("summary", null, w(words, { ties: count(list.length, "tie"), date: view.date })));
    d.addEventListener("toggle", () => { if (d.open && d.children.length === 1) d.append(tieTable(list, n.i)); });
    p.append(d);
  }
  function flowTable(list, end, head) {
    const t = table([head, w("share"), w("year_source")], "three");
    for (const f of list) {
      t.body.append(el("tr", null,
        el("td", null, el("div", null, end(f)), link(f.goodName, () => select({ flow: f.k })), f.disputed ? el("span", { class: "flag" }, w("disputed")) : null,
          el("div", { class: "muted" }, bdi([f.stage, f.basis].filter(Boolean).map(nice).join(", ")))),
        el("td", { class: "num" }, percent(f.share), shareRange(f) ? el("div", { class: "muted" }, shareRange(f)) : null),
        el("td", null, period(f), el("div", { class: "refs" }, sourceRefs(f.sources)))));
    }
    return t.root;
  }
  function sourceList(p, ids) {
    const all = [...ids].sort();
    p.append(el("h3", null, w("sources")), all.length ? el("ul", { class: "sources" }, all.map(sourceEntry)) : el("p", null, w("no_source_said")));
  }
  function factsTable(pairs) {
    const t = el("table", { class: "facts" });
    for (const [k, v] of pairs) if (v !== null && v !== undefined && v !== "") t.append(el("tr", null, el("th", { scope: "row" }, w(k)), el("td", null, v)));
    return t;
  }
  function tiePanel(p, t) {
    p.append(closeButton(), heading([bdi(nodes[t.from].name), t.mutual ? " – " : " → ", bdi(nodes[t.to].name)]));
    if (!inForceAt(t, view.date)) p.append(el("p", { class: "warn" }, w("not_in_force", { date: view.date })));
    else if (!view.shown[t.k]) p.append(el("p", { class: "warn" }, w("in_force_not_shown", { date: view.date })));
    if (t.disputed) p.append(el("p", { class: "warn" }, w("disputed_said")));
    const side = ties.filter((x) => x.pair === t.pair && view.shown[x.k]);
    if (side.length > 1) p.append(el("p", null, link(w("one_of", { n: side.length }), () => select({ pair: [t.from, t.to] }))));
    const defence = owes(t);
    p.append(factsTable([
      ["f_domain", el("span", null, tieLine(t), " ", domainLabel(t))],
      ["f_kind", nice(t.kind)],
      ["f_obligations", t.obligations.map(nice).join(", ") || w("none_recorded")],
      ["f_weight", w("weight_is", { n: t.weight })],
      ["f_bound", w("bound_" + t.bound)],
      ["f_direction", w(t.mutual ? "mutual" : defence ? "one_sided_owed" : "one_sided_sent")],
      [t.mutual ? "f_between" : defence ? "f_obliged" : "f_from", nodeButton(t.from)],
      [t.mutual ? "f_and" : defence ? "f_protected" : "f_to", nodeButton(t.to)],
      ["f_sign", w(t.sign < 0 ? "negative" : "positive")],
      ["f_instrument", t.title || t.instrument ? el("span", null, bdi(t.title || t.instrument), t.title && t.instrument ? el("div", { class: "muted" }, bdi(t.instrument)) : null) : w("none_recorded")],
      ["f_label", t.official ? bdi(t.official) : ""],
      ["f_since", sinceWords(t) + (said(t.sinceSaid) && t.sinceSaid !== t.since && t.since !== UNKNOWN_START ? " " + w("counted_from", { date: t.since }) : "") + " · " + t.startKind],
      ["f_until", (running(t) ? w("in_force") : untilWords(t)) + (t.until !== OPEN ? " " + w("first_day_out", { date: t.until }) : "") + " · " + t.endKind],
      ["f_derived", t.derived ? w("derived_yes") + (t.rule ? w("derived_rule") : "") : w("derived_no")],
      ["f_rule", t.derived && t.rule ? bdi(t.rule) : ""],
      ["f_id", el("code", null, bdi(t.id))],
    ]));
    evidenceTable(p, t.evidence);
    sourceList(p, new Set(t.sources));
  }
  // What each source prints on the facts that a tie rests on.
  function evidenceTable(p, facts) {
    if (!facts.length) return;
    p.append(el("h3", null, w("evidence")), el("p", { class: "muted" }, w("evidence_about")));
    const t = table([w("fact"), w("printed")], "evidence");
    for (const k of facts) {
      const [what, rows] = P.evidence[k];
      t.body.append(el("tr", null, el("td", null, bdi(text(what))), el("td", null, rows.map(([source, where, printed]) => el("div", { class: "said" },
        text(printed) ? el("q", null, bdi(text(printed))) : null, text(where) ? el("span", { class: "muted" }, " ", bdi(text(where))) : null, " ", el("span", { class: "refs" }, sourceRef(text(source))))))));
    }
    p.append(t.root);
  }
  function flowPanel(p, f) {
    p.append(closeButton(), heading([bdi(f.importer < 0 && f.importerId === "WORLD" ? w("World_output") : importerName(f)), " → ", bdi(nodes[f.supplier].name)]));
    if (!view.flows.includes(f)) p.append(el("p", { class: "warn" }, w("not_newest", { date: view.date })));
    p.append(factsTable([
      ["f_good", el("span", null, bdi(f.goodName), el("div", { class: "muted" }, bdi(f.good)))],
      ["f_stage", nice(f.stage)], ["f_basis", nice(f.basis)], ["f_year", period(f)],
      ["f_share", shareWords(f)],
      ["f_value", f.value === null ? w("not_recorded") : f.value.toLocaleString("en") + " " + f.unit],
      ["f_total", f.total === null ? w("not_recorded") : f.total.toLocaleString("en") + " " + f.unit],
      ["f_scope", f.scope ? bdi(f.scope) : ""],
      ["f_named", w(f.namedLargest ? "named_largest" : "named_unknown")],
      ["f_disputed", w(f.disputed ? "yes" : "no")],
      ["f_importer", f.importer >= 0 ? nodeButton(f.importer) : ""], ["f_supplier", nodeButton(f.supplier)],
    ]));
    sourceList(p, new Set(f.sources));
  }
  function byDomain(list) {
    const t = table([w("domain"), w("ties")]);
    P.domains.forEach((d, k) => {
      const n = list.filter((x) => x.d === k).length;
      if (n) t.body.append(el("tr", null, el("td", null, line(domainColour(k), d.dash), " ", d.label), el("td", { class: "num" }, String(n))));
    });
    return t.root;
  }
  function pairPanel(p, [a, b]) {
    const list = ties.filter((t) => view.shown[t.k] && ((view.itemOf[t.from] === a && view.itemOf[t.to] === b) || (view.itemOf[t.from] === b && view.itemOf[t.to] === a)
      || (t.from === a && t.to === b) || (t.from === b && t.to === a)));
    p.append(closeButton(), heading([bdi(itemName(a)), " – ", bdi(itemName(b))]));
    p.append(el("p", null, w("shown_at", { ties: count(list.length, "tie"), date: view.date })));
    const groups = [a, b].filter((x) => groupById.has(x));
    if (groups.length) p.append(el("p", { class: "actions" }, groups.map((x) => button(w("open_group", { name: itemName(x) }), () => openGroup(groupById.get(x).key)))));
    p.append(byDomain(list), tieTable(list, null));
    const ids = new Set();
    for (const t of list) t.sources.forEach((s) => ids.add(s));
    sourceList(p, ids);
  }
  function groupPanel(p, key) {
    const g = view.groups.find((x) => x.key === key);
    p.append(closeButton(), heading(bdi(groupName(key))));
    if (!g) { p.append(el("p", { class: "warn" }, w("group_open")), el("p", { class: "actions" }, button(w("close_group"), () => closeGroup(key)))); return; }
    p.append(el("p", null, w("group_said", { members: count(g.list.length, "member"), inside: count(g.ties, "tie"), date: view.date })));
    p.append(el("p", { class: "actions" }, button(w("open_this"), () => openGroup(key))));
    const inGroup = ties.filter((t) => view.shown[t.k] && view.itemOf[t.from] === g.id && view.itemOf[t.to] === g.id);
    if (inGroup.length) p.append(el("h3", null, w("ties_inside")), byDomain(inGroup));
    memberTable(p, g.list);
  }
  function memberTable(p, list) {
    const t = table([w("member"), w("certainty"), w("ties_shown")]);
    for (const i of list.slice(0, MOST_ROWS)) {
      const mine = view.campOf.get(i);
      t.body.append(el("tr", null, el("td", null, nodeButton(i)),
        el("td", { class: "num" }, !mine || mine.certainty === null ? "–" : two(mine.certainty) + (mine.certainty < P.uncertainBelow ? " " + w("uncertain_word") : "")),
        el("td", { class: "num" }, String(view.shownAt[i]))));
    }
    p.append(t.root);
    if (list.length > MOST_ROWS) p.append(el("p", { class: "muted" }, w("first_rows", { k: MOST_ROWS, n: list.length })));
  }
  function campPanel(p, camp) {
    const c = view.camps.find((k) => k.camp === camp);
    p.append(closeButton(), heading(camp === null ? w("No_obligation") : w("camp_n", { n: camp })));
    if (!c) { p.append(el("p", { class: "warn" }, w("no_member_then", { date: view.date }))); return; }
    p.append(el("p", null, w("members_at", { members: count(c.list.length, "member"), date: view.date, table: view.campTable.from })));
    if (c.median !== null) p.append(el("p", { class: "muted" }, w("camp_certainty", { median: two(c.median), lowest: two(c.lowest), n: c.uncertain, least: P.uncertainBelow })));
    memberTable(p, c.list);
  }
  function blocPanel(p, b) {
    p.append(closeButton(), heading(bdi(b.name)), el("p", { class: "muted" }, bdi([b.id, nice(b.kind)].filter(Boolean).join(" · "))));
    const list = [...membersAt(b, view.date)].sort((x, y) => (nodes[x].name < nodes[y].name ? -1 : 1));
    p.append(el("p", null, w("bloc_members", { members: count(list.length, "member"), date: view.date })));
    const on = state.hulls.includes(b.id);
    p.append(el("p", { class: "actions" }, el("button", { type: "button", "aria-pressed": String(on), on: { click: () => { toggleHull(b.id, !on); } } }, w("outline_it")),
      el("button", { type: "button", "aria-pressed": String(state.bloc === b.id), on: { click: () => { state.bloc = state.bloc === b.id ? "" : b.id; update(); } } }, w("only_it"))));
    memberTable(p, list);
  }
  function pathPanel(p) {
    const { a, b } = state.path;
    const r = route();
    p.append(el("button", { type: "button", class: "close", "aria-label": w("clear_path"), title: w("clear_path"), on: { click: () => setPath(null) } }, "×"));
    p.append(heading([bdi(nodes[a].name), " … ", bdi(nodes[b].name)]));
    if (!r.found) { p.append(el("p", { class: "warn" }, w(state.path.hostile ? "no_path" : "no_path_friendly", { date: view.date }))); return; }
    p.append(el("p", null, w("path_said", { steps: count(r.steps.length - 1, "step"), date: view.date }) + " " + (r.routes.length > 1 ? w(r.routes.length < 50 ? "path_one_of" : "path_one_of_many", { k: r.n + 1, n: r.routes.length }) : w("path_only"))));
    if (r.routes.length > 1) {
      p.append(el("p", { class: "actions" }, [-1, 1].map((by) => button(w(by < 0 ? "path_before" : "path_next"), () => { state.path = Object.assign({}, state.path, { n: (r.n + by + r.routes.length) % r.routes.length }); update(); }))));
    }
    const steps = el("ol", { class: "steps" });
    for (let k = 1; k < r.steps.length; k++) {
      const list = between(r.steps[k - 1], r.steps[k]).sort((x, y) => y.weight - x.weight || x.d - y.d || x.k - y.k);
      steps.append(el("li", null, nodeButton(r.steps[k - 1]), " – ", nodeButton(r.steps[k]), el("ul", null, list.slice(0, 12).map((t) => el("li", null, tieLine(t), " ",
        link(domainLabel(t) + (t.kind ? ", " + nice(t.kind) : ""), () => select({ tie: t.k })), el("div", null, bdi(t.title || t.instrument || w("no_instrument"))),
        el("div", { class: "muted" }, spanWords(t), " · ", sourceRefs(t.sources)))), list.length > 12 ? el("li", { class: "muted" }, w("and_more", { n: list.length - 12 })) : null)));
    }
    p.append(steps);
    const ids = new Set();
    for (let k = 1; k < r.steps.length; k++) for (const t of between(r.steps[k - 1], r.steps[k])) t.sources.forEach((s) => ids.add(s));
    sourceList(p, ids);
  }

  // ---------------------------------------------------------------- left panel
  const rows = {}; // facet -> value -> {box, count}
  const valueWords = {
    domain: (v) => P.domains[domainNumber.get(v)].label, kind: (v) => nice(v) || w("none_recorded"), owed: (v) => nice(v) || w("none_recorded"),
    bound: (v) => w("bound_" + v), type: (v) => w("type_" + v), region: (v) => v,
    camp: (v) => (v === "null" ? w("no_obligation") : w("camp_n", { n: v })),
  };
  function facet(name, where, marks, values) {
    rows[name] = rows[name] || new Map();
    for (const v of values || VALUES[name]) {
      const box = el("input", { type: "checkbox", value: v, on: { change: () => { if (box.checked) state[name].delete(v); else state[name].add(v); update(); } } });
      const counted = el("span", { class: "count" });
      rows[name].set(v, { box, counted });
      where.append(el("label", { class: "row" }, box, marks ? marks(v) : null, bdi(valueWords[name](v)), counted));
    }
  }
  function controls() {
    const group = (id, against) => {
      const where = el("div", { role: "group", "aria-label": w(against ? "against" : "together") });
      if (against) $(id).append(el("p", { class: "small muted apart" }, w("against")));
      $(id).append(where);
      return where;
    };
    const hostile = new Set(ties.filter((t) => t.sign < 0).map((t) => t.domain));
    const domainMark = (v) => el("span", { class: "swatch", "data-domain": v });
    for (const against of [false, true]) {
      const values = domainIds.filter((v) => hostile.has(v) === against);
      if (values.length) facet("domain", group("domains", against), domainMark, values);
    }
    if (!P.domains.length) $("domains").append(el("p", { class: "muted" }, w("no_ties_loaded")));
    if (P.absent.length) $("absent").textContent = w(P.filters.length ? "absent_filtered" : "absent", { domains: P.absent.join(", ") });
    facet("kind", $("kinds"));
    facet("owed", $("owed"));
    facet("bound", $("bound"), (v) => (v === "unknown" ? el("span", { class: "swatch" }) : el("span", { class: "swatch", "data-bound": v })));
    facet("region", $("regions"));
    $("regions-part").hidden = !VALUES.region.length;
    const shapes = { state: "dot", alliance: "square", bloc: "diamond", actor: "triangle" };
    facet("type", $("types"), (v) => mark(shapes[v], P.noCampColour));
    if (!flows.length) {
      $("dependence").disabled = true;
      $("share-row").hidden = true;
    }
    const year = $("year"), number = $("year-number");
    for (const input of [year, number]) { input.min = P.years[0]; input.max = P.years[1]; }
    if (P.years[0] === P.years[1]) year.disabled = number.disabled = $("play").disabled = true;
    $("year-first").textContent = P.years[0];
    $("year-last").textContent = P.years[1];
    year.addEventListener("input", () => { stop(); setYear(Number(year.value)); });
    number.addEventListener("change", () => { stop(); setYear(Number(number.value)); });
    $("play").addEventListener("click", play);
    $("hold").addEventListener("change", () => { held = $("hold").checked; state.place = state.year; update(); showAll(true); });
    $("domains-all").addEventListener("click", () => { state.domain.clear(); update(); });
    $("domains-none").addEventListener("click", () => { state.domain = new Set(domainIds); update(); });
    const toggle = (id, key) => $(id).addEventListener("change", () => { state[key] = $(id).checked; update(); });
    toggle("dependence", "dep");
    toggle("outlines", "outlines");
    toggle("untied", "untied");
    const slide = (id, key, by) => $(id).addEventListener("input", () => { state[key] = Number($(id).value) / (by || 1); update(); });
    slide("share", "share");
    slide("weight", "weight");
    slide("pair", "pair");
    slide("sure", "sure", 100);
    const choice = (id, key, of) => $(id).addEventListener("change", () => { state[key] = of ? of($(id).value) : $(id).value; if (key === "group") state.open = new Set(); update(); showAll(false); });
    choice("group", "group");
    choice("lines", "lines");
    choice("bloc", "bloc");
    choice("among", "among", (v) => v === "1");
    for (const b of blocs) $("bloc").append(el("option", { value: b.id }, b.name));
    for (const g of GROUPS) if (g !== "bloc" || blocs.length) if (g !== "region" || VALUES.region.length) $("group").append(el("option", { value: g }, w("group_" + g)));
    for (const b of blocs) {
      const box = el("input", { type: "checkbox", value: b.id, on: { change: () => toggleHull(b.id, box.checked) } });
      $("blocs").append(el("div", { class: "row" }, el("label", { class: "row" }, box, el("span", { class: "swatch", "data-bloc": b.id }), bdi(b.name)),
        el("button", { type: "button", class: "plain about", "aria-label": w("about_bloc", { name: b.name }), on: { click: () => select({ bloc: b.id }) } }, "›")));
    }
    $("blocs-part").hidden = $("where-bloc").hidden = !blocs.length;
    const names = () => { if (!$("names").childElementCount) $("names").append(...nodes.slice().sort((a, b) => (a.name < b.name ? -1 : 1)).map((n) => el("option", { value: nodeWords(n) }))); };
    for (const id of ["path-from", "path-to"]) $(id).addEventListener("focus", names);
    for (const id of ["path-from", "path-to"]) $(id).addEventListener("change", readPath);
    for (const id of ["path-from", "path-to"]) $(id).addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); readPath(); } });
    $("path-hostile").addEventListener("change", readPath);
    $("path-clear").addEventListener("click", () => setPath(null));
    $("save-png").addEventListener("click", savePng);
    $("save-svg").addEventListener("click", saveSvg);
    $("save-csv").addEventListener("click", saveCsv);
    $("save-json").addEventListener("click", saveJson);
    $("print").addEventListener("click", () => window.print());
    $("reset").addEventListener("click", reset);
    $("undo").addEventListener("click", undo);
    $("redo").addEventListener("click", redo);
    $("help-open").addEventListener("click", () => $("help").showModal());
    $("help-close").addEventListener("click", () => $("help").close());
    $("zoom-in").addEventListener("click", () => zoom(1.3));
    $("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
    $("zoom-all").addEventListener("click", () => showAll(true));
    $("ungroup").addEventListener("click", openAll);
    if (window.innerWidth <= 720) for (const d of document.querySelectorAll("#controls details")) d.open = false;
  }
  const nodeWords = (n) => n.name + " (" + n.id + ")";
  // Swatches and marks whose colours change with the paper.
  function paintMarks() {
    for (const s of document.querySelectorAll("[data-domain]")) {
      const k = domainNumber.get(s.dataset.domain), d = P.domains[k];
      s.replaceChildren(line(domainColour(k), ties.some((t) => t.d === k && t.sign < 0) ? P.dashNegative : d.dash));
    }
    for (const s of document.querySelectorAll("[data-bound]")) s.replaceChildren(line(ink().soft, s.dataset.bound === "no" && P.domains.length ? [8, 6] : []));
    for (const s of document.querySelectorAll("[data-bloc]")) {
      const k = state.hulls.indexOf(s.dataset.bloc);
      s.replaceChildren(...(k < 0 ? [] : [line(blocColour(k), blocDash(k), 3)]));
    }
    $("dependence-mark").replaceChildren(line(flowColour(), [], 4));
    const marks = $("marks");
    const has = (f) => nodes.some(f);
    const list = [[mark("dot", P.noCampColour), w(view.lean ? "mark_state" : "mark_state_size")]];
    if (ties.some((t) => t.weight)) list.push([line(ink().soft, [], 1.4), w("mark_weight")]);
    if (ties.some((t) => t.binding === false)) list.push([line(ink().soft, [8, 6]), w("mark_loose")]);
    if (has((n) => n.label === "Bloc" && n.kind === "alliance")) list.push([mark("square", P.noCampColour), w("mark_alliance")]);
    if (has((n) => n.label === "Bloc" && n.kind !== "alliance")) list.push([mark("diamond", P.noCampColour), w("mark_bloc")]);
    if (has((n) => n.label === "Actor")) list.push([mark("triangle", P.noCampColour), w("mark_actor")]);
    if (ties.some((t) => t.sign < 0)) list.push([line(ink().soft, P.dashNegative), w("mark_negative")]);
    if (ties.some((t) => !t.mutual)) list.push([el("span", { class: "glyph" }, "→"), w("mark_one_sided")]);
    if (ties.some((t) => t.disputed)) list.push([el("span", { class: "glyph" }, "?"), w("mark_disputed")]);
    if (view.bundles.length) list.push([el("span", { class: "glyph" }, "×3"), w("mark_bundle")]);
    if (flows.length) list.push([line(flowColour(), [], 4), w("mark_flow")]);
    marks.replaceChildren(...list.map(([m, words]) => el("li", null, m, words)));
  }
  function setYear(year) {
    if (!Number.isFinite(year)) { update(); return; }
    state.year = Math.max(P.years[0], Math.min(P.years[1], Math.round(year)));
    if (!held) state.place = state.year;
    update();
  }
  let held = true; // states keep their places while the years go by
  let playing = 0;
  function stop() {
    clearInterval(playing);
    playing = 0;
    $("play").textContent = w("play");
    $("play").setAttribute("aria-pressed", "false");
  }
  function play() {
    if (playing) { stop(); return; }
    if (state.year >= P.years[1]) setYear(P.years[0]);
    $("play").textContent = w("pause");
    $("play").setAttribute("aria-pressed", "true");
    playing = setInterval(() => {
      setYear(state.year + 1);
      if (state.year >= P.years[1]) stop();
    }, 700);
  }
  function toggleHull(id, on) {
    state.hulls = state.hulls.filter((x) => x !== id);
    if (on) state.hulls.push(id);
    update();
  }
  function openGroup(key) { state.open.add(key); state.sel = null; update(); showAll(false); }
  function closeGroup(key) { state.open.delete(key); state.sel = null; update(); showAll(false); }
  function openAll() { state.group = "none"; state.lines = "each"; state.open = new Set(); state.sel = null; update(); showAll(false); }
  function setFocus(focus) { state.focus = focus; update(); showAll(true); }
  function setPath(path) {
    state.path = path;
    state.sel = null;
    update();
  }
  function readPath() {
    const ends = ["path-from", "path-to"].map((id) => {
      const typed = $(id).value.trim();
      return typed ? nodes.find((n) => nodeWords(n) === typed) || found(typed)[0] : null;
    });
    $("path-said").textContent = ["path-from", "path-to"].some((id, k) => $(id).value.trim() && !ends[k]) ? w("found_nothing") : "";
    if (!ends[0] || !ends[1]) return;
    if (ends[0] === ends[1]) { $("path-said").textContent = w("path_same"); return; }
    setPath({ a: ends[0].i, b: ends[1].i, hostile: $("path-hostile").checked, n: 0 });
  }
  // What is left out, in words: on the page, on paper and in every file.
  function filterWords() {
    const out = P.filters.slice();
    const hidden = (name) => VALUES[name].filter((v) => state[name].has(v));
    for (const name of FACETS) {
      const off = hidden(name);
      if (!off.length) continue;
      const on = VALUES[name].filter((v) => !state[name].has(v));
      const words = (list) => list.map(valueWords[name]).join(", ");
      out.push(!on.length ? w("none_of_" + name) : off.length <= on.length ? w("without_" + name, { what: words(off) }) : w("only_" + name, { what: words(on) }));
    }
    if (state.bloc) out.push(w(state.among ? "among_bloc" : "with_bloc", { bloc: blocById.get(state.bloc).name }));
    if (state.weight) out.push(w("least_weight", { n: state.weight }));
    if (state.pair > 1) out.push(w("least_pair", { n: state.pair }));
    if (state.sure) out.push(w("least_sure", { n: two(state.sure) }));
    if (state.focus) out.push(w("near_" + state.focus.depth, { name: nodes[state.focus.node].name }));
    if (state.dep) out.push(w("with_dependence", { n: state.share }));
    if (!state.untied) out.push(w("without_untied"));
    return out;
  }
  function paintControls() {
    const c = view.counts;
    $("counts").textContent = w("counts", { states: c.states, shown: c.shown, all: c.inForce, date: view.date });
    const more = [];
    if (view.groups.length || view.bundles.length) more.push(w(view.groups.length ? "drawn_grouped" : "drawn_paired", { lines: view.lines, groups: view.groups.length, inside: view.inside }));
    if (c.others) more.push(count(c.others, "other_body"));
    more.push(w("of_data", { n: c.inForce, all: P.total }));
    if (state.dep) more.push(count(view.flowsDrawn.length, "dependence") + (view.flowsCut ? " " + w("largest_more", { n: view.flowsCut }) : ""));
    if (c.left) more.push(w("left_out", { n: c.left, most: P.maxTies }));
    if (view.hiddenEnds) more.push(w("hidden_ends", { n: view.hiddenEnds }));
    $("counts-more").textContent = more.join(" · ");
    $("grouped").hidden = !view.groups.length;
    $("grouped-said").textContent = view.groups.length ? w("grouped_said", { ties: view.counts.shown, lines: view.lines, groups: view.groups.length, inside: view.inside }) : "";
    const said = filterWords();
    $("filters").textContent = said.join("; ") || w("no_filters");
    $("date").textContent = view.date;
    $("year").value = state.year;
    $("year").setAttribute("aria-valuetext", w("in_force_on", { date: view.date }));
    $("year-number").value = state.year;
    $("hold").checked = held;
    for (const name of Object.keys(rows)) for (const [v, r] of rows[name]) {
      r.box.checked = !state[name].has(v);
      if (name === "domain") r.counted.textContent = c.perDomain[domainNumber.get(v)];
      else if (c.per[name]) r.counted.textContent = c.per[name].get(v) || 0;
    }
    for (const id of ["dependence", "outlines", "untied"]) $(id).checked = state[id === "dependence" ? "dep" : id];
    if (flows.length) $("dependence-count").textContent = state.dep ? view.flowsDrawn.length : "";
    else $("dependence-count").textContent = w("none_loaded");
    $("share").value = state.share;
    $("share-out").textContent = state.share + " %";
    $("weight").value = state.weight;
    $("weight-out").textContent = state.weight;
    $("pair").value = state.pair;
    $("pair-out").textContent = state.pair;
    $("sure").value = Math.round(state.sure * 100);
    $("sure-out").textContent = two(state.sure);
    $("group").value = state.group;
    $("lines").value = state.lines;
    $("lines").disabled = view.groups.length > 0;
    $("bloc").value = state.bloc;
    $("among").value = state.among ? "1" : "0";
    $("among").disabled = !state.bloc;
    for (const box of document.querySelectorAll("#blocs input")) box.checked = state.hulls.includes(box.value);
    if (state.path) {
      $("path-from").value = nodeWords(nodes[state.path.a]);
      $("path-to").value = nodeWords(nodes[state.path.b]);
      $("path-hostile").checked = state.path.hostile;
    }
    $("path-clear").hidden = !state.path;
    $("undo").disabled = !past.length;
    $("redo").disabled = !future.length;
    $("save-csv").disabled = !c.shown;
    const legend = $("camps"), where = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.camp : undefined;
    legend.replaceChildren();
    if (!P.camps.length) legend.append(el("p", { class: "muted small" }, w("no_camps")));
    else if (!view.campTable) legend.append(el("p", { class: "muted small" }, w("none_computed", { date: view.date, first: P.camps[0].from })));
    for (const k of view.camps) {
      const key = String(k.camp);
      const sure = k.median === null ? "" : " · " + w("certainty_is", { c: two(k.lowest) + (k.highest > k.lowest ? "–" + two(k.highest) : "") });
      const name = k.camp === null ? w("no_obligation") : w("camp_n", { n: k.camp });
      const box = el("input", { type: "checkbox", "data-camp": key, "aria-label": w("show_camp", { name }), on: { change: () => { if (box.checked) state.camp.delete(key); else state.camp.add(key); update(); } } });
      box.checked = !state.camp.has(key);
      legend.append(el("div", { class: "camp-row" }, box, el("button", { type: "button", class: "camp", title: k.list.map((i) => nodes[i].name).join(", "), on: { click: () => select({ camp: k.camp }) } },
        mark("dot", k.colour, edgeOf(k.colour)),
        el("span", null, k.camp === null ? name : el("span", null, name + ": ", bdi(k.some)),
          el("span", { class: "muted small block" }, count(k.list.length, k.camp === null ? "state_count" : "member") + (k.camp === null ? "" : sure))))));
      if (where === key) box.focus();
    }
    if (view.camps.some((k) => k.uncertain)) legend.append(el("p", { class: "small legend" }, mark("dot", P.noCampColour, ink().strong, true), uncertainWords()));
    if (view.campTable && view.visible.some((n) => !view.campOf.has(n.i))) legend.append(el("p", { class: "small legend" }, mark("dot", P.noCampColour), w("not_tabled")));
    if (view.campTable) legend.append(el("p", { class: "small muted" }, w("camps_note", { date: view.campTable.from })));
    const empty = $("empty");
    empty.hidden = c.shown > 0 || view.flowsDrawn.length > 0;
    empty.textContent = c.inForce ? w("none_passes", { n: c.inForce, date: view.date }) : w("none_in_force", { date: view.date });
    paintMarks();
  }

  // ---------------------------------------------------------------- selection, search, keyboard
  function select(what, options) {
    state.sel = what;
    unselect();
    hideTip();
    // What lies in a closed group is drawn by itself while it is selected.
    const hidden = (i) => view.passes[i] && view.itemOf[i] !== i;
    const pinnedBefore = view.drawn.length;
    if (state.group !== "none") { compute(); apply(); if (view.drawn.length !== pinnedBefore) paintControls(); }
    if (what && what.node !== undefined && view.passes[what.node] && !hidden(what.node)) {
      if (looks.get(what.node)) network.selectNodes([what.node]);
      if (options && options.centre) centre(what.node);
    } else if (what && what.tie !== undefined && lineDrawn(view.lineOf.get(what.tie))) network.selectEdges([view.lineOf.get(what.tie)]);
    else if (what && what.flow !== undefined && lineDrawn("f" + what.flow)) network.selectEdges(["f" + what.flow]);
    else if (what && what.group !== undefined) { const g = view.groups.find((x) => x.key === what.group); if (g) network.selectNodes([g.id]); }
    panel();
    $("panel").scrollTop = 0;
    redraw();
    writeHash();
  }
  function unselect() {
    if (network.getSelectedNodes().length || network.getSelectedEdges().length) network.unselectAll();
  }
  function centre(i) {
    if (!body.nodes[i]) return;
    const { x, y } = body.nodes[i];
    const p = network.canvasToDOM({ x, y });
    const box = $("network");
    if (p.x < 40 || p.y < 40 || p.x > box.clientWidth - 40 || p.y > box.clientHeight - 40) network.moveTo({ position: { x, y }, animation: false });
  }
  const fold = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/ı/g, "i").replace(/ø/g, "o").replace(/ł/g, "l").replace(/ß/g, "ss").trim();
  let folded = null;
  function found(query) {
    const q = fold(query);
    if (!q) return [];
    if (!folded) folded = nodes.map((n) => ({ n, name: fold(n.name), id: fold(n.id), iso: fold(n.iso2) }));
    const rank = (f) => (f.id === q || (f.iso && f.iso === q) ? 0 : f.name === q ? 1 : f.name.startsWith(q) ? 2 : f.id.startsWith(q) ? 3
      : f.name.split(/[\s,.()'-]+/).some((x) => x.startsWith(q)) ? 4 : f.name.includes(q) ? 5 : 9);
    return folded.map((f) => [rank(f), f.n]).filter(([r]) => r < 9)
      .sort((a, b) => a[0] - b[0] || view.exists[b[1].i] - view.exists[a[1].i] || (a[1].name < b[1].name ? -1 : 1)).slice(0, 12).map(([, n]) => n);
  }
  let results = [], active = 0;
  function showFound(on) {
    $("found").hidden = !on;
    $("search").setAttribute("aria-expanded", String(on && results.length > 0));
    if (!on) $("search").removeAttribute("aria-activedescendant");
  }
  function suggest() {
    const input = $("search"), list = $("found");
    results = found(input.value);
    active = 0;
    list.replaceChildren(...results.map((n, k) => el("li", { role: "option", id: "found-" + k, on: { mousedown: (e) => { e.preventDefault(); choose(n); } } },
      bdi(n.name), el("span", { class: "muted" }, " ", n.id, view.exists[n.i] ? "" : " · " + w("not_at_date")))));
    if (!results.length && input.value.trim()) list.append(el("li", { class: "muted", role: "option", "aria-disabled": "true" }, w("found_nothing")));
    showFound(!!input.value.trim());
    markActive();
  }
  function markActive() {
    [...$("found").children].forEach((li, k) => { li.classList.toggle("active", k === active); li.setAttribute("aria-selected", String(k === active)); });
    if (results.length) $("search").setAttribute("aria-activedescendant", "found-" + active);
    else $("search").removeAttribute("aria-activedescendant");
  }
  function choose(n) {
    $("search").value = n.name;
    showFound(false);
    select({ node: n.i }, { centre: true });
  }
  function searchKeys() {
    const input = $("search");
    input.addEventListener("input", suggest);
    input.addEventListener("blur", () => showFound(false));
    input.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        e.preventDefault();
        if (!results.length || $("found").hidden) suggest();
        if (results.length) choose(results[active]);
      } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        if ($("found").hidden) suggest();
        else if (results.length) { active = (active + (e.key === "ArrowDown" ? 1 : results.length - 1)) % results.length; markActive(); }
      } else if (e.key === "Escape") {
        if (!$("found").hidden) { showFound(false); e.stopPropagation(); }
        else { input.value = ""; select(null); e.stopPropagation(); }
      }
    });
  }
  function zoom(by) {
    touched = true;
    network.moveTo({ scale: Math.max(0.02, Math.min(20, network.getScale() * by)), animation: false });
  }
  function pan(dx, dy) {
    touched = true;
    const p = network.getViewPosition(), s = network.getScale();
    network.moveTo({ position: { x: p.x + dx / s, y: p.y + dy / s }, animation: false });
  }
  // From one drawn state or group to the next, those with most ties first.
  function walk(by) {
    const order = [...view.groups.map((g) => ({ group: g.key })), ...view.labelOrder.map((n) => ({ node: n.i }))];
    if (!order.length) return;
    const s = state.sel || {};
    const here = order.findIndex((o) => (o.node !== undefined ? o.node === s.node : o.group === s.group));
    select(order[here < 0 ? (by > 0 ? 0 : order.length - 1) : (here + by + order.length) % order.length], { centre: true });
  }
  document.addEventListener("keydown", (e) => {
    if ($("help").open) return;
    const on = document.activeElement;
    const typing = on && /^(INPUT|SELECT|TEXTAREA)$/.test(on.tagName) && !["checkbox", "range"].includes(on.type);
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !typing && (e.key === "z" || e.key === "Z" || e.key === "y")) {
      e.preventDefault();
      if (e.key === "y" || e.shiftKey) redo(); else undo();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && !typing) { if (state.sel || !state.path) select(null); else setPath(null); return; }
    if (e.key === "/" && !typing) { e.preventDefault(); $("search").focus(); $("search").select(); return; }
    if (e.key === "?" && !typing) { e.preventDefault(); $("help").showModal(); return; }
    if (typing || (on && on !== document.body && !$("stage").contains(on)) || (on && on.tagName === "BUTTON")) return;
    const keys = {
      ArrowLeft: () => pan(-60, 0), ArrowRight: () => pan(60, 0), ArrowUp: () => pan(0, -60), ArrowDown: () => pan(0, 60),
      "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: () => showAll(true), ".": () => walk(1), ",": () => walk(-1),
      Enter: () => { if (state.sel && state.sel.group !== undefined) openGroup(state.sel.group); else $("panel").focus(); },
    };
    if (own(keys, e.key)) { e.preventDefault(); keys[e.key](); }
  });
  network.on("click", (e) => {
    $("network").focus({ preventScroll: true });
    if (e.nodes.length) select(typeof e.nodes[0] === "number" ? { node: e.nodes[0] } : { group: groupById.get(e.nodes[0]).key });
    else if (e.edges.length) {
      const k = e.edges[0];
      if (typeof k === "number") select({ tie: k });
      else if (k[0] === "f") select({ flow: Number(k.slice(1)) });
      else if (bundleById.has(k)) select({ pair: [bundleById.get(k).a, bundleById.get(k).b] });
    } else if (state.sel) select(null);
  });
  network.on("doubleClick", (e) => { if (e.nodes.length && groupById.has(e.nodes[0])) openGroup(groupById.get(e.nodes[0]).key); });
  network.on("zoom", () => { touched = true; hideTip(); });
  network.on("dragStart", () => { touched = true; hideTip(); });
  network.on("dragging", () => { view.hulls = null; });
  network.on("dragEnd", (e) => {
    view.hulls = null;
    for (const id of e.nodes) if (groupById.has(id)) Object.assign(groupById.get(id), { x: body.nodes[id].x, y: body.nodes[id].y });
    redraw();
  });
  function showTip(e, ...lines) {
    const tip = $("tip");
    tip.replaceChildren(...lines.map((l, k) => el("div", { class: k ? "" : "first" }, bdi(l))));
    tip.hidden = false;
    const box = $("stage").getBoundingClientRect();
    const where = e.pointer ? e.pointer.DOM : { x: 0, y: 0 };
    tip.style.left = Math.max(4, Math.min(where.x + 14, box.width - tip.offsetWidth - 6)) + "px";
    tip.style.top = Math.max(4, Math.min(where.y + 14, box.height - tip.offsetHeight - 6)) + "px";
  }
  function hideTip() { $("tip").hidden = true; }
  network.on("hoverNode", (e) => {
    hovered = { node: e.node };
    if (groupById.has(e.node)) {
      const g = groupById.get(e.node);
      showTip(e, g.name, count(g.list.length, "member"), w("tip_inside", { ties: count(g.ties, "tie") }));
      return;
    }
    const n = nodes[e.node];
    const mine = view.campOf.get(n.i);
    showTip(e, n.name, ...(mine ? [(mine.camp === null ? w("no_obligation") : w("camp_n", { n: mine.camp })) + (mine.certainty === null ? "" : ", " + w("certainty_is", { c: two(mine.certainty) }))] : []), w("tip_shown", { ties: count(view.shownAt[n.i], "tie") }));
  });
  network.on("hoverEdge", (e) => {
    if (!edgesOn.has(e.edge)) return;
    if (bundleById.has(e.edge)) {
      const b = bundleById.get(e.edge);
      hovered = { edge: b.id };
      const times = P.domains.map((d, k) => [d.label, b.ties.filter((t) => t.d === k).length]).filter(([, n]) => n);
      showTip(e, itemName(b.a) + " – " + itemName(b.b), count(b.ties.length, "tie") + ": " + times.map(([d, n]) => d + " " + n).join(", "));
      return;
    }
    if (typeof e.edge === "string") {
      const f = flows[Number(e.edge.slice(1))];
      showTip(e, nodes[f.importer].name + " → " + nodes[f.supplier].name, f.goodName + ": " + shareWords(f) + ", " + period(f));
      return;
    }
    const t = ties[e.edge];
    hovered = { edge: t.k };
    const side = nodes[t.from].ties.filter((x) => x.pair === t.pair && view.shown[x.k]).length;
    showTip(e, nodes[t.from].name + (t.mutual ? " – " : " → ") + nodes[t.to].name, domainLabel(t) + (t.kind ? ", " + nice(t.kind) : ""), t.title || t.instrument || w("no_instrument"), spanWords(t) + (t.disputed ? ", " + w("disputed") : ""), ...(side > 1 ? [w("tip_one_of", { n: side })] : []));
  });
  for (const event of ["blurNode", "blurEdge"]) network.on(event, () => { hovered = null; hideTip(); });

  // ---------------------------------------------------------------- saving
  function save(name, blob) {
    const url = URL.createObjectURL(blob);
    const a = el("a", { href: url, download: name });
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
  const fileName = (ext) => "network-" + view.date + "." + ext;
  function usedSources() {
    const ids = new Set();
    for (const t of ties) if (view.shown[t.k]) t.sources.forEach((s) => ids.add(s));
    for (const f of view.flowsDrawn) f.sources.forEach((s) => ids.add(s));
    return [...ids].sort();
  }
  const tieFields = (t) => ({
    id: t.id, start: nodes[t.from].id, end: nodes[t.to].id, domain: t.domain, kind: t.kind, obligations: t.obligations, mutual: t.mutual, sign: t.sign,
    binding: t.binding, instrument: t.instrument, instrument_title: t.title, official_label: t.official, derived: t.derived, rule: t.rule, since: t.since,
    until: t.until, start_kind: t.startKind, end_kind: t.endKind, since_edtf: t.sinceSaid, until_edtf: t.untilSaid, disputed: t.disputed, sources: t.sources,
  });
  function snapshot() {
    return {
      title: P.title, command: P.command, version: P.version, as_of: P.asOf, newest_source: P.newestSource, notes: P.notes,
      date: view.date, in_force: "since <= date and until > date",
      counts: { states: view.counts.states, ties_shown: view.counts.shown, ties_in_force: view.counts.inForce, ties_in_data: P.total, dependences_shown: view.flowsDrawn.length },
      filters: {
        words: filterWords(), year: state.year, domains: domainIds.filter((d) => !state.domain.has(d)), dependence: state.dep,
        dependence_share_at_least: state.dep ? state.share / 100 : null, outlines: state.outlines, states_without_shown_tie: state.untied, address: "#" + hashOf(),
      },
      camps_of: view.campTable ? view.campTable.from : null,
      nodes: view.visible.map((n) => {
        const mine = view.campOf.get(n.i);
        return { id: n.id, name: n.name, label: n.label, kind: n.kind, iso2: n.iso2, region: n.region,
          camp: mine ? mine.camp : null, in_camp_table: !!mine, certainty: mine ? mine.certainty : null };
      }),
      ties: ties.filter((t) => view.shown[t.k]).map(tieFields),
      dependences: view.flowsDrawn.map((f) => ({
        importer: f.importerId, supplier: nodes[f.supplier].id, good: f.good, good_name: f.goodName, stage: f.stage, basis: f.basis, from_year: f.fromYear,
        to_year: f.toYear, share_lo: f.shareLo, share: f.share, share_hi: f.shareHi, value: f.value, total: f.total, unit: f.unit, scope: f.scope,
        named_largest: f.namedLargest, disputed: f.disputed, sources: f.sources,
      })),
      sources: usedSources().map((s) => Object.assign({ id: s }, sourceOf(s) || {})),
    };
  }
  function saveJson() {
    save(fileName("json"), new Blob([JSON.stringify(snapshot(), null, 1) + "\n"], { type: "application/json" }));
  }
  // RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe, as OWASP advises.
  function csv() {
    const cell = (v) => {
      const s = Array.isArray(v) ? v.join("; ") : v === null ? "" : String(v);
      const safe = typeof v !== "number" && /^[=+\-@\t\r]/.test(s) ? "'" + s : s;
      return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
    };
    const list = ties.filter((t) => view.shown[t.k]).map((t) => Object.assign({ shown_at: view.date, start_name: nodes[t.from].name, end_name: nodes[t.to].name, weight: t.weight }, tieFields(t)));
    const names = list.length ? Object.keys(list[0]) : [];
    return [names.join(","), ...list.map((r) => names.map((k) => cell(r[k])).join(","))].join("\r\n") + "\r\n";
  }
  function saveCsv() {
    save(fileName("csv"), new Blob(["\ufeff" + csv()], { type: "text/csv;charset=utf-8" }));
  }

  // The same drawing on another context: a larger canvas, paper, or SVG. Title, date, filters, legend and sources go with it, for a
  // picture alone would lose its meaning. On light paper whatever the screen has.
  function onLight(act) {
    const was = light;
    if (!was) { light = true; apply(); }
    try { act(); } finally { if (!was) { light = false; apply(); } redraw(); }
  }
  function drawView(ctx, W, H, whole) {
    let scale = body.view.scale, move = { x: body.view.translation.x, y: body.view.translation.y };
    if (whole && view.visible.length) {
      const box = extent();
      scale = Math.min(1.8, (W - 70) / (box[2] - box[0]), (H - 44) / (box[3] - box[1]));
      move = { x: W / 2 - (scale * (box[0] + box[2])) / 2, y: H / 2 - (scale * (box[1] + box[3])) / 2 };
    }
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, 0, W, H);
    ctx.clip();
    ctx.save();
    ctx.translate(move.x, move.y);
    ctx.scale(scale, scale);
    before(ctx);
    for (const id of edgesOn) if (body.edges[id].connected) body.edges[id].draw(ctx);
    for (const id of edgesOn) if (body.edges[id].connected) body.edges[id].drawArrows(ctx);
    after(ctx, true);
    ctx.restore();
    drawLabels(ctx, scale, move, W, H);
    ctx.restore();
  }
  function wrap(words, px, width) {
    ruler.font = px + "px " + FONT;
    const lines = [""];
    for (const x of words.split(" ")) {
      const next = lines[lines.length - 1] + (lines[lines.length - 1] ? " " : "") + x;
      if (ruler.measureText(next).width > width && lines[lines.length - 1]) lines.push(x);
      else lines[lines.length - 1] = next;
    }
    return lines;
  }
  function legendEntries() {
    const entries = P.domains.map((d, n) => ({ words: d.label, colour: domainColour(n), dash: ties.some((t) => t.d === n && t.sign < 0) ? P.dashNegative : d.dash, n }))
      .filter((e) => !state.domain.has(domainIds[e.n]) && view.counts.perDomain[e.n]);
    if (ties.some((t) => view.shown[t.k] && t.binding === false)) entries.push({ words: w("mark_loose"), colour: ink().soft, dash: [8, 6] });
    if (view.bundles.length) entries.push({ words: w("mark_bundle_short"), colour: ink().bundle, dash: [], wide: 4 });
    if (state.dep) entries.push({ words: w("legend_dependence", { n: state.share }), colour: flowColour(), dash: [] });
    for (const b of view.chosen) entries.push({ words: b.bloc.name, colour: blocColour(b.k), dash: blocDash(b.k) });
    for (const c of view.camps) entries.push({ words: (c.camp === null ? w("no_obligation") : w("camp_n", { n: c.camp }) + ": " + c.some) + " (" + c.list.length + ")", dot: c.colour });
    if (view.camps.some((c) => c.uncertain)) entries.push({ words: uncertainWords(), dot: "#ffffff", dashed: true });
    return entries;
  }
  // Lay the sheet out for a width, and give back its height and what paints it.
  function sheet(W, H, whole) {
    const entries = legendEntries();
    ruler.font = "11px " + FONT;
    let x = 12, row = 0;
    for (const e of entries) {
      const wide = ruler.measureText(e.words).width + 44;
      if (x + wide > W - 8 && x > 12) { x = 12; row += 1; }
      Object.assign(e, { x, row });
      x += wide;
    }
    const cited = usedSources();
    const filtered = wrap(w("filters_are", { what: filterWords().join("; ") || w("no_filters") }), 11, W - 24);
    const caption = wrap(w("caption", { date: P.asOf, newest: P.newestSource, version: P.version, command: P.command }), 10, W - 24)
      .concat(wrap(cited.length > MOST_CITED ? w("caption_many_sources", { n: cited.length }) : w("caption_sources", { sources: cited.join(", ") || w("none_recorded") }), 10, W - 24));
    const head = 50 + filtered.length * 15, legend = entries.length ? (row + 1) * 18 + 8 : 0;
    const paint = (ctx) => {
      const tone = ink();
      ctx.fillStyle = tone.paper;
      ctx.fillRect(0, 0, W, head + H + legend + caption.length * 14 + 12);
      ctx.save();
      ctx.translate(0, head);
      drawView(ctx, W, H, whole);
      ctx.restore();
      ctx.globalAlpha = 1;
      ctx.textBaseline = "middle";
      ctx.textAlign = "left";
      const write = (words, wx, wy, font, fill) => { ctx.font = font + " " + FONT; ctx.fillStyle = fill; ctx.fillText(words, wx, wy); };
      write(P.title.length > 110 ? P.title.slice(0, 109) + "…" : P.title, 12, 17, "600 16px", tone.ink);
      write($("counts").textContent, 12, 38, "12px", tone.soft);
      filtered.forEach((words, n) => write(words, 12, 56 + n * 15, "11px", tone.soft));
      for (const e of entries) {
        const y = head + H + 10 + e.row * 18;
        ctx.beginPath();
        if (e.dot) {
          ctx.arc(e.x + 10, y, 6, 0, 2 * Math.PI);
          ctx.fillStyle = e.dot;
          ctx.fill();
          ctx.strokeStyle = tone.ink;
          ctx.lineWidth = 1.2;
          ctx.setLineDash(e.dashed ? [3, 2] : []);
        } else {
          ctx.moveTo(e.x, y);
          ctx.lineTo(e.x + 22, y);
          ctx.strokeStyle = e.colour;
          ctx.lineWidth = e.wide || 2.4;
          ctx.setLineDash(e.dash.map((v) => v * 0.8));
        }
        ctx.stroke();
        ctx.setLineDash([]);
        write(e.words, e.x + (e.dot ? 20 : 27), y, "11px", tone.ink);
      }
      caption.forEach((words, n) => write(words, 12, head + H + legend + 10 + n * 14, "10px", tone.soft));
    };
    return { height: head + H + legend + caption.length * 14 + 12, paint };
  }
  function painted(W, H, k, whole, canvas) {
    const s = sheet(W, H, whole);
    canvas.width = Math.round(W * k);
    canvas.height = Math.round(s.height * k);
    const ctx = canvas.getContext("2d");
    ctx.scale(k, k);
    s.paint(ctx);
    return canvas;
  }
  const stageSize = () => [network.canvas.frame.canvas.clientWidth, network.canvas.frame.canvas.clientHeight];
  function savePng() {
    const [W, H] = stageSize();
    const k = Math.max(1, Math.min(3, 8000 / Math.max(W, H))); // three pixels a screen pixel: fit to print
    onLight(() => painted(W, H, k, false, document.createElement("canvas")).toBlob((blob) => { if (blob) save(fileName("png"), blob); }, "image/png"));
  }
  function svgText() {
    const [W, H] = stageSize();
    const s = sheet(W, H, false);
    const ctx = svgContext();
    s.paint(ctx);
    return '<svg xmlns="http://www.w3.org/2000/svg" width="' + W + '" height="' + s.height + '" viewBox="0 0 ' + W + " " + s.height + '" role="img"><title>' + xml(P.title) + "</title><desc>"
      + xml($("counts").textContent + ". " + filterWords().join("; ")) + "</desc>" + ctx.done() + "</svg>\n";
  }
  function saveSvg() {
    onLight(() => save(fileName("svg"), new Blob([svgText()], { type: "image/svg+xml" })));
  }
  const xml = (s) => String(s).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  // The part of a canvas context that the page and vis-network draw with, written down as SVG.
  function svgContext() {
    const out = [], clips = [], stack = [];
    let m = [1, 0, 0, 1, 0, 0], path = "", dash = [], opened = 0;
    const n = (v) => String(Math.round(v * 100) / 100);
    const p = (x, y) => n(m[0] * x + m[2] * y + m[4]) + " " + n(m[1] * x + m[3] * y + m[5]);
    const size = () => Math.hypot(m[0], m[1]);
    const times = (b) => { const a = m; m = [a[0] * b[0] + a[2] * b[1], a[1] * b[0] + a[3] * b[1], a[0] * b[2] + a[2] * b[3], a[1] * b[2] + a[3] * b[3], a[0] * b[4] + a[2] * b[5] + a[4], a[1] * b[4] + a[3] * b[5] + a[5]]; };
    const colour = (name, value, alpha) => {
      const c = /^rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)$/.exec(value);
      const a = alpha * (c ? Number(c[4]) : 1);
      return " " + name + '="' + xml(c ? "rgb(" + c[1] + "," + c[2] + "," + c[3] + ")" : value) + '"' + (a < 1 ? " " + name + '-opacity="' + n(a) + '"' : "");
    };
    const KEPT = ["strokeStyle", "fillStyle", "lineWidth", "lineCap", "lineJoin", "globalAlpha", "font", "textAlign", "textBaseline"];
    const ctx = {
      strokeStyle: "#000000", fillStyle: "#000000", lineWidth: 1, lineCap: "butt", lineJoin: "miter", globalAlpha: 1, font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic",
      save() { const kept = {}; for (const k of KEPT) kept[k] = ctx[k]; stack.push([kept, m, dash, opened]); },
      restore() {
        if (!stack.length) return;
        const [kept, was, lines, open] = stack.pop();
        Object.assign(ctx, kept);
        m = was;
        dash = lines;
        while (opened > open) { out.push("</g>"); opened -= 1; }
      },
      translate(x, y) { times([1, 0, 0, 1, x, y]); },
      scale(x, y) { times([x, 0, 0, y, 0, 0]); },
      rotate(a) { times([Math.cos(a), Math.sin(a), -Math.sin(a), Math.cos(a), 0, 0]); },
      beginPath() { path = ""; },
      closePath() { path += "Z"; },
      moveTo(x, y) { path += "M" + p(x, y); },
      lineTo(x, y) { path += (path ? "L" : "M") + p(x, y); },
      quadraticCurveTo(a, b, x, y) { path += "Q" + p(a, b) + " " + p(x, y); },
      bezierCurveTo(a, b, c, d, x, y) { path += "C" + p(a, b) + " " + p(c, d) + " " + p(x, y); },
      rect(x, y, wide, high) { path += "M" + p(x, y) + "L" + p(x + wide, y) + "L" + p(x + wide, y + high) + "L" + p(x, y + high) + "Z"; },
      arc(x, y, r, from, to) {
        const point = (a) => p(x + r * Math.cos(a), y + r * Math.sin(a)), half = (from + to) / 2, R = n(r * size());
        path += (path && !path.endsWith("Z") ? "L" : "M") + point(from) + "A" + R + " " + R + " 0 0 1 " + point(half) + "A" + R + " " + R + " 0 0 1 " + point(to);
      },
      clip() {
        out.push('<clipPath id="clip' + clips.length + '"><path d="' + path + '"/></clipPath><g clip-path="url(#clip' + clips.length + ')">');
        clips.push(path);
        opened += 1;
      },
      stroke() {
        if (!path) return;
        const k = size();
        out.push('<path d="' + path + '" fill="none"' + colour("stroke", ctx.strokeStyle, ctx.globalAlpha) + ' stroke-width="' + n(ctx.lineWidth * k) + '"'
          + (ctx.lineCap !== "butt" ? ' stroke-linecap="' + ctx.lineCap + '"' : "") + (ctx.lineJoin === "round" ? ' stroke-linejoin="round"' : "")
          + (dash.length ? ' stroke-dasharray="' + dash.map((v) => n(v * k)).join(" ") + '"' : "") + "/>");
      },
      fill() { if (path) out.push('<path d="' + path + '"' + colour("fill", ctx.fillStyle, ctx.globalAlpha) + "/>"); },
      fillRect(x, y, wide, high) { const kept = path; path = ""; ctx.rect(x, y, wide, high); ctx.fill(); path = kept; },
      setLineDash(list) { dash = [...list]; },
      getLineDash() { return dash; },
      measureText(s) { ruler.font = ctx.font; return ruler.measureText(s); },
      fillText(s, x, y) { words(s, x, y, colour("fill", ctx.fillStyle, ctx.globalAlpha)); },
      strokeText(s, x, y) { words(s, x, y, ' fill="none"' + colour("stroke", ctx.strokeStyle, ctx.globalAlpha) + ' stroke-width="' + n(ctx.lineWidth * size()) + '" stroke-linejoin="round"'); },
      done() { while (opened) { out.push("</g>"); opened -= 1; } return out.join("\n"); },
    };
    function words(s, x, y, look) {
      const f = /^(?:(bold|[1-9]00) )?([\d.]+)px (.*)$/.exec(ctx.font) || [null, null, "10", "sans-serif"];
      const [px, py] = p(x, y).split(" ");
      out.push('<text x="' + px + '" y="' + py + '" font-family="' + xml(f[3].replace(/"/g, "'")) + '" font-size="' + n(Number(f[2]) * size()) + '"' + (f[1] ? ' font-weight="' + f[1] + '"' : "")
        + (ctx.textBaseline === "middle" ? ' dominant-baseline="central"' : "") + (ctx.textAlign === "center" ? ' text-anchor="middle"' : "") + look + ">" + xml(s) + "</text>");
    }
    return ctx;
  }
  // On paper: the whole picture as wide as the sheet.
  window.addEventListener("beforeprint", () => {
    if (!light) { printed = true; light = true; apply(); paintMarks(); }
    painted(1120, 700, 2, true, $("paper"));
    redraw();
    for (const d of document.querySelectorAll("footer details")) { d.dataset.was = d.open ? "1" : ""; d.open = true; }
  });
  window.addEventListener("afterprint", () => {
    if (printed) { printed = false; light = false; apply(); paintMarks(); redraw(); }
    for (const d of document.querySelectorAll("footer details")) d.open = d.dataset.was === "1";
  });
  let printed = false;

  // ---------------------------------------------------------------- state in the address, undo
  function hashOf() {
    const d = defaults(), q = new URLSearchParams();
    if (state.year !== d.year) q.set("year", state.year);
    if (state.place !== state.year) q.set("place", state.place);
    for (const name of FACETS) if (state[name].size) q.set("no-" + name, [...state[name]].sort().map(encodeURIComponent).join(","));
    const plain = { bloc: "bloc", weight: "weight", pair: "pair", sure: "sure", group: "group", lines: "lines" };
    for (const [key, name] of Object.entries(plain)) if (state[key] !== d[key]) q.set(name, state[key]);
    if (state.bloc && !state.among) q.set("among", "0");
    if (state.dep) q.set("dep", "1");
    if (state.share !== d.share) q.set("share", state.share);
    if (!state.outlines) q.set("outlines", "0");
    if (!state.untied) q.set("untied", "0");
    if (state.hulls.length) q.set("hull", state.hulls.map(encodeURIComponent).join(","));
    if (state.open.size) q.set("open", [...state.open].sort().map(encodeURIComponent).join(","));
    if (state.focus) { q.set("near", nodes[state.focus.node].id); q.set("steps", state.focus.depth); }
    if (state.path) {
      q.set("from", nodes[state.path.a].id);
      q.set("to", nodes[state.path.b].id);
      if (state.path.n) q.set("route", state.path.n);
      if (state.path.hostile) q.set("against", "1");
    }
    const s = state.sel;
    if (s && s.node !== undefined) q.set("state", nodes[s.node].id);
    if (s && s.tie !== undefined) q.set("tie", ties[s.tie].id);
    return q.toString();
  }
  let writing = 0, stamp = 0, changedLast = "", now = "";
  const past = [], future = [];
  const namesOf = (hash) => [...new URLSearchParams(hash).entries()].map(([k, v]) => k + "=" + v);
  function writeHash() {
    const hash = hashOf();
    if (hash !== now) {
      const a = new Set(namesOf(now)), b = new Set(namesOf(hash));
      const changed = [...new Set([...a].filter((x) => !b.has(x)).concat([...b].filter((x) => !a.has(x))).map((x) => x.split("=")[0]))].filter((x) => x !== "place").sort().join();
      const t = performance.now();
      if (!(changed === changedLast && t - stamp < 900)) past.push(now); // one drag of a slider is one step
      future.length = 0;
      [changedLast, stamp, now] = [changed, t, hash];
      $("undo").disabled = false;
      $("redo").disabled = true;
    }
    clearTimeout(writing);
    writing = setTimeout(() => { if (("#" + now) !== (location.hash || "#")) history.replaceState(null, "", "#" + now); }, 120);
  }
  function go(hash) {
    stop();
    setState(hash);
    now = hashOf();
    changedLast = "";
    update();
    select(state.sel);
  }
  function undo() {
    if (!past.length) return;
    future.push(now);
    go(past.pop());
  }
  function redo() {
    if (!future.length) return;
    past.push(now);
    go(future.pop());
  }
  function readHash() { setState(location.hash.slice(1)); }
  function setState(hash) {
    state = defaults();
    const q = new URLSearchParams(hash);
    const number = (name, low, high) => {
      const v = Number(q.get(name));
      return q.has(name) && q.get(name) !== "" && Number.isFinite(v) && v >= low && v <= high ? v : null;
    };
    const plain = (s) => { try { return decodeURIComponent(s); } catch (_) { return null; } };
    const list = (name) => (q.has(name) ? q.get(name).split(",").map(plain) : []);
    const year = Number(q.get("year"));
    if (q.has("year") && Number.isInteger(year)) state.year = Math.max(P.years[0], Math.min(P.years[1], year));
    const place = number("place", P.years[0], P.years[1]);
    state.place = place === null ? state.year : Math.round(place);
    for (const name of FACETS) for (const v of list("no-" + name)) if (VALUES[name].includes(v)) state[name].add(v);
    for (const d of list("hide")) if (domainNumber.has(d)) state.domain.add(d);
    if (blocById.has(q.get("bloc"))) state.bloc = q.get("bloc");
    state.among = q.get("among") !== "0";
    const weight = number("weight", 0, 3), pair = number("pair", 1, 20), sure = number("sure", 0, 1), share = number("share", 5, 100);
    if (weight !== null) state.weight = Math.round(weight);
    if (pair !== null) state.pair = Math.round(pair);
    if (sure !== null) state.sure = Math.round(sure * 100) / 100;
    if (share !== null) state.share = Math.round(share / 5) * 5;
    state.dep = q.get("dep") === "1" && flows.length > 0;
    state.outlines = q.get("outlines") !== "0";
    state.untied = q.get("untied") !== "0";
    for (const id of list("hull")) if (blocById.has(id) && !state.hulls.includes(id)) state.hulls.push(id);
    if (GROUPS.includes(q.get("group"))) state.group = q.get("group");
    if (["each", "pair"].includes(q.get("lines"))) state.lines = q.get("lines");
    for (const key of list("open")) if (key) state.open.add(key);
    if (nodeById.has(q.get("near"))) state.focus = { node: nodeById.get(q.get("near")).i, depth: number("steps", 1, 2) === 2 ? 2 : 1 };
    if (nodeById.has(q.get("from")) && nodeById.has(q.get("to")) && q.get("from") !== q.get("to")) {
      state.path = { a: nodeById.get(q.get("from")).i, b: nodeById.get(q.get("to")).i, hostile: q.get("against") === "1", n: Math.round(number("route", 0, 49) || 0) };
    }
    if (nodeById.has(q.get("state"))) state.sel = { node: nodeById.get(q.get("state")).i };
    else if (q.has("tie")) {
      const t = ties.find((x) => x.id === q.get("tie"));
      if (t) state.sel = { tie: t.k };
    }
  }
  window.addEventListener("hashchange", () => { if (location.hash.slice(1) !== now) { readHash(); update(); select(state.sel); } });

  // ---------------------------------------------------------------- footer
  function footer() {
    const used = new Set();
    for (const t of terms) t.sources.forEach((s) => used.add(s));
    for (const x of [...flows, ...concentration]) x.sources.forEach((s) => used.add(s));
    $("sources-head").textContent = w("sources_used", { n: used.size });
    const fill = () => { if (!$("sources-list").childElementCount) $("sources-list").append(...[...used].sort().map(sourceEntry)); };
    $("sources-part").addEventListener("toggle", fill);
    window.addEventListener("beforeprint", fill);
    const notes = P.notes.slice();
    if (P.total > ties.length) notes.push(w("note_capped", { n: P.total - ties.length, all: P.total, most: P.maxTies, date: P.asOf }));
    if (P.flowsLeftOut) notes.push(w("note_flows", { n: P.flowsLeftOut }));
    $("notes-part").hidden = !notes.length;
    $("notes-head").textContent = count(notes.length, "note");
    $("notes-list").append(...notes.map((x) => el("li", null, bdi(x))));
  }

  // ---------------------------------------------------------------- go
  function update() {
    compute();
    apply();
    paintControls();
    applyPositions();
    panel();
    if (state.sel) {
      unselect();
      if (state.sel.node !== undefined && looks.get(state.sel.node)) network.selectNodes([state.sel.node]);
      else if (state.sel.tie !== undefined && lineDrawn(view.lineOf.get(state.sel.tie))) network.selectEdges([view.lineOf.get(state.sel.tie)]);
    }
    redraw();
    writeHash();
  }
  function reset() {
    stop();
    state = defaults();
    held = true;
    touched = false;
    hovered = null;
    $("search").value = $("path-from").value = $("path-to").value = "";
    epochDrawn = -2;
    update();
    select(null);
    showAll(true);
  }
  night.addEventListener("change", () => { light = !night.matches; apply(); paintMarks(); panel(); redraw(); });
  now = hashOf();
  controls();
  searchKeys();
  footer();
  paintControls();
  apply();
  showAll(true);
  select(state.sel);
  window.addEventListener("resize", () => requestAnimationFrame(() => showAll(false)));

  // For tests and for readers with a console: what is on the picture.
  window.pactgraph = {
    network, snapshot, csv, svg: svgText,
    drawn: () => ({
      nodes: body.nodeIndices.length, ties: body.edgeIndices.filter((k) => typeof k === "number").length,
      dependences: body.edgeIndices.filter((k) => k[0] === "f").length, bundles: body.edgeIndices.filter((k) => k[0] === "b").length,
    }),
    at: (id) => { const n = nodeById.get(id); if (!n || !body.nodes[n.i]) return null; const b = body.nodes[n.i]; return network.canvasToDOM({ x: b.x, y: b.y }); },
    groups: () => view.groups.map((g) => ({ key: g.key, name: g.name, members: g.list.length, ties: g.ties, at: network.canvasToDOM({ x: g.x, y: g.y }), r: g.r * network.getScale() })),
    bundles: () => view.bundles.map((e) => e.ties.length),
    hulls: () => hulls().map((h) => ({ camp: h.c ? h.c.camp : null, bloc: h.b ? h.b.bloc.id : null, members: h.list.map((i) => nodes[i].id), polygon: h.polygon, apart: h.apart })),
    labels: () => written,
  };
  document.documentElement.dataset.ready = "1";
})();
