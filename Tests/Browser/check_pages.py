#!/usr/bin/env python3
"""Opens every page of assay serve in headless Chromium, and fails where a reader would stumble.

usage: check_pages.py ASSAY FOLDER [DATABASE]

ASSAY is the built command. Without a database, one is filled in the folder: runs of programs with metrics, artifacts, tags
and hostile names. Every page of PAGES is opened at 390, 1280 and 1920 pixels, light and dark: no error on the console, no
request to anything else, nothing wider than the window but boxes that scroll, all text at 4.5 to 1 or more against its
ground; its picture is written into the folder. Then the pages are used: filters, columns, further pages, a comparison, zooming, SQL with
completion, its chart and downloads, what comes while one looks, notes where the server records, and all of it with an empty
database. To check more pages: add their addresses to PAGES, and a function to USES.
"""

import base64
import http.client
import itertools
import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

import record_pages
from browser import CONTRAST, WIDER, Browser, Check

WIDTHS = [1920, 1280, 390]
SCHEMES = ["light", "dark"]
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)> \u202e& \"quoted\" 'single' " + "long" * 60

# The pages: a name for pictures, an address in which {run} and the like stand for what the database has, and how many texts it
# has at least.
PAGES = [
    ("runs", "/", 60),
    ("runs-filtered", "/?where=metric.loss+%3C+1&kind=program&column=metric.loss&column=parameter.lr&sort=metric.loss", 60),
    ("runs-grouped", "/?by=parameter.lr&column=metric.loss&column=metric.accuracy", 40),
    ("runs-wrong", "/?where=metric.los+%3C", 20),
    ("run", "/runs/{run}", 60),
    ("run-hostile", "/runs/{hostile}", 40),
    ("artifact-text", "/runs/{run}/artifact?name=notes.json", 15),
    ("artifact-arrays", "/runs/{run}/artifact?name=arrays.npz", 12),
    ("artifact-picture", "/runs/{run}/artifact?name=picture.png", 10),
    ("compare", "/compare?run={run}&run={second}&run={hostile}", 40),
    ("sql", "/sql?q=SELECT+kind,+state,+count(*)+AS+runs+FROM+runs+GROUP+BY+1,+2", 100),
    ("sql-chart", "/sql?q=SELECT+step,+value,+metric+FROM+metrics+LIMIT+400&show=chart&x=step&y=value&series=metric", 100),
    ("sql-named", "/sql?name=newest_runs&p-limit=5", 100),
    ("sql-refused", "/sql?q=ATTACH+%27x.db%27+AS+x", 100),
    ("missing", "/nothing", 5),
] + record_pages.PAGES
# Statuses other than 200, which the console tells of.
REFUSED = {"runs-wrong", "sql-refused", "missing"}


