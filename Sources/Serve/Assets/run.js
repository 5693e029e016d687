"use strict";
// The output of a command that still runs grows at the end; a command is copied by a click.

(() => {
  // So much text a page holds; what came first goes.
  const longest = 400000;

  for (const box of document.querySelectorAll("pre.output[data-source]")) {
    box.scrollTop = box.scrollHeight;
    const source = new EventSource(box.dataset.source);
    source.addEventListener("message", (event) => {
      const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 30;
      box.append(JSON.parse(event.data));
      if (box.textContent.length > longest) box.textContent = box.textContent.slice(-longest / 2);
      if (isAtEnd) box.scrollTop = box.scrollHeight;
    });
    source.addEventListener("end", () => source.close());
    window.addEventListener("pagehide", () => source.close());
  }

  function show() {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  }
  show();
  document.addEventListener("assay:parts", show);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
})();
