"use strict";
// Thresholds that are moved by hand. What they declare is counted over the images themselves, so the
// numbers are those of the query apply_thresholds, at once.
(() => {
  const root = document.getElementById("thresholds");
  const figure = window.assayFigure;
  if (!root || !figure) return;
  const form = root.querySelector("form");
  const names = ["low", "high", "agreement"];
  const fields = Object.fromEntries(names.map((name) => [name, form.elements.namedItem(name)]));
  const ranges = Object.fromEntries(
    names.map((name) => [name, form.querySelector(`[data-range=${name}]`)]));
  const rows = [...root.querySelectorAll("tr[data-mix]")];
  const ownRow = rows.find((row) => row.hasAttribute("aria-current")) ?? rows[0];
  // The mixes by their rows; the page's own first.
  const mixes = new Map();
  let levels = new Float64Array(0);
  const choice = read();

  function read() {
    const value = (name, empty) => (fields[name].value === "" ? empty : Number(fields[name].value));
    return {
      low: value("low", -Infinity), high: value("high", Infinity), agreement: value("agreement", 0),
    };
  }

  async function load(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(await answer.text());
    const view = new DataView(await answer.arrayBuffer());
    const count = view.getUint32(0, true);
    const scores = new Float64Array(count);
    const codes = new Uint16Array(count);
    for (let place = 0; place < count; place++) {
      scores[place] = view.getFloat64(8 + 8 * place, true);
      codes[place] = view.getUint16(8 + 8 * count + 2 * place, true);
    }
    return { count, scores, codes };
  }

  function counted(mix, { low, high, agreement }) {
    const counts = {
      cleanRight: 0, cleanWrong: 0, cleanFlagged: 0, adversarialRight: 0, adversarialWrong: 0,
      adversarialFlagged: 0, sent: 0, images: mix.count,
    };
    for (let place = 0; place < mix.count; place++) {
      const score = mix.scores[place];
      const code = mix.codes[place];
      const side = code & 1 ? "adversarial" : "clean";
      if (score >= low && score <= high) counts.sent++;
      if (score < low || (score <= high && code >> 2 >= agreement)) {
        counts[side + (code & 2 ? "Right" : "Wrong")]++;
      } else {
        counts[side + "Flagged"]++;
      }
    }
    return counts;
  }

  function shares(counts) {
    const clean = counts.cleanRight + counts.cleanWrong + counts.cleanFlagged;
    const adversarial =
      counts.adversarialRight + counts.adversarialWrong + counts.adversarialFlagged;
    const right = counts.cleanRight + counts.adversarialRight;
    return {
      detection: [
        counts.cleanRight + counts.cleanWrong + counts.adversarialFlagged, counts.images,
      ],
      classification: [right, right + counts.cleanWrong + counts.adversarialWrong],
      falsePositive: [counts.cleanFlagged, clean],
      truePositive: [counts.adversarialFlagged, adversarial],
      sent: [counts.sent, counts.images],
    };
  }

  // Wilson's interval, as the record's views have it.
  function interval([part, whole]) {
    if (!whole) return "";
    const half =
      1.959963984540054 * Math.sqrt((part * (whole - part)) / whole + 0.960364705173531);
    const ends = [-half, half].map((half) =>
      Math.min(1, Math.max(0, (part + 1.920729410347062 + half) / (whole + 3.841458820694124))));
    return `${figure.percent(ends[0]).slice(0, -1)}–${figure.percent(ends[1])}`;
  }

  function write(box, counts) {
    for (const cell of box.querySelectorAll("[data-count]")) {
      cell.textContent = figure.grouped(counts[cell.dataset.count]);
    }
    const known = shares(counts);
    for (const cell of box.querySelectorAll("[data-rate]")) {
      const [part, whole] = known[cell.dataset.rate];
      cell.textContent = figure.percent(part / whole);
    }
    for (const cell of box.querySelectorAll("[data-interval]")) {
      cell.textContent = interval(known[cell.dataset.interval]);
    }
  }

  const panes = root.querySelector(".panes");
  let drawScores = () => {};
  let drawCurves = () => {};
  function show() {
    for (const [row, mix] of mixes) {
      const counts = counted(mix, choice);
      write(row, counts);
      if (row === ownRow) write(panes, counts);
    }
    drawScores();
    drawCurves();
  }

  // How many levels are below a threshold: where its range stands.
  function levelsBelow(value, isIncluded) {
    let [from, to] = [0, levels.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (levels[middle] < value || (isIncluded && levels[middle] === value)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  // A threshold with so many levels below: midway between two, as the best ones are chosen.
  function cut(count, isHigh) {
    if (count <= 0) return -Infinity;
    if (count >= levels.length) return Infinity;
    const [lower, upper] = [levels[count - 1], levels[count]];
    const middle = lower + (upper - lower) / 2;
    if (middle > lower && middle < upper) return middle;
    return isHigh ? lower : upper;
  }

  // `source` keeps what its user is writing.
  function set(name, value, source = null) {
    choice[name] = value;
    if (name === "low" && choice.high < value) set("high", value);
    if (name === "high" && choice.low > value) set("low", value);
    if (source !== fields[name]) {
      fields[name].value = Number.isFinite(choice[name]) ? choice[name] : "";
    }
    if (source !== ranges[name]) {
      ranges[name].value =
        name === "agreement" ? value : levelsBelow(choice[name], name === "high");
    }
    ranges[name].setAttribute("aria-valuetext", figure.number(choice[name]));
  }

  function address() {
    const url = new URL(location.href);
    const values = new FormData(form);
    for (const [name, value] of values) url.searchParams.set(name, value);
    for (const name of ["low", "high"]) {
      const word = choice[name] < 0 ? "-inf" : "inf";
      url.searchParams.set(name, Number.isFinite(choice[name]) ? String(choice[name]) : word);
    }
    return url;
  }

  function remember() {
    const url = address();
    if (url.href !== location.href) history.pushState(null, "", url);
    for (const link of root.querySelectorAll("tr[data-mix] a")) {
      const own = new URL(link.href);
      for (const name of names) own.searchParams.set(name, url.searchParams.get(name));
      link.href = own.href;
    }
  }

  function listen() {
    for (const name of names) {
      const isAgreement = name === "agreement";
      ranges[name].hidden = isAgreement && Number(ranges[name].max) === 0;
      ranges[name].addEventListener("input", () => {
        const place = Number(ranges[name].value);
        set(name, isAgreement ? place : cut(place, name === "high"), ranges[name]);
        show();
      });
      fields[name].addEventListener("input", () => {
        const empty = name === "low" ? -Infinity : name === "high" ? Infinity : 0;
        const text = fields[name].value;
        const value = text === "" ? empty : Number(text);
        if (Number.isNaN(value)) return;
        set(name, value, fields[name]);
        show();
      });
      for (const control of [ranges[name], fields[name]]) {
        control.addEventListener("change", remember);
      }
    }
    // Another attack, measure or part has thresholds of its own.
    for (const list of form.querySelectorAll("select")) {
      list.addEventListener("change", () => {
        for (const name of names) fields[name].disabled = true;
        form.requestSubmit();
      });
    }
    // A page that is come back to may be as it was left.
    addEventListener("pageshow", () => {
      for (const name of names) fields[name].disabled = false;
    });
    form.querySelector(".actions").hidden = true;
    form.addEventListener("submit", (event) => {
      if (fields.low.disabled) return;
      event.preventDefault();
      remember();
    });
    for (const link of root.querySelectorAll("a[data-low]")) {
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
        event.preventDefault();
        put(link.dataset.low, link.dataset.high, link.dataset.agreement);
        remember();
      });
    }
    addEventListener("popstate", () => {
      const values = new URL(location.href).searchParams;
      if (values.has("low")) put(values.get("low"), values.get("high"), values.get("agreement"));
      else location.reload();
    });
  }

  function put(low, high, agreement) {
    const value = (text) =>
      /^[-+]?inf/.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
    choice.low = -Infinity;
    set("high", value(high));
    set("low", value(low));
    set("agreement", Number(agreement));
    show();
  }

  // The scores of both halves, with the thresholds, which can be dragged.
  function scoresPlot(box, mix) {
    const finite = levels.filter(Number.isFinite);
    if (finite.length === 0) return () => {};
    const lower = Math.min(0, finite[0]);
    const upper = finite[finite.length - 1];
    const bins = 100;
    const heights = [new Float64Array(bins), new Float64Array(bins)];
    for (let place = 0; place < mix.count; place++) {
      const share = (mix.scores[place] - lower) / (upper - lower || 1);
      if (Number.isFinite(share)) {
        heights[mix.codes[place] & 1][Math.min(bins - 1, Math.floor(share * bins))]++;
      }
    }
    const highest = Math.max(...heights[0], ...heights[1], 1);
    let scale = null;
    const again = figure.canvas(box, 260, (drawing, width, height) => {
      const frame = { left: 44, right: width - 8, top: 24, bottom: height - 44 };
      scale = figure.linear(lower, upper, frame.left, frame.right);
      const vertical = figure.linear(0, Math.sqrt(highest), frame.bottom, frame.top);
      const places = [0, 1, 10, 100, 1000, 10000].filter((count) => count <= highest);
      figure.axes(
        drawing, frame,
        { scale, ticks: figure.ticks(lower, upper).map((value) => [value, figure.number(value, 3)]) },
        {
          scale: { place: (count) => vertical.place(Math.sqrt(count)) },
          ticks: places.map((count) => [count, figure.grouped(count)]),
        }, { horizontal: "score", vertical: "images a bin, by square root" });
      heights.forEach((half, side) => {
        const points = [[scale.place(lower), frame.bottom]];
        half.forEach((count, bin) => {
          const y = vertical.place(Math.sqrt(count));
          for (const end of [bin, bin + 1]) {
            points.push([scale.place(lower + ((upper - lower) * end) / bins), y]);
          }
        });
        points.push([scale.place(upper), frame.bottom]);
        figure.element("path", { d: figure.path(points), class: `half tone-${side}` }, drawing);
      });
      const [low, high] = [choice.low, choice.high].map((value) =>
        Math.min(frame.right, Math.max(frame.left, scale.place(
          Number.isFinite(value) ? value : value < 0 ? lower : upper))));
      figure.element(
        "rect",
        { x: low, y: frame.top, width: Math.max(0, high - low), height: frame.bottom - frame.top,
          class: "between" }, drawing);
      for (const [x, word] of [[low, "L"], [high, "H"]]) {
        figure.element("line", { x1: x, x2: x, y1: frame.top, y2: frame.bottom, class: "threshold" }, drawing);
        figure.element(
          "text", { x: word === "L" ? x - 4 : x + 4, y: frame.top + 10, class: "letter",
            "text-anchor": word === "L" && x > 60 ? "end" : "start" }, drawing, word);
      }
      const legend = figure.element("g", { class: "legend" }, drawing);
      ["clean", "adversarial"].forEach((word, side) => {
        const x = frame.right - 150 + 62 * side;
        figure.element("rect", { x, y: 4, width: 10, height: 10, class: `swatch tone-${side}` }, legend);
        figure.element("text", { x: x + 14, y: 13 }, legend, word);
      });
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", "How the scores of clean and adversarial images are distributed");
    });
    let moved = null;
    const valueAt = (event) => {
      const x = event.clientX - box.getBoundingClientRect().left;
      return scale.value(x);
    };
    box.addEventListener("pointerdown", (event) => {
      if (!scale || event.button) return;
      const value = valueAt(event);
      const distance = (name) => {
        const end = choice[name] < 0 ? lower : upper;
        return Math.abs((Number.isFinite(choice[name]) ? choice[name] : end) - value);
      };
      moved = distance("low") < distance("high") || (value < choice.low) ? "low" : "high";
      box.setPointerCapture(event.pointerId);
      drag(event);
    });
    const drag = (event) => {
      if (!moved) return;
      const count = levelsBelow(valueAt(event), moved === "high");
      set(moved, cut(count, moved === "high"));
      show();
    };
    box.addEventListener("pointermove", drag);
    box.addEventListener("pointerup", () => {
      if (moved) remember();
      moved = null;
    });
    return again;
  }

  // ROC curves of the measures that are ticked, the page's own with its thresholds.
  function curvesPlot(box, mix) {
    const boxes = [...root.querySelectorAll("[data-roc]")];
    root.querySelector(".curves").hidden = false;
    const curves = new Map();
    const hint = figure.hint(box);
    const lower = 0.0005;
    let scales = null;
    let shown = [];
    let pointed = null;

    async function fetchCurve(check) {
      if (!curves.has(check)) {
        const answer = await fetch(check.dataset.roc);
        if (!answer.ok) return;
        curves.set(check, await answer.json());
        const area = Number(curves.get(check).auroc);
        check.closest("label").querySelector("[data-auroc]").textContent = figure.number(area);
      }
    }

    // Straight lines between corners are bent by the logarithm.
    function bent(points) {
      const all = [];
      for (let place = 1; place < points.length; place++) {
        const [a, b] = [points[place - 1], points[place]];
        const start = Math.max(lower, a[1]);
        if (b[1] < lower) continue;
        const steps = b[1] > start && b[2] > a[2] ? Math.ceil(Math.log10(b[1] / start) * 40) || 1 : 1;
        for (let step = 0; step <= steps; step++) {
          const x = start * (b[1] / start) ** (step / steps);
          const share = b[1] > a[1] ? (x - a[1]) / (b[1] - a[1]) : step;
          all.push([x, a[2] + (b[2] - a[2]) * Math.min(1, Math.max(0, share))]);
        }
      }
      return all;
    }

    const again = figure.canvas(box, 320, (drawing, width, height) => {
      const frame = { left: 44, right: width - 22, top: 24, bottom: height - 44 };
      const horizontal = figure.logarithmic(lower, 1, frame.left, frame.right);
      const vertical = figure.linear(0, 1, frame.bottom, frame.top);
      scales = { horizontal, vertical };
      figure.axes(
        drawing, frame,
        { scale: horizontal, ticks: [[0.001, "0.1%"], [0.01, "1%"], [0.1, "10%"], [1, "100%"]] },
        { scale: vertical, ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => [value, `${value * 100}%`]) },
        {
          horizontal: "clean images declared adversarial (log scale)",
          vertical: "adversarial images declared so",
        });
      figure.element(
        "path",
        { d: figure.path(bent([[0, 0, 0], [0, 1, 1]]).map(([x, y]) => [horizontal.place(x), vertical.place(y)])),
          class: "chance" }, drawing);
      shown = [];
      for (const check of boxes.filter((check) => check.checked && curves.has(check))) {
        const curve = curves.get(check);
        const points = curve.points.map((point) => point.map(Number));
        const index = boxes.indexOf(check) % 7;
        const isOwn = check.dataset.name === form.elements.namedItem("measure").value;
        shown.push({ title: curve.title, points, isOwn });
        figure.element(
          "path",
          { d: figure.path(bent(points).map(([x, y]) => [horizontal.place(x), vertical.place(y)])),
            class: `curve tone-${index}${isOwn ? " own" : ""}` }, drawing);
      }
      boxes.forEach((check, index) => {
        check.closest("label").className = check.checked ? `tone-${index % 7}` : "";
      });
      const known = shares(counted(mix, choice));
      const marks = [["L", choice.low], ["H", choice.high]].map(([word, value]) => {
        const declared = [0, 0], all = [0, 0];
        for (let place = 0; place < mix.count; place++) {
          const side = mix.codes[place] & 1;
          all[side]++;
          if (mix.scores[place] > value) declared[side]++;
        }
        return [word, declared[0] / all[0], declared[1] / all[1]];
      });
      const own = [
        "L, H, C", known.falsePositive[0] / known.falsePositive[1],
        known.truePositive[0] / known.truePositive[1],
      ];
      for (const [word, x, y] of [...marks, own]) {
        if (!Number.isFinite(x + y)) continue;
        const [cx, cy] = [horizontal.place(x), vertical.place(y)];
        figure.element("circle", { cx, cy, r: word === "L, H, C" ? 5 : 3.5, class: word === "L, H, C" ? "own-mark" : "mark-dot" }, drawing);
        // The three may lie close to each other: their letters stand above, to the right and below.
        const isRight = cx > frame.right - 60;
        const dy = { L: -9, H: 18 }[word] ?? 4;
        const dx = dy === 4 ? (isRight ? -9 : 9) : 0;
        figure.element(
          "text", { x: cx + dx, y: cy + dy, class: "letter",
            "text-anchor": dx === 0 ? "middle" : isRight ? "end" : "start" },
          drawing, word);
      }
      if (pointed) {
        figure.element(
          "circle", { cx: horizontal.place(pointed[1]), cy: vertical.place(pointed[2]), r: 4, class: "pointed" },
          drawing);
      }
      drawing.setAttribute("tabindex", "0");
      drawing.setAttribute("role", "img");
      drawing.setAttribute(
        "aria-label", "ROC curves; the arrow keys move along the corners of the chosen measure's");
    });

    function tell(curve, point) {
      pointed = point;
      const wasFocused = box.contains(document.activeElement) && document.activeElement.matches("svg");
      again();
      if (wasFocused) box.querySelector("svg").focus();
      hint.show(
        `${curve.title}: a score of ${figure.number(point[0])} or more declares `
        + `${figure.percent(point[2])} of the adversarial and ${figure.percent(point[1])} of the clean images`,
        scales.horizontal.place(point[1]), scales.vertical.place(point[2]));
    }

    function clear() {
      if (!pointed) return;
      pointed = null;
      hint.hide();
      again();
    }

    box.addEventListener("pointermove", (event) => {
      if (!scales) return;
      const area = box.getBoundingClientRect();
      const [x, y] = [event.clientX - area.left, event.clientY - area.top];
      let best = null;
      for (const curve of shown) {
        for (const point of curve.points) {
          const distance = Math.hypot(
            scales.horizontal.place(point[1]) - x, scales.vertical.place(point[2]) - y);
          if (!best || distance < best.distance) best = { curve, point, distance };
        }
      }
      if (best && best.distance < 40) {
        if (pointed !== best.point) tell(best.curve, best.point);
      } else clear();
    });
    box.addEventListener("pointerleave", clear);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") return clear();
      const curve = shown.find((curve) => curve.isOwn) ?? shown[0];
      if (!step || !curve) return;
      event.preventDefault();
      const place = curve.points.indexOf(pointed);
      const next = place < 0 ? 0 : Math.max(0, Math.min(curve.points.length - 1, place + step));
      tell(curve, curve.points[next]);
    });
    for (const check of boxes) {
      check.addEventListener("change", async () => {
        await fetchCurve(check);
        again();
      });
      if (check.checked) fetchCurve(check).then(again);
    }
    return again;
  }

  async function start() {
    const mix = await load(ownRow.dataset.mix);
    mixes.set(ownRow, mix);
    levels = mix.scores.filter(
      (score, place) => score === score && (place === 0 || score !== mix.scores[place - 1]));
    for (const name of ["low", "high"]) {
      ranges[name].max = levels.length;
      ranges[name].hidden = false;
    }
    listen();
    for (const name of names) set(name, choice[name], fields[name]);
    drawScores = scoresPlot(root.querySelector("[data-plot=scores]"), mix);
    drawCurves = curvesPlot(root.querySelector("[data-plot=roc]"), mix);
    show();
    root.dataset.ready = "";
    for (const row of rows.filter((row) => row !== ownRow)) {
      mixes.set(row, await load(row.dataset.mix));
    }
    root.dataset.whole = "";
    show();
  }

  if (ownRow) start();
})();