class Server:
    """assay serve on a port of its own."""

    def __init__(self, assay, database, *options):
        self.process = subprocess.Popen(
            [assay, "serve", "--db", database, "--port", "0", "--quiet", *options], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address.startswith("http://"):
            sys.exit("assay serve says no address")

    def close(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)

    def get(self, path, **headers):
        host = urllib.parse.urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body


PROGRAM = """
import json, math, os, sys
rate, seed = float(sys.argv[1]), int(sys.argv[2])
def emit(**event):
    with open(os.environ["ASSAY_EVENTS"], "a") as file:
        file.write(json.dumps(event) + "\\n")
emit(parameters={"lr": rate, "seed": seed, "dataset": "digits" if seed % 2 else "letters"})
for step in range(60):
    noise = math.sin(step * 1.7 + seed) * 0.05
    emit(step=step, metrics={"loss": math.exp(-step * rate) + 0.05 + abs(noise) * 0.3,
                             "accuracy": 1 - 0.7 * math.exp(-step * rate) + noise * 0.1})
print("epoch", "done", "<b>not bold</b>")
print("a warning", file=sys.stderr)
"""


def fill(assay, folder):
    """A database with runs of every kind that pages show."""
    database = folder / "assay.db"
    if database.exists():
        return database
    (folder / "program.py").write_text(PROGRAM)

    def run(*words, name, tag="baseline", group="first"):
        subprocess.run([assay, "run", "--db", database, "--quiet", "--name", name, "--tag", tag, "--group", group, "--", *words],
                       check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    for number, rate in enumerate(["0.02", "0.05", "0.1", "0.02", "0.05"]):
        run("python3", "program.py", rate, str(number), name=f"rate {rate}", group="rates")
    subprocess.run([assay, "run", "--db", database, "--quiet", "--name", HOSTILE[:200], "--tag", "<i>tag</i>", "--", "false"],
                   check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    give_artifacts(database)
    record_pages.fill(assay, folder, database)
    # A long list, whose rows have nothing beside themselves.
    with sqlite3.connect(database) as connection:
        connection.execute("""
          WITH RECURSIVE count (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM count WHERE i < 3000)
          INSERT INTO run (uuid, kind, name, state, configuration, created_ms)
          SELECT printf('00000000-0000-4000-8000-%012d', i), 'listed', 'listed ' || i, 'queued', '{}', 1700000000000 + i * 60000 FROM count""")
    return database


def give_artifacts(database):
    """Gives a run that has not finished artifacts of each kind that has a preview."""
    import hashlib
    import io
    import struct
    import zipfile
    import zlib

    def array(shape):
        head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
        head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
        count = 1
        for side in shape:
            count *= side
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(4 * count)

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("images.npy", array((10, 28, 28)))
        file.writestr("labels.npy", array((10,)))

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(64)) for y in range(64))
    picture = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0))
               + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    notes = json.dumps({"note": HOSTILE, "list": [1, 2.5, None], "inner": {"deep": True}}).encode()
    patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old <b>\n+new <b>\n"
    contents = [("notes.json", "application/json", notes), ("arrays.npz", "application/zip", archive.getvalue()),
                ("picture.png", "image/png", picture), ("diff.patch", "text/x-diff", patch), ("<svg onload=alert(3)>.html", "text/html", b"<script>alert(4)</script>")]
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        # A run that still goes on takes artifacts, and shows its output as it grows.
        connection.execute("""
          INSERT INTO run (uuid, kind, name, state, configuration, created_ms, token, progress_done, progress_total)
          VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'own', 'under way', 'running', '{"lr":0.02}', 1700000000000, 'token', 30, 90)""")
        run = connection.execute("SELECT max(id) FROM run").fetchone()[0]
        connection.execute("INSERT INTO parameter (run_id, name, value) VALUES (?, 'lr', 0.02)", [run])
        for step in range(40):
            connection.execute("INSERT INTO metric VALUES (?, 'loss', ?, ?, 0)", [run, step, 1 / (1 + step * 0.1)])
            connection.execute("INSERT INTO metric VALUES (?, ?, ?, ?, 0)", [run, "<b>hostile</b>/metric", step, step % 7])
        for name, kind, content in contents:
            digest = hashlib.sha256(content).hexdigest()
            connection.execute("INSERT OR IGNORE INTO blob (sha256, size, content) VALUES (?, ?, ?)", [digest, len(content), content])
            blob = connection.execute("SELECT id FROM blob WHERE sha256 = ?", [digest]).fetchone()[0]
            connection.execute("INSERT INTO artifact VALUES (?, ?, ?, ?, 0)", [run, name, blob, kind])
        for role, parent in connection.execute("SELECT 'from ' || id, id FROM run WHERE kind = 'program' LIMIT 3").fetchall():
            connection.execute("INSERT INTO lineage VALUES (?, ?, ?)", [run, role, parent])


def names(database):
    """What stands for the names in addresses."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        def first(sql):
            row = connection.execute(sql).fetchone()
            return row[0] if row else "none"
        return {
            "run": first("SELECT run FROM runs WHERE name = 'under way'"),
            "second": first("SELECT run FROM runs WHERE name LIKE 'rate%' LIMIT 1"),
            "hostile": first("SELECT run FROM runs WHERE name LIKE '%script%'"),
            **record_pages.names(first),
        }


def open_page(browser, address, width=1280, scheme="light"):
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")


def until(browser, script, seconds=20):
    """Waits until a script is true; false if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if browser.evaluate(script):
            return True
        time.sleep(0.05)
    return False


# Plots that are in sight have been drawn.
DRAWN = """[...document.querySelectorAll("figure.plot")].filter(plot => plot.getBoundingClientRect().top < innerHeight)
  .every(plot => plot.querySelector("svg .curve, svg circle"))"""


