/// What a page does: tables sort, marks say what they stand for, numbers say where they come from.
///
/// Without it everything can still be read: hints are titles, sources are details.
enum PageScript {
  static let text = """
    "use strict";
    (() => {
      const tip = document.getElementById("tip");

      function place(x, y) {
        tip.hidden = false;
        const box = tip.getBoundingClientRect();
        const width = document.documentElement.clientWidth;
        const left = Math.max(4, Math.min(x + 14, width - box.width - 4));
        const above = y - box.height - 12;
        tip.style.left = left + scrollX + "px";
        tip.style.top = (above > 4 ? above : y + 18) + scrollY + "px";
      }

      function hide() {
        tip.hidden = true;
        tip.classList.remove("pinned");
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

      // Marks of figures. The titles would show a second time, so they move into the hint.
      for (const mark of document.querySelectorAll("svg .hint")) {
        const title = mark.querySelector("title");
        mark.dataset.hint = title.textContent;
        mark.setAttribute("aria-label", title.textContent);
        title.remove();
      }
      document.addEventListener("pointermove", event => {
        if (tip.classList.contains("pinned")) return;
        const mark = event.target.closest?.(".hint");
        if (!mark) return hide();
        tip.textContent = mark.dataset.hint;
        place(event.clientX, event.clientY);
      });

      // Numbers: the exact value, the query, the runs.
      function explain(cell, event) {
        const article = cell.closest("article");
        const source = document.getElementById(article.dataset.source);
        tip.textContent = "";
        const exact = cell.dataset.detail ?? cell.dataset.value;
        if (exact) line(`exactly ${exact}`);
        link(line(`query ${source.dataset.queries}:`), "#" + source.id, "its text");
        const attack = cell.dataset.attack;
        for (const run of document.querySelectorAll("#runs tbody tr")) {
          const own = run.dataset.attack;
          if (own && attack && own !== attack) continue;
          if ("other" in run.dataset && source.dataset.queries !== "seeds") continue;
          const about = own ? `${run.dataset.kind}, ${own}:` : `${run.dataset.kind}:`;
          link(line(about), "#" + run.id, run.id.slice(4, 12));
        }
        tip.classList.add("pinned");
        place(event.clientX, event.clientY);
      }

      document.addEventListener("click", event => {
        if (event.target.closest("#tip")) {
          const target = event.target.closest("a")?.hash.slice(1);
          const details = target && document.getElementById(target)?.closest("details");
          if (details) details.open = true;
          if (target) hide();
          return;
        }
        const cell = event.target.closest("article[data-source] td");
        const mark = event.target.closest(".hint");
        hide();
        if (cell && !String(getSelection())) explain(cell, event);
        if (mark) {
          tip.textContent = mark.dataset.hint;
          place(event.clientX, event.clientY);
        }
      });
      document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

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

      for (const button of document.querySelectorAll("th button")) {
        button.addEventListener("click", () => {
          const head = button.parentElement;
          const body = head.closest("table").tBodies[0];
          const isAscending = head.getAttribute("aria-sort") !== "ascending";
          for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
          const rows = [...body.rows];
          const column = head.cellIndex;
          rows.sort((a, b) => compare(key(a.cells[column]), key(b.cells[column])));
          if (!isAscending) rows.reverse();
          body.append(...rows);
        });
      }
    })();
    """
}
