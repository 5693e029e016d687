"use strict";
// The editor for SQL: completion of views, their columns and SQL's words; Ctrl+Enter runs the query; a click on a
// name beside it puts the name into it.

(() => {
  const { element } = assay;
  const editor = document.getElementById("query");
  if (!editor) return;
  const schema = JSON.parse(document.getElementById("schema").textContent);
  const words = ("SELECT FROM WHERE GROUP BY ORDER BY HAVING LIMIT JOIN LEFT JOIN ON USING AS AND OR NOT NULL IS IN LIKE BETWEEN CASE WHEN "
    + "THEN ELSE END DISTINCT UNION ALL WITH RECURSIVE DESC ASC EXISTS VALUES OVER PARTITION count( sum( avg( min( max( round( coalesce( "
    + "substr( json_each( json_extract( row_number( strftime( iif( group_concat( total( abs( length( printf(").split(" ");
  const keywords = [...new Set(words)];
  const list = element("ul", { class: "completions", role: "listbox", id: "completions", hidden: true });
  editor.after(list);
  editor.setAttribute("role", "combobox");
  editor.setAttribute("aria-autocomplete", "list");
  editor.setAttribute("aria-controls", "completions");
  editor.setAttribute("aria-expanded", "false");
  let found = [], place = 0, hasMoved = false;

  // Views that the text names, with the names that it gives them.
  function namedViews(text) {
    const names = new Map();
    for (const match of text.matchAll(/\b(?:from|join|,)\s+"?(\w+)"?(?:\s+(?:as\s+)?(\w+))?/gi)) {
      if (!schema[match[1]]) continue;
      names.set(match[1], match[1]);
      if (match[2] && !keywords.includes(match[2].toUpperCase())) names.set(match[2], match[1]);
    }
    return names;
  }

  // Whether the place is within a quoted text or a comment, where nothing is to be completed.
  function isInText(before) {
    const rest = before.replace(/'(?:[^']|'')*'|--[^\n]*\n|"[^"]*"/g, "");
    return rest.includes("'") || /--[^\n]*$/.test(rest);
  }

  function candidates() {
    const before = editor.value.slice(0, editor.selectionStart);
    if (editor.selectionStart !== editor.selectionEnd || isInText(before)) return [];
    const match = before.match(/(?:(\w+)\.)?(\w*)$/);
    const [scope, word] = [match[1], match[2]];
    const names = namedViews(editor.value);
    const starts = (text) => text.toLowerCase().startsWith(word.toLowerCase()) && text !== word;
    if (scope) {
      const view = names.get(scope) || scope;
      return (schema[view] || []).filter(starts).map((text) => ({ text, kind: view }));
    }
    if (word.length < 2) return [];
    const isOfViews = /\b(from|join)\s+\w*$/i.test(before);
    const views = Object.keys(schema).filter(starts).map((text) => ({ text, kind: "view" }));
    if (isOfViews) return views;
    const columns = new Map();
    for (const view of new Set(names.values())) for (const text of schema[view]) if (starts(text)) columns.set(text, { text, kind: view });
    if (names.size === 0) for (const [view, all] of Object.entries(schema)) for (const text of all) if (starts(text) && !columns.has(text)) columns.set(text, { text, kind: view });
    const known = keywords.filter(starts).map((text) => ({ text: /^[a-z]/.test(word) ? text.toLowerCase() : text, kind: "" }));
    return [...columns.values(), ...known, ...views];
  }

  // Where the place of writing is in the field, measured by a copy of it that nobody sees.
  function caret() {
    const style = getComputedStyle(editor);
    const copy = element("div", { "aria-hidden": "true" });
    for (const name of ["font", "padding", "border", "lineHeight", "letterSpacing", "boxSizing", "tabSize"]) copy.style[name] = style[name];
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${editor.clientWidth}px`, top: 0, left: 0 });
    const mark = element("span", {}, "\u200B");
    copy.append(editor.value.slice(0, editor.selectionStart), mark);
    editor.parentElement.append(copy);
    const [x, y, height] = [mark.offsetLeft, mark.offsetTop, mark.offsetHeight];
    copy.remove();
    return [editor.offsetLeft + x, editor.offsetTop + y + height - editor.scrollTop];
  }

  function hide() {
    list.hidden = true;
    found = [];
    editor.setAttribute("aria-expanded", "false");
    editor.removeAttribute("aria-activedescendant");
  }

  function choose(next) {
    place = (next + found.length) % found.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    editor.setAttribute("aria-activedescendant", `completion-${place}`);
  }

  function show() {
    found = candidates().slice(0, 10);
    hasMoved = false;
    if (found.length === 0) return hide();
    list.replaceChildren(...found.map(({ text, kind }, index) => element("li", {
      role: "option", id: `completion-${index}`,
      onpointerdown: (event) => { event.preventDefault(); accept(index); },
    }, text, element("span", {}, kind))));
    const [x, y] = caret();
    list.hidden = false;
    list.style.left = `${Math.max(0, Math.min(x, editor.clientWidth - list.offsetWidth))}px`;
    list.style.top = `${Math.min(y, editor.offsetTop + editor.offsetHeight) + 2}px`;
    editor.setAttribute("aria-expanded", "true");
    choose(0);
  }

  function insert(text, from) {
    editor.focus();
    editor.setSelectionRange(from, editor.selectionEnd);
    // Keeps the browser's own undoing.
    if (!document.execCommand("insertText", false, text)) editor.setRangeText(text, from, editor.selectionEnd, "end");
  }

  function accept(index) {
    const before = editor.value.slice(0, editor.selectionStart);
    insert(found[index].text, before.length - before.match(/\w*$/)[0].length);
    hide();
  }

  editor.addEventListener("input", show);
  editor.addEventListener("blur", hide);
  editor.addEventListener("click", hide);
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return editor.form.requestSubmit();
    }
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      return show();
    }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(place + (event.key === "ArrowDown" ? 1 : -1));
      hasMoved = true;
    } else if (event.key === "Tab" || (event.key === "Enter" && hasMoved)) accept(place);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  });

  for (const name of document.querySelectorAll("[data-insert]")) {
    name.classList.add("ready");
    name.addEventListener("click", (event) => {
      event.preventDefault();
      insert(name.dataset.insert, editor.selectionStart);
    });
  }
})();
