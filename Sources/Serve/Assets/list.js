"use strict";
// Long tables: the next page is fetched as one scrolls near the end, and pages far from sight are put away, so
// that 100,000 rows scroll as lightly as 100. Chosen rows stay chosen whatever is put away.

(() => {
  const { element } = assay;
  const pane = document.querySelector(".pane[data-list]");
  if (!pane) return;
  const table = pane.querySelector("table");
  const more = pane.querySelector(".more");
  const chosen = new Set([...pane.querySelectorAll("tbody input[name=run]:checked")].map((box) => box.value));
  const form = pane.closest("form") || pane.querySelector("form");

  // --- Chosen rows.
  const count = document.querySelector("[data-chosen-count]");
  const buttons = [...document.querySelectorAll("[data-needs-chosen]")];

  function show() {
    for (const box of pane.querySelectorAll("tbody input[name=run]")) {
      box.checked = chosen.has(box.value);
      box.closest("tr").classList.toggle("chosen", box.checked);
    }
    if (count) count.textContent = chosen.size ? `${chosen.size} chosen` : "";
    for (const button of buttons) button.disabled = chosen.size < Number(button.dataset.needsChosen);
  }

  let lastBox = null;
  pane.addEventListener("click", (event) => {
    const box = event.target.closest("tbody input[name=run]");
    if (!box) return;
    // With the shift key, all rows between the last box and this one.
    const boxes = [...pane.querySelectorAll("tbody input[name=run]")];
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)];
    const range = event.shiftKey && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
    for (const one of range) box.checked ? chosen.add(one.value) : chosen.delete(one.value);
    lastBox = box;
    show();
  });

  if (form) {
    form.addEventListener("submit", (event) => {
      const action = (event.submitter && event.submitter.getAttribute("formaction")) || form.getAttribute("action");
      event.preventDefault();
      const address = new URL(action, location.href);
      for (const run of chosen) address.searchParams.append("run", run);
      location.href = address.href;
    });
  }
  const all = pane.querySelector("thead input[type=checkbox]");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of pane.querySelectorAll("tbody input[name=run]")) all.checked ? chosen.add(box.value) : chosen.delete(box.value);
      show();
    });
  }

  // --- Pages.
  const rest = new WeakMap();
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting && rest.has(target)) {
        const range = document.createRange();
        range.selectNodeContents(target);
        target.replaceChildren(range.createContextualFragment(rest.get(target)));
        rest.delete(target);
        show();
      } else if (!isIntersecting && !rest.has(target) && target.rows.length > 0 && !target.contains(document.activeElement)) {
        // As text they take a tenth of the room.
        rest.set(target, target.innerHTML);
        const room = `height: ${boundingClientRect.height}px; padding: 0; border: 0`;
        target.replaceChildren(element("tr", { "aria-hidden": "true" }, element("td", { colspan: target.rows[0].cells.length, style: room })));
      }
    }
  }, { root: pane, rootMargin: "3000px 0px" });

  let isLoading = false;
  async function grow() {
    const link = more && more.querySelector("a[rel=next]");
    if (!link || isLoading) return;
    isLoading = true;
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector(".pane[data-list] tbody");
      const further = page.querySelector(".pane[data-list] .more a[rel=next]");
      if (next && next.rows.length > 0) {
        const body = element("tbody", {}, ...next.rows);
        table.append(body);
        table.tBodies[0].dataset.grown = "1";
        sight.observe(body);
      }
      further ? link.replaceWith(further) : link.remove();
      more.querySelector("a[rel=first]")?.remove();
      show();
    } finally {
      isLoading = false;
    }
    if (isNear()) grow();
  }

  const isNear = () => pane.scrollTop + pane.clientHeight > pane.scrollHeight - 2500 && pane.clientHeight > 0;
  pane.addEventListener("scroll", () => { if (isNear()) grow(); }, { passive: true });
  if (pane.scrollHeight <= pane.clientHeight + 400) grow();
  document.addEventListener("assay:parts", show);
  window.addEventListener("pageshow", show);
  show();
})();
