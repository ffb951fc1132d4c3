"""How soon the network page can be used, beside pyvis, neo4j-viz and cytoscape.js on the same graph: python benchmarks/browser.py [peers]

``peers`` is a scratch folder with the two peers that are no dependency of ours; without them they are left out:

    pip install --target PEERS/py neo4j-viz
    npm install --prefix PEERS cytoscape

Time runs from the graph in memory to a picture that can be used: making the page in Python, layout included, opening it in headless
Chromium, and the layout in the browser where the tool does it there (pyvis: its event; cytoscape.js: its cose layout, then the event;
neo4j-viz says nothing, so until two screenshots are equal). What takes less than 10 s is done three times, and the shortest counts, for
other work on the machine only adds. Frames: the mean time from a turn of the wheel to the next frame. All pages open from disk, and
requests are refused. Data are synthetic. Only ratios of one run mean anything.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.support import browser, large, network_input  # noqa: E402

from viz.network import network_page  # noqa: E402

LIMIT = 300  # seconds after which a page is given up
WHEEL = """async () => {
  const W = innerWidth, H = innerHeight, on = document.elementFromPoint(W / 2, H / 2), taken = [];
  for (let i = 0; i < 24; i++) {
    const t = performance.now();
    const turn = {deltaY: i % 2 ? 100 : -100, clientX: W / 2, clientY: H / 2, bubbles: true, cancelable: true};
    on.dispatchEvent(new WheelEvent('wheel', turn));
    await new Promise(r => requestAnimationFrame(() => setTimeout(r, 0)));
    taken.push(performance.now() - t);
  }
  return taken.slice(4).reduce((a, b) => a + b, 0) / 20;
}"""
FILTER = """async () => {
  const box = document.querySelector('#domains input'), taken = [];
  for (let i = 0; i < 8; i++) {
    const t = performance.now();
    box.click();
    await new Promise(r => requestAnimationFrame(() => setTimeout(r, 0)));
    taken.push(performance.now() - t);
  }
  return taken.slice(2).sort((a, b) => a - b)[3];
}"""
OURS = "document.documentElement.dataset.ready === '1'"


def pyvis_page(graph: Any, smooth: bool) -> str:
    """What pyvis makes by default, or with the smoothing of edges off; physics on in both."""
    network = importlib.import_module("pyvis.network").Network(directed=True, cdn_resources="in_line")
    for node, data in graph.nodes(data=True):
        network.add_node(node, label=data["name"])
    for start, end, data in graph.edges(data=True):
        network.add_edge(start, end, title=data["instrument_title"])
    if not smooth:
        network.set_edge_smooth("continuous")
        network.options.edges.smooth.enabled = False
    made = "network = new vis.Network(container, data, options);"
    text = str(network.generate_html())
    assert made in text
    return text.replace(made, made + " network.once('stabilizationIterationsDone', () => { window.usable = true; });")


def cytoscape_page(graph: Any, library: Path) -> str:
    elements = [{"data": {"id": n, "label": d["name"]}} for n, d in graph.nodes(data=True)]
    elements += [{"data": {"id": k, "source": u, "target": v}} for u, v, k in graph.edges(keys=True)]
    return (
        "<!doctype html><meta charset=utf-8><style>#c{position:absolute;inset:0}</style><div id=c></div><script>"
        + library.read_text(encoding="utf-8")
        + f"</script><script>const cy = cytoscape({{container: document.getElementById('c'), elements: {json.dumps(elements)},"
        " style: [{selector: 'node', style: {label: 'data(label)'}}], hideEdgesOnViewport: true, layout: {name: 'preset'}});"
        "const l = cy.layout({name: 'cose', animate: false}); l.one('layoutstop', () => { window.usable = true; }); l.run();</script>"
    )


def neo4j_page(graph: Any) -> str:
    viz = importlib.import_module("neo4j_viz")
    number = {node: str(i) for i, node in enumerate(graph)}
    nodes = [viz.Node(id=number[n], caption=d["name"]) for n, d in graph.nodes(data=True)]
    ties = [viz.Relationship(source=number[u], target=number[v], caption=d["domain"]) for u, v, d in graph.edges(data=True)]
    made = viz.VisualizationGraph(nodes=nodes, relationships=ties).render(max_allowed_nodes=20_000, width="100%", height="800px")
    return "<!doctype html><meta charset=utf-8>" + str(made.data)


def measured(chrome: Any, folder: Path, make: Callable[[], str], ready: str | None, fragment: str = "") -> dict[str, float | None]:
    """Seconds until usable (None: given up), milliseconds a frame and, of our page, of a change of filter; size in MB."""
    context = chrome.new_context(viewport={"width": 1400, "height": 860})
    context.set_default_timeout(LIMIT * 1000)
    page = context.new_page()
    page.goto("about:blank")
    start = time.perf_counter()
    text = make()
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    page.route("**/*", lambda r: r.continue_() if r.request.url.startswith(("file:", "data:", "blob:")) else r.abort())
    result: dict[str, float | None] = {"usable": None, "frame": None, "filter": None, "size": len(text.encode("utf-8")) / 1e6}
    try:
        page.goto(file.as_uri() + fragment, wait_until="commit")
        if ready:
            while not page.evaluate(f"!!({ready})"):
                if time.perf_counter() - start > LIMIT:
                    return result
                time.sleep(0.02)
            page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        else:
            page.wait_for_selector("canvas")
            before, now = b"", page.screenshot()
            while before != now:
                if time.perf_counter() - start > LIMIT:
                    return result
                time.sleep(0.1)
                before, now = now, page.screenshot()
        result["usable"] = time.perf_counter() - start
        page.wait_for_timeout(500)
        result["frame"] = page.evaluate(WHEEL)
        if ready == OURS:
            page.wait_for_timeout(500)
            result["filter"] = page.evaluate(FILTER)
    except Exception as error:  # a peer that breaks is reported, the others are measured
        print(f"  {type(error).__name__}: {str(error).splitlines()[0][:120]}", file=sys.stderr)
    finally:
        context.close()
    return result


def main() -> None:
    peers = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    library = peers / "node_modules/cytoscape/dist/cytoscape.min.js" if peers else None
    if peers:
        sys.path.append(str(peers / "py"))
    fixed = len(network_page(network_input(importlib.import_module("networkx").MultiGraph())).encode("utf-8"))
    print(f"fixed part of a page: {fixed / 1e6:.2f} MB\n")
    print("| states / ties | page | usable s | / ours | frame ms | filter ms | MB | kB a tie |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with browser() as chrome, tempfile.TemporaryDirectory() as folder:
        for states, ties, defaults in ((200, 2_000, True), (2_000, 10_000, False), (10_000, 50_000, False)):
            data = large(states, ties, camps=8)
            cases: list[tuple[str, Callable[[], str], str | None, str]] = [
                ("ours, as it opens", lambda data=data: network_page(data), OURS, ""),  # type: ignore[misc]
                ("ours, every tie a line", lambda data=data: network_page(data), OURS, "#group=none"),  # type: ignore[misc]
            ]
            if ties < 50_000:
                if importlib.util.find_spec("neo4j_viz"):
                    cases.append(("neo4j-viz", lambda data=data: neo4j_page(data.graph), None, ""))  # type: ignore[misc]
                if library and library.is_file():
                    cases.append(("cytoscape.js", lambda data=data: cytoscape_page(data.graph, library), "window.usable", ""))  # type: ignore[misc]
                cases.append(("pyvis, smoothing off", lambda data=data: pyvis_page(data.graph, False), "window.usable", ""))  # type: ignore[misc]
            if defaults:
                cases.append(("pyvis", lambda data=data: pyvis_page(data.graph, True), "window.usable", ""))  # type: ignore[misc]
            ours: float | None = None
            for name, make, ready, fragment in cases:
                runs = [measured(chrome, Path(folder), make, ready, fragment)]
                while len(runs) < 3 and (runs[0]["usable"] or LIMIT) < 10:
                    runs.append(measured(chrome, Path(folder), make, ready, fragment))
                r = {k: min((run[k] for run in runs if run[k] is not None), default=None) for k in runs[0]}  # type: ignore[type-var]
                ours = ours or r["usable"]

                def said(value: float | None, digits: int = 0) -> str:
                    return "–" if value is None else f"{value:.{digits}f}"

                ratio = f"> {LIMIT / (ours or 1):.0f}" if r["usable"] is None else f"{r['usable'] / (ours or 1):.1f}"
                usable = f"> {LIMIT}" if r["usable"] is None else said(r["usable"], 2)
                each = said((r["size"] - fixed / 1e6) * 1e3 / ties, 2) if name.startswith("ours") and r["size"] else ""
                cells = (f"{states:,} / {ties:,}", name, usable, ratio, said(r["frame"]), said(r["filter"]), said(r["size"], 1), each)
                print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
