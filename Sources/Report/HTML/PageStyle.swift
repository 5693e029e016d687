/// How a page looks, in the light, in the dark, on paper and on a telephone.
enum PageStyle {
  static let sheet = """
    :root {
    \(colors(\.light, paper: 0xFFFFFF, text: 0x1F2328, muted: 0x59616B, grid: 0xE3E6EA))
      --ground: #f6f7f9; --link: #0a5ea8;
    }
    @media (prefers-color-scheme: dark) {
      :root {
    \(colors(\.dark, paper: 0x181B20, text: 0xE6E9ED, muted: 0xA3ACB7, grid: 0x333942))
        --ground: #101216; --link: #7cc4f5;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 4rem; max-width: 72rem;
      background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
    }
    h1 { font-size: clamp(1.3rem, 4.5vw, 1.8rem); line-height: 1.25; margin: 0 0 1rem; }
    h2 { font-size: 1.3rem; margin: 2.5rem 0 0.75rem; }
    h3 { font-size: 1rem; line-height: 1.4; margin: 0 0 0.75rem; }
    h4 { font-size: 0.95rem; margin: 1.25rem 0 0.25rem; }
    h1, h2, h3, p, dd, summary { overflow-wrap: anywhere; }
    a { color: var(--link); }
    code, pre { font: 0.82rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .facts { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 0 0 1.25rem; }
    .facts dt { color: var(--muted); font-size: 0.8rem; }
    .facts dd { margin: 0; }
    nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
    article {
      background: var(--paper); border: 1px solid var(--grid); border-radius: 0.5rem;
      padding: clamp(0.75rem, 2.5vw, 1.25rem); margin: 0 0 1.25rem; min-width: 0;
    }
    /* A shadow at the right says that there is more; the first layer, which scrolls along, hides it. */
    .scroll {
      overflow-x: auto;
      background:
        linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
        linear-gradient(to left, rgb(128 128 128 / 0.4), transparent) right / 0.75rem 100% no-repeat
        scroll;
    }
    .panels, .legend { display: flex; flex-wrap: wrap; align-items: flex-start; }
    .panels > svg, .legend > svg {
      flex: none; width: calc(var(--width) * 1.3px); max-width: 100%; height: auto;
    }
    .narrow { display: none; }
    @media screen and (max-width: 44rem) {
      .wide { display: none; }
      .narrow { display: flex; }
      .panels > svg, .legend > svg { width: calc(var(--width) * 1px); }
    }
    table { border-collapse: separate; border-spacing: 0; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.35rem 0.75rem; text-align: right; white-space: nowrap; }
    th.left, td.left { text-align: left; }
    th { border-bottom: 1.5px solid var(--muted); padding: 0; }
    th button {
      all: unset; box-sizing: border-box; width: 100%; padding: 0.35rem 0.75rem; cursor: pointer;
      font-weight: 600;
    }
    th button:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
    th[aria-sort=ascending] button::after { content: " ↑"; }
    th[aria-sort=descending] button::after { content: " ↓"; }
    .scroll td:first-child, .scroll th:first-child {
      position: sticky; left: 0; background: var(--paper);
    }
    tbody tr + tr td { border-top: 1px solid var(--grid); }
    tbody tr:hover, tbody tr:hover td:first-child { background: var(--ground); }
    tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
    article[data-source] td { cursor: pointer; }
    .note { color: var(--muted); font-size: 0.875rem; margin: 0.75rem 0 0; }
    details { margin-top: 0.75rem; font-size: 0.875rem; }
    summary { color: var(--muted); cursor: pointer; }
    .hash { margin: 0; overflow-wrap: anywhere; color: var(--muted); }
    pre {
      overflow-x: auto; background: var(--ground); border-radius: 0.375rem; padding: 0.75rem;
      max-height: 24rem;
    }
    .hint:hover > path { fill-opacity: 0.14; }
    .hint:hover > path[stroke] { stroke-opacity: 1; }
    .hint:hover > path[fill=none] { fill-opacity: 0; }
    #tip {
      position: absolute; z-index: 1; max-width: min(22rem, 92vw); padding: 0.5rem 0.75rem;
      background: var(--text); color: var(--paper); border-radius: 0.375rem; font-size: 0.85rem;
      overflow-wrap: anywhere; pointer-events: none;
    }
    #tip.pinned { pointer-events: auto; }
    #tip a { color: inherit; }
    #tip div + div { margin-top: 0.25rem; }
    @media print {
      body { background: none; padding: 0; max-width: none; }
      nav, details { display: none; }
      article { border: 0; padding: 0; break-inside: avoid; }
    }
    """

  /// The colours of drawings as the style sheet's own names.
  private static func colors(
    _ form: KeyPath<(light: UInt32, dark: UInt32), UInt32>, paper: UInt32, text: UInt32,
    muted: UInt32, grid: UInt32
  ) -> String {
    let fixed = [("paper", paper), ("text", text), ("muted", muted), ("grid", grid)]
    let series = Ink.palette.enumerated().map { ("series-\($0)", $1[keyPath: form]) }
    return "  "
      + (fixed + series).map { "--\($0): \(RGB($1).css);" }.joined(separator: " ")
  }
}