def look(browser, check, server, folder, name, address, least, width, scheme):
    where = f"{name} at {width} pixels, {scheme}"
    open_page(browser, server.address + address, width, scheme)
    check.that(until(browser, DRAWN) and record_pages.settled(TOOLS, browser), f"plots are drawn in {where}")
    unfold = "document.querySelectorAll('main details:not(.menu)').forEach(details => { details.open = true; })"
    browser.evaluate(unfold)
    wider = browser.evaluate(WIDER)
    check.that(not wider, f"nothing is cut off in {where}", wider[:5])
    faint = browser.evaluate(CONTRAST.replace("LEAST", str(least)))
    check.that(not faint, f"text stands out in {where}", faint)
    browser.evaluate(unfold.replace("true", "false").replace(":not(.menu)", ":not(.menu, .values)"))
    silent(browser, check, where, isRefused=name in REFUSED)
    browser.evaluate("scrollTo(0, 0)")
    height = browser.evaluate("Math.min(4000, document.documentElement.scrollHeight)")
    picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
        "x": 0, "y": 0, "width": width, "height": height, "scale": 1})["data"]
    (folder / f"{name}-{width}-{scheme}.png").write_bytes(base64.b64decode(picture))


def silent(browser, check, where, isRefused=False):
    """Nothing was said on the console, and nothing was asked of anyone else."""
    events = [event for event in browser.events if event.get("method") in (
        "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening")]
    if isRefused:
        events = [event for event in events if "Failed to load resource" not in json.dumps(event)]
    check.that(not events, f"the console is silent in {where}", json.dumps(events[:2])[:600])
    requests = [event["params"]["request"]["url"] for event in browser.events
                if event.get("method") == "Network.requestWillBeSent"]
    outside = [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:"))]
    check.that(not outside, f"nothing else is asked in {where}", outside)


def click(browser, selector):
    place = browser.evaluate(f"""(() => {{
      const element = document.querySelector({json.dumps(selector)});
      element.scrollIntoView({{block: "center"}});
      const box = element.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    }})()""")
    for kind in ["mousePressed", "mouseReleased"]:
        browser.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)


def type_text(browser, text):
    for letter in text:
        browser.call("Input.dispatchKeyEvent", type="char", text=letter)


def press(browser, key, code, text=None, modifiers=0):
    extra = {"text": text} if text else {}
    browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers, **extra)
    browser.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers)


def go(browser, action):
    """Does what leads to another page, and waits for that."""
    browser.events.clear()
    action()
    browser.wait_for("Page.loadEventFired")


def use_runs(browser, check, server, _):
    open_page(browser, server.address + "/")
    count = "document.querySelectorAll('tbody input[name=run]').length"
    first = browser.evaluate(count)
    pane = "document.querySelector('.pane')"
    # The end of the list is reached by scrolling alone.
    grown = until(browser, f"({pane}.scrollTo(0, {pane}.scrollHeight), document.querySelector('.more a[rel=next]') === null)", 90)
    rows = browser.evaluate(f"document.querySelector('.pane table').tBodies.length * 100")
    check.that(first >= 100 and grown and rows >= 3000, "a long list goes on as one scrolls", [first, grown, rows])
    light = browser.evaluate("document.querySelectorAll('tbody tr').length")
    check.that(light < 1200, "pages far from sight are put away", light)
    open_page(browser, server.address + "/?kind=program")
    browser.evaluate("document.querySelector('#field-where').focus()")
    type_text(browser, "metric.loss < 0.5")
    go(browser, lambda: press(browser, "Enter", 13, "\r"))
    address = browser.evaluate("location.search")
    check.that("where=metric.loss" in address and "kind=program" in address and "group=" not in address,
               "a condition is in the address, beside what was chosen before and nothing that is empty", address)
    go(browser, lambda: browser.evaluate("document.querySelector('thead a[title=State]').click()"))
    check.that("sort=state" in browser.evaluate("location.search"), "heads sort", browser.evaluate("location.search"))
    go(browser, lambda: browser.evaluate("history.back()"))
    check.that("sort=" not in browser.evaluate("location.search"), "back leads back")
    check.that(browser.evaluate("document.querySelector('[data-needs-chosen]').disabled"), "nothing can be compared before it is chosen")
    browser.evaluate("[...document.querySelectorAll('tbody input[name=run]')].slice(0, 3).forEach(box => box.click())")
    check.that(browser.evaluate("document.querySelector('[data-chosen-count]').textContent") == "3 chosen", "what is chosen is counted")
    go(browser, lambda: browser.evaluate("document.querySelector('[data-needs-chosen]').click()"))
    check.that(browser.evaluate("location.pathname + document.querySelectorAll('thead th').length") == "/compare4",
               "chosen runs are compared", browser.evaluate("location.href"))
    silent(browser, check, "the way from the list to a comparison")


