/* Pages of tables: find, filter, open, print. All that is said stands in the document; nothing here makes markup. */
(function () {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const tools = $("tools"), find = $("find"), only = $("only"), good = $("good"), least = $("least"), shown = $("shown");
  const rows = Array.from(document.querySelectorAll("table.filter > tbody > tr:not(.sub)"));
  const blocks = Array.from(document.querySelectorAll("[data-good]"));
  const details = () => Array.from(document.querySelectorAll("main details"));
  const first = new Map(details().map((d) => [d, d.open]));
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = rows.map((row) => fold(row.textContent));
  const shownOf = shown.dataset;

  function apply() {
    const wanted = fold(find.value.trim());
    let seen = 0, all = 0;
    for (const block of blocks) block.hidden = Boolean(good && good.value && block.dataset.good !== good.value);
    rows.forEach((row, n) => {
      const past = Boolean(only && only.checked && row.dataset.now === "0");
      const other = Boolean(good && good.value && row.dataset.of && row.dataset.of !== good.value);
      row.hidden = past || other || Boolean(wanted && !words[n].includes(wanted));
      if (!row.closest("[data-good][hidden]")) { all += 1; seen += row.hidden ? 0 : 1; }
    });
    const limit = least ? Number(least.value) : 0;
    for (const cell of document.querySelectorAll("[data-share]")) cell.classList.toggle("faint", Number(cell.dataset.share) < limit);
    if (wanted) for (const d of document.querySelectorAll("details.domain")) if (d.querySelector("tr:not([hidden]) > th[scope=row]")) d.open = true;
    shown.textContent = seen ? seen + " " + shownOf.of + " " + all + " " + shownOf.rows : shownOf.none;
    remember();
  }
  function remember() {
    const kept = new URLSearchParams();
    if (find.value) kept.set("find", find.value);
    if (only && only.checked) kept.set("now", "1");
    if (good && good.value) kept.set("good", good.value);
    if (least && Number(least.value)) kept.set("least", least.value);
    const text = kept.toString();
    if (text || /^#.*=/.test(location.hash)) history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }
  function recall() {
    if (!location.hash.includes("=")) return;
    const kept = new URLSearchParams(location.hash.slice(1));
    find.value = kept.get("find") || "";
    if (only) only.checked = kept.get("now") === "1";
    if (good && Array.from(good.options).some((o) => o.value === kept.get("good"))) good.value = kept.get("good");
    if (least && Array.from(least.options).some((o) => o.value === kept.get("least"))) least.value = kept.get("least");
  }
  function reset() {
    find.value = "";
    if (only) only.checked = false;
    if (good) good.value = "";
    if (least) least.value = "0";
    for (const [d, open] of first) d.open = open;
    apply();
  }
  let before = [];
  addEventListener("beforeprint", () => { before = details().filter((d) => !d.open && !d.closest("#cypher")); for (const d of before) d.open = true; });
  addEventListener("afterprint", () => { for (const d of before) d.open = false; before = []; });
  find.addEventListener("input", apply);
  find.addEventListener("keydown", (e) => { if (e.key === "Escape") { find.value = ""; apply(); } if (e.key === "Enter") e.preventDefault(); });
  for (const control of [only, good, least]) if (control) control.addEventListener("change", apply);
  $("open").addEventListener("click", () => { for (const d of details()) d.open = true; });
  $("close").addEventListener("click", () => { for (const d of details()) d.open = false; });
  $("print").addEventListener("click", () => print());
  $("reset").addEventListener("click", reset);
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) { e.preventDefault(); find.focus(); }
  });
  tools.hidden = false;
  recall();
  apply();
  document.documentElement.dataset.ready = "1";
})();
