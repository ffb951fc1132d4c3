/* The network page: filters, camps, panels. Data reach the document as text only, never as HTML. */
(function () {
  "use strict";

  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const P = read("payload");
  const text = (n) => P.strings[n];
  const $ = (id) => document.getElementById(id);
  const OPEN = "9999-12-31";
  const UNKNOWN_START = "0001-01-01";
  const FONT = '"DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif';

  // ---------------------------------------------------------------- data
  const domainIds = P.domains.map((d) => d.id);
  const domainNumber = new Map(domainIds.map((d, i) => [d, i]));
  const nodes = P.nodes.map((r, i) => ({
    i, id: text(r[0]), name: text(r[1]), short: text(r[2]).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ""),
    label: text(r[3]), kind: text(r[4]), iso2: text(r[5]), region: text(r[6]),
    spells: r[7].map(([a, b]) => [text(a), text(b)]), ties: [], importsIn: [], suppliesIn: [],
  }));
  const nodeById = new Map(nodes.map((n) => [n.id, n]));
  const visNodes = read("nodes");
  const visEdges = read("edges");
  const ties = P.ties.map((r, k) => ({
    k, id: r[0], domain: text(r[1]), d: domainNumber.get(text(r[1])), kind: text(r[2]), obligations: r[3].map(text),
    mutual: !!(r[4] & 1), sign: r[4] & 2 ? -1 : 1, derived: !!(r[4] & 4), disputed: !!(r[4] & 8),
    instrument: text(r[5]), title: text(r[6]), official: text(r[7]), rule: text(r[8]),
    since: text(r[9]), until: text(r[10]), startKind: P.kindsOfEnd[r[11]], endKind: P.kindsOfEnd[r[12]],
    sinceSaid: text(r[13]), untilSaid: text(r[14]), sources: r[15].map(text), slot: r[16],
    from: visEdges[k].from, to: visEdges[k].to,
  }));
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
  const lean = P.lean;

  // ---------------------------------------------------------------- state of the page
  const defaults = () => ({
    year: P.years[1], hide: new Set(), dep: false, share: 5, outlines: true, untied: true, sel: null,
  });
  let state = defaults();
  const view = {
    date: "", inForce: [], shown: new Uint8Array(ties.length), exists: new Uint8Array(nodes.length), campOf: new Map(),
    camps: [], campTable: null, epoch: -1, partners: new Uint16Array(nodes.length), shownAt: new Uint16Array(nodes.length),
    flows: [], flowsDrawn: [], labelOrder: [], alpha: 1, hulls: null, counts: {},
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

  function compute() {
    const d = dateOf(state.year);
    view.date = d;
    view.inForce = [];
    view.shown.fill(0);
    view.partners.fill(0);
    view.shownAt.fill(0);
    const perDomain = new Array(P.domains.length).fill(0);
    const tied = new Uint8Array(nodes.length);
    const pairs = new Set(), allied = new Set();
    const defence = new Uint16Array(nodes.length); // partners in defence: the central members name a camp
    let shownCount = 0;
    for (const t of ties) {
      if (!inForceAt(t, d)) continue;
      view.inForce.push(t);
      perDomain[t.d] += 1;
      tied[t.from] = tied[t.to] = 1;
      const pair = t.from < t.to ? t.from * nodes.length + t.to : t.to * nodes.length + t.from;
      if (t.domain === "DEFENCE" && !allied.has(pair)) {
        allied.add(pair);
        defence[t.from] += 1;
        defence[t.to] += 1;
      }
      if (!pairs.has(pair)) {
        pairs.add(pair);
        view.partners[t.from] += 1;
        view.partners[t.to] += 1;
      }
    }
    view.flows = newestPeriod(flows, d);
    view.flowsDrawn = state.dep
      ? view.flows.filter((f) => f.importer >= 0 && f.importer !== f.supplier && f.share !== null && f.share >= state.share / 100 - 1e-9)
      : [];
    for (const f of view.flowsDrawn) tied[f.importer] = tied[f.supplier] = 1;
    for (const n of nodes) {
      view.exists[n.i] = n.spells.length ? (n.spells.some(([a, b]) => a <= d && b > d) ? 1 : 0) : tied[n.i];
    }
    view.hiddenEnds = 0;
    for (const t of view.inForce) {
      if (state.hide.has(t.domain)) continue;
      if (!view.exists[t.from] || !view.exists[t.to]) { view.hiddenEnds += 1; continue; }
      view.shown[t.k] = 1;
      shownCount += 1;
      view.shownAt[t.from] += 1;
      view.shownAt[t.to] += 1;
    }
    view.flowsDrawn = view.flowsDrawn.filter((f) => view.exists[f.importer] && view.exists[f.supplier]);
    if (view.flowsDrawn.length > 1500) {
      view.flowsDrawn.sort((a, b) => b.share - a.share || a.k - b.k);
      view.flowsCut = view.flowsDrawn.length - 1500;
      view.flowsDrawn.length = 1500;
    } else view.flowsCut = 0;
    for (const f of view.flowsDrawn) {
      view.shownAt[f.importer] += 1;
      view.shownAt[f.supplier] += 1;
    }
    // camps
    view.campTable = null;
    let epoch = 0;
    P.camps.forEach((table, k) => {
      if (table.from <= d) { view.campTable = table; epoch = k + 1; }
    });
    view.epoch = P.epochs.length ? P.epochs[epoch] : -1;
    view.campOf = new Map();
    const members = new Map();
    if (view.campTable) {
      for (const [i, camp, certainty] of view.campTable.rows) {
        view.campOf.set(i, { camp, certainty });
        if (!view.exists[i]) continue;
        if (!members.has(camp)) members.set(camp, []);
        members.get(camp).push(i);
      }
    }
    view.camps = [];
    for (const [camp, list] of members) {
      list.sort((a, b) => defence[b] - defence[a] || view.partners[b] - view.partners[a] || (nodes[a].id < nodes[b].id ? -1 : 1));
      const sure = list.map((i) => view.campOf.get(i).certainty).filter((c) => c !== null).sort((a, b) => a - b);
      const some = list.slice(0, 3).map((i) => nodes[i].id).join(", ") + (list.length > 3 ? " +" + (list.length - 3) : "");
      view.camps.push({
        camp, list, lowest: sure.length ? sure[0] : null, highest: sure.length ? sure[sure.length - 1] : null,
        median: sure.length ? (sure[(sure.length - 1) >> 1] + sure[sure.length >> 1]) / 2 : null,
        uncertain: sure.filter((c) => c < P.uncertainBelow).length, some,
        colour: camp === null ? P.noObligationColour
          : P.campColours[view.campTable.colours[String(camp)] % P.campColours.length],
      });
    }
    view.camps.sort((a, b) => (a.camp === null) - (b.camp === null) || b.list.length - a.list.length || a.camp - b.camp);
    view.visible = nodes.filter((n) => view.exists[n.i] && (state.untied || view.shownAt[n.i]));
    view.labelOrder = view.visible.slice().sort((a, b) => (view.shownAt[b.i] > 0) - (view.shownAt[a.i] > 0)
      || (b.label !== "State") - (a.label !== "State") || view.partners[b.i] - view.partners[a.i] || a.i - b.i);
    view.alpha = lean ? 1 : Math.max(0.4, Math.min(1, Math.sqrt(110 / Math.max(1, shownCount))));
    view.hulls = null;
    const left = P.omitted.length ? P.omitted[state.year - P.years[0]] : 0;
    view.counts = {
      states: view.visible.filter((n) => n.label === "State").length,
      others: view.visible.filter((n) => n.label !== "State").length,
      shown: shownCount, inForce: view.inForce.length + left, left, perDomain,
      pale: view.visible.filter((n) => !view.shownAt[n.i]).length,
    };
  }

  // ---------------------------------------------------------------- looks
  const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const rgba = (hex, a) => "rgba(" + rgb(hex).join(",") + "," + a + ")";
  const mix = (hex, to, share) => {
    const a = rgb(hex), b = rgb(to);
    return "rgb(" + a.map((v, k) => Math.round(v + (b[k] - v) * share)).join(",") + ")";
  };
  function colourOf(i) {
    const own = view.campOf.get(i);
    if (!own) return P.noCampColour;
    if (own.camp === null) return P.noObligationColour;
    return P.campColours[view.campTable.colours[String(own.camp)] % P.campColours.length];
  }
  const unsure = (i) => {
    const own = view.campOf.get(i);
    return !!own && own.certainty !== null && own.certainty < P.uncertainBelow;
  };
  const maxPartners = () => Math.max(1, ...view.partners);
  function nodeLook(n, most) {
    const pale = !view.shownAt[n.i];
    const base = colourOf(n.i);
    const size = lean ? P.unit * 13 : P.unit * (n.label === "State" ? 9 + 11 * Math.sqrt(view.partners[n.i] / most) : 13);
    const border = base === P.noCampColour && n.label !== "State" ? "#333333" : unsure(n.i) ? "#111111" : mix(base, "#000000", base === P.noCampColour ? 0.55 : 0.4);
    const background = pale ? mix(base, "#ffffff", 0.72) : base;
    const line = pale && !unsure(n.i) ? mix(base === P.noCampColour ? "#999999" : base, "#ffffff", 0.35) : border;
    return {
      id: n.i, size: pale ? size * 0.75 : size, hidden: !(view.exists[n.i] && (state.untied || view.shownAt[n.i])),
      color: {
        background, border: line,
        highlight: { background: base, border: "#000000" }, hover: { background: base, border: "#000000" },
      },
      borderWidth: Math.max(0.3, P.unit * (unsure(n.i) ? 2.4 : 1.4)),
      borderWidthSelected: Math.max(0.6, P.unit * 3),
      shapeProperties: { borderDashes: unsure(n.i) ? [6 * P.unit, 6 * P.unit] : false },
    };
  }
  function edgeLook(t) {
    const style = P.domains[t.d];
    const look = {
      id: t.k, from: t.from, to: t.to, hidden: !view.shown[t.k],
      color: { color: rgba(style.colour, lean ? 0.24 : 0.78), highlight: style.colour, hover: style.colour },
    };
    const dash = t.sign < 0 ? P.dashNegative : style.dash;
    if (dash.length) look.dashes = dash;
    if (t.sign < 0) look.width = 1.6;
    if (!t.mutual) look.arrows = { to: { enabled: true, scaleFactor: 0.55 } };
    if (t.slot) look.smooth = curve(t.slot, t.from > t.to);
    if (t.disputed) look.label = "?";
    return look;
  }
  function curve(slot, flip) {
    const clockwise = (slot % 2 === 1) !== flip;
    return { enabled: true, type: clockwise ? "curvedCW" : "curvedCCW", roundness: Math.min(0.6, 0.1 * Math.ceil(slot / 2)) };
  }
  function flowLook(f, lane) {
    return {
      id: f.key, from: f.importer, to: f.supplier, width: 1 + 7 * Math.min(1, f.share),
      color: { color: rgba(P.dependenceColour, 0.8), highlight: P.dependenceColour, hover: P.dependenceColour },
      arrows: { to: { enabled: true, scaleFactor: 0.5, type: "vee" } },
      smooth: { enabled: true, type: "curvedCW", roundness: Math.min(0.6, 0.16 + 0.09 * lane) },
    };
  }

  // ---------------------------------------------------------------- the network
  readHash();
  compute();
  const looks = new Map();
  const most0 = maxPartners();
  const nodeSet = new vis.DataSet(nodes.map((n) => {
    const look = nodeLook(n, most0);
    looks.set(n.i, JSON.stringify(look));
    const p = placed(n.i);
    return Object.assign({}, visNodes[n.i], look, { x: p[0], y: p[1] });
  }));
  const edgeSet = new vis.DataSet(ties.map(edgeLook));
  const network = new vis.Network($("network"), { nodes: nodeSet, edges: edgeSet }, read("options"));
  const body = network.body;
  let epochDrawn = view.epoch;
  let flowsOn = new Set(); // keys of the dependence arrows in edgeSet
  let touched = false; // the reader moved the view: leave it where it is

  function placed(i) {
    const flat = P.positions[view.epoch] || [];
    return [flat[2 * i] || 0, flat[2 * i + 1] || 0];
  }

  // One pass over the edges instead of a DataSet update each: 10,000 ties change in some milliseconds.
  function applyShown() {
    for (const t of ties) body.edges[t.k].options.hidden = !view.shown[t.k];
    const most = maxPartners();
    const changed = [];
    for (const n of nodes) {
      const look = nodeLook(n, most);
      const key = JSON.stringify(look);
      if (looks.get(n.i) !== key) { looks.set(n.i, key); changed.push(look); }
    }
    if (changed.length) nodeSet.update(changed);
    const wanted = new Map();
    const lanes = new Map();
    for (const f of view.flowsDrawn) {
      const pair = f.importer + "," + f.supplier;
      const lane = lanes.get(pair) || 0;
      lanes.set(pair, lane + 1);
      wanted.set(f.key, flowLook(f, lane));
    }
    const gone = [...flowsOn].filter((key) => !wanted.has(key));
    if (gone.length) edgeSet.remove(gone);
    if (wanted.size) edgeSet.update([...wanted.values()]);
    flowsOn = new Set(wanted.keys());
    network._updateVisibleIndices();
  }

  let moving = 0;
  function applyPositions() {
    if (view.epoch === epochDrawn) return;
    epochDrawn = view.epoch;
    const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches || nodes.length > 400;
    const from = nodes.map((n) => [body.nodes[n.i].x, body.nodes[n.i].y]);
    const to = nodes.map((n) => placed(n.i));
    const run = ++moving;
    const started = performance.now();
    const put = (k) => {
      nodes.forEach((n, i) => {
        body.nodes[n.i].x = from[i][0] + (to[i][0] - from[i][0]) * k;
        body.nodes[n.i].y = from[i][1] + (to[i][1] - from[i][1]) * k;
      });
      view.hulls = null;
    };
    if (quiet) { put(1); showAll(false); return; }
    const step = (now) => {
      if (run !== moving) return;
      const k = Math.min(1, (now - started) / 350);
      put(k * k * (3 - 2 * k));
      network.redraw();
      if (k < 1) requestAnimationFrame(step); else showAll(false);
    };
    requestAnimationFrame(step);
  }

  function showAll(force) {
    if (touched && !force) { network.redraw(); return; }
    touched = false;
    if (!view.visible.length) return;
    const pad = 36 * P.unit; // nodes and outlines; labels get the fixed margin below
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const n of view.visible) {
      const { x, y } = body.nodes[n.i];
      box[0] = Math.min(box[0], x - pad);
      box[1] = Math.min(box[1], y - pad);
      box[2] = Math.max(box[2], x + pad);
      box[3] = Math.max(box[3], y + pad);
    }
    network.setSize("100%", "100%"); // else vis-network rescales the view when it notices the new size later
    const W = $("network").clientWidth, H = $("network").clientHeight;
    const scale = Math.max(0.02, Math.min(1.8, (W - 70) / (box[2] - box[0]), (H - 44) / (box[3] - box[1])));
    network.moveTo({ position: { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 }, scale, animation: false });
  }

  // ---------------------------------------------------------------- outlines of camps
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
  function hulls() {
    if (view.hulls) return view.hulls;
    const pad = 32 * P.unit;
    view.hulls = [];
    for (const c of view.camps) {
      if (c.camp === null) continue;
      const list = c.list.filter((i) => state.untied || view.shownAt[i]);
      if (!list.length) continue;
      const points = [];
      for (const [x, y] of convexHull(list.map((i) => [body.nodes[i].x, body.nodes[i].y]))) {
        for (let k = 0; k < 14; k++) points.push([x + pad * Math.cos((k * Math.PI) / 7), y + pad * Math.sin((k * Math.PI) / 7)]);
      }
      const polygon = convexHull(points);
      const own = new Set(list);
      // Never enclose a state that is not a member: then each member gets its own ring.
      const xs = polygon.map((p) => p[0]), ys = polygon.map((p) => p[1]);
      const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
      const apart = view.visible.every((n) => {
        if (own.has(n.i)) return true;
        const { x, y } = body.nodes[n.i];
        return x < box[0] || y < box[1] || x > box[2] || y > box[3] || !inside(polygon, x, y);
      });
      view.hulls.push({ c, list, polygon, apart, pad });
    }
    return view.hulls;
  }
  function drawHulls(ctx) {
    if (!state.outlines) return;
    for (const h of hulls()) {
      ctx.beginPath();
      if (h.apart) {
        h.polygon.forEach((p, k) => (k ? ctx.lineTo(p[0], p[1]) : ctx.moveTo(p[0], p[1])));
        ctx.closePath();
      } else {
        for (const i of h.list) {
          const { x, y } = body.nodes[i];
          ctx.moveTo(x + h.pad * 0.7, y);
          ctx.arc(x, y, h.pad * 0.7, 0, 2 * Math.PI);
        }
      }
      ctx.fillStyle = rgba(h.c.colour, 0.1);
      ctx.fill();
      ctx.strokeStyle = rgba(h.c.colour, 0.55);
      ctx.lineWidth = 1.2 / body.view.scale;
      ctx.setLineDash([]);
      ctx.stroke();
    }
  }

  // ---------------------------------------------------------------- what stands out
  let hovered = null; // {node} or {edge}
  function focusOf() {
    if (state.sel && state.sel.node !== undefined && view.exists[state.sel.node]) return { node: state.sel.node, fade: true };
    if (state.sel && state.sel.tie !== undefined && view.shown[state.sel.tie]) return { edge: state.sel.tie, fade: true };
    if (state.sel && state.sel.flow !== undefined && body.edges["f" + state.sel.flow]) return { edge: "f" + state.sel.flow, fade: true };
    if (state.sel && state.sel.camp !== undefined) {
      const c = view.camps.find((k) => k.camp === state.sel.camp);
      if (c) return { camp: c, fade: true };
    }
    return null;
  }
  function edgesOfFocus(focus) {
    if (!focus) return [];
    if (focus.edge !== undefined) return [focus.edge];
    if (focus.camp) {
      const own = new Set(focus.camp.list);
      return ties.filter((t) => view.shown[t.k] && own.has(t.from) && own.has(t.to)).map((t) => t.k);
    }
    const keys = nodes[focus.node].ties.filter((t) => view.shown[t.k]).map((t) => t.k);
    for (const f of view.flowsDrawn) if (f.importer === focus.node || f.supplier === focus.node) keys.push(f.key);
    return keys;
  }

  let drawn = { focus: null, keys: [], bright: null };
  network.on("beforeDrawing", (ctx) => {
    drawHulls(ctx);
    const focus = focusOf();
    const keys = edgesOfFocus(focus);
    let bright = null;
    if (focus) {
      bright = new Set(focus.camp ? focus.camp.list : focus.node !== undefined ? [focus.node] : []);
      if (!focus.camp) for (const k of keys) { bright.add(body.edges[k].fromId); bright.add(body.edges[k].toId); }
    }
    drawn = { focus, keys, bright };
    ctx.globalAlpha = focus ? Math.min(0.16, view.alpha) : view.alpha;
  });
  network.on("afterDrawing", (ctx) => {
    ctx.globalAlpha = 1;
    const again = [...drawn.keys];
    if (!drawn.focus && hovered) again.push(...edgesOfFocus(hovered));
    if (drawn.focus || view.alpha < 1) {
      for (const k of again) if (body.edges[k]) { body.edges[k].draw(ctx); body.edges[k].drawArrows(ctx); }
      for (const n of view.visible) {
        const b = body.nodes[n.i];
        if (drawn.bright && !drawn.bright.has(n.i)) {
          ctx.globalAlpha = 1;
          ctx.beginPath();
          ctx.arc(b.x, b.y, b.options.size * (n.label === "Bloc" ? 0.7 : 0.98), 0, 2 * Math.PI);
          ctx.fillStyle = "#ffffff";
          ctx.fill();
          ctx.globalAlpha = 0.35;
        } else ctx.globalAlpha = 1;
        b.draw(ctx);
      }
      ctx.globalAlpha = 1;
    }
    ctx.setLineDash([]);
    drawLabels(ctx);
  });

  // ---------------------------------------------------------------- labels: in screen pixels, never one over another
  const widths = new Map();
  function widthOf(ctx, label, font) {
    const key = font + label;
    let w = widths.get(key);
    if (w === undefined) { ctx.font = font; w = ctx.measureText(label).width; widths.set(key, w); }
    return w;
  }
  function drawLabels(ctx) {
    const ratio = network.canvas.pixelRatio || 1;
    const scale = body.view.scale, tx = body.view.translation.x, ty = body.view.translation.y;
    const W = network.canvas.frame.canvas.clientWidth, H = network.canvas.frame.canvas.clientHeight;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.lineJoin = "round";
    const CELL = 48;
    const grid = new Map();
    const cells = (b, act) => {
      for (let cx = Math.floor(b[0] / CELL); cx <= Math.floor(b[2] / CELL); cx++) {
        for (let cy = Math.floor(b[1] / CELL); cy <= Math.floor(b[3] / CELL); cy++) if (act(cx * 4096 + cy)) return true;
      }
      return false;
    };
    const add = (b) => cells(b, (key) => { const l = grid.get(key); if (l) l.push(b); else grid.set(key, [b]); });
    const free = (b, own) => !cells(b, (key) => {
      const l = grid.get(key);
      return !!l && l.some((o) => o !== own && o[0] < b[2] && o[2] > b[0] && o[1] < b[3] && o[3] > b[1]);
    });
    const within = (b) => b[0] >= 1 && b[1] >= 1 && b[2] <= W - 1 && b[3] <= H - 1;
    const spots = new Map();
    for (const n of view.visible) {
      const b = body.nodes[n.i];
      const x = b.x * scale + tx, y = b.y * scale + ty, r = b.options.size * scale * 0.86;
      if (x < -40 || y < -40 || x > W + 40 || y > H + 40) continue;
      const box = [x - r, y - r, x + r, y + r];
      spots.set(n.i, { x, y, r: r / 0.86, box });
      add(box);
    }
    const paint = (label, x, y, font, fill, halo) => {
      ctx.font = font;
      ctx.strokeStyle = halo;
      ctx.lineWidth = 3;
      ctx.strokeText(label, x, y);
      ctx.fillStyle = fill;
      ctx.fillText(label, x, y);
    };
    if (state.outlines) {
      const font = "600 12px " + FONT;
      for (const h of hulls()) {
        const label = "Camp " + h.c.camp;
        const w = widthOf(ctx, label, font);
        const xs = h.polygon.map((p) => p[0] * scale + tx), ys = h.polygon.map((p) => p[1] * scale + ty);
        const cx = (Math.min(...xs) + Math.max(...xs)) / 2, top = Math.min(...ys), bottom = Math.max(...ys);
        for (const y of [top - 9, bottom + 9]) {
          const b = [cx - w / 2 - 2, y - 8, cx + w / 2 + 2, y + 8];
          if (within(b) && free(b)) {
            add(b);
            paint(label, cx - w / 2, y, font, mix(h.c.colour, "#000000", 0.45), "rgba(255,255,255,.9)");
            break;
          }
        }
      }
    }
    const focus = drawn.focus || hovered;
    const first = new Set();
    if (focus && focus.node !== undefined) first.add(focus.node);
    if (focus && focus.edge !== undefined && body.edges[focus.edge]) {
      first.add(body.edges[focus.edge].fromId);
      first.add(body.edges[focus.edge].toId);
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
      const fill = pale ? "#8b929a" : "#16191d";
      const attempt = (label, anyway) => {
        const w = widthOf(ctx, label, font), h = 6.5 + grow / 2;
        const tries = [
          [s.x - w / 2, s.y + s.r + h + 1], [s.x - w / 2, s.y - s.r - h - 1],
          [s.x + s.r + 3, s.y], [s.x - s.r - 3 - w, s.y],
        ];
        for (const [x, y] of tries) {
          const b = [x - 1, y - h, x + w + 1, y + h];
          if (anyway || (within(b) && free(b, s.box))) { add(b); paint(label, x, y, font, fill, "rgba(255,255,255,.85)"); return true; }
        }
        return false;
      };
      const brief = n.id.length <= 8 && n.id.length < n.short.length ? n.id : null;
      if (strong) attempt(n.short, true);
      else if (!attempt(n.short) && brief) attempt(brief);
    }
    ctx.restore();
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
  function line(colour, dash, width) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("class", "line");
    svg.setAttribute("viewBox", "0 0 30 8");
    svg.setAttribute("aria-hidden", "true");
    const l = document.createElementNS(ns, "line");
    for (const [k, v] of Object.entries({ x1: 1, x2: 29, y1: 4, y2: 4, stroke: colour, "stroke-width": width || 2.6 })) l.setAttribute(k, v);
    if (dash && dash.length) l.setAttribute("stroke-dasharray", dash.map((v) => v * 0.8).join(" "));
    svg.append(l);
    return svg;
  }
  function mark(shape, fill, stroke, dashed) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("class", "mark");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    const s = document.createElementNS(ns, shape === "dot" ? "circle" : "path");
    if (shape === "dot") { s.setAttribute("cx", 8); s.setAttribute("cy", 8); s.setAttribute("r", 6); }
    else s.setAttribute("d", { square: "M3 3h10v10h-10z", diamond: "M8 1l7 7-7 7-7-7z", triangle: "M8 2l7 12H1z" }[shape]);
    s.setAttribute("fill", fill);
    s.setAttribute("stroke", stroke || "#444444");
    s.setAttribute("stroke-width", 1.5);
    if (dashed) s.setAttribute("stroke-dasharray", "3 2");
    svg.append(s);
    return svg;
  }
  function webLink(url) {
    try {
      const u = new URL(String(url));
      return u.protocol === "http:" || u.protocol === "https:" ? u.href : null;
    } catch (_) { return null; }
  }
  function sourceRef(id) {
    const s = Object.prototype.hasOwnProperty.call(P.sources, id) ? P.sources[id] : null;
    const link = s && webLink(s.url);
    const title = s ? [s.title, s.publisher, s.version].filter(Boolean).join(", ") : "not described in the source table";
    return link
      ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer", title, class: "source" }, bdi(id))
      : el("span", { title, class: "source" }, bdi(id));
  }
  const sourceRefs = (ids) => (ids.length ? ids.map((id, k) => [k ? ", " : null, sourceRef(id)]).flat() : ["no source recorded"]);
  function sourceEntry(id) {
    const s = Object.prototype.hasOwnProperty.call(P.sources, id) ? P.sources[id] : null;
    const li = el("li", null, el("b", null, bdi(id)), ": ");
    if (!s) { li.append("not described in the source table"); return li; }
    const words = s.citation ? [s.citation] : [s.title, s.publisher].filter(Boolean);
    li.append(bdi(words.join(", ")));
    if (s.version && !words.join(" ").includes(s.version)) li.append("; version ", bdi(s.version));
    if (s.licence) li.append("; licence ", bdi(s.licence));
    if (s.url) {
      const link = webLink(s.url);
      li.append("; ", link ? el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, bdi(s.url)) : bdi(s.url));
    }
    return li;
  }
  const nodeButton = (i) => el("button", { type: "button", class: "plain link", on: { click: () => select({ node: i }) } }, bdi(nodes[i].name));
  const said = (s) => (s && s !== ".." ? s : "");
  function sinceWords(t) {
    if (t.startKind === "unknown" || t.since === UNKNOWN_START) return "start unknown";
    const word = said(t.sinceSaid) || t.since;
    return t.startKind === "censored" ? "by " + word : word;
  }
  function untilWords(t) {
    if (t.endKind === "open") return "open";
    const word = said(t.untilSaid) || t.until;
    if (t.endKind === "unknown") return t.until === OPEN ? "end unknown" : "end unknown (by " + word + ")";
    if (t.endKind === "censored") return "known to " + word;
    return t.until === OPEN ? "open" : word;
  }
  const spanWords = (t) => sinceWords(t) + " – " + (t.endKind === "open" && inForceAt(t, view.date) ? "in force" : untilWords(t));
  const percent = (x) => (x === null ? "–" : (100 * x).toFixed(100 * x < 10 ? 1 : 0) + " %");
  const two = (x) => (x === null ? "–" : x.toFixed(2));
  const three = (x) => (x === null ? "–" : x.toFixed(3));
  const shareRange = (f) => (f.shareLo !== null && f.shareHi !== null && f.shareHi - f.shareLo > 0.0005
    ? percent(f.shareLo) + " – " + percent(f.shareHi) : "");
  const shareWords = (f) => percent(f.share) + (shareRange(f) ? " (" + shareRange(f) + ")" : "");
  const period = (r) => (r.fromYear === r.toYear || r.fromYear === null ? String(r.toYear) : r.fromYear + "–" + r.toYear);
  const nice = (s) => s.replace(/_/g, " ");
  const domainLabel = (t) => P.domains[t.d].label;
  const dashOf = (t) => (t.sign < 0 ? P.dashNegative : P.domains[t.d].dash);
  const plural = (n, one, many) => n + " " + (n === 1 ? one : many || one + "s");

  // ---------------------------------------------------------------- right panel
  function panel() {
    const p = $("panel");
    p.replaceChildren();
    const s = state.sel;
    if (!s) return overview(p);
    if (s.node !== undefined) return nodePanel(p, nodes[s.node]);
    if (s.tie !== undefined) return tiePanel(p, ties[s.tie]);
    if (s.flow !== undefined) return flowPanel(p, flows[s.flow]);
    if (s.camp !== undefined) return campPanel(p, s.camp);
  }
  const closeButton = () => el("button", { type: "button", class: "close", "aria-label": "Clear the selection", title: "Clear (Esc)", on: { click: () => select(null) } }, "×");
  function overview(p) {
    p.append(el("h2", null, "Reading this page"));
    const list = el("ul", { class: "prose" });
    for (const s of [
      "Select a state, a bloc, a line or a camp: facts and sources appear here.",
      "A line is a tie in force at the date; an arrow is one-sided, from the obliged side or sender to the protected side or target. A line without arrow is mutual.",
      "Ties of one pair lie side by side; “?” marks a tie on which sources disagree.",
      "States that do not exist at the date are hidden. States without a shown tie are pale, or hidden by the check box under Marks.",
      "Places on the picture have no meaning but this: members of a camp lie together and apart from others.",
      "Slider year Y means in force on Y-12-31; the last year means " + P.asOf + ".",
    ]) list.append(el("li", null, s));
    p.append(list);
    const rows = view.camps.filter((c) => c.camp !== null);
    if (rows.length) {
      p.append(el("h3", null, "Camps at " + view.date));
      const t = table(["Camp", "Members", "Certainty: median (lowest)"], "three");
      for (const c of rows) {
        t.body.append(el("tr", null,
          el("td", null, mark("dot", c.colour), " ", el("button", { type: "button", class: "plain link", on: { click: () => select({ camp: c.camp }) } }, "Camp " + c.camp), el("div", { class: "muted" }, bdi(c.some))),
          el("td", { class: "num" }, String(c.list.length)),
          el("td", { class: "num" }, c.median === null ? "not computed" : two(c.median) + " (" + two(c.lowest) + ")")));
      }
      p.append(t.root);
    }
    const shownOf = (n) => n.ties.reduce((sum, t) => sum + view.shown[t.k], 0);
    const top = view.visible.filter((n) => n.label === "State").map((n) => [n, shownOf(n)]).filter(([, k]) => k)
      .sort((a, b) => b[1] - a[1] || a[0].i - b[0].i).slice(0, 8).map(([n]) => n);
    if (top.length) {
      p.append(el("h3", null, "Most ties shown"));
      const t = table(["State", "Ties", "Partners"]);
      for (const n of top) {
        const shown = n.ties.filter((x) => view.shown[x.k]);
        const partners = new Set(shown.map((x) => (x.from === n.i ? x.to : x.from)));
        t.body.append(el("tr", null, el("td", null, nodeButton(n.i)), el("td", { class: "num" }, String(shown.length)), el("td", { class: "num" }, String(partners.size))));
      }
      p.append(t.root);
    }
  }
  function table(heads, cls) {
    const bodyPart = el("tbody");
    const root = el("table", { class: cls || "" }, el("thead", null, el("tr", null, heads.map((h) => el("th", { scope: "col" }, h)))), bodyPart);
    return { root, body: bodyPart };
  }
  function campWords(i) {
    const own = view.campOf.get(i);
    if (!P.camps.length) return "No camps were computed for this page.";
    if (!view.campTable) return "No camps were computed for " + view.date + " (the first are of " + P.camps[0].from + ").";
    if (!own) return "Not in the camp table of " + view.campTable.from + ".";
    const sure = own.certainty === null ? "certainty not computed" : "certainty " + two(own.certainty) + (own.certainty < P.uncertainBelow ? ", uncertain (< " + P.uncertainBelow + ")" : "");
    return (own.camp === null ? "No defence obligation in the loaded data" : "Camp " + own.camp) + "; " + sure + "; camps of " + view.campTable.from + ".";
  }
  const otherEnd = (t, i) => (t.from === i ? t.to : t.from);
  const direction = (t, i) => (t.mutual ? "mutual" : t.from === i ? (t.sign < 0 || t.domain !== "DEFENCE" ? "to" : "owes to") : (t.sign < 0 || t.domain !== "DEFENCE" ? "from" : "owed by"));
  function tieRows(t, n) {
    return el("tr", { class: "tie" },
      el("td", null,
        el("div", null, nodeButton(otherEnd(t, n.i)), el("span", { class: "muted" }, " " + direction(t, n.i)), t.disputed ? el("span", { class: "flag" }, "disputed") : null),
        el("div", null, line(P.domains[t.d].colour, dashOf(t)), " ",
          el("button", { type: "button", class: "plain link", on: { click: () => select({ tie: t.k }) } }, bdi(domainLabel(t) + (t.kind ? ", " + nice(t.kind) : "")))),
        t.obligations.length ? el("div", null, bdi("obligations: " + t.obligations.map(nice).join(", "))) : null,
        t.title || t.instrument ? el("div", { class: "muted" }, bdi(t.title || t.instrument)) : null),
      el("td", null, el("div", { class: "when" }, spanWords(t)), el("div", { class: "refs" }, sourceRefs(t.sources))));
  }
  function tieTable(list, n) {
    const t = table(["Other end and tie", "Since – until; source"], "two");
    list.sort((a, b) => a.d - b.d || (nodes[otherEnd(a, n.i)].name < nodes[otherEnd(b, n.i)].name ? -1 : 1) || (a.since < b.since ? -1 : 1));
    for (const x of list) t.body.append(tieRows(x, n));
    return t.root;
  }
  function nodePanel(p, n) {
    p.append(closeButton(), el("h2", null, bdi(n.name)));
    const facts = [n.id, n.iso2 && "ISO " + n.iso2, nice(n.kind || n.label.toLowerCase()), n.region].filter(Boolean);
    p.append(el("p", { class: "muted" }, bdi(facts.join(" · "))));
    if (n.label === "State") p.append(el("p", null, campWords(n.i)));
    if (n.spells.length) {
      p.append(el("p", { class: "muted" }, "Exists " + n.spells.map(([a, b]) => (a === UNKNOWN_START ? "start unknown" : a) + " – " + (b === OPEN ? "open" : b)).join("; ") + "."));
    }
    if (!view.exists[n.i]) p.append(el("p", { class: "warn" }, n.spells.length ? "Does not exist at " + view.date + "." : "No tie in force at " + view.date + "; hidden on the picture."));
    const now = n.ties.filter((t) => inForceAt(t, view.date));
    const shown = now.filter((t) => view.shown[t.k]);
    p.append(el("h3", null, plural(shown.length, "tie") + " shown at " + view.date));
    if (shown.length) p.append(tieTable(shown, n));
    later(p, now.filter((t) => !view.shown[t.k]), "in force, not shown (domain unchecked or other end hidden)", n);
    later(p, n.ties.filter((t) => !inForceAt(t, view.date)), "not in force at " + view.date, n);

    const imports = view.flows.filter((f) => f.importer === n.i).sort((a, b) => b.share - a.share || a.k - b.k);
    if (imports.length) {
      p.append(el("h3", null, "Depends on"));
      p.append(flowTable(imports, (f) => nodeButton(f.supplier), "Supplier"));
    }
    const own = newestPeriod(concentration.filter((c) => c.importer === n.i), view.date);
    if (own.length) {
      p.append(el("h3", null, "Concentration of suppliers"));
      p.append(el("p", { class: "muted" }, "Herfindahl-Hirschman index on the scale 0 (many small suppliers) to 1 (one supplier); lowest to highest value the named shares allow."));
      const t = table(["Good", "HHI, 0 to 1", "Top supplier; year; source"], "three");
      for (const c of own) {
        const bar = el("div", { class: "bar", "aria-hidden": "true" }, el("span"));
        bar.firstChild.style.left = 100 * (c.lo || 0) + "%";
        bar.firstChild.style.width = Math.max(2, 100 * ((c.hi || 0) - (c.lo || 0))) + "%";
        const top = nodeById.get(c.top);
        t.body.append(el("tr", null,
          el("td", null, bdi(c.goodName), el("div", { class: "muted" }, [c.stage, c.basis].filter(Boolean).map(nice).join(", "))),
          el("td", { class: "num" }, c.hi === null || three(c.lo) === three(c.hi) ? three(c.lo) : three(c.lo) + "–" + three(c.hi), bar),
          el("td", null, top ? nodeButton(top.i) : bdi(c.top || "–"), c.cr1 === null ? null : el("div", { class: "muted" }, percent(c.cr1) + (c.named === null ? "" : "; all named " + percent(c.named))),
            el("div", null, period(c)), el("div", { class: "refs" }, sourceRefs(c.sources)))));
      }
      p.append(t.root);
    }
    const supplies = view.flows.filter((f) => f.supplier === n.i).sort((a, b) => b.share - a.share || a.k - b.k);
    if (supplies.length) {
      p.append(el("h3", null, "Others depend on it"));
      p.append(flowTable(supplies.slice(0, 60), (f) => (f.importer >= 0 ? nodeButton(f.importer) : bdi(f.importerId === "WORLD" ? "world output" : f.importerId)), "Importer"));
      if (supplies.length > 60) p.append(el("p", { class: "muted" }, "The 60 largest of " + supplies.length + " shares."));
    }
    const ids = new Set();
    for (const t of shown) t.sources.forEach((s) => ids.add(s));
    for (const f of [...imports, ...supplies, ...own]) f.sources.forEach((s) => ids.add(s));
    sourceList(p, ids);
  }
  function later(p, list, words, n) {
    if (!list.length) return;
    const d = el("details", null, el("summary", null, plural(list.length, "tie") + " " + words));
    d.addEventListener("toggle", () => { if (d.open && d.children.length === 1) d.append(tieTable(list, n)); });
    p.append(d);
  }
  function flowTable(list, end, head) {
    const t = table([head + " and good", "Share", "Year; source"], "three");
    for (const f of list) {
      t.body.append(el("tr", null,
        el("td", null, el("div", null, end(f)),
          el("button", { type: "button", class: "plain link", on: { click: () => select({ flow: f.k }) } }, bdi(f.goodName)), f.disputed ? el("span", { class: "flag" }, "disputed") : null,
          el("div", { class: "muted" }, bdi([f.stage, f.basis].filter(Boolean).map(nice).join(", ")))),
        el("td", { class: "num" }, percent(f.share), shareRange(f) ? el("div", { class: "muted" }, shareRange(f)) : null),
        el("td", null, period(f), el("div", { class: "refs" }, sourceRefs(f.sources)))));
    }
    return t.root;
  }
  function sourceList(p, ids) {
    if (!ids.size) return;
    p.append(el("h3", null, "Sources"), el("ul", { class: "sources" }, [...ids].sort().map(sourceEntry)));
  }
  function factsTable(pairs) {
    const t = el("table", { class: "facts" });
    for (const [k, v] of pairs) if (v !== null && v !== undefined && v !== "") t.append(el("tr", null, el("th", { scope: "row" }, k), el("td", null, v)));
    return t;
  }
  function tiePanel(p, t) {
    p.append(closeButton(), el("h2", null, bdi(nodes[t.from].name), t.mutual ? " – " : " → ", bdi(nodes[t.to].name)));
    if (!inForceAt(t, view.date)) p.append(el("p", { class: "warn" }, "Not in force at " + view.date + "."));
    else if (!view.shown[t.k]) p.append(el("p", { class: "warn" }, "In force at " + view.date + ", but not shown: its domain is unchecked or an end is hidden."));
    if (t.disputed) p.append(el("p", { class: "warn" }, "Disputed: the sources disagree on a value of this tie."));
    const defence = t.domain === "DEFENCE" && t.sign > 0;
    p.append(factsTable([
      ["Domain", el("span", null, line(P.domains[t.d].colour, dashOf(t)), " ", domainLabel(t))],
      ["Kind", nice(t.kind)],
      ["Obligations", t.obligations.map(nice).join(", ") || "none recorded"],
      ["Direction", t.mutual ? "mutual" : defence ? "one-sided: obliged → protected" : "one-sided: sender → target"],
      [t.mutual ? "Between" : defence ? "Obliged" : "From", nodeButton(t.from)],
      [t.mutual ? "and" : defence ? "Protected" : "To", nodeButton(t.to)],
      ["Sign", t.sign < 0 ? "negative" : "positive"],
      ["Instrument", t.title || t.instrument ? el("span", null, bdi(t.title || t.instrument), t.title && t.instrument ? el("div", { class: "muted" }, bdi(t.instrument)) : null) : "none recorded"],
      ["Official label", t.official ? bdi(t.official) : ""],
      ["Since", sinceWords(t) + (said(t.sinceSaid) && t.sinceSaid !== t.since && t.since !== UNKNOWN_START ? " (counted from " + t.since + ")" : "") + " · " + t.startKind],
      ["Until", (t.endKind === "open" && inForceAt(t, view.date) ? "in force" : untilWords(t)) + (t.until !== OPEN ? " (first day no longer in force: " + t.until + ")" : "") + " · " + t.endKind],
      ["Derived", t.derived ? "yes" + (t.rule ? ", rule: " : "") : "no, stated by a source"],
      ["Rule", t.derived && t.rule ? bdi(t.rule) : ""],
      ["Id", el("code", null, bdi(t.id))],
    ]));
    p.append(el("h3", null, "Sources"), t.sources.length ? el("ul", { class: "sources" }, t.sources.map(sourceEntry)) : el("p", null, "No source recorded."));
  }
  function flowPanel(p, f) {
    const importer = f.importer >= 0 ? nodes[f.importer].name : f.importerId === "WORLD" ? "World output" : f.importerId;
    p.append(closeButton(), el("h2", null, bdi(importer), " → ", bdi(nodes[f.supplier].name)));
    if (!view.flows.includes(f)) p.append(el("p", { class: "warn" }, "Not the newest period at " + view.date + "."));
    p.append(factsTable([
      ["Good", el("span", null, bdi(f.goodName), el("div", { class: "muted" }, bdi(f.good)))],
      ["Stage", nice(f.stage)], ["Basis", nice(f.basis)], ["Year", period(f)],
      ["Share", shareWords(f)],
      ["Value", f.value === null ? "not recorded" : f.value.toLocaleString("en") + " " + f.unit],
      ["Total", f.total === null ? "not recorded" : f.total.toLocaleString("en") + " " + f.unit],
      ["Scope", f.scope ? bdi(f.scope) : ""],
      ["Named suppliers", f.namedLargest ? "known to be the largest" : "not known to be the largest"],
      ["Disputed", f.disputed ? "yes" : "no"],
      ["Importer", f.importer >= 0 ? nodeButton(f.importer) : ""], ["Supplier", nodeButton(f.supplier)],
    ]));
    p.append(el("h3", null, "Sources"), f.sources.length ? el("ul", { class: "sources" }, f.sources.map(sourceEntry)) : el("p", null, "No source recorded."));
  }
  function campPanel(p, camp) {
    const c = view.camps.find((k) => k.camp === camp);
    p.append(closeButton(), el("h2", null, camp === null ? "No defence obligation in the loaded data" : "Camp " + camp));
    if (!c) { p.append(el("p", { class: "warn" }, "Has no member at " + view.date + ".")); return; }
    p.append(el("p", null, plural(c.list.length, "member") + " at " + view.date + "; camps of " + view.campTable.from + "."));
    if (c.median !== null) p.append(el("p", { class: "muted" }, "Certainty: median " + two(c.median) + ", lowest " + two(c.lowest) + "; " + c.uncertain + " uncertain (< " + P.uncertainBelow + ")."));
    const t = table(["Member", "Certainty", "Ties shown"]);
    for (const i of c.list) {
      const own = view.campOf.get(i);
      t.body.append(el("tr", null, el("td", null, nodeButton(i)),
        el("td", { class: "num" }, own.certainty === null ? "–" : two(own.certainty) + (own.certainty < P.uncertainBelow ? " uncertain" : "")),
        el("td", { class: "num" }, String(view.shownAt[i]))));
    }
    p.append(t.root);
  }

  // ---------------------------------------------------------------- left panel
  const boxes = new Map();
  function controls() {
    for (const d of P.domains) {
      const box = el("input", { type: "checkbox", value: d.id, on: { change: () => { if (box.checked) state.hide.delete(d.id); else state.hide.add(d.id); update(); } } });
      const count = el("span", { class: "count" });
      boxes.set(d.id, { box, count });
      $("domains").append(el("label", { class: "row" }, box, line(d.colour, d.dash), bdi(d.label), count));
    }
    if (!P.domains.length) $("domains").append(el("p", { class: "muted" }, "no ties loaded"));
    if (P.absent.length) $("absent").textContent = "No ties loaded: " + P.absent.join(", ") + ".";
    $("dependence-mark").append(line(P.dependenceColour, [], 4));
    if (!flows.length) {
      $("dependence").disabled = true;
      $("share-row").hidden = true;
      $("dependence-count").textContent = "none loaded";
    }
    const year = $("year"), number = $("year-number");
    for (const input of [year, number]) { input.min = P.years[0]; input.max = P.years[1]; }
    if (P.years[0] === P.years[1]) year.disabled = number.disabled = true;
    $("year-first").textContent = P.years[0];
    $("year-last").textContent = P.years[1];
    year.addEventListener("input", () => setYear(Number(year.value)));
    number.addEventListener("change", () => setYear(Number(number.value)));
    $("domains-all").addEventListener("click", () => { state.hide.clear(); update(); });
    $("domains-none").addEventListener("click", () => { state.hide = new Set(domainIds); update(); });
    const toggle = (id, key) => $(id).addEventListener("change", () => { state[key] = $(id).checked; update(); });
    toggle("dependence", "dep");
    toggle("outlines", "outlines");
    toggle("untied", "untied");
    $("share").addEventListener("input", () => { state.share = Number($("share").value); update(); });
    $("save-png").addEventListener("click", savePng);
    $("save-json").addEventListener("click", saveJson);
    $("reset").addEventListener("click", reset);
    $("zoom-in").addEventListener("click", () => zoom(1.3));
    $("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
    $("zoom-all").addEventListener("click", () => showAll(true));
    const marks = $("marks");
    const has = (f) => nodes.some(f);
    marks.append(el("li", null, mark("dot", "#ffffff"), lean ? "state" : "state; larger = more partners at the date"));
    if (has((n) => n.label === "Bloc" && n.kind === "alliance")) marks.append(el("li", null, mark("square", "#ffffff"), "bloc: alliance"));
    if (has((n) => n.label === "Bloc" && n.kind !== "alliance")) marks.append(el("li", null, mark("diamond", "#ffffff"), "bloc: other"));
    if (has((n) => n.label === "Actor")) marks.append(el("li", null, mark("triangle", "#ffffff"), "actor"));
    if (ties.some((t) => t.sign < 0)) marks.append(el("li", null, line("#444444", P.dashNegative), "negative tie"));
    if (ties.some((t) => !t.mutual)) marks.append(el("li", null, el("span", { class: "glyph" }, "→"), "one-sided tie"));
    if (ties.some((t) => t.disputed)) marks.append(el("li", null, el("span", { class: "glyph" }, "?"), "sources disagree"));
    if (flows.length) marks.append(el("li", null, line(P.dependenceColour, [], 4), "importer → supplier; wider = larger share"));
  }
  function setYear(year) {
    if (!Number.isFinite(year)) { update(); return; }
    state.year = Math.max(P.years[0], Math.min(P.years[1], Math.round(year)));
    update();
  }
  function paintControls() {
    const c = view.counts;
    $("counts").textContent = c.states + " states, " + c.shown + " of " + c.inForce + " ties shown, at " + view.date;
    const more = [];
    if (c.others) more.push(plural(c.others, "bloc") + " and other bodies".slice(0, has("Actor") ? undefined : 0));
    more.push(c.inForce + " in force at that date of " + P.total + " in the data");
    if (state.dep) more.push(plural(view.flowsDrawn.length, "dependence") + (view.flowsCut ? " (largest; " + view.flowsCut + " more)" : ""));
    if (c.left) more.push(c.left + " not in this file (limit " + P.maxTies + ")");
    if (view.hiddenEnds) more.push(view.hiddenEnds + " with an end that does not exist at the date");
    $("counts-more").textContent = more.join(" · ");
    $("date").textContent = view.date;
    $("year").value = state.year;
    $("year").setAttribute("aria-valuetext", "in force on " + view.date);
    $("year-number").value = state.year;
    P.domains.forEach((d, k) => {
      const b = boxes.get(d.id);
      b.box.checked = !state.hide.has(d.id);
      b.count.textContent = c.perDomain[k];
    });
    $("dependence").checked = state.dep;
    if (flows.length) $("dependence-count").textContent = state.dep ? view.flowsDrawn.length : "";
    $("share").value = state.share;
    $("share-out").textContent = state.share + " %";
    $("outlines").checked = state.outlines;
    $("untied").checked = state.untied;
    const legend = $("camps");
    legend.replaceChildren();
    if (!P.camps.length) legend.append(el("p", { class: "muted small" }, "No camps were computed for this page."));
    else if (!view.campTable) legend.append(el("p", { class: "muted small" }, "None computed for " + view.date + "; the first are of " + P.camps[0].from + "."));
    for (const k of view.camps) {
      const sure = k.median === null ? "" : " · certainty " + two(k.lowest) + (k.highest > k.lowest ? "–" + two(k.highest) : "");
      legend.append(el("button", { type: "button", class: "camp", title: k.list.map((i) => nodes[i].name).join(", "), on: { click: () => select({ camp: k.camp }) } },
        mark("dot", k.colour, mix(k.colour, "#000000", 0.4)),
        el("span", null, k.camp === null ? "no defence obligation in the loaded data" : el("span", null, "Camp " + k.camp + ": ", bdi(k.some)),
          el("span", { class: "muted small block" }, plural(k.list.length, k.camp === null ? "state" : "member") + (k.camp === null ? "" : sure)))));
    }
    if (view.camps.some((k) => k.uncertain)) legend.append(el("p", { class: "small legend" }, mark("dot", "#ffffff", "#111111", true), "uncertain (< " + P.uncertainBelow + ")"));
    if (view.campTable && view.visible.some((n) => !view.campOf.has(n.i))) legend.append(el("p", { class: "small legend" }, mark("dot", "#ffffff"), "not in the camp table (blocs are not)"));
    if (view.campTable) legend.append(el("p", { class: "small muted" }, "Certainty: lowest–highest of the members. Camps of " + view.campTable.from + "."));
    const empty = $("empty");
    empty.hidden = c.shown > 0 || view.flowsDrawn.length > 0;
    empty.textContent = c.inForce ? "None of the " + c.inForce + " ties in force at " + view.date + " is in a checked domain." : "No tie in the loaded data is in force at " + view.date + ".";
  }
  const has = (label) => nodes.some((n) => n.label === label && view.exists[n.i]);

  // ---------------------------------------------------------------- selection, search, keyboard
  function select(what, options) {
    state.sel = what;
    network.unselectAll();
    hideTip();
    if (what && what.node !== undefined && view.exists[what.node]) {
      if (!body.nodes[what.node].options.hidden) network.selectNodes([what.node]);
      if (options && options.centre) centre(what.node);
    } else if (what && what.tie !== undefined && view.shown[what.tie]) network.selectEdges([what.tie]);
    else if (what && what.flow !== undefined && body.edges["f" + what.flow]) network.selectEdges(["f" + what.flow]);
    panel();
    $("panel").scrollTop = 0;
    network.redraw();
    writeHash();
  }
  function centre(i) {
    const { x, y } = body.nodes[i];
    const p = network.canvasToDOM({ x, y });
    const box = $("network");
    if (p.x < 40 || p.y < 40 || p.x > box.clientWidth - 40 || p.y > box.clientHeight - 40) network.moveTo({ position: { x, y }, animation: false });
  }
  const fold = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/ı/g, "i").replace(/ø/g, "o").replace(/ł/g, "l").replace(/ß/g, "ss").trim();
  const folded = nodes.map((n) => ({ n, name: fold(n.name), id: fold(n.id), iso: fold(n.iso2) }));
  function found(query) {
    const q = fold(query);
    if (!q) return [];
    const rank = (f) => (f.id === q || (f.iso && f.iso === q) ? 0 : f.name === q ? 1 : f.name.startsWith(q) ? 2 : f.id.startsWith(q) ? 3
      : f.name.split(/[\s,.()'-]+/).some((w) => w.startsWith(q)) ? 4 : f.name.includes(q) ? 5 : 9);
    return folded.map((f) => [rank(f), f.n]).filter(([r]) => r < 9)
      .sort((a, b) => a[0] - b[0] || view.exists[b[1].i] - view.exists[a[1].i] || (a[1].name < b[1].name ? -1 : 1)).slice(0, 12).map(([, n]) => n);
  }
  let results = [], active = 0;
  function suggest() {
    const input = $("search"), list = $("found");
    results = found(input.value);
    active = 0;
    list.replaceChildren(...results.map((n, k) => el("li", { role: "option", id: "found-" + k, on: { mousedown: (e) => { e.preventDefault(); choose(n); } } },
      bdi(n.name), el("span", { class: "muted" }, " ", n.id, view.exists[n.i] ? "" : " · not at this date"))));
    if (!results.length && input.value.trim()) list.append(el("li", { class: "muted" }, "nothing found"));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    markActive();
  }
  function markActive() {
    [...$("found").children].forEach((li, k) => { li.classList.toggle("active", k === active); li.setAttribute("aria-selected", String(k === active)); });
    if (results.length) $("search").setAttribute("aria-activedescendant", "found-" + active);
    else $("search").removeAttribute("aria-activedescendant");
  }
  function choose(n) {
    $("search").value = n.name;
    $("found").hidden = true;
    $("search").setAttribute("aria-expanded", "false");
    select({ node: n.i }, { centre: true });
  }
  function searchKeys() {
    const input = $("search");
    input.addEventListener("input", suggest);
    input.addEventListener("blur", () => { $("found").hidden = true; input.setAttribute("aria-expanded", "false"); });
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
        if (!$("found").hidden) { $("found").hidden = true; input.setAttribute("aria-expanded", "false"); e.stopPropagation(); }
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
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const on = document.activeElement;
    const typing = on && /^(INPUT|SELECT|TEXTAREA)$/.test(on.tagName);
    if (e.key === "Escape" && !typing) { select(null); return; }
    if (e.key === "/" && !typing) { e.preventDefault(); $("search").focus(); $("search").select(); return; }
    if (typing || (on && on !== document.body && !$("stage").contains(on))) return;
    const keys = { ArrowLeft: () => pan(-60, 0), ArrowRight: () => pan(60, 0), ArrowUp: () => pan(0, -60), ArrowDown: () => pan(0, 60), "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: () => showAll(true) };
    if (Object.prototype.hasOwnProperty.call(keys, e.key)) { e.preventDefault(); keys[e.key](); }
  });
  network.on("click", (e) => {
    $("network").focus({ preventScroll: true });
    if (e.nodes.length) select({ node: e.nodes[0] });
    else if (e.edges.length) select(typeof e.edges[0] === "string" ? { flow: Number(e.edges[0].slice(1)) } : { tie: e.edges[0] });
    else if (state.sel) select(null);
  });
  network.on("zoom", () => { touched = true; hideTip(); });
  network.on("dragStart", () => { touched = true; hideTip(); });
  network.on("dragging", () => { view.hulls = null; });
  network.on("dragEnd", (e) => {
    view.hulls = null;
    if (state.sel && (e.nodes.length || !state.sel.camp)) select(e.nodes.length ? { node: e.nodes[0] } : state.sel);
  });
  function showTip(e, ...lines) {
    const tip = $("tip");
    tip.replaceChildren(...lines.map((l, k) => el("div", { class: k ? "" : "first" }, bdi(l))));
    tip.hidden = false;
    const box = $("stage").getBoundingClientRect();
    const at = e.pointer ? e.pointer.DOM : { x: 0, y: 0 };
    tip.style.left = Math.max(4, Math.min(at.x + 14, box.width - tip.offsetWidth - 6)) + "px";
    tip.style.top = Math.max(4, Math.min(at.y + 14, box.height - tip.offsetHeight - 6)) + "px";
  }
  function hideTip() { $("tip").hidden = true; }
  network.on("hoverNode", (e) => {
    hovered = { node: e.node };
    const n = nodes[e.node];
    const own = view.campOf.get(n.i);
    showTip(e, n.name, ...(own ? [(own.camp === null ? "no defence obligation in the loaded data" : "Camp " + own.camp) + (own.certainty === null ? "" : ", certainty " + two(own.certainty))] : []), plural(view.shownAt[n.i], "tie") + " shown");
  });
  network.on("hoverEdge", (e) => {
    if (typeof e.edge === "string") {
      const f = flows[Number(e.edge.slice(1))];
      showTip(e, nodes[f.importer].name + " → " + nodes[f.supplier].name, f.goodName + ": " + shareWords(f) + ", " + period(f));
      return;
    }
    const t = ties[e.edge];
    hovered = { edge: t.k };
    showTip(e, nodes[t.from].name + (t.mutual ? " – " : " → ") + nodes[t.to].name, domainLabel(t) + (t.kind ? ", " + nice(t.kind) : ""), t.title || t.instrument || "no instrument recorded", spanWords(t) + (t.disputed ? ", disputed" : ""));
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
  function snapshot() {
    const id = (i) => nodes[i].id;
    return {
      title: P.title, command: P.command, version: P.version, as_of: P.asOf, newest_source: P.newestSource, notes: P.notes,
      date: view.date, in_force: "since <= date and until > date",
      counts: { states: view.counts.states, ties_shown: view.counts.shown, ties_in_force: view.counts.inForce, ties_in_data: P.total, dependences_shown: view.flowsDrawn.length },
      filters: {
        year: state.year, domains: domainIds.filter((d) => !state.hide.has(d)), dependence: state.dep,
        dependence_share_at_least: state.dep ? state.share / 100 : null, outlines: state.outlines, states_without_shown_tie: state.untied,
      },
      camps_of: view.campTable ? view.campTable.from : null,
      nodes: view.visible.map((n) => {
        const own = view.campOf.get(n.i);
        return { id: n.id, name: n.name, label: n.label, kind: n.kind, iso2: n.iso2, region: n.region,
          camp: own ? own.camp : null, in_camp_table: !!own, certainty: own ? own.certainty : null };
      }),
      ties: ties.filter((t) => view.shown[t.k]).map((t) => ({
        id: t.id, start: id(t.from), end: id(t.to), domain: t.domain, kind: t.kind, obligations: t.obligations, mutual: t.mutual, sign: t.sign,
        instrument: t.instrument, instrument_title: t.title, official_label: t.official, derived: t.derived, rule: t.rule, since: t.since,
        until: t.until, start_kind: t.startKind, end_kind: t.endKind, since_edtf: t.sinceSaid, until_edtf: t.untilSaid, disputed: t.disputed, sources: t.sources,
      })),
      dependences: view.flowsDrawn.map((f) => ({
        importer: f.importerId, supplier: id(f.supplier), good: f.good, good_name: f.goodName, stage: f.stage, basis: f.basis, from_year: f.fromYear,
        to_year: f.toYear, share_lo: f.shareLo, share: f.share, share_hi: f.shareHi, value: f.value, total: f.total, unit: f.unit, scope: f.scope,
        named_largest: f.namedLargest, disputed: f.disputed, sources: f.sources,
      })),
      sources: usedSources().map((s) => Object.assign({ id: s }, Object.prototype.hasOwnProperty.call(P.sources, s) ? P.sources[s] : {})),
    };
  }
  function saveJson() {
    save(fileName("json"), new Blob([JSON.stringify(snapshot(), null, 1) + "\n"], { type: "application/json" }));
  }
  // Redraw once with more pixels, keep a copy, and restore the canvas on the screen.
  function picture(k) {
    const own = network.canvas, canvas = own.frame.canvas;
    const kept = [canvas.width, canvas.height, own.pixelRatio];
    const copy = document.createElement("canvas");
    const size = (width, height, ratio) => { canvas.width = width; canvas.height = height; own.pixelRatio = ratio; network.renderer._redraw(); };
    size(Math.round(canvas.clientWidth * k), Math.round(canvas.clientHeight * k), k);
    copy.width = canvas.width;
    copy.height = canvas.height;
    copy.getContext("2d").drawImage(canvas, 0, 0);
    size(...kept);
    return copy;
  }
  // The picture alone would lose its meaning: title, date, legend and sources go into the file with it.
  function savePng() {
    const W = network.canvas.frame.canvas.clientWidth, H = network.canvas.frame.canvas.clientHeight;
    const k = Math.max(1, Math.min(3, 8000 / Math.max(W, H))); // three pixels a screen pixel: fit to print
    const from = picture(k);
    const out = document.createElement("canvas");
    const probe = out.getContext("2d");
    const font = (px, bold) => (bold ? "600 " : "") + px + "px " + FONT;
    const wrap = (words, px, width) => {
      probe.font = font(px);
      const lines = [""];
      for (const w of words.split(" ")) {
        const next = lines[lines.length - 1] + (lines[lines.length - 1] ? " " : "") + w;
        if (probe.measureText(next).width > width && lines[lines.length - 1]) lines.push(w);
        else lines[lines.length - 1] = next;
      }
      return lines;
    };
    const entries = P.domains.filter((d, n) => !state.hide.has(d.id) && view.counts.perDomain[n]).map((d) => ({ words: d.label, colour: d.colour, dash: d.dash }));
    if (state.dep) entries.push({ words: "Dependence, at least " + state.share + " %", colour: P.dependenceColour, dash: [] });
    for (const c of view.camps) entries.push({ words: (c.camp === null ? "no defence obligation in the loaded data" : "Camp " + c.camp + ": " + c.some) + " (" + c.list.length + ")", dot: c.colour });
    if (view.camps.some((c) => c.uncertain)) entries.push({ words: "uncertain (< " + P.uncertainBelow + ")", dot: "#ffffff", dashed: true });
    probe.font = font(11);
    let x = 12, row = 0;
    for (const e of entries) {
      const w = probe.measureText(e.words).width + 44;
      if (x + w > W - 8 && x > 12) { x = 12; row += 1; }
      Object.assign(e, { x, row });
      x += w;
    }
    const caption = wrap("Data as of " + P.asOf + "; newest source: " + P.newestSource + "; " + P.version + ". " + P.command, 10, W - 24)
      .concat(wrap("Sources: " + (usedSources().join(", ") || "none recorded") + ".", 10, W - 24));
    const head = 50, legend = entries.length ? (row + 1) * 18 + 8 : 0;
    out.width = Math.round(W * k);
    out.height = Math.round((head + H + legend + caption.length * 14 + 12) * k);
    const ctx = out.getContext("2d");
    ctx.fillStyle = "#ffffff";
    ctx.fillRect(0, 0, out.width, out.height);
    ctx.drawImage(from, 0, Math.round(head * k));
    ctx.scale(k, k);
    ctx.textBaseline = "middle";
    ctx.fillStyle = "#16191d";
    ctx.font = font(16, true);
    ctx.fillText(P.title, 12, 17, W - 24);
    ctx.font = font(12);
    ctx.fillStyle = "#4c545d";
    ctx.fillText($("counts").textContent, 12, 38, W - 24);
    ctx.font = font(11);
    for (const e of entries) {
      const y = head + H + 10 + e.row * 18;
      ctx.beginPath();
      if (e.dot) {
        ctx.arc(e.x + 10, y, 6, 0, 2 * Math.PI);
        ctx.fillStyle = e.dot;
        ctx.fill();
        ctx.strokeStyle = "#333333";
        ctx.lineWidth = 1.2;
        ctx.setLineDash(e.dashed ? [3, 2] : []);
      } else {
        ctx.moveTo(e.x, y);
        ctx.lineTo(e.x + 22, y);
        ctx.strokeStyle = e.colour;
        ctx.lineWidth = 2.4;
        ctx.setLineDash(e.dash);
      }
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.fillStyle = "#16191d";
      ctx.fillText(e.words, e.x + (e.dot ? 20 : 27), y);
    }
    ctx.font = font(10);
    ctx.fillStyle = "#4c545d";
    caption.forEach((words, n) => ctx.fillText(words, 12, head + H + legend + 10 + n * 14));
    out.toBlob((blob) => { if (blob) save(fileName("png"), blob); }, "image/png");
  }

  // ---------------------------------------------------------------- state in the address
  let writing = 0;
  function writeHash() {
    clearTimeout(writing);
    writing = setTimeout(() => {
      const d = defaults(), q = new URLSearchParams();
      if (state.year !== d.year) q.set("year", state.year);
      if (state.hide.size) q.set("hide", [...state.hide].sort().join(","));
      if (state.dep) q.set("dep", "1");
      if (state.share !== d.share) q.set("share", state.share);
      if (!state.outlines) q.set("outlines", "0");
      if (!state.untied) q.set("untied", "0");
      const s = state.sel;
      if (s && s.node !== undefined) q.set("state", nodes[s.node].id);
      if (s && s.tie !== undefined) q.set("tie", ties[s.tie].id);
      const hash = q.toString();
      if (("#" + hash) !== (location.hash || "#")) history.replaceState(null, "", "#" + hash);
    }, 120);
  }
  function readHash() {
    state = defaults();
    const q = new URLSearchParams(location.hash.slice(1));
    const year = Number(q.get("year"));
    if (q.has("year") && Number.isInteger(year)) state.year = Math.max(P.years[0], Math.min(P.years[1], year));
    for (const d of (q.get("hide") || "").split(",")) if (domainNumber.has(d)) state.hide.add(d);
    state.dep = q.get("dep") === "1" && flows.length > 0;
    const share = Number(q.get("share"));
    if (share >= 5 && share <= 100) state.share = Math.round(share / 5) * 5;
    state.outlines = q.get("outlines") !== "0";
    state.untied = q.get("untied") !== "0";
    if (nodeById.has(q.get("state"))) state.sel = { node: nodeById.get(q.get("state")).i };
    else if (q.has("tie")) {
      const t = ties.find((x) => x.id === q.get("tie"));
      if (t) state.sel = { tie: t.k };
    }
  }
  window.addEventListener("hashchange", () => { readHash(); update(); select(state.sel); });

  // ---------------------------------------------------------------- footer
  function footer() {
    const f = $("footer");
    const used = new Set();
    for (const t of ties) t.sources.forEach((s) => used.add(s));
    for (const x of flows) x.sources.forEach((s) => used.add(s));
    for (const x of concentration) x.sources.forEach((s) => used.add(s));
    const facts = el("p", null, el("code", null, bdi(P.command)), " · as of ", el("b", null, P.asOf), " · newest source: ", el("b", null, bdi(P.newestSource)), " · ", bdi(P.version));
    const notes = P.notes.slice();
    if (P.total > ties.length) notes.push(P.total - ties.length + " of " + P.total + " ties are not in this file (limit " + P.maxTies + "); those in force at " + P.asOf + " were kept first.");
    if (P.flowsLeftOut) notes.push(P.flowsLeftOut + " dependences are not in this file: their supplier is not in the graph, or the file's limit was reached.");
    const list = el("details", { class: "up" }, el("summary", null, "Sources used (" + used.size + ")"), el("ul", { class: "sources" }, [...used].sort().map(sourceEntry)));
    f.append(facts, list);
    if (notes.length) f.append(el("details", { class: "up", open: notes.length ? "" : null }, el("summary", null, plural(notes.length, "note")), el("ul", null, notes.map((n) => el("li", null, bdi(n))))));
  }

  // ---------------------------------------------------------------- go
  let frame = 0;
  function update() {
    compute();
    applyShown();
    paintControls();
    applyPositions();
    panel();
    if (state.sel) {
      network.unselectAll();
      if (state.sel.node !== undefined && view.visible.includes(nodes[state.sel.node])) network.selectNodes([state.sel.node]);
      else if (state.sel.tie !== undefined && view.shown[state.sel.tie]) network.selectEdges([state.sel.tie]);
    }
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => network.redraw());
    writeHash();
  }
  function reset() {
    state = defaults();
    touched = false;
    hovered = null;
    $("search").value = "";
    epochDrawn = -2;
    update();
    select(null);
    showAll(true);
  }
  controls();
  searchKeys();
  footer();
  paintControls();
  applyShown();
  showAll(true);
  select(state.sel);
  window.addEventListener("resize", () => requestAnimationFrame(() => showAll(false)));

  // For tests and for readers with a console: what is on the picture.
  window.pactgraph = {
    network, snapshot,
    drawn: () => ({ nodes: body.nodeIndices.length, ties: body.edgeIndices.filter((k) => typeof k !== "string").length, dependences: body.edgeIndices.filter((k) => typeof k === "string").length }),
    at: (id) => { const n = nodeById.get(id); if (!n) return null; const b = body.nodes[n.i]; return network.canvasToDOM({ x: b.x, y: b.y }); },
    hulls: () => hulls().map((h) => ({ camp: h.c.camp, members: h.list.map((i) => nodes[i].id), polygon: h.polygon, apart: h.apart })),
  };
  document.documentElement.dataset.ready = "1";
})();
