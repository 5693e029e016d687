/// How a page looks, in the light, in the dark, on paper and on a telephone.
package enum PageStyle {
  /// What a page of its own has.
  static let sheet = frame + "\n\n" + content + "\n" + paper

  /// The same for a part of a page, an element of the class `report`, whose style it leaves alone.
  package static let embedded = """
    .report {
    \(colors(\.light, paper: 0xFFFFFF, text: 0x1F2328, muted: 0x59616B, grid: 0xE3E6EA))
      --ground: #f6f7f9; --link: #0a5ea8;
    }
    @media screen and (prefers-color-scheme: dark) {
      .report {
    \(colors(\.dark, paper: 0x181B20, text: 0xE6E9ED, muted: 0xA3ACB7, grid: 0x333942))
        --ground: #101216; --link: #7cc4f5;
      }
    }
    .report {
    h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.75rem 0 0.75rem; }
    h3 { font-size: 1.05rem; line-height: 1.4; margin: 0 0 0.75rem; }
    section:first-of-type > h2 { margin-top: 0; }
    section, article { scroll-margin-top: 4rem; }
    h2, h3, p, li, dd, summary { overflow-wrap: anywhere; }
    code, pre { font: 0.82rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .side { display: none; }
    .menu { margin: 0 0 1rem; }
    .menu > summary { font-weight: 600; }
    \(contentsList)
    @media screen and (min-width: 68rem) {
      &:has(> .side) { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 2rem; }
      .menu { display: none; }
      .side { display: block; position: sticky; top: 1rem; max-height: 96vh; overflow: auto; align-self: start; }
    }
    \(content)
    }

    """

  /// The list of contents, wherever it stands.
  private static let contentsList = """
    nav { font-size: 0.9rem; line-height: 1.35; }
    nav ul { list-style: none; margin: 0; padding: 0; }
    nav ul ul { margin: 0 0 0.75rem; padding-left: 0.75rem; border-left: 1px solid var(--grid); }
    nav a { display: block; padding: 0.25rem 0; text-decoration: none; overflow-wrap: anywhere; }
    nav a:hover { text-decoration: underline; }
    nav > ul > li > a { font-weight: 600; color: var(--text); }
    nav a[aria-current] { color: var(--text); font-weight: 600; }
    """

  private static let frame = """
    :root {
    \(colors(\.light, paper: 0xFFFFFF, text: 0x1F2328, muted: 0x59616B, grid: 0xE3E6EA))
      --ground: #f6f7f9; --link: #0a5ea8;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
    \(colors(\.dark, paper: 0x181B20, text: 0xE6E9ED, muted: 0xA3ACB7, grid: 0x333942))
        --ground: #101216; --link: #7cc4f5;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-padding-top: 4rem; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--ground); color: var(--text);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
    }
    h1 { font-size: clamp(1.35rem, 4.5vw, 2rem); line-height: 1.2; margin: 0 0 1rem; }
    h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.75rem 0 0.75rem; }
    h3 { font-size: 1.05rem; line-height: 1.4; margin: 0 0 0.75rem; }
    h1, h2, h3, p, li, dd, summary { overflow-wrap: anywhere; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    main:focus { outline: none; }
    code, pre { font: 0.82rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .skip { position: absolute; top: -10rem; z-index: 4; padding: 0.5rem 1rem; background: var(--paper); }
    .skip:focus { top: 0; }

    /* The contents: a list beside the page where there is room, else folded at the upper edge. */
    .side { display: none; }
    .menu {
      position: sticky; top: 0; z-index: 3; background: var(--paper);
      border-bottom: 1px solid var(--grid);
    }
    .menu > summary { padding: 0.6rem clamp(0.75rem, 3vw, 2rem); font-weight: 600; color: var(--text); }
    .menu > nav { max-height: 70vh; overflow: auto; padding: 0 clamp(0.75rem, 3vw, 2rem) 1rem; }
    \(contentsList)
    main { padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 4rem; max-width: 96rem; min-width: 0; }
    @media screen and (min-width: 68rem) {
      html { scroll-padding-top: 1rem; }
      body { display: grid; grid-template-columns: 16rem minmax(0, 1fr); }
      .menu { display: none; }
      .side {
        display: block; position: sticky; top: 0; height: 100vh; overflow: auto;
        padding: 1.5rem 1rem 2rem 1.25rem; background: var(--paper);
        border-right: 1px solid var(--grid);
      }
    }
    """

  private static let content = """
    .subtitle { color: var(--muted); margin: 0 0 0.25rem; font-size: 0.95rem; }
    .subtitle span { white-space: nowrap; }
    .caveat {
      margin: 0 0 0.75rem; padding: 0.5rem 0.75rem; background: var(--paper);
      border-left: 4px solid var(--series-1);
    }
    .lead { font-size: 1.1rem; max-width: 48rem; margin: 0 0 1.25rem; }
    article {
      background: var(--paper); border: 1px solid var(--grid); border-radius: 0.5rem;
      padding: clamp(0.75rem, 2.5vw, 1.25rem); margin: 0 0 1.25rem; min-width: 0;
    }
    .findings { list-style: none; margin: 0; padding: 0; max-width: 60rem; }
    .findings li { margin: 0 0 0.75rem; padding-left: 0.75rem; border-left: 4px solid var(--series-1); }
    .findings li:last-child { margin-bottom: 0; }
    .facts { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 0 0 1.25rem; }
    .facts dt { color: var(--muted); font-size: 0.85rem; }
    .facts dd { margin: 0; }

    /* A shadow at the right says that there is more; the first layer, which scrolls along, hides it. */
    .scroll {
      overflow: auto; max-height: min(85vh, 52rem); scroll-padding: 4rem 0 0 9rem;
      background:
        linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
        linear-gradient(to left, rgb(128 128 128 / 0.4), transparent) right / 0.75rem 100% no-repeat
        scroll;
    }
    table {
      border-collapse: separate; border-spacing: 0; font-size: 0.9rem;
      font-variant-numeric: tabular-nums;
    }
    th, td { padding: 0.35rem 0.55rem; text-align: right; white-space: nowrap; font-weight: 400; }
    th.left, td.left { text-align: left; }
    thead th, thead td {
      position: sticky; top: 0; z-index: 1; background: var(--paper); padding: 0;
      border-bottom: 1.5px solid var(--muted); vertical-align: bottom; white-space: normal;
    }
    thead th > * {
      all: unset; box-sizing: border-box; display: block; min-width: 100%; padding: 0.35rem 0.55rem;
      font-weight: 600; line-height: 1.3;
    }
    /* Parameters of sweeps are written as their users write them. */
    section:not([id^=sweep-]) thead th > *::first-letter { text-transform: uppercase; }
    thead button { cursor: pointer; }
    thead button:focus-visible, tbody :focus-visible {
      outline: 3px solid var(--link); outline-offset: -3px;
    }
    th[aria-sort=ascending] button::after { content: " ↑"; }
    th[aria-sort=descending] button::after { content: " ↓"; }
    tbody th { position: sticky; left: 0; background: var(--paper); }
    thead :first-child:is(th, td) { left: 0; z-index: 2; }
    tbody tr + tr > * { border-top: 1px solid var(--grid); }
    tbody tr:hover > * { background: var(--ground); }
    tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
    [data-queries] td { cursor: pointer; }

    /* Panels grow with the window up to a half more, and stand below each other where it is narrow. */
    .panels, .legend { display: flex; flex-wrap: wrap; align-items: flex-start; }
    .panels > svg {
      flex: none; height: auto; max-width: 100%;
      width: clamp(var(--width) * 1px, 99.9% / var(--columns), var(--width) * 1.5px);
    }
    .legend > svg { flex: none; width: calc(var(--width) * 1.25px); max-width: 100%; height: auto; }
    .narrow { display: none; }
    @media screen and (max-width: 52rem) {
      article { padding: 0.75rem 0.5rem; }
      .wide { display: none; }
      .narrow { display: flex; }
      .legend > svg { width: calc(var(--width) * 1px); }
    }
    svg .hint:focus { outline: 2px solid var(--link); }
    .hint:hover > path { fill-opacity: 0.14; }
    .hint:hover > path[stroke] { stroke-opacity: 1; }
    .hint:hover > path[fill=none] { fill-opacity: 0; }

    .note, .source { color: var(--muted); font-size: 0.9rem; margin: 0.75rem 0 0; max-width: 60rem; }
    details { font-size: 0.95rem; }
    summary { cursor: pointer; }
    .variant { margin-top: 1rem; padding-top: 0.75rem; border-top: 1px solid var(--grid); }
    .variant > summary > h3 { display: inline; font-size: 1rem; }
    .variant[open] > summary { margin-bottom: 0.75rem; }
    .query { margin-top: 0.5rem; }
    .query ul { margin: 0.5rem 0; padding-left: 1.25rem; }
    .digest { overflow-wrap: anywhere; }
    pre {
      overflow: auto; background: var(--ground); border-radius: 0.375rem; padding: 0.75rem;
      max-height: 24rem;
    }
    #tip {
      position: absolute; z-index: 5; max-width: min(22rem, 92vw); padding: 0.5rem 0.75rem;
      background: var(--text); color: var(--paper); border-radius: 0.375rem; font-size: 0.85rem;
      overflow-wrap: anywhere; pointer-events: none;
    }
    #tip.pinned { pointer-events: auto; }
    #tip a { color: inherit; }
    #tip a:focus-visible { outline-color: var(--paper); }
    #tip div + div { margin-top: 0.25rem; }
    """

  private static let paper = """
    @page { margin: 15mm; }
    @media print {
      html { font-size: 10pt; }
      body { display: block; background: none; }
      main { padding: 0; max-width: none; }
      .skip, .menu, .side, .source, .query, #queries, #tip { display: none; }
      article { border: 0; padding: 0; }
      .panels > svg { width: calc(99.9% / var(--columns)); break-inside: avoid; }
      .legend > svg { width: calc(var(--width) * 1px); }
      h2, h3, .legend, .variant > summary { break-after: avoid; break-inside: avoid; }
      .facts { break-inside: avoid; }
      .scroll { overflow: visible; max-height: none; background: none; }
      table { font-size: 8pt; }
      table:has(thead tr > :nth-child(11)) { font-size: 7pt; }
      table:has(thead tr > :nth-child(12)) { font-size: 6pt; }
      th, td, thead th > * { padding: 0.15rem 0.25rem; }
      td.left, thead th > * { white-space: normal; }
      thead { display: table-header-group; break-inside: avoid; }
      thead th, thead td, tbody th { position: static; background: none; }
      tr { break-inside: avoid; }
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
