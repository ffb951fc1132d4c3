/* Puts the kit into the storage that Neo4j Browser reads when it starts, then opens Browser. What the user has changed or removed stays
   so: a part of the kit is written only where Browser still has it as the last visit left it, or has never had it. */
"use strict";
(async () => {
  const RECORD = "pactgraph.kit";
  const read = (key, otherwise) => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
  const same = (a, b) => JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());

  const put = (kit) => {
    const before = read(RECORD, { style: {}, documents: {}, settings: {} });

    const style = read("neo4j.grass", null) ?? {};
    for (const [selector, rule] of Object.entries(kit.style)) {
      const known = Object.hasOwn(before.style, selector);
      if (!known || same(style[selector], before.style[selector])) style[selector] = rule;
    }
    write("neo4j.grass", style);

    const kept = read("neo4j.documents", []) ?? [];
    const have = new Map(kept.map((document) => [document.id, document]));
    const ours = new Map(kit.documents.map((document) => [document.id, document]));
    const known = { ...before.documents };
    const untouched = (document) => before.documents[document.id] === document.content;
    for (const document of kept) if (!ours.has(document.id) && untouched(document)) delete known[document.id];
    const documents = kept
      .filter((document) => ours.has(document.id) || !untouched(document))
      .map((document) => (ours.has(document.id) && untouched(document) ? { ...document, ...ours.get(document.id) } : document));
    for (const [id, document] of ours) {
      if (!have.has(id) && !Object.hasOwn(before.documents, id)) documents.push(document);
    }
    write("neo4j.documents", documents);

    const folders = read("neo4j.folders", []) ?? [];
    if (!folders.some((folder) => folder.id === kit.folder.id)) folders.push(kit.folder);
    write("neo4j.folders", folders);

    const settings = read("neo4j.settings", {}) ?? {};
    for (const [name, value] of Object.entries(kit.settings)) {
      if (!Object.hasOwn(before.settings, name)) settings[name] = value;
    }
    write("neo4j.settings", settings);

    const texts = Object.fromEntries(kit.documents.map((document) => [document.id, document.content]));
    write(RECORD, { style: kit.style, documents: { ...known, ...texts }, settings: kit.settings });
  };

  const asked = new URLSearchParams(location.search);
  const target = new URL("../", location.href);
  for (const name of ["dbms", "db", "preselectAuthMethod"]) {
    if (asked.has(name)) target.searchParams.set(name, asked.get(name));
  }
  try {
    const answer = await fetch("kit.json", { cache: "no-store" });
    put(await answer.json());
    const guide = new URL("guide.html", location.href);
    guide.hostname = "localhost"; // the one host that Browser takes guides from by default
    target.searchParams.set("cmd", "guide");
    target.searchParams.set("arg", guide.href);
  } finally {
    location.replace(target);
  }
})();
