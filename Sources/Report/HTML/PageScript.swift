/// What a page does: tables sort, marks say what they stand for, numbers say where they come from.
///
/// A table, and a drawing with marks, is one stop of the tab key; arrow keys move within it.
/// Without the script everything can still be read: hints are titles, queries and runs stand below.
package enum PageScript {
  package static let text = """
    "use strict";
    (() => {
      const tip = document.getElementById("tip");
      let explained = null;

      function place(x, y) {
        tip.hidden = false;
        const box = tip.getBoundingClientRect();
        const width = document.documentElement.clientWidth;
        const left = Math.max(4, Math.min(x + 14, width - box.width - 4));
        const above = y - box.height - 12;
        tip.style.left = left + scrollX + "px";
        tip.style.top = (above > 4 ? above : y + 18) + scrollY + "px";
      }

      function placeAt(element) {
        const box = element.getBoundingClientRect();
        place(box.x + box.width / 2, box.y + box.height / 2);
      }

      function hide() {
        tip.hidden = true;
        tip.classList.remove("pinned");
        explained = null;
      }

      function line(text) {
        const element = document.createElement("div");
        element.textContent = text;
        tip.append(element);
        return element;
      }

      function link(parent, address, text) {
        const element = document.createElement("a");
        element.href = address;
        element.textContent = text;
        parent.append(" ", element);
      }

      // One of several elements can be reached by the tab key; the others by moving from it.
      function focus(element, group) {
        for (const other of group) if (other.tabIndex === 0) other.tabIndex = -1;
        element.tabIndex = 0;
        element.focus();
      }

      function goTo(address) {
        const target = document.getElementById(decodeURIComponent(address.slice(1)));
        const details = target?.closest("details");
        if (details) details.open = true;
      }
      addEventListener("hashchange", () => goTo(location.hash));
      if (location.hash) goTo(location.hash);

      // Marks of figures. The titles would show a second time, so they move into the hint.
      function say(mark) {
        tip.textContent = mark.dataset.hint;
      }
      for (const drawing of document.querySelectorAll("main svg")) {
        const marks = [...drawing.querySelectorAll(".hint")];
        if (marks.length === 0) continue;
        drawing.setAttribute("role", "group");
        marks.forEach((mark, index) => {
          const title = mark.querySelector("title");
          mark.dataset.hint = title.textContent;
          mark.setAttribute("aria-label", title.textContent);
          mark.setAttribute("role", "img");
          mark.setAttribute("tabindex", index === 0 ? "0" : "-1");
          title.remove();
        });
        drawing.addEventListener("keydown", event => {
          const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
          const place = marks.indexOf(event.target);
          if (!step || place < 0) return;
          event.preventDefault();
          focus(marks[Math.max(0, Math.min(marks.length - 1, place + step))], marks);
        });
        drawing.addEventListener("focusin", event => {
          if (!event.target.matches(".hint:focus-visible")) return;
          say(event.target);
          placeAt(event.target);
        });
        drawing.addEventListener("focusout", hide);
      }
      document.addEventListener("pointermove", event => {
        if (tip.classList.contains("pinned")) return;
        const mark = event.target.closest?.(".hint");
        if (!mark) {
          if (!document.activeElement.matches(".hint:focus-visible")) hide();
          return;
        }
        say(mark);
        place(event.clientX, event.clientY);
      });

      // Numbers: the exact value, the queries, the runs.
      function explain(cell) {
        const names = cell.closest("[data-queries]").dataset.queries.split(" ");
        tip.textContent = "";
        const exact = cell.dataset.detail ?? cell.dataset.value;
        if (exact) line(`exactly ${exact}`);
        for (const name of names) link(line(`query ${name}:`), "#query-" + name, "its text");
        const attack = cell.dataset.attack;
        for (const run of document.querySelectorAll("#runs tbody tr")) {
          const own = run.dataset.attack;
          if (own && attack && own !== attack) continue;
          if ("other" in run.dataset && !names.includes("seeds")) continue;
          const about = own ? `${run.dataset.kind}, ${own}:` : `${run.dataset.kind}:`;
          link(line(about), "#" + run.id, run.id.slice(4, 12));
        }
        tip.classList.add("pinned");
        explained = cell;
      }

      document.addEventListener("click", event => {
        const address = event.target.closest("a")?.hash;
        if (address) goTo(address);
        if (event.target.closest("#tip")) {
          if (address) hide();
          return;
        }
        if (event.target.closest(".menu a")) document.querySelector(".menu").open = false;
        const cell = event.target.closest("[data-queries] td");
        const mark = event.target.closest(".hint");
        hide();
        if (cell && !String(getSelection())) {
          explain(cell);
          place(event.clientX, event.clientY);
        }
        if (mark) {
          say(mark);
          place(event.clientX, event.clientY);
        }
      });
      tip.addEventListener("focusout", event => {
        if (!tip.contains(event.relatedTarget)) hide();
      });
      document.addEventListener("keydown", event => {
        if (event.key !== "Escape") return;
        const cell = explained;
        hide();
        cell?.focus();
        document.querySelector(".menu").open = false;
      });

      // Tables.
      function key(cell) {
        if (cell.dataset.value) return Number(cell.dataset.value);
        const text = cell.textContent.trim();
        const number = Number.parseFloat(text.replaceAll(",", "").replace("−", "-"));
        return Number.isNaN(number) || /^[0-9a-f]{8}$/.test(text) ? text : number;
      }

      function compare(a, b) {
        if (typeof a === "number" && typeof b === "number") return a - b;
        if (typeof a === typeof b) return a.localeCompare(b, "en", {numeric: true});
        return typeof a === "number" ? -1 : 1;
      }

      function sort(head) {
        const body = head.closest("table").tBodies[0];
        const isAscending = head.getAttribute("aria-sort") !== "ascending";
        for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
        const rows = [...body.rows];
        const column = head.cellIndex;
        rows.sort((a, b) => compare(key(a.cells[column]), key(b.cells[column])));
        if (!isAscending) rows.reverse();
        body.append(...rows);
      }

      function move(table, cell, event) {
        const rows = [...table.rows];
        const row = rows.indexOf(cell.parentElement);
        const steps = {
          ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
          Home: [0, -Infinity], End: [0, Infinity], PageDown: [10, 0], PageUp: [-10, 0],
        };
        const step = steps[event.key];
        if (!step) return;
        event.preventDefault();
        const cells = rows[Math.max(0, Math.min(rows.length - 1, row + step[0]))].cells;
        const next = cells[Math.max(0, Math.min(cells.length - 1, cell.cellIndex + step[1]))];
        const stops = table.querySelectorAll("[tabindex]");
        focus(next.querySelector("button") ?? next, stops);
      }

      for (const table of document.querySelectorAll("main table")) {
        for (const span of table.querySelectorAll("thead th > span")) {
          const button = document.createElement("button");
          button.append(...span.childNodes);
          button.tabIndex = -1;
          span.replaceWith(button);
          button.addEventListener("click", () => sort(button.parentElement));
        }
        table.setAttribute("role", "grid");
        table.setAttribute("aria-label", table.parentElement.getAttribute("aria-label"));
        for (const cell of table.querySelectorAll("tbody > tr > *, thead td")) cell.tabIndex = -1;
        const first = table.tBodies[0].rows[0]?.cells[0] ?? table.querySelector("button");
        if (!first) continue;
        first.tabIndex = 0;
        table.parentElement.removeAttribute("tabindex");
        table.addEventListener("keydown", event => {
          const cell = event.target.closest("th, td");
          if (!cell) return;
          if (event.key === "Enter" && cell.matches("[data-queries] td")) {
            explain(cell);
            placeAt(cell);
            tip.querySelector("a")?.focus();
          } else {
            move(table, cell, event);
          }
        });
      }

      // The contents list shows what is being read.
      const links = new Map();
      for (const link of document.querySelectorAll(".side a")) {
        const target = document.getElementById(link.hash.slice(1));
        if (target?.matches("article")) links.set(target, link);
      }
      const observer = new IntersectionObserver(entries => {
        for (const entry of entries) {
          const link = links.get(entry.target);
          if (entry.isIntersecting) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }, {rootMargin: "-15% 0px -75%"});
      for (const target of links.keys()) observer.observe(target);

      // On paper nothing is folded but queries.
      let unfolded = [];
      addEventListener("beforeprint", () => {
        unfolded = [...document.querySelectorAll(".variant:not([open])")];
        for (const details of unfolded) details.open = true;
      });
      addEventListener("afterprint", () => {
        for (const details of unfolded) details.open = false;
      });
    })();
    """
}