def use_plots(browser, check, server, names):
    open_page(browser, server.address + f"/compare?run={names['run']}&run={names['second']}")
    check.that(until(browser, DRAWN), "curves are drawn")
    box = browser.evaluate("(() => { const box = document.querySelector('#curves svg').getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })()")
    browser.evaluate("document.querySelector('#curves svg').scrollIntoView({block: 'center'})")
    box = browser.evaluate("(() => { const box = document.querySelector('#curves svg').getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })()")
    point = lambda x, y: dict(x=box[0] + box[2] * x, y=box[1] + box[3] * y)
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", **point(0.5, 0.5))
    tip = browser.evaluate("document.querySelector('#curves .tip:not([hidden])')?.textContent ?? ''")
    check.that("step" in tip, "hovering reads values", tip)
    browser.call("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, **point(0.4, 0.4))
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", button="left", buttons=1, **point(0.7, 0.42))
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, **point(0.7, 0.42))
    whole = "[...document.querySelectorAll('#curves .tools button')].some(button => button.textContent === 'Whole' && !button.hidden)"
    check.that(browser.evaluate(whole), "dragging zooms")
    browser.evaluate("document.querySelector('#curves svg').focus()")
    press(browser, "0", 48, "0")
    check.that(not browser.evaluate(whole), "0 shows the whole again")
    press(browser, "ArrowRight", 39)
    check.that(browser.evaluate("document.querySelector('#curves .tip:not([hidden])') !== null"), "arrow keys read values")
    browser.evaluate("""(() => {
      const range = document.querySelector("input[name=smooth]");
      range.value = 0.6;
      range.dispatchEvent(new Event("input", {bubbles: true}));
    })()""")
    check.that(browser.evaluate("location.search.includes('smooth=0.6') && document.querySelector('#curves .raw') !== null"),
               "smoothing is drawn beside the values, and in the address")
    browser.evaluate("document.querySelector('#curves .legend button').click()")
    check.that(browser.evaluate("document.querySelector('#curves .legend [aria-pressed=false]') !== null"), "the legend hides a curve")
    silent(browser, check, "plots")


def use_sql(browser, check, server, _):
    open_page(browser, server.address + "/sql")
    browser.evaluate("document.querySelector('#query').focus()")
    type_text(browser, "SELECT kind FROM ru")
    shown = browser.evaluate("[...document.querySelectorAll('#completions:not([hidden]) li')].map(item => item.firstChild.data)")
    check.that("runs" in shown and "run_metrics" in shown, "views are completed", shown)
    press(browser, "Tab", 9)
    # The first of them is an earlier one by the alphabet.
    browser.evaluate("(() => { const box = document.querySelector('#query'); box.value = 'SELECT runs.du FROM runs'; box.setSelectionRange(14, 14); })()")
    type_text(browser, "r")
    shown = browser.evaluate("[...document.querySelectorAll('#completions:not([hidden]) li')].map(item => item.firstChild.data)")
    check.that(shown == ["duration_seconds"], "columns of a view are completed", shown)
    press(browser, "Tab", 9)
    check.that(browser.evaluate("document.querySelector('#query').value") == "SELECT runs.duration_seconds FROM runs", "a completion comes in",
               browser.evaluate("document.querySelector('#query').value"))
    go(browser, lambda: press(browser, "Enter", 13, modifiers=2))
    check.that(browser.evaluate("document.querySelectorAll('#result tbody tr').length") > 5, "Ctrl+Enter runs a query")
    silent(browser, check, "SQL")
    links = browser.evaluate("[...document.querySelectorAll('.downloads a')].map(link => link.getAttribute('href'))")
    status, body = server.get(links[0])
    check.that(status == 200 and body.startswith(b"duration_seconds\r\n"), "CSV comes down", body[:80])
    status, body = server.get(links[1])
    check.that(status == 200 and "duration_seconds" in json.loads(body.split(b"\n")[0]), "JSON Lines come down", body[:80])


