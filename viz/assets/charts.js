/* Charts of a page, drawn by ECharts into SVG from plain data. What a chart says stands in the page as text too; nothing here makes markup. */
(function () {
  "use strict";
  const block = document.getElementById("charts");
  if (!block) return;
  const data = JSON.parse(block.textContent);
  if (data.world) echarts.registerMap("world", { geoJSON: data.world });
  const PRINTED = 690; // width of A4 between its margins, in CSS pixels
  const dark = matchMedia("(prefers-color-scheme: dark)"), print = matchMedia("print");
  const FONT = '"DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif';
  const drawn = new Map();

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return { ink: read("--ink"), soft: read("--soft"), paper: read("--paper"), rule: read("--rule"), grid: read("--grid"), edge: read("--edge") };
  }
  const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
  function text(t, size, more) {
    return Object.assign({ color: t.ink, fontSize: size || 12.5, fontFamily: FONT, textBorderColor: t.paper, textBorderWidth: 3 }, more);
  }
  function tooltip(t, say) {
    return {
      renderMode: "richText", confine: true, backgroundColor: t.paper, borderColor: t.soft, borderWidth: 1, padding: [7, 10], transitionDuration: 0,
      textStyle: { color: t.ink, fontSize: 12.5, fontFamily: FONT, textBorderWidth: 0 },
      formatter: (p) => say(p).map((line) => wrapped(line)).join("\n"),
    };
  }
  function wrapped(line) {
    const found = [""];
    for (const word of cut(line, 220).split(" ")) {
      const last = found[found.length - 1];
      if (last && last.length + word.length > 46) found.push(word); else found[found.length - 1] = last ? last + " " + word : word;
    }
    return found.join("\n");
  }
  const PATTERNS = {
    lines: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
    dots: { symbol: "circle", dashArrayX: [[0, 7], [3.5, 7]], dashArrayY: [5, 0], symbolSize: 0.55 },
    crossed: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 6], rotation: Math.PI / 4 },
  };
  function fill(look, t) {
    const style = { color: look.colour, borderColor: t.edge, borderWidth: 0.6 };
    if (look.pattern) style.decal = Object.assign({ color: "rgba(255,255,255,.75)" }, PATTERNS[look.pattern]);
    return style;
  }

  const KINDS = {
    sankey(c, t, width) {
      const room = Math.max(9, Math.floor((width * 0.46) / 7));
      return {
        tooltip: tooltip(t, (p) => (p.dataType === "edge" ? c.links[p.dataIndex].said : c.nodes[p.dataIndex].said)),
        series: [{
          type: "sankey", left: 4, right: 4, top: 8, bottom: 8, nodeWidth: 14, nodeGap: 12, draggable: false, layoutIterations: 32,
          emphasis: { disabled: true }, silent: false,
          data: c.nodes.map((n, i) => ({
            name: "n" + i, depth: n.depth, itemStyle: fill(c.looks[n.look], t),
            label: text(t, 12.5, { position: n.depth ? "left" : "right", formatter: () => cut(n.label, room), fontStyle: n.look === "rest" ? "italic" : "normal" }),
          })),
          links: c.links.map((l) => ({
            source: "n" + l.from, target: "n" + l.to, value: l.value,
            lineStyle: { color: c.looks[l.look].colour, opacity: l.look === "rest" ? 0.4 : 0.55, curveness: 0.5 },
            edgeLabel: text(t, 11.5, { show: l.value >= c.least, formatter: () => l.label }),
          })),
        }],
      };
    },
    panels(c, t, width) {
      const n = c.panels.length, top = 26, gap = 44, left = 46, high = (c.height - top - 26 - gap * (n - 1)) / n;
      const axis = { axisLine: { lineStyle: { color: t.soft } }, axisTick: { lineStyle: { color: t.soft } }, axisLabel: text(t, 12, { textBorderWidth: 0 }) };
      const series = [];
      c.panels.forEach((panel, k) => panel.series.forEach((s, j) => series.push({
        type: "line", xAxisIndex: k, yAxisIndex: k, name: "s" + k + "." + j, step: s.step ? "end" : false, data: s.points, color: s.colour,
        symbol: s.symbol || "circle", symbolSize: s.step ? 1 : 8, showSymbol: !s.step, connectNulls: false, animation: false,
        lineStyle: { width: 2.5, type: s.dash || "solid", color: s.colour }, itemStyle: { color: s.colour, borderColor: t.edge, borderWidth: 0.5 },
        emphasis: { disabled: true },
        markLine: panel.lines && j === 0 ? {
          silent: true, symbol: "none", animation: false, lineStyle: { color: t.soft, type: "dashed", width: 1 },
          label: text(t, 11.5, { position: "insideStartTop", formatter: (p) => panel.lines[p.dataIndex].text }),
          data: panel.lines.map((line) => ({ yAxis: line.at })),
        } : undefined,
      })));
      return {
        tooltip: Object.assign(tooltip(t, (p) => {
          const [k, j] = p.seriesName.slice(1).split(".").map(Number), s = c.panels[k].series[j];
          return [c.panels[k].name, s.said[p.dataIndex]];
        }), { trigger: "item" }),
        grid: c.panels.map((_, k) => ({ left: left, right: 14, top: top + k * (high + gap), height: high })),
        xAxis: c.panels.map((_, k) => Object.assign({ type: "value", gridIndex: k, min: c.from, max: c.to, minInterval: 1, splitLine: { show: false }, 
          splitNumber: width > 560 ? 8 : 4 }, axis, { axisLabel: text(t, 12, { textBorderWidth: 0, showMinLabel: true, showMaxLabel: false, formatter: (v) => (Number.isInteger(v) ? String(v) : "") }) })),
        yAxis: c.panels.map((p, k) => Object.assign({ type: "value", gridIndex: k, min: 0, max: p.most, name: p.name, nameLocation: "end", minInterval: p.percent ? undefined : 1,
          nameTextStyle: text(t, 12, { align: "left", padding: [0, 0, 0, -left + 6], textBorderWidth: 0 }), splitLine: { lineStyle: { color: t.rule } }, splitNumber: 4 }, axis,
          { axisLabel: text(t, 12, { textBorderWidth: 0, formatter: (v) => (p.percent ? Math.round(100 * v) + "%" : String(v)) }) })),
        series: series,
      };
    },
    plane(c, t, width) {
      const axis = (a) => ({
        type: "value", min: a.from, max: a.to, name: a.name, nameLocation: "middle", nameGap: a.gap, nameTextStyle: text(t, 12.5, { textBorderWidth: 0 }),
        axisLine: { onZero: false, lineStyle: { color: t.soft } }, axisLabel: text(t, 12, { textBorderWidth: 0, margin: 22 }), splitLine: { lineStyle: { color: t.rule } }, splitNumber: 4,
      });
      const said = (p) => (p.seriesIndex ? c.points : c.others)[p.dataIndex].said;
      return {
        tooltip: tooltip(t, said),
        grid: { left: 76, right: 26, top: 24, bottom: 66 },
        xAxis: axis(c.x), yAxis: axis(c.y),
        series: [
          { type: "scatter", itemStyle: { color: "transparent", borderColor: t.soft, borderWidth: 1.3 }, emphasis: { disabled: true },
            data: c.others.map((p) => ({ value: [p.x, p.y], symbolSize: p.n > 1 ? Math.min(40, 12 + 3 * Math.sqrt(p.n)) : 8,
              label: text(t, 11.5, { show: p.n > 1, position: "inside", formatter: () => String(p.n) }) })),
            markLine: { silent: true, symbol: "none", animation: false, lineStyle: { color: t.soft, type: "dashed", width: 1 }, label: { show: false },
              data: [...c.x.lines.map((v) => ({ xAxis: v })), ...c.y.lines.map((v) => ({ yAxis: v }))] } },
          { type: "scatter", symbolSize: 15, symbol: "diamond", z: 5, emphasis: { disabled: true },
            data: c.points.map((p) => ({ value: [p.x, p.y], label: text(t, 13, { show: c.points.length < 13, fontWeight: "bold", position: p.x > 0.6 ? "left" : "right", formatter: () => cut(width > 560 ? p.label : p.short, 24) }) })),
            labelLayout: { hideOverlap: true }, itemStyle: { color: "#d55e00", borderColor: t.edge, borderWidth: 1 } },
          ...c.regions.map((r) => ({
            type: "scatter", symbolSize: 1, silent: true, itemStyle: { color: "transparent" }, data: [[r.x, r.y]], tooltip: { show: false },
            label: text(t, 11.5, { show: width > 560, color: t.soft, fontStyle: "italic", position: "inside", formatter: () => r.label }),
          })),
        ],
      };
    },
    graph(c, t, width) {
      const room = width > 640 ? 165 : 50;
      return {
        tooltip: tooltip(t, (p) => (p.dataType === "edge" ? c.edges[p.dataIndex].said : c.nodes[p.dataIndex].said)),
        grid: { left: room, right: room, top: 30, bottom: 30 },
        xAxis: { show: false, min: -1, max: 1 }, yAxis: { show: false, min: -1, max: 1, inverse: true },
        series: [{
          type: "graph", coordinateSystem: "cartesian2d", clip: false, roam: false, draggable: false, emphasis: { disabled: true }, animation: false,
          data: c.nodes.map((n, i) => ({
            id: "n" + i, value: [n.x, n.y], symbol: n.shape, symbolSize: n.size, itemStyle: { color: n.colour, borderColor: t.edge, borderWidth: 1 },
            label: text(t, n.size > 20 ? 13 : 12, { show: true, position: n.at, distance: 6, formatter: () => (width > 640 ? cut(n.label, 24) : cut(n.short, 9)), fontWeight: n.size > 20 ? "bold" : "normal" }),
          })),
          links: c.edges.map((e) => ({
            source: "n" + e.from, target: "n" + e.to, symbol: ["none", e.arrow ? "arrow" : "none"], symbolSize: 8,
            lineStyle: { color: e.colour === "#222222" ? t.ink : e.colour, width: e.width, type: e.dash, curveness: e.curve, opacity: e.faint ? 0.28 : 0.95 },
          })),
        }],
      };
    },
    map(c, t) {
      return {
        tooltip: tooltip(t, (p) => (Object.hasOwn(c.values, p.name) ? c.values[p.name].said : [c.blank])),
        series: [{
          type: "map", map: "world", aspectScale: 1, nameProperty: "name", roam: false, selectedMode: false, left: 2, right: 2, top: 2, bottom: 2, emphasis: { disabled: true }, animation: false,
          itemStyle: { areaColor: t.rule, borderColor: t.paper, borderWidth: 0.5 },
          data: Object.keys(c.values).map((id) => {
            const style = fill(c.looks[c.values[id].look], t);
            return { name: id, itemStyle: Object.assign(style, { areaColor: style.color, borderColor: t.paper, borderWidth: 0.5 }) };
          }),
        }],
      };
    },
  };

  function draw(box) {
    const c = data.charts[box.dataset.chart];
    const width = print.matches ? Math.min(PRINTED, box.clientWidth || PRINTED) : box.clientWidth;
    if (!width || !c) return;
    const high = c.kind === "map" ? Math.round(Math.min(width * 0.5, 560)) : width < 560 && c.narrow ? c.narrow : c.height;
    const made = drawn.get(box);
    const chart = made || echarts.init(box, null, { renderer: "svg", width: width, height: high });
    if (made) chart.resize({ width: width, height: high });
    const option = KINDS[c.kind](Object.assign({}, c, { height: high }), theme(), width);
    chart.setOption(Object.assign({ animation: false, aria: { enabled: false } }, option), { notMerge: true });
    drawn.set(box, chart);
    box.dataset.width = String(width);
  }
  const boxes = Array.from(document.querySelectorAll("[data-chart]"));
  const again = () => boxes.forEach(draw);
  boxes.forEach(draw);
  // A chart in a folded or filtered part has no width until it is shown.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.clientWidth && String(target.clientWidth) !== target.dataset.width && !print.matches) draw(target);
  });
  boxes.forEach((box) => watch.observe(box));
  dark.addEventListener("change", again);
  print.addEventListener("change", again);
  addEventListener("beforeprint", again);
  addEventListener("afterprint", again);
})();
