"""Self-contained HTML pages around pyvis: the only module that knows pyvis.

pyvis 0.3.2 by itself loads bootstrap and tom-select from the network, leaves autoescaping off and lets titles and
headings run as script. Here it keeps what it is good at (nodes, edges, options and the vis-network library it ships),
and renders them through our own template with autoescaping on and a content security policy that allows exactly the
scripts of this release.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

_HERE = Path(__file__).resolve().parent
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """Return the text of one file of ``viz/assets`` with Unix line ends (a policy hash covers exactly these bytes)."""
    return (_HERE / "assets" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


@lru_cache(maxsize=1)
def _vis_library() -> str:
    """Return vis-network as pyvis ships it, without the comment that makes developer tools fetch a source map."""
    package = Path(str(importlib.import_module("pyvis").__file__)).parent
    found = sorted(package.glob("lib/vis-9.1*/vis-network.min.js"))
    if not found:
        raise FileNotFoundError(f"vis-network 9.1 is not in {package}: pyvis 0.3.2 ships it")
    text = found[-1].read_text(encoding="utf-8").replace("\r\n", "\n")
    return re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", text)


class Plain(list[Any]):
    """A list that is plain JSON data already: long tables are made of numbers alone, and are not gone through again."""


def plain(value: object) -> Any:
    """Return ``value`` as plain JSON data.

    Numbers that JSON lacks (NaN, infinities) become null, numpy scalars become Python numbers, dates ISO strings,
    and characters that no HTML file can carry (NUL, other controls, lone surrogates) become U+FFFD.
    """
    if value is None or isinstance(value, bool | int | Plain):
        return value
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(plain(str(k))): plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, Sequence) or hasattr(value, "__iter__"):
        return [plain(v) for v in value]
    return _UNPRINTABLE.sub("\ufffd", str(value))


def _json_block(value: object) -> Markup:
    """Return compact ASCII JSON that is inert inside a script element of type application/json."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _script_hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii") + "'"


def _policy(scripts: Sequence[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(_script_hash(s) for s in scripts),
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def render_network(
    template: str,
    nodes: list[dict[str, Any]],
    edges: list[list[int]],
    options: Mapping[str, Any],
    *,
    title: str,
    payload: Mapping[str, Any],
    script: str,
    style: str,
) -> str:
    """Render one page with a pyvis network in it.

    Parameters
    ----------
    template
        File name in ``viz/templates``.
    nodes
        vis-network nodes with plain values; ``id`` is an integer, so that no name can collide with a property of a
        JavaScript object.
    edges
        Ends ``[from, to]`` of each line: the script makes vis-network edges of those that it draws.
    options
        vis-network options.
    title
        Page title; plain text.
    payload
        Everything else the page's script reads; plain data.
    script, style
        File names in ``viz/assets``.

    Returns
    -------
    str
        The whole page. Equal input gives equal text; nothing in it makes a request. The data are ASCII; the page is
        to be written as UTF-8.
    """
    network_class = importlib.import_module("pyvis.network").Network
    net = network_class(directed=True, cdn_resources="in_line", height="100%", width="100%", heading=plain(title))
    net.nodes, net.edges, net.options = plain(nodes), plain(edges), dict(options)
    scripts = {"vis": _vis_library(), "page": asset(script)}
    environment = _environment()
    environment.filters["data"] = _json_block
    environment.filters["fromjson"] = json.loads
    environment.globals.update(
        policy=_policy(list(scripts.values())),
        vis_script=Markup(scripts["vis"]),
        page_script=Markup(scripts["page"]),
        page_style=Markup(asset(style)),
        payload=plain(payload),
    )
    net.templateEnv = environment
    net.path = template
    return str(net.generate_html())


@lru_cache(maxsize=1)
def _documents() -> jinja2.Environment:
    """The environment of all documents: their templates are compiled once, however many pages are written."""
    environment = _environment()
    environment.filters["data"] = _json_block
    return environment


def render_document(
    template: str, context: Mapping[str, Any], *, script: str, style: str, charts: Sequence[Mapping[str, Any]] = (),
    world: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Render a page of text, tables, bars and charts. All but the charts is made whole on the server and can be read without a script.

    Parameters
    ----------
    template
        File name in ``viz/templates``.
    context
        What the template shows; made plain, every text escaped where it stands.
    script, style
        File names in ``viz/assets``; the script adds filters to what is there.
    charts
        As `viz.charts` makes them; the template shows the n-th by ``chart(n)``. Only a page that has one holds the library.
    world
        Outlines for maps, as GeoJSON.

    Returns
    -------
    str
        The whole page, to be written as UTF-8. Equal input gives equal text; nothing in it makes a request.
    """
    code = asset(script)
    drawing = [asset("echarts.min.js"), asset("charts.js")] if charts else []
    shown = {
        "policy": _policy([*drawing, code]), "page_script": Markup(code), "page_style": Markup(asset(style)), "charts": plain(charts),
        "outlines": world, "chart_scripts": [Markup(text) for text in drawing],
    }  # fmt: skip
    return _documents().get_template(template).render({**plain(context), **shown})


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """Render HTML that another program frames, and that has neither style nor script of its own.

    Parameters
    ----------
    template
        File name in ``viz/templates``.
    context
        What the template shows; made plain, every text escaped where it stands.

    Returns
    -------
    str
        Equal input gives equal text.
    """
    return _documents().get_template(template).render(plain(context))
