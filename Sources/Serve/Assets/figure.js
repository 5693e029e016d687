"use strict";
// What drawings in pages share: elements of SVG, scales, axes, and a hint beside what is pointed at.
window.assayFigure = (() => {
  const space = "http://www.w3.org/2000/svg";

  function element(name, attributes = {}, parent = null, text = "") {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  // Numbers as the report sets them: a minus sign, few digits.
  function number(value, digits = 4) {
    if (Number.isNaN(value) || value === null) return "—";
    if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
    const text = String(Number(value.toPrecision(digits)));
    return text.replace("-", "−");
  }

  const percent = (share) =>
    Number.isFinite(share) ? (share * 100).toFixed(1).replace("-", "−") + "%" : "—";

  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

  // Round places on an axis, about so many.
  function ticks(lower, upper, count = 5) {
    if (!(upper > lower)) return [lower];
    const step = (upper - lower) / count;
    const power = 10 ** Math.floor(Math.log10(step));
    const nice = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= step * 0.999) * power;
    const places = [];
    for (let place = Math.ceil(lower / nice - 1e-9); place * nice <= upper + nice * 1e-9; place++) {
      places.push(Number((place * nice).toPrecision(12)));
    }
    return places;
  }

  function linear(lower, upper, from, to) {
    const width = upper - lower || 1;
    return {
      place: (value) => from + ((value - lower) / width) * (to - from),
      value: (place) => lower + ((place - from) / (to - from)) * width,
    };
  }

  function logarithmic(lower, upper, from, to) {
    const inner = linear(Math.log(lower), Math.log(upper), from, to);
    return {
      place: (value) => inner.place(Math.log(Math.max(lower, value))),
      value: (place) => Math.exp(inner.value(place)),
    };
  }

  // An area to draw in, made anew at the width that it has.
  function canvas(box, height, draw) {
    let width = 0;
    const again = () => {
      if (!width) return;
      const drawing = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
      box.querySelector("svg")?.remove();
      box.prepend(drawing);
      draw(drawing, width, height);
    };
    new ResizeObserver(() => {
      const room = Math.floor(box.clientWidth);
      if (room === width) return;
      width = room;
      again();
    }).observe(box);
    return again;
  }

  function axes(drawing, frame, horizontal, vertical, words) {
    const { left, top, right, bottom } = frame;
    const group = element("g", { class: "axes" }, drawing);
    for (const [value, text] of vertical.ticks) {
      const y = vertical.scale.place(value);
      element("line", { x1: left, x2: right, y1: y, y2: y }, group);
      element("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, group, text);
    }
    for (const [value, text] of horizontal.ticks) {
      const x = horizontal.scale.place(value);
      element("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, class: "mark" }, group);
      element("text", { x, y: bottom + 17, "text-anchor": "middle" }, group, text);
    }
    element("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "mark" }, group);
    if (words.horizontal) {
      element(
        "text", { x: (left + right) / 2, y: bottom + 36, "text-anchor": "middle", class: "title" },
        group, words.horizontal);
    }
    if (words.vertical) {
      element("text", { x: 0, y: top - 8, class: "title" }, group, words.vertical);
    }
  }

  const path = (points) =>
    points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");

  // A hint in a box, beside a place in it.
  function hint(box) {
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("role", "status");
    tip.hidden = true;
    box.append(tip);
    return {
      show(text, x, y) {
        tip.textContent = text;
        tip.hidden = false;
        const left = Math.max(0, Math.min(x + 12, box.clientWidth - tip.offsetWidth));
        tip.style.left = `${left}px`;
        tip.style.top = `${y - tip.offsetHeight - 10 > 0 ? y - tip.offsetHeight - 10 : y + 16}px`;
      },
      hide() { tip.hidden = true; },
    };
  }

  return { element, number, percent, grouped, ticks, linear, logarithmic, canvas, axes, path, hint };
})();
