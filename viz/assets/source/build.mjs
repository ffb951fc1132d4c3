// Makes echarts.min.js and world.json. Run "npm ci && npm run build" here (Node 20); SHA256SUMS says what it gave.
// Only its output is part of the product: nobody who installs pactgraph needs Node.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoEqualEarth, geoStream } from "d3-geo";
import { build } from "esbuild";
import { feature } from "topojson-client";
import { presimplify, simplify, quantile, planarTriangleArea } from "topojson-simplify";

const require = createRequire(import.meta.url);
const out = new URL("../", import.meta.url);
const reference = new URL("../../../data/reference/", import.meta.url);
const version = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")).version;

// ---- the charting library
const made = await build({
  entryPoints: ["charts.mjs"], bundle: true, minify: true, format: "iife", globalName: "echarts", target: "es2020", charset: "ascii",
  legalComments: "none", write: false, define: { "process.env.NODE_ENV": '"production"' },
});
const head = `/*! Apache ECharts ${version("echarts")} and zrender ${version("zrender")}, the parts listed in source/charts.mjs, bundled and shortened.
Apache ECharts: Copyright 2017-2026 The Apache Software Foundation; this product includes software developed at The Apache Software
Foundation (https://www.apache.org/). Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
It holds code of d3 (Copyright 2010-2017 Mike Bostock, BSD 3-Clause). zrender: Copyright 2017 Baidu Inc., BSD 3-Clause.
tslib: Copyright Microsoft Corporation, 0BSD. The licences' texts stand in echarts.LICENSE beside this file. */
`;
// A way out for browsers without JSON that no page takes and no content security policy allows.
const fallback = /:new Function\("return \("\+(\w+)\+"\);"\)\(\):/g;
const code = made.outputFiles[0].text;
if ((code.match(fallback) || []).length !== 1) throw new Error("echarts: the fallback for JSON.parse is not where it was");
writeFileSync(new URL("echarts.min.js", out), head + code.replace(fallback, ":JSON.parse($1):"));

// ---- the world: Natural Earth 1:50m (public domain) by world-atlas (ISC), simplified, in the Equal Earth projection, keyed by our ids
const csv = (name) => readFileSync(new URL(name, reference), "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
const byNumber = new Map(csv("state_codes.csv").filter((r) => r[0] === "iso3n").map((r) => [r[1].padStart(3, "0"), r[2]]));
const byName = new Map(csv("state_names.csv").map((r) => [r[0], r[1]]));
const names = new Map(csv("states.csv").map((r) => [r[1], r[0]]));
const atlas = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json"), "utf8"));
const weighed = presimplify(atlas, planarTriangleArea);
const simple = simplify(weighed, quantile(weighed, 0.1));
const K = 1000;
const projection = geoEqualEarth().scale(K).translate([0, 0]).precision(0);
// Polygons as projected: d3 cuts what crosses the antimeridian.
const projected = (geometry) => {
  const polygons = [];
  let ring = null;
  geoStream(geometry, projection.stream({
    polygonStart() { polygons.push([]); }, polygonEnd() {}, sphere() {},
    lineStart() { ring = []; },
    point(x, y) {
      const at = [Math.round(x), -Math.round(y)], last = ring[ring.length - 1];
      if (!last || last[0] !== at[0] || last[1] !== at[1]) ring.push(at);
    },
    lineEnd() {
      if (ring.length > 2 && String(ring[0]) !== String(ring[ring.length - 1])) ring.push(ring[0]);
      polygons[polygons.length - 1].push(ring);
    },
  }));
  return polygons.filter((p) => p.length && p[0].length > 3);
};
const tiny = (geometry) => {
  const [x, y] = projection(geometry.type === "Polygon" ? geometry.coordinates[0][0] : geometry.coordinates[0][0][0]);
  return [[Math.round(x), -Math.round(y)]];
};
const area = (r) => Math.abs(r.reduce((s, [x, y], i) => { const [a, b] = r[(i + 1) % r.length]; return s + x * b - a * y; }, 0)) / 2;
const disc = ([x, y]) => {
  const points = Array.from({ length: 10 }, (_, k) => [Math.cos((k * Math.PI) / 5), Math.sin((k * Math.PI) / 5)].map((v, i) => Math.round([x, y][i] + 15 * v)));
  return [...points, points[0]];
};
const features = [];
const discs = [];
simple.objects.countries.geometries.forEach((geometry, n) => {
  const { name } = geometry.properties;
  if (name === "Antarctica" || /^Ashmore|^Indian Ocean/.test(name)) return; // the latter are islets that bear their state's code
  const id = byNumber.get(geometry.id) || names.get(name) || byName.get(name) || "";
  const exact = projected(feature(atlas, atlas.objects.countries.geometries[n]).geometry).map((p) => p[0]).sort((a, b) => area(b) - area(a));
  const kept = projected(feature(simple, geometry).geometry).map((p) => p.filter((r) => r.length > 3 && area(r) >= 12)).filter((p) => p.length);
  if (!exact.length) exact.push(tiny(feature(atlas, atlas.objects.countries.geometries[n]).geometry));
  if (id && area(exact[0]) < 220) {
    // Too small to see or to hit with a finger: a disc on its largest piece.
    kept.push([disc([0, 1].map((k) => exact[0].reduce((s, p) => s + p[k], 0) / exact[0].length))]);
    discs.push(id);
  }
  if (kept.length) {
    features.push({ type: "Feature", properties: { name: id || `-${name}` }, geometry: { type: "MultiPolygon", coordinates: kept } });
  }
});
features.sort((a, b) => (a.properties.name < b.properties.name ? -1 : 1));
const from = `Natural Earth 1:50m (public domain) by world-atlas ${version("world-atlas")}, simplified; Equal Earth projection times ${K}`;
writeFileSync(new URL("world.json", out), JSON.stringify({ from, discs: discs.sort(), world: { type: "FeatureCollection", features } }) + "\n");

const sums = ["echarts.min.js", "world.json"].map((name) => `${createHash("sha256").update(readFileSync(new URL(name, out))).digest("hex")}  ${name}`);
writeFileSync(new URL("SHA256SUMS", import.meta.url), sums.join("\n") + "\n");
