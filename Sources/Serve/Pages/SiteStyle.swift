/// How pages look, in the light and in the dark, wide and narrow.
enum SiteStyle {
  static let sheet = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ground: #f6f7f9; --text: #1f2328; --muted: #59616b; --grid: #e3e6ea;
      --link: #0a5ea8; --good: #1a7f37; --bad: #b3261e; --busy: #8a5a00;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #181b20; --ground: #101216; --text: #e6e9ed; --muted: #a3acb7; --grid: #333942;
        --link: #7cc4f5; --good: #6cc986; --bad: #ff9b93; --busy: #e5b567;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
    }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    main:focus { outline: none; }
    .skip { position: absolute; top: -10rem; z-index: 4; padding: 0.5rem 1rem; background: var(--paper); }
    .skip:focus { top: 0; }
    .site {
      display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; align-items: center;
      padding: 0.6rem clamp(0.75rem, 3vw, 2rem); background: var(--paper);
      border-bottom: 1px solid var(--grid);
    }
    .site a { padding: 0.25rem 0; text-decoration: none; font-weight: 600; margin-right: 1rem; }
    .site a[aria-current] { color: var(--text); text-decoration: underline; text-underline-offset: 0.3em; }
    .database { margin-left: auto; color: var(--muted); overflow-wrap: anywhere; }
    main { padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 4rem; }
    h1 { font-size: clamp(1.3rem, 4vw, 1.8rem); line-height: 1.2; margin: 0 0 1rem; overflow-wrap: anywhere; }
    .lead { max-width: 48rem; overflow-wrap: anywhere; }
    .muted { color: var(--muted); }
    .scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--grid); border-radius: 0.5rem; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; width: 100%; }
    th, td { padding: 0.4rem 0.7rem; text-align: left; white-space: nowrap; border-top: 1px solid var(--grid); }
    thead th { border-top: 0; color: var(--muted); font-weight: 600; }
    td.number, th.number { text-align: right; }
    tbody tr:hover { background: var(--ground); }
    .wrap { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
    .state { font-weight: 600; }
    .state.finished { color: var(--good); }
    .state.failed { color: var(--bad); }
    .state.running, .state.queued { color: var(--busy); }
    .pages { display: flex; gap: 1.5rem; margin: 1rem 0; }
    form { max-width: 24rem; }
    label { display: block; margin: 0 0 0.25rem; }
    input, button, select, textarea {
      font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--muted);
      border-radius: 0.375rem; padding: 0.4rem 0.7rem;
    }
    button { cursor: pointer; background: var(--link); color: var(--paper); border-color: var(--link); }

    """
}
