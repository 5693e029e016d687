"use strict";
// A sweep as it goes on: the best value so far, and its trials across the parameters, which brushes on
// the axes filter. Trials that were judged are asked for once; the page says when there are more.
(() => {
  const root = document.getElementById("sweep");
  const figure = window.assayFigure;
  if (!root || !figure) return;
  const form = document.getElementById("brushes");
  const table = document.getElementById("sweep-trials");
  const objective = Number(root.dataset.objective);
  const trials = [];
  let head = { objectives: [], space: [] };
  let isAsking = false;
  let isDue = false;

  const valueOf = (trial) => Number(trial.values[objective]);
  const isValued = (trial) => trial.state === "finished" && Number.isFinite(valueOf(trial));
  const goal = () => head.objectives[objective]?.goal ?? "minimise";
  const name = () => head.objectives[objective]?.name ?? "value";

  // A change that is told while trials are under way is asked about once they are here.
  async function ask() {
    isDue = true;
    if (isAsking) return;
    isAsking = true;
    try {
      while (isDue) {
        isDue = false;
        const url = new URL(root.dataset.points, location.href);
        url.searchParams.set("after", trials.length ? trials[trials.length - 1].judged : -1);
        const answer = await fetch(url);
        if (!answer.ok) return;
        head = await answer.json();
        head.space ??= [];
        trials.push(...head.trials);
        isDue ||= head.more;
      }
    } finally {
      isAsking = false;
    }
    drawHistory();
    parallel.update();
    root.dataset.ready = trials.length;
  }

  // Value by place among the judged trials, the best so far as a line of steps.
  const historyBox = root.querySelector("[data-plot=history]");
  const historyHint = figure.hint(historyBox);
  let dots = [];
  const drawHistory = figure.canvas(historyBox, 280, (drawing, width, height) => {
    const frame = { left: 64, right: width - 12, top: 24, bottom: height - 44 };
    const known = trials.map((trial, place) => ({ trial, place: place + 1 })).filter(({ trial }) => isValued(trial));
    dots = [];
    if (known.length === 0) {
      figure.element("text", { x: 8, y: 40, class: "title" }, drawing, "No trial is finished yet.");
      return;
    }
    const values = known.map(({ trial }) => valueOf(trial));
    let [lower, upper] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const room = (upper - lower || Math.abs(upper) || 1) * 0.04;
    [lower, upper] = [lower - room, upper + room];
    const horizontal = figure.linear(0, trials.length + 1, frame.left, frame.right);
    const vertical = figure.linear(lower, upper, frame.bottom, frame.top);
    figure.axes(
      drawing, frame,
      {
        scale: horizontal,
        ticks: figure.ticks(0, trials.length + 1).filter(Number.isInteger).map((value) => [value, figure.grouped(value)]),
      },
      { scale: vertical, ticks: figure.ticks(lower, upper).map((value) => [value, figure.number(value, 5)]) },
      { horizontal: "judged trials", vertical: `${name()} (${goal()})` });
    let best = null;
    const steps = [];
    const better = [];
    const others = [];
    for (const { trial, place } of known) {
      const value = valueOf(trial);
      const isBetter = best === null || (goal() === "minimise" ? value < best : value > best);
      const [x, y] = [horizontal.place(place), vertical.place(value)];
      if (best !== null) steps.push([x, vertical.place(best)]);
      if (isBetter) best = value;
      steps.push([x, vertical.place(best)]);
      (isBetter ? better : others).push([x, y]);
      dots.push({ trial, x, y });
    }
    steps.push([frame.right, vertical.place(best)]);
    // One path for all dots: thousands of elements would be slow.
    const circles = (points, r) =>
      points.map(([x, y]) => `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`).join("");
    figure.element("path", { d: circles(others, 2.5), class: "dots" }, drawing);
    figure.element("path", { d: figure.path(steps), class: "best-line" }, drawing);
    figure.element("path", { d: circles(better, 3.5), class: "dots better" }, drawing);
    drawing.setAttribute("role", "img");
    drawing.setAttribute(
      "aria-label", `${name()} of ${known.length} finished trials; the best is ${figure.number(best, 6)}`);
  });

  function nearest(box, event, points, most) {
    const area = box.getBoundingClientRect();
    const [x, y] = [event.clientX - area.left, event.clientY - area.top];
    let best = null;
    for (const point of points) {
      const distance = Math.hypot(point.x - x, point.y - y);
      if (distance < most && (!best || distance < best.distance)) best = { ...point, distance };
    }
    return best;
  }

  const settings = (trial) =>
    Object.entries(trial.parameters)
      .map(([key, value]) => `${key} ${typeof value === "number" ? figure.number(value) : value}`).join(", ");

  historyBox.addEventListener("pointermove", (event) => {
    const dot = nearest(historyBox, event, dots, 24);
    if (!dot) return historyHint.hide();
    historyHint.show(
      `trial ${dot.trial.number}: ${name()} ${figure.number(valueOf(dot.trial), 6)}; ${settings(dot.trial)}`,
      dot.x, dot.y);
  });
  historyBox.addEventListener("pointerleave", () => historyHint.hide());

  // Viridis, without its ends that are lost on dark or white paper.
  const waypoints = [
    [68, 1, 84], [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137],
    [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37],
  ];
  function color(share) {
    const place = Math.min(1, Math.max(0, share)) * (waypoints.length - 1);
    const index = Math.min(waypoints.length - 2, Math.floor(place));
    const mixed = waypoints[index].map(
      (from, channel) => Math.round(from + (waypoints[index + 1][channel] - from) * (place - index)));
    return `rgb(${mixed.join(" ")})`;
  }

  const parallel = (() => {
    const box = root.querySelector("[data-plot=parallel]");
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    let axes = [];
    let shown = [];
    let moved = null;
    const hint = figure.hint(box);
    const height = 340;
    const again = figure.canvas(box, height, draw);

    function axisOf(key, read) {
      const values = trials.filter(isValued).map(read).filter((value) => value !== undefined && value !== null);
      const known = head.space.find((parameter) => parameter.name === key);
      const isOfNumbers = values.every((value) => typeof value === "number") && values.length > 0;
      if (!isOfNumbers) {
        const words = known?.values?.map(wordOf) ?? [...new Set(values.map(wordOf))].sort();
        return { key, read, words };
      }
      let [lower, upper] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
      if (known && typeof known.low === "number") [lower, upper] = [Math.min(lower, known.low), Math.max(upper, known.high)];
      const isLogarithmic = /^log/.test(known?.kind ?? "") && lower > 0;
      if (lower === upper) [lower, upper] = isLogarithmic ? [lower / 2, upper * 2] : [lower - 0.5, upper + 0.5];
      return { key, read, lower, upper, isLogarithmic };
    }

    function wordOf(value) {
      return typeof value === "string" ? value : JSON.stringify(value);
    }

    function fieldset(axis) {
      return [...form.querySelectorAll("[data-axis]")].find(
        (box) => (axis.isObjective ? box.dataset.kind === "objective" : box.dataset.axis === axis.key && box.dataset.kind !== "objective"));
    }

    // What the form's fields say of an axis: the fields are where a brush is kept.
    function brush(axis) {
      const box = fieldset(axis);
      if (!box) return null;
      if (axis.words) {
        const chosen = [...box.querySelectorAll("input:checked")].map((input) => input.value);
        return chosen.length ? { words: chosen } : null;
      }
      const [from, to] = box.querySelectorAll("input");
      if (!from || (from.value === "" && to.value === "")) return null;
      return {
        from: from.value === "" ? -Infinity : Number(from.value),
        to: to.value === "" ? Infinity : Number(to.value),
      };
    }

    function isKept(trial, brushes) {
      return brushes.every(({ axis, brush }) => {
        const value = axis.read(trial);
        if (value === undefined || value === null) return false;
        return brush.words
          ? brush.words.includes(wordOf(value)) : value >= brush.from && value <= brush.to;
      });
    }

    function draw(drawing, width) {
      const known = trials.filter(isValued);
      box.prepend(canvas);
      const ratio = window.devicePixelRatio || 1;
      [canvas.width, canvas.height] = [width * ratio, height * ratio];
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      context.clearRect(0, 0, width, height);
      axes = [];
      shown = [];
      if (known.length === 0) return;
      const keys = head.space.length
        ? head.space.map((parameter) => parameter.name)
        : [...new Set(known.flatMap((trial) => Object.keys(trial.parameters)))].sort();
      const varied = keys.filter((key) => new Set(known.map((trial) => wordOf(trial.parameters[key] ?? null))).size > 1 || known.length === 1);
      axes = varied.map((key) => axisOf(key, (trial) => trial.parameters[key]));
      axes.push({ ...axisOf("", valueOf), key: name(), isObjective: true });
      const [left, right, top, bottom] = [40, width - 76, 40, height - 26];
      const values = known.map(valueOf);
      const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
      const merit = (trial) => {
        const share = most > least ? (valueOf(trial) - least) / (most - least) : 1;
        return goal() === "minimise" ? 1 - share : share;
      };
      axes.forEach((axis, place) => {
        axis.x = left + ((right - left) * place) / Math.max(1, axes.length - 1);
        if (axis.words) {
          axis.scale = figure.linear(-0.5, axis.words.length - 0.5, bottom, top);
          axis.place = (value) => axis.scale.place(axis.words.indexOf(wordOf(value)));
        } else {
          axis.scale = (axis.isLogarithmic ? figure.logarithmic : figure.linear)(axis.lower, axis.upper, bottom, top);
          axis.place = axis.scale.place;
        }
      });
      const brushes = axes.map((axis) => ({ axis, brush: brush(axis) })).filter(({ brush }) => brush);
      const ordered = known.map((trial) => ({ trial, merit: merit(trial), isKept: isKept(trial, brushes) }))
        .sort((a, b) => a.isKept - b.isKept || a.merit - b.merit);
      const many = Math.min(1, 300 / known.length);
      for (const { trial, merit, isKept } of ordered) {
        const points = axes.map((axis) => [axis.x, axis.read(trial)])
          .map(([x, value], place) => (value === undefined || value === null ? null : [x, axes[place].place(value)]))
          .filter(Boolean);
        context.strokeStyle = color(0.3 + 0.55 * merit);
        context.globalAlpha = isKept ? (0.35 + 0.6 * merit) * (0.35 + 0.65 * many) : 0.05;
        context.lineWidth = isKept ? 1 + merit : 1;
        context.beginPath();
        points.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
        context.stroke();
        if (isKept) shown.push({ trial, points });
      }
      axes.forEach((axis, place) => drawAxis(drawing, axis, place, { top, bottom, width }));
      drawing.setAttribute("role", "img");
      drawing.setAttribute(
        "aria-label", `${shown.length} of ${known.length} finished trials across ${axes.map((axis) => axis.key).join(", ")}`);
    }

    function drawAxis(drawing, axis, place, { top, bottom, width }) {
      const group = figure.element("g", { class: "parallel-axis" }, drawing);
      const half = brush(axis);
      if (half) {
        const ends = half.words
          ? half.words.map((word) => axis.words.indexOf(word)).filter((index) => index >= 0)
            .flatMap((index) => [axis.scale.place(index - 0.4), axis.scale.place(index + 0.4)])
          : [Math.max(half.from, axis.lower), Math.min(half.to, axis.upper)].map(axis.place);
        if (ends.length) {
          const [from, to] = [Math.min(...ends), Math.max(...ends)];
          figure.element(
            "rect", { x: axis.x - 8, y: from, width: 16, height: Math.max(2, to - from), class: "brush" }, group);
        }
      }
      figure.element("line", { x1: axis.x, x2: axis.x, y1: top, y2: bottom }, group);
      const isUpper = place % 2 === 0;
      const last = axes.length > 1 && place === axes.length - 1;
      const room = (axes.length > 1 ? axes[1].x - axes[0].x : width) * 1.9;
      const title = figure.element(
        "text",
        { x: last ? width - 2 : Math.max(4, axis.x), y: isUpper ? 16 : bottom + 20, class: "title",
          "text-anchor": last ? "end" : place ? "middle" : "start" }, group, axis.key);
      let words = axis.key;
      while (words.length > 4 && title.getComputedTextLength() > room) {
        words = words.slice(0, -2);
        title.textContent = words + "…";
      }
      const labels = axis.words
        ? axis.words.map((word, index) => [index, word])
        : axis.isLogarithmic ? powers(axis) : figure.ticks(axis.lower, axis.upper, 5).map((value) => [value, figure.number(value, 4)]);
      for (const [value, text] of labels) {
        const y = axis.scale.place(value);
        figure.element("line", { x1: axis.x - 3, x2: axis.x + 3, y1: y, y2: y }, group);
        const shortened = text.length > 12 ? text.slice(0, 11) + "…" : text;
        figure.element("text", { x: axis.x + 6, y: y + 4, class: "label" }, group, shortened);
      }
    }

    function powers(axis) {
      const places = [];
      for (let power = Math.ceil(Math.log10(axis.lower) - 1e-9); 10 ** power <= axis.upper * (1 + 1e-9); power++) {
        places.push([10 ** power, figure.number(10 ** power, 3)]);
      }
      return places.length > 1 ? places : [axis.lower, axis.upper].map((value) => [value, figure.number(value, 3)]);
    }

    function axisAt(event) {
      const area = box.getBoundingClientRect();
      const x = event.clientX - area.left;
      const found = axes.reduce((a, b) => (!a || Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a), null);
      return found && Math.abs(found.x - x) < 18 ? { axis: found, y: event.clientY - area.top } : null;
    }

    box.addEventListener("pointerdown", (event) => {
      const found = axisAt(event);
      if (!found || event.button) return;
      event.preventDefault();
      moved = { ...found, start: found.y };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      const area = box.getBoundingClientRect();
      if (moved) {
        put(moved.axis, moved.start, event.clientY - area.top);
        again();
        return;
      }
      box.style.cursor = axisAt(event) ? "ns-resize" : "";
      const [x, y] = [event.clientX - area.left, event.clientY - area.top];
      let best = null;
      for (const line of shown) {
        for (let place = 1; place < line.points.length; place++) {
          const [[x1, y1], [x2, y2]] = [line.points[place - 1], line.points[place]];
          if (x < x1 || x > x2) continue;
          const distance = Math.abs(y1 + ((y2 - y1) * (x - x1)) / (x2 - x1 || 1) - y);
          if (distance < 6 && (!best || distance < best.distance)) best = { line, distance };
        }
      }
      if (!best) return hint.hide();
      const { trial } = best.line;
      hint.show(`trial ${trial.number}: ${name()} ${figure.number(valueOf(trial), 6)}; ${settings(trial)}`, x, y);
    });
    box.addEventListener("pointerleave", () => hint.hide());
    box.addEventListener("pointerup", (event) => {
      if (!moved) return;
      const end = event.clientY - box.getBoundingClientRect().top;
      // A click on an axis takes its brush away.
      if (Math.abs(end - moved.start) < 3) clear(moved.axis);
      moved = null;
      remember();
    });

    // Rounded to what can be seen, so that addresses stay short.
    const rounded = (value) => Number(value.toPrecision(6));

    function put(axis, start, end) {
      const box = fieldset(axis);
      if (!box) return;
      const ends = [start, end].sort((a, b) => b - a).map(axis.scale.value);
      if (axis.words) {
        for (const input of box.querySelectorAll("input")) {
          const index = axis.words.indexOf(input.value);
          input.checked = index >= Math.round(ends[0]) && index <= Math.round(ends[1]);
        }
        return;
      }
      const [from, to] = box.querySelectorAll("input");
      from.value = ends[0] <= axis.lower ? "" : rounded(ends[0]);
      to.value = ends[1] >= axis.upper ? "" : rounded(ends[1]);
    }

    function clear(axis) {
      for (const input of fieldset(axis)?.querySelectorAll("input") ?? []) {
        if (input.type === "checkbox") input.checked = false;
        else input.value = "";
      }
    }

    root.querySelector("[data-help=parallel]").hidden = false;
    return { update: again };
  })();

  // The form's fields as an address, those that are empty left out; the order of the table stays.
  function address() {
    const url = new URL(form.action);
    const order = new URL(location.href).searchParams;
    for (const [key, value] of new FormData(form)) {
      if (value !== "" && key !== "sort" && key !== "order") url.searchParams.append(key, value);
    }
    for (const key of ["sort", "order"]) {
      if (order.has(key)) url.searchParams.set(key, order.get(key));
    }
    return url;
  }

  async function refreshTable() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.getElementById("sweep-trials");
    if (next) table.replaceChildren(...next.childNodes);
  }

  function remember() {
    const url = address();
    parallel.update();
    if (url.href === location.href) return;
    history.pushState(null, "", url);
    refreshTable();
  }

  form.querySelector("button").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    remember();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "objective") location.href = address();
    else remember();
  });
  addEventListener("popstate", () => {
    const values = new URL(location.href).searchParams;
    for (const input of form.elements) {
      if (!input.name || input.type === "hidden") continue;
      if (input.type === "checkbox") input.checked = values.getAll(input.name).includes(input.value);
      else input.value = values.get(input.name) ?? "";
    }
    parallel.update();
    refreshTable();
  });

  // The report's drawing of what each parameter does, when it is due and can be seen.
  const effects = root.querySelector("[data-drawing]");
  let drawn = -1;
  let drawnAt = 0;
  let isSeen = false;
  async function refreshEffects() {
    const judged = trials.length;
    if (!isSeen || judged === drawn) return;
    const wait = drawnAt + 5000 - Date.now();
    if (wait > 0) {
      setTimeout(refreshEffects, wait + 50);
      return;
    }
    [drawn, drawnAt] = [judged, Date.now()];
    const answer = await fetch(effects.dataset.drawing);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    effects.replaceChildren(...fresh.body.childNodes);
  }
  new IntersectionObserver((entries) => {
    isSeen = entries.some((entry) => entry.isIntersecting);
    refreshEffects();
  }, { rootMargin: "400px" }).observe(effects);

  document.addEventListener("assay:change", () => ask().then(refreshEffects));
  ask().then(refreshEffects);
})();
