/// What runs in a browser: pages are complete without it, and stay up to date with it.
enum SiteScript {
  static let text = """
    "use strict";
    // A page whose main part names a source of events is asked for anew when the database changes: the
    // parts marked data-live are replaced by what they are now.
    (() => {
      const main = document.getElementById("main");
      if (!main || !main.dataset.events || !window.EventSource) return;
      const least = 1000;
      let asked = 0, isDue = false, isAsking = false;

      async function refresh() {
        isDue = true;
        if (isAsking || document.hidden) return;
        isAsking = true;
        try {
          await new Promise((go) => setTimeout(go, Math.max(0, asked + least - Date.now())));
          isDue = false;
          asked = Date.now();
          const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
          if (!answer.ok) return;
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const part of document.querySelectorAll("[data-live]")) {
            const next = fresh.getElementById(part.id);
            if (next && next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
              part.replaceChildren(...next.childNodes);
            }
          }
        } finally {
          isAsking = false;
          if (isDue) refresh();
        }
      }

      let source = null;
      function listen() {
        if (document.hidden) {
          if (source) source.close();
          source = null;
        } else if (!source) {
          source = new EventSource(main.dataset.events);
          source.addEventListener("change", refresh);
          if (asked || isDue) refresh();
        }
      }
      document.addEventListener("visibilitychange", listen);
      window.addEventListener("pagehide", () => source && source.close());
      listen();
    })();

    """
}