def use_live(browser, check, server, names, database=None):
    """What is recorded while one looks comes into the page by itself."""
    open_page(browser, server.address + "/")
    open_rows = browser.evaluate("document.querySelectorAll('#runs tr').length")
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO run (uuid, kind, name, state, configuration, created_ms) VALUES (lower(printf('%s-0000-4000-9000-000000000000', hex(randomblob(4)))), 'own', 'has just come', 'queued', '{}', 1800000000000)")
    check.that(until(browser, "document.querySelector('#runs')?.textContent.includes('has just come')"), "a new run appears in the list", open_rows)
    open_page(browser, server.address + f"/runs/{names['run']}")
    until(browser, DRAWN)
    before = browser.evaluate("document.querySelector('#curves .curve').getAttribute('d').length")
    with sqlite3.connect(database) as connection:
        run = connection.execute("SELECT id FROM run WHERE uuid = ?", [names["run"]]).fetchone()[0]
        last = connection.execute("SELECT max(step) FROM metric WHERE run_id = ?", [run]).fetchone()[0]
        for step in range(last + 1, last + 31):
            for metric in ["loss", "<b>hostile</b>/metric", "later"]:
                connection.execute("INSERT INTO metric VALUES (?, ?, ?, 0.4, 0)", [run, metric, step])
    check.that(until(browser, f"document.querySelector('#curves .curve').getAttribute('d').length > {before}"), "a curve grows")
    check.that(until(browser, "[...document.querySelectorAll('#curves figcaption')].some(one => one.textContent.includes('later'))"), "a new metric gets a plot")
    silent(browser, check, "pages that change")


def use_labels(browser, check, assay, database, names):
    server = Server(assay, database, "--record")
    try:
        open_page(browser, server.address + f"/runs/{names['second']}")
        browser.evaluate("document.querySelector('#field-tag').value = 'by <b>hand</b>'; document.querySelector('#field-note').value = 'two\\nlines'")
        go(browser, lambda: browser.evaluate("document.querySelector('button[name=save]').click()"))
        shown = browser.evaluate("document.querySelector('#labels-shown').textContent")
        check.that("by <b>hand</b>" in shown and "two\nlines" in shown, "a tag and a note are recorded", shown)
        go(browser, lambda: browser.evaluate("[...document.querySelectorAll('button[name=remove]')].find(one => one.value.includes('hand')).click()"))
        check.that("by <b>hand</b>" not in browser.evaluate("document.querySelector('#labels-shown').textContent"), "a tag is removed")
        silent(browser, check, "forms")
    finally:
        server.close()


def use_empty(browser, check, assay, folder, known):
    """Every page with nothing in the database."""
    database = folder / "empty.db"
    if not database.exists():
        subprocess.run([assay, "run", "--db", database, "--quiet", "--", "true"], check=True, stdout=subprocess.DEVNULL)
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("DELETE FROM run")
    server = Server(assay, database)
    try:
        for (name, address, _), width in itertools.product(PAGES, [1280, 390]):
            open_page(browser, server.address + address.format_map(dict.fromkeys(known, "none")), width)
            wider = browser.evaluate(WIDER)
            check.that(not wider, f"nothing is cut off in the empty {name} at {width} pixels", wider[:5])
            silent(browser, check, f"the empty {name}", isRefused=True)
    finally:
        server.close()


# What is done on pages of the filled database, each with the browser, the check, the server and the names in it.
USES = [use_runs, use_plots, use_sql]
# What pages in files of their own are used with.
TOOLS = sys.modules[__name__]


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    assay = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    check = Check()
    for database in folder.glob("*.db"):
        subprocess.run([assay, "db", "migrate", "--db", database], check=True)
    database = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) == 4 else fill(assay, folder)
    known = names(database)
    server = Server(assay, database, "--data", record_pages.SAMPLE.parent)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            for domain in ["Page", "Runtime", "Log", "Network"]:
                browser.call(domain + ".enable")
            for (name, address, least), width, scheme in itertools.product(PAGES, WIDTHS, SCHEMES):
                look(browser, check, server, folder, name, address.format(**known), least, width, scheme)
            for use in USES:
                use(browser, check, server, known)
            for use in record_pages.USES:
                use(TOOLS, browser, check, server, known)
            if len(sys.argv) == 3:
                use_live(browser, check, server, known, database)
                record_pages.use_live_sweep(TOOLS, browser, check, server, database)
                use_labels(browser, check, assay, database, known)
                use_empty(browser, check, assay, folder, known)
        finally:
            browser.close()
            server.close()
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
