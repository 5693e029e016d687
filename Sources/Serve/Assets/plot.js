"use strict";
// Draws what <figure class="plot"> is given as JSON, either in its <script type="application/json"> or at its
// attribute data-source, which is asked again whenever the database changes. PlotFigure.swift says what the
// JSON holds. By mouse: drag to zoom, double-click for the whole. By keys: arrows read values, + and - zoom,
// 0 shows the whole.

(() => {
  const { element, number } = assay;
  const drawn = new WeakMap();
  const left = 58, right = 12, top = 8, bottom = 34;

  // What all plots of a page share: set in its controls, kept in its address.
  const form = document.querySelector("form.plot-controls");
  const shared = { smoothing: 0, log: false, logX: false };

  function readShared() {
    if (!form) return;
    shared.smoothing = Number(form.elements.smooth ? form.elements.smooth.value : 0) || 0;
    shared.log = form.elements.log ? form.elements.log.checked : false;
    shared.logX = form.elements.logx ? form.elements.logx.checked : false;
  }

  if (form) {
    form.addEventListener("input", () => {
      readShared();
      const address = new URL(location.href);
      for (const [name, value] of [["smooth", shared.smoothing || ""], ["log", shared.log ? "1" : ""], ["logx", shared.logX ? "1" : ""]]) {
        value === "" ? address.searchParams.delete(name) : address.searchParams.set(name, value);
      }
      history.replaceState(null, "", address);
      const output = form.querySelector("output");
      if (output) output.textContent = shared.smoothing.toFixed(2);
      for (const plot of plots) plot.draw();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const button of form.querySelectorAll("button")) button.hidden = true;
  }
  const plots = new Set();

  // Places for labels between two ends: at 1, 2 or 5 times a power of ten, or at powers of ten.
  function ticks(low, high, count, isLog) {
    if (isLog) {
      const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
      const step = Math.max(1, Math.ceil((last - first) / count));
      const found = [];
      for (let power = first; power <= last; power += step) found.push(10 ** power);
      const inside = found.filter((value) => value >= low && value <= high);
      return inside.length > 1 ? inside : ticks(low, high, count, false).filter((value) => value > 0);
    }
    const span = high - low;
    if (!(span > 0)) return [low];
    const rough = span / count, size = 10 ** Math.floor(Math.log10(rough));
    const step = size * ([1, 2, 5].find((factor) => factor * size >= rough) || 10);
    const found = [];
    for (let place = Math.ceil(low / step); place * step <= high + step * 1e-9; place += 1) found.push(Number((place * step).toPrecision(12)));
    return found;
  }

  // An exponential mean that is not drawn towards the first value; gaps stay gaps.
  function smoothed(values, weight) {
    let sum = 0, mass = 0;
    return values.map((value) => {
      if (value === null) return null;
      sum = sum * weight + value * (1 - weight);
      mass = mass * weight + (1 - weight);
      return sum / mass;
    });
  }

  class Plot {
    constructor(figure) {
      this.figure = figure;
      this.hidden = new Set();
      this.window = null;
      this.cursor = null;
      this.data = null;
      const caption = figure.querySelector("figcaption") || figure.insertBefore(element("figcaption"), figure.firstChild);
      this.whole = element("button", { type: "button", hidden: true, title: "Show the whole (0)", onclick: () => this.zoom(null) }, "Whole");
      this.wide = element("button", { type: "button", "aria-pressed": "false", title: "As wide as the page", onclick: () => this.widen() }, "Wide");
      if (!caption.querySelector(".tools")) caption.append(element("span", { class: "tools" }));
      caption.querySelector(".tools").append(this.whole, figure.parentElement.matches(".plots") ? this.wide : "");
      this.canvas = element("div", { class: "canvas" });
      this.legend = element("div", { class: "legend" });
      this.tip = element("div", { class: "tip", hidden: true });
      figure.append(this.canvas, this.legend, this.tip);
      new ResizeObserver(() => requestAnimationFrame(() => {
        if (this.data && Math.abs(this.canvas.clientWidth - this.width) > 1) this.draw();
      })).observe(this.canvas);
    }

    widen() {
      const isWide = this.figure.classList.toggle("wide");
      this.wide.setAttribute("aria-pressed", String(isWide));
    }

    take(data) {
      this.data = data;
      // What was drawn by the server gives way.
      for (const drawing of this.figure.querySelectorAll(":scope > .drawn, :scope > noscript")) drawing.remove();
      this.draw();
    }

    get isLogX() { return this.data.x && this.data.x.log !== undefined ? this.data.x.log : shared.logX; }
    get isLogY() { return this.data.y && this.data.y.log !== undefined ? this.data.y.log : shared.log; }

    // Each series as it is drawn: with values that the axes have a place for, and smoothed.
    prepare() {
      const weight = this.data.smooth === false ? 0 : shared.smoothing;
      const isShown = (x, y) => x !== null && y !== null && (!this.isLogX || x > 0) && (!this.isLogY || y > 0);
      return this.data.series.map((series, place) => {
        const y = series.y.map((value, index) => (isShown(series.x[index], value) ? value : null));
        const style = series.style || "line";
        return {
          ...series, place, style, y, color: `var(--series-${(series.color === undefined ? place : series.color) % 7})`,
          shown: style === "line" && weight > 0 ? smoothed(y, weight) : y, isSmooth: style === "line" && weight > 0,
        };
      });
    }

    range(axis, series) {
      const fixed = this.data[axis] && this.data[axis].range;
      if (this.window && this.window[axis]) return this.window[axis];
      if (fixed) return fixed;
      let low = Infinity, high = -Infinity;
      const isLog = axis === "x" ? this.isLogX : this.isLogY;
      for (const one of series) {
        const lists = axis === "x" ? [one.x] : one.isSmooth ? [one.shown, one.y] : [one.y, one.low, one.high];
        for (const list of lists) {
          if (!list) continue;
          for (let index = 0; index < list.length; index += 1) {
            const value = list[index];
            if (value === null || value === undefined || one.y[index] === null || (isLog && value <= 0)) continue;
            const x = one.x[index];
            if (axis === "y" && this.window && this.window.x && (x < this.window.x[0] || x > this.window.x[1])) continue;
            if (value < low) low = value;
            if (value > high) high = value;
          }
        }
      }
      if (low > high) return isLog ? [0.1, 1] : [0, 1];
      if (isLog) return axis === "x" && high > low ? [low, high] : [low / 1.15, high * 1.15];
      if (low === high) { const room = Math.abs(low) * 0.05 || 0.5; return [low - room, high + room]; }
      const room = (high - low) * (axis === "x" && series.every((one) => one.style !== "points") ? 0 : 0.05);
      return [low - room, high + room];
    }

    draw() {
      if (!this.data) return;
      const width = this.width = Math.max(240, this.canvas.clientWidth);
      const height = this.height = Math.round(this.data.square ? Math.min(width, 560) : Math.min(Math.max(width * 0.52, 190), 420));
      const all = this.series = this.prepare();
      const shown = all.filter((series) => !this.hidden.has(series.name));
      const [x0, x1] = this.range("x", shown), [y0, y1] = this.range("y", shown);
      const across = width - left - right, down = height - top - bottom;
      const place = (value, low, high, isLog) =>
        isLog ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)) : (value - low) / (high - low);
      const back = (share, low, high, isLog) =>
        isLog ? Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low))) : low + share * (high - low);
      this.x = (value) => left + across * place(value, x0, x1, this.isLogX);
      this.y = (value) => top + down * (1 - place(value, y0, y1, this.isLogY));
      this.valueAtX = (at) => back((at - left) / across, x0, x1, this.isLogX);
      this.valueAtY = (at) => back(1 - (at - top) / down, y0, y1, this.isLogY);
      const id = this.id || (this.id = `clip-${Math.random().toString(36).slice(2)}`);
      const inside = element("svg:g", { "clip-path": `url(#${id})` });
      const axes = element("svg:g");
      for (const value of ticks(x0, x1, Math.max(2, Math.floor(across / 80)), this.isLogX)) {
        const at = this.x(value);
        axes.append(element("svg:line", { class: "grid", x1: at, x2: at, y1: top, y2: top + down }),
          element("svg:text", { x: at, y: top + down + 15, "text-anchor": "middle" }, number(value, 6)));
      }
      for (const value of ticks(y0, y1, Math.max(2, Math.floor(down / 28)), this.isLogY)) {
        const at = this.y(value);
        axes.append(element("svg:line", { class: "grid", x1: left, x2: left + across, y1: at, y2: at }),
          element("svg:text", { x: left - 6, y: at + 4, "text-anchor": "end" }, number(value, 4)));
      }
      axes.append(element("svg:path", { class: "axis", d: `M${left} ${top}V${top + down}H${left + across}` }));
      if (this.data.x && this.data.x.label) {
        axes.append(element("svg:text", { x: left + across / 2, y: height - 4, "text-anchor": "middle" }, this.data.x.label));
      }
      if (this.data.y && this.data.y.label) {
        axes.append(element("svg:text", { x: 11, y: top + down / 2, "text-anchor": "middle", transform: `rotate(-90 11 ${top + down / 2})` }, this.data.y.label));
      }
      if (this.data.diagonal) inside.append(element("svg:line", { class: "chance", x1: this.x(x0), y1: this.y(x0), x2: this.x(x1), y2: this.y(x1) }));
      for (const mark of this.data.marks || []) {
        const at = mark.axis === "y" ? this.y(mark.at) : this.x(mark.at);
        inside.append(mark.axis === "y"
          ? element("svg:line", { class: "mark", x1: left, x2: left + across, y1: at, y2: at })
          : element("svg:line", { class: "mark", y1: top, y2: top + down, x1: at, x2: at }));
        inside.append(element("svg:text", mark.axis === "y" ? { x: left + 4, y: at - 4 } : { x: at + 4, y: top + 10 }, mark.label || ""));
      }
      for (const series of shown) inside.append(...this.shapes(series));
      this.over = element("svg:g");
      const summary = `${this.data.title || "Plot"}: ${all.map((series) => series.name).slice(0, 12).join(", ")}. Arrow keys read values, plus and minus zoom, 0 shows the whole.`;
      const drawing = element("svg:svg", {
        viewBox: `0 0 ${width} ${height}`, width, height, role: "img", tabindex: "0", "aria-label": summary,
      }, element("svg:defs", {}, element("svg:clipPath", { id }, element("svg:rect", { x: left, y: top, width: across, height: down }))), axes, inside, this.over);
      const hadFocus = this.canvas.contains(document.activeElement);
      this.canvas.replaceChildren(drawing);
      this.listen(drawing);
      if (hadFocus) drawing.focus({ preventScroll: true });
      this.whole.hidden = !this.window;
      this.drawLegend(all);
      if (this.cursor !== null) this.read(this.cursor);
    }

    // More series than colours are told apart by their lines.
    dashOf(series) {
      return [null, "6 4", "2 3"][series.dash ? 1 : Math.floor(series.place / 7) % 3];
    }

    shapes(series) {
      const stroke = `stroke: ${series.color}`, fill = `fill: ${series.color}`;
      const dashes = this.dashOf(series);
      if (series.style === "points") {
        return series.y.map((y, index) => (y === null ? null : element("svg:circle",
          { cx: this.x(series.x[index]), cy: this.y(y), r: series.y.length > 500 ? 2 : 3, style: fill, "fill-opacity": 0.75 }))).filter(Boolean);
      }
      const line = (values) => {
        let path = "", isDown = false;
        values.forEach((y, index) => {
          if (y === null) { isDown = false; return; }
          const [atX, atY] = [this.x(series.x[index]).toFixed(1), this.y(y).toFixed(1)];
          path += isDown && series.style === "step" ? `H${atX}V${atY}` : `${isDown ? "L" : "M"}${atX} ${atY}`;
          isDown = true;
        });
        return path;
      };
      const shapes = [];
      if (series.low && series.high && !series.isSmooth) {
        let there = "", backwards = "";
        series.y.forEach((y, index) => {
          const [low, high] = [series.low[index], series.high[index]];
          if (y === null || low === null || high === null || (this.isLogY && low <= 0)) return;
          const at = this.x(series.x[index]).toFixed(1);
          there += `${there ? "L" : "M"}${at} ${this.y(high).toFixed(1)}`;
          backwards = `L${at} ${this.y(low).toFixed(1)}` + backwards;
        });
        if (there) shapes.push(element("svg:path", { class: "band", style: fill, d: `${there}${backwards}Z` }));
      }
      if (series.isSmooth) shapes.push(element("svg:path", { class: "raw", style: stroke, d: line(series.y) }));
      shapes.push(element("svg:path", { class: "curve", style: stroke, "stroke-dasharray": dashes, d: line(series.shown) }));
      const values = series.y.filter((y) => y !== null).length;
      if (values <= 40) {
        series.shown.forEach((y, index) => {
          if (y !== null) shapes.push(element("svg:circle", { cx: this.x(series.x[index]), cy: this.y(y), r: values === 1 ? 3.5 : 2, style: fill }));
        });
      }
      return shapes;
    }

    drawLegend(all) {
      if (all.length < 2 && !(all[0] && all[0].link)) return this.legend.replaceChildren();
      const entries = all.map((series) => element("button", {
        type: "button", "aria-pressed": String(!this.hidden.has(series.name)), title: `${series.name}: show or hide`,
        onclick: () => {
          this.hidden.delete(series.name) || this.hidden.add(series.name);
          this.draw();
        },
      }, element("i", { style: `border-color: ${series.color}; border-top-style: ${this.dashOf(series) ? "dashed" : "solid"}` }), element("span", {}, series.name)));
      if (this.legend.contains(document.activeElement)) {
        const place = [...this.legend.children].indexOf(document.activeElement);
        this.legend.replaceChildren(...entries);
        if (entries[place]) entries[place].focus();
      } else this.legend.replaceChildren(...entries);
    }

    // The nearest value of each series at a place of the x axis.
    read(x) {
      this.cursor = x;
      const rows = [];
      let at = null;
      for (const series of this.series) {
        if (this.hidden.has(series.name)) continue;
        let best = -1, least = Infinity;
        series.x.forEach((value, index) => {
          if (series.y[index] === null || value === null) return;
          const away = Math.abs(this.x(value) - this.x(x));
          if (away < least) [best, least] = [index, away];
        });
        if (best < 0 || least > Math.max(40, this.width / 8)) continue;
        rows.push({ series, index: best, least });
      }
      rows.sort((one, two) => one.least - two.least);
      const near = rows.filter((row) => row.least <= rows[0].least + 12).slice(0, 10);
      this.over.replaceChildren();
      if (near.length === 0) { this.tip.hidden = true; return; }
      at = near[0].series.x[near[0].index];
      const atX = this.x(at);
      this.over.append(element("svg:line", { class: "cross", x1: atX, x2: atX, y1: top, y2: this.height - bottom }));
      const lines = near.map(({ series, index }) => {
        const value = series.shown[index];
        this.over.append(element("svg:circle", { cx: this.x(series.x[index]), cy: this.y(value), r: 3.5, style: `fill: ${series.color}` }));
        const note = series.notes && series.notes[index];
        return element("div", {}, element("i", { style: `background: ${series.color}` }),
          element("span", {}, note ? `${series.name}: ${note}` : series.name), element("b", {}, number(value, 6)));
      });
      const head = `${this.data.x && this.data.x.label ? this.data.x.label + " " : ""}${number(at, 7)}`;
      this.tip.replaceChildren(element("div", { class: "muted" }, head), ...lines);
      this.tip.hidden = false;
      const box = this.canvas.getBoundingClientRect(), own = this.figure.getBoundingClientRect();
      const scale = box.width / this.width;
      const isRight = atX > this.width * 0.55;
      this.tip.style.top = `${box.top - own.top + top * scale + 4}px`;
      this.tip.style.left = isRight ? "auto" : `${box.left - own.left + atX * scale + 10}px`;
      this.tip.style.right = isRight ? `${own.right - box.right + (this.width - atX) * scale + 10}px` : "auto";
    }

    forget() {
      this.cursor = null;
      this.tip.hidden = true;
      if (this.over) this.over.replaceChildren();
    }

    zoom(window) {
      this.window = window;
      this.draw();
      this.figure.dispatchEvent(new CustomEvent("assay:zoom", { detail: window, bubbles: true }));
    }

    zoomBy(factor) {
      const middle = this.cursor === null ? this.valueAtX(left + (this.width - left - right) / 2) : this.cursor;
      const at = this.x(middle);
      const ends = [left, this.width - right].map((end) => this.valueAtX(at + (end - at) * factor));
      const [low, high] = this.full();
      const next = [Math.max(low, ends[0]), Math.min(high, ends[1])];
      this.zoom(next[0] <= low && next[1] >= high ? null : { x: next });
    }

    full() {
      const window = this.window;
      this.window = null;
      const range = this.range("x", this.series.filter((series) => !this.hidden.has(series.name)));
      this.window = window;
      return range;
    }

    listen(drawing) {
      let start = null, box = null;
      const at = (event) => {
        const bounds = drawing.getBoundingClientRect(), scale = this.width / bounds.width;
        return [(event.clientX - bounds.left) * scale, (event.clientY - bounds.top) * scale];
      };
      const within = ([x, y]) => [Math.min(Math.max(x, left), this.width - right), Math.min(Math.max(y, top), this.height - bottom)];
      drawing.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        start = within(at(event));
        drawing.setPointerCapture(event.pointerId);
      });
      drawing.addEventListener("pointermove", (event) => {
        const place = within(at(event));
        if (!start) return this.read(this.valueAtX(place[0]));
        if (!box) this.over.replaceChildren(box = element("svg:rect", { class: "zoom" }));
        this.tip.hidden = true;
        const isFlat = Math.abs(place[1] - start[1]) < 14;
        box.setAttribute("x", Math.min(start[0], place[0]));
        box.setAttribute("width", Math.abs(place[0] - start[0]));
        box.setAttribute("y", isFlat ? top : Math.min(start[1], place[1]));
        box.setAttribute("height", isFlat ? this.height - top - bottom : Math.abs(place[1] - start[1]));
      });
      const end = (event) => {
        const from = start, drawnBox = box;
        start = box = null;
        if (!from || !drawnBox) return;
        const to = within(at(event));
        if (Math.abs(to[0] - from[0]) < 6) return this.draw();
        const order = (one, two) => [Math.min(one, two), Math.max(one, two)];
        const window = { x: order(this.valueAtX(from[0]), this.valueAtX(to[0])) };
        if (Math.abs(to[1] - from[1]) >= 14) window.y = order(this.valueAtY(from[1]), this.valueAtY(to[1]));
        this.forget();
        this.zoom(window);
      };
      drawing.addEventListener("pointerup", end);
      drawing.addEventListener("pointercancel", () => { start = box = null; });
      drawing.addEventListener("pointerleave", () => { if (!start) this.forget(); });
      drawing.addEventListener("dblclick", () => this.zoom(null));
      drawing.addEventListener("click", (event) => this.follow(at(event)));
      drawing.addEventListener("blur", () => this.forget());
      drawing.addEventListener("keydown", (event) => this.press(event));
    }

    // A point that stands for something leads there.
    follow([x, y]) {
      let best = null, least = 8;
      for (const series of this.series) {
        if (!series.links || this.hidden.has(series.name)) continue;
        series.y.forEach((value, index) => {
          if (value === null || !series.links[index]) return;
          const away = Math.hypot(this.x(series.x[index]) - x, this.y(value) - y);
          if (away < least) [best, least] = [series.links[index], away];
        });
      }
      if (best) location.href = best;
    }

    press(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key;
      if (key === "+" || key === "=") this.zoomBy(0.6);
      else if (key === "-") this.zoomBy(1 / 0.6);
      else if (key === "0") this.zoom(null);
      else if (key === "Escape") this.forget();
      else if (key === "ArrowLeft" || key === "ArrowRight") {
        const places = [...new Set(this.series.filter((series) => !this.hidden.has(series.name))
          .flatMap((series) => series.x.filter((value, index) => value !== null && series.y[index] !== null)))].sort((one, two) => one - two)
          .filter((value) => this.x(value) >= left - 1 && this.x(value) <= this.width - right + 1);
        if (places.length === 0) return;
        let place = this.cursor === null ? -1 : places.findIndex((value) => value >= this.cursor);
        if (this.cursor === null) place = key === "ArrowRight" ? 0 : places.length - 1;
        else place = Math.min(places.length - 1, Math.max(0, (place < 0 ? places.length : place) + (key === "ArrowRight" ? 1 : -1)));
        this.read(places[place]);
      } else return;
      event.preventDefault();
    }
  }

  function plotOf(figure) {
    if (!drawn.has(figure)) {
      const plot = new Plot(figure);
      drawn.set(figure, plot);
      plots.add(plot);
    }
    return drawn.get(figure);
  }

  // What an address last gave is kept, so that what is the same is not drawn again.
  async function load(figure) {
    const answer = await fetch(figure.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const text = await answer.text();
    if (plotOf(figure).text === text) return;
    const plot = plotOf(figure);
    plot.text = text;
    plot.take(JSON.parse(text));
  }

  const seen = new Set();
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) { seen.delete(target); continue; }
      seen.add(target);
      load(target).catch(() => {});
    }
  }, { rootMargin: "300px" });

  function find() {
    for (const plot of plots) if (!plot.figure.isConnected) plots.delete(plot);
    for (const figure of document.querySelectorAll("figure.plot")) {
      const inline = figure.querySelector("script[type='application/json']");
      if (inline) {
        const plot = plotOf(figure);
        if (plot.text !== inline.textContent) {
          plot.text = inline.textContent;
          plot.take(JSON.parse(inline.textContent));
        }
      } else if (figure.dataset.source && !drawn.has(figure)) {
        plotOf(figure);
        sight.observe(figure);
      }
    }
  }

  document.addEventListener("assay:parts", find);
  document.addEventListener("assay:change", () => {
    for (const figure of seen) if (figure.isConnected) load(figure).catch(() => {});
  });
  readShared();
  find();
  // For scripts of pages that change what a plot shows: assay.plot(figure).take(data).
  assay.plot = plotOf;
})();
