"use strict";
// What every page has: parts that stay up to date, and a few hands for the scripts of single pages. Pages
// are complete without any script.

const assay = (() => {
  const main = document.getElementById("main");

  // Brings one live part to what the server says now. Its attribute data-live says how:
  //   ""      it is replaced as a whole, unless the reader is in it;
  //   items   children are told apart by their ids: new ones come in, old ones go, the others stay;
  //   rows    like items, but the others are replaced where they differ, and new ones may only come first.
  function merge(part, next) {
    // What was empty before may be another kind of part now.
    if (part.tagName !== next.tagName) return location.reload();
    const how = part.dataset.live;
    if (how === "items" || how === "rows") return mergeChildren(part, next, how === "rows");
    if (part.innerHTML === next.innerHTML || part.contains(document.activeElement)) return;
    part.replaceChildren(...next.childNodes);
  }

  function mergeChildren(part, next, areRows) {
    const known = new Map([...part.children].map((child) => [child.id, child]));
    // A list that was scrolled has more than its first page, which is all that is asked for anew.
    const isWhole = !areRows || !part.dataset.grown;
    let before = null;
    for (const child of [...next.children]) {
      const own = known.get(child.id);
      known.delete(child.id);
      if (!own) {
        if (isWhole || before === null || before.dataset.isNew) {
          child.dataset.isNew = "1";
          before ? before.after(child) : part.prepend(child);
          before = child;
        }
        continue;
      }
      if (areRows && own.innerHTML !== child.innerHTML && !own.contains(document.activeElement)) {
        own.replaceChildren(...child.childNodes);
      }
      before = own;
    }
    for (const child of part.children) delete child.dataset.isNew;
    if (isWhole) for (const child of known.values()) child.remove();
  }

  // Asks for the page anew and brings its live parts up to date. Whoever shows data that it fetches by itself
  // listens to the event assay:change of the document; assay:parts says that parts were replaced.
  async function update() {
    document.dispatchEvent(new CustomEvent("assay:change"));
    const parts = [...document.querySelectorAll("[data-live]")];
    if (parts.length === 0) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const next = fresh.getElementById(part.id);
      if (next && part.isConnected) merge(part, next);
    }
    document.dispatchEvent(new CustomEvent("assay:parts"));
  }

  const least = 1000;
  let asked = 0, isDue = false, isAsking = false, source = null;

  async function refresh() {
    isDue = true;
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      await new Promise((go) => setTimeout(go, Math.max(0, asked + least - Date.now())));
      isDue = false;
      asked = Date.now();
      await update();
    } catch {
      // The server has gone; its stream of events comes back when it does.
    } finally {
      isAsking = false;
      if (isDue) refresh();
    }
  }

  function listen() {
    if (document.hidden) {
      if (source) source.close();
      source = null;
    } else if (!source) {
      source = new EventSource(main.dataset.events);
      source.addEventListener("change", refresh);
      if (asked || isDue) refresh();
    }
  }

  if (main && main.dataset.events && window.EventSource) {
    document.addEventListener("visibilitychange", listen);
    window.addEventListener("pagehide", () => {
      if (source) source.close();
      source = null;
    });
    window.addEventListener("pageshow", (event) => event.persisted && listen());
    listen();
  }

  // Menus close where one clicks elsewhere, and by Escape.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest && event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // What is chosen in a form of class quick counts at once; its empty fields are left out of the address.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const isChoice = event.target.matches("select, input[type=checkbox]") && !event.target.closest(".menu");
    if (form && form.matches("form.quick") && isChoice) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get") return;
    const empty = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  });

  // An element with attributes and children; texts are taken as text.
  function element(name, attributes = {}, ...children) {
    const made = name.startsWith("svg:")
      ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  // A number as people read it, with as many digits as tell it from its neighbours.
  function number(value, digits = 5) {
    if (value === null || value === undefined || Number.isNaN(value)) return "\u2014";
    if (!Number.isFinite(value)) return value < 0 ? "\u2212\u221E" : "\u221E";
    const size = Math.abs(value);
    let text;
    if (Number.isInteger(value) && size < 1e7) text = String(value);
    else if (size >= 1e6 || (size < 1e-4 && size > 0)) text = value.toExponential(Math.max(0, digits - 3)).replace(/\.?0+e/, "e").replace("e+", "e");
    else text = String(Number(value.toPrecision(digits)));
    return text.replace("-", "\u2212");
  }

  return { element, number, refresh };
})();
