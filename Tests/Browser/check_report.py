#!/usr/bin/env python3
"""Makes a small study's report, opens it as readers do, and fails where one of them would stumble.

usage: check_report.py ASSAY FOLDER [DATABASE]

ASSAY is the built command; without a database, small ones of the test images are made in the folder: a study with a sweep, the
other studies with an evaluation, and a database into which the first one's network and two of its sets are taken, whose page is
opened at all widths as well. Every figure that the program has is written as SVG, PNG and PDF there and opened; PDF must have
its fonts inside. Without poppler-utils, which is said, nobody opens the PDF. The page is opened in headless
Chromium and photographed. At 390, 1280 and 1920 pixels, light and dark, with everything unfolded: no error on the console,
no request to anything outside, nothing wider than the window but tables in boxes that scroll, whose heads and first column
stay in view, all text at 4.5 to 1 or more against its ground, no word of a figure below 9 pixels. Then hovering over a bar
gives its counts, a click on a number gives its query and runs, and tables sort. The keyboard alone does the same: the tab key
reaches every link, table and drawing, where one sees it. On paper nothing is cut off.
"""

import base64
import itertools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import small_studies
from browser import CONTRAST, WIDER, Browser, Check

# Boxes that are shorter than what is in them: heads stay above and the first column stays at the left.
STICKY = """(() => {
  const found = [];
  for (const box of document.querySelectorAll(".scroll")) {
    const [head, key] = [box.querySelector("thead th"), box.querySelector("tbody th")];
    box.scrollTo(200, 200);
    const [outer, top, left] = [box, head, key].map(one => one?.getBoundingClientRect());
    if (box.scrollTop > 0 && Math.abs(top.top - outer.top) > 1) found.push(`${box.ariaLabel}: heads`);
    if (box.scrollLeft > 0 && left && Math.abs(left.left - outer.left) > 1) found.push(`${box.ariaLabel}: first column`);
    box.scrollTo(0, 0);
  }
  return found;
})()"""

# Words of figures as they are seen: drawings may be shown smaller than they are.
SMALL = """(() => {
  const found = [];
  for (const text of document.querySelectorAll(".panels svg text, .legend svg text")) {
    const drawing = text.ownerSVGElement.getBoundingClientRect();
    if (drawing.width === 0) continue;
    const scale = drawing.width / text.ownerSVGElement.viewBox.baseVal.width;
    const size = scale * Number(text.getAttribute("font-size"));
    if (size < 9) found.push(`${text.textContent.slice(0, 30)}: ${size.toFixed(1)}`);
  }
  return found.slice(0, 5);
})()"""


def look(browser, check, page, width, scheme):
    name = f"{width} pixels, {scheme}, of {page.name}"
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", url=page.resolve().as_uri())
    browser.wait_for("Page.loadEventFired")
    unfold = "document.querySelectorAll('main details').forEach(details => { details.open = true; })"
    browser.evaluate(unfold)
    wider = browser.evaluate(WIDER)
    check.that(not wider, f"nothing is cut off at {name}", wider[:5])
    sticky = browser.evaluate(STICKY)
    check.that(not sticky, f"heads and first columns stay at {name}", sticky[:5])
    faint = browser.evaluate(CONTRAST.replace("LEAST", "100"))
    check.that(not faint, f"text stands out at {name}", faint)
    small = browser.evaluate(SMALL)
    check.that(not small, f"words in figures are large enough at {name}", small)
    browser.evaluate(unfold.replace("true", "false"))
    events = [event for event in browser.events if event.get("method") in (
        "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
    check.that(not events, f"the console is silent at {name}", json.dumps(events[:2])[:500])
    requests = [event["params"]["request"]["url"] for event in browser.events
                if event.get("method") == "Network.requestWillBeSent"]
    outside = [url for url in requests if not url.startswith(("file:", "data:"))]
    check.that(not outside, f"nothing is fetched at {name}", outside)
    height = browser.evaluate("Math.min(16000, document.documentElement.scrollHeight)")
    picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
        "x": 0, "y": 0, "width": width, "height": height, "scale": 1})["data"]
    page.with_name(f"{page.stem}-{width}-{scheme}.png").write_bytes(base64.b64decode(picture))


def move(browser, selector, kind="mouseMoved"):
    """Moves the pointer to the middle of an element, or clicks there."""
    box = browser.evaluate(f"""(() => {{
      const element = document.querySelector({json.dumps(selector)});
      element.scrollIntoView({{block: "center"}});
      const box = element.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    }})()""")
    kinds = ["mousePressed", "mouseReleased"] if kind == "click" else [kind]
    for one in kinds:
        browser.call("Input.dispatchMouseEvent", type=one, x=box[0], y=box[1],
                     button="left" if kind == "click" else "none", clickCount=int(kind == "click"))
    return browser.evaluate("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent")


def use(browser, check):
    tip = move(browser, "svg .hint[data-hint*=' clean, ']")
    check.that(" clean, " in tip and " adversarial" in tip, "hovering over a bar gives its counts", tip)
    tip = move(browser, "#table1 td[data-attack]", "click")
    check.that("exactly ours 0." in tip and "query table1" in tip and "train" in tip,
               "a number names its exact value, its query and its runs", tip)
    browser.evaluate("document.querySelector('#tip a').click()")
    check.that(browser.evaluate("document.querySelector('details[open] pre') !== null"),
               "the query's text opens")
    browser.evaluate("scrollTo(0, 0)")
    sorts = browser.evaluate("""(() => {
      const table = [...document.querySelectorAll("main table")].find(one => one.tBodies[0].rows.length > 2);
      const column = table.rows[0].cells.length - 1;
      const button = table.rows[0].cells[column].querySelector("button");
      const read = () => [...table.tBodies[0].rows].map(row => row.cells[column].textContent);
      button.click();
      const up = read();
      button.click();
      return JSON.stringify(up.reverse()) === JSON.stringify(read())
        && table.rows[0].cells[column].getAttribute("aria-sort") === "descending";
    })()""")
    check.that(sorts, "tables sort both ways")


def press(browser, key, shift=False):
    """Presses a key, and gives what has the focus then."""
    codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowDown": 40, "ArrowUp": 38}
    parameters = dict(key=key, code=key, windowsVirtualKeyCode=codes[key], modifiers=8 if shift else 0)
    text = {"text": "\r"} if key == "Enter" else {}
    browser.call("Input.dispatchKeyEvent", type="keyDown", **parameters, **text)
    browser.call("Input.dispatchKeyEvent", type="keyUp", **parameters)
    return browser.evaluate(FOCUS)


# What has the focus: what it is, whether it is seen, and whether something shows that it has it.
FOCUS = """(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const all = [...document.querySelectorAll("*")];
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const place = document.elementFromPoint(
    Math.max(0, Math.min(innerWidth - 1, box.x + Math.min(box.width, 40) / 2)), box.y + Math.min(box.height, 20) / 2);
  return {
    index: all.indexOf(element), name: element.tagName.toLowerCase(), label: element.textContent.trim().slice(0, 40),
    group: element.closest("table, svg")?.closest("article, details")?.id ?? "",
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isSeen: !!place && (element.contains(place) || place.contains(element) || !!element.closest("svg")?.contains(place)),
    isInTip: !!element.closest("#tip"),
  };
})()"""

# What the tab key must reach, as places among all elements: of a table and of a drawing with marks one stop each.
STOPS = """(() => {
  const all = [...document.querySelectorAll("*")];
  const isShown = element => element.getClientRects().length > 0 && element.checkVisibility();
  const single = [...document.querySelectorAll("a[href], summary, pre")].filter(isShown).map(element => all.indexOf(element));
  const groups = [...document.querySelectorAll("main table, main svg:has(.hint)")].filter(isShown)
    .map(group => [...group.querySelectorAll("[tabindex]")].map(element => all.indexOf(element)));
  return {single, groups};
})()"""


def walk(browser, check, address, width):
    """Goes through the page by the tab key alone."""
    name = f"{width} pixels"
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    browser.events.clear()
    browser.call("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")
    needed = browser.evaluate(STOPS)
    reached, unmarked, unseen = [], [], []
    while True:
        focus = press(browser, "Tab")
        if focus is None or focus["index"] in reached:
            break
        reached.append(focus["index"])
        if not focus["isMarked"]:
            unmarked.append(f"{focus['name']} {focus['label']}")
        if not focus["isSeen"]:
            unseen.append(f"{focus['name']} {focus['label']}")
        if len(reached) == 1:
            check.that(focus["label"] == "Skip to the results", f"the first stop skips to the results at {name}", focus)
    missed = [index for index in needed["single"] if index not in reached]
    check.that(len(reached) > 20 and not missed, f"the tab key reaches every link and summary at {name}", missed[:5])
    stops = [sum(index in reached for index in group) for group in needed["groups"]]
    check.that(stops and set(stops) == {1}, f"each table and drawing is one stop at {name}", stops)
    check.that(not unmarked, f"one sees what has the focus at {name}", unmarked[:5])
    check.that(not unseen, f"what has the focus is not hidden at {name}", unseen[:5])


def use_keyboard(browser, check):
    """Reads a number's exact value, follows it to its query, sorts and unfolds, all by keys."""
    browser.evaluate("document.querySelector('#table1 tbody [tabindex=\"0\"]').focus()")
    press(browser, "ArrowRight")
    focus = press(browser, "Enter")
    tip = browser.evaluate("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent")
    check.that(focus["isInTip"] and "exactly ours 0." in tip, "Enter on a number explains it, and its links have the focus", [focus, tip])
    focus = press(browser, "Escape")
    check.that(focus and focus["name"] == "td" and focus["group"] == "table1", "Escape goes back to the number", focus)
    press(browser, "Enter")
    press(browser, "Enter")
    check.that(browser.evaluate("document.getElementById('query-table1').open"), "a query unfolds when its link is followed")
    browser.evaluate("document.querySelector('#attacks tbody [tabindex=\"0\"]').focus()")
    focus = press(browser, "ArrowUp")
    press(browser, "Enter")
    check.that(focus["name"] == "button" and browser.evaluate("document.querySelector('#attacks th[aria-sort]') !== null"),
               "arrow keys reach a table's heads, and Enter sorts", focus)
    browser.evaluate("document.querySelector('#figure1 svg .hint[tabindex=\"0\"]').focus()")
    press(browser, "ArrowRight")
    tip = browser.evaluate("document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent")
    check.that(" clean, " in tip, "arrow keys go from bar to bar", tip)
    browser.evaluate("document.querySelector('#table2 summary').focus()")
    press(browser, "Enter")
    check.that(browser.evaluate("document.querySelector('#table2 details').open"), "the other protocol unfolds by Enter")


def print_out(browser, check, address, folder):
    """Looks at the page as it is on A4 paper with margins of 15 mm."""
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=680, height=1000, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.call("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")
    wider = browser.evaluate(WIDER.replace('if (element.closest(".scroll, pre") && !element.matches(".scroll, pre")) continue;',
                                           'if (element.closest("pre")) continue;'))
    check.that(not wider, "nothing is cut off on paper", wider[:5])
    faint = browser.evaluate(CONTRAST.replace("LEAST", "100"))
    check.that(not faint, "text stands out on paper", faint)
    pages = browser.call("Page.printToPDF", preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)["data"]
    (folder / "report.pdf").write_bytes(base64.b64decode(pages))
    if shutil.which("pdftotext"):
        words = subprocess.run(["pdftotext", folder / "report.pdf", "-"], capture_output=True, text=True).stdout
        check.that("What was found" in words and "protocol paper" in words and "Provenance" in words,
                   "paper has what is folded on a screen", len(words))
    browser.call("Emulation.setEmulatedMedia", media="", features=[])


SWEEP = """\
configuration:
  dataset: {sample}
  network: {{conv1: 4, conv2: 6, dense1: 24}}
  training: {{epochs: 1, batch_size: 20}}
  selection: {{size: 30, heldout_size: 20}}
  attacks: {{bim-a: null, bim-b: null, jsma: null}}
name: detector
space:
  measurement.passes: [4, 5, 6]
  detection.measures: [[softmax_std], [predictive_entropy], [deterministic_max_probability]]
  network.dropout_sites: [[pool1, pool2, dense1], [dense1]]
sampler: random
objective: {{query: detection_score}}
budget: 8
"""


def make(assay, folder, database):
    """Writes the page, in a study's database of its own unless there is one; gives the databases to draw figures from."""
    databases = [database]
    if database is None:
        databases = [folder / "assay.db"]
        if not databases[0].exists():
            small_studies.run_study(assay, folder, databases[0])
            (folder / "sweep.yaml").write_text(SWEEP.format(sample=small_studies.SAMPLE))
            subprocess.run([assay, "sweep", "run", folder / "sweep.yaml", "--db", databases[0], "--quiet"], check=True)
        databases.append(small_studies.run_others(assay, folder, databases[0]))
    subprocess.run([assay, "report", "--db", databases[0], "-o", folder / "report.html"], check=True)
    return databases


def draw(assay, check, folder, databases):
    """Writes every figure that the program has; without a database of the user's each can be drawn."""
    figures = []
    for part in small_studies.parts(assay):
        missing = small_studies.write(assay, part, databases, folder / f"{part}.svg")
        if missing == "":
            continue
        if missing is None:
            for ending in ["png", "pdf"]:
                missing = missing or small_studies.write(assay, part, databases, folder / f"{part}.{ending}")
        if missing is None:
            figures.append(part)
        elif len(databases) > 1:
            check.that(False, f"{part} can be drawn", missing)
        else:
            print(f"not drawn: {part}: {missing}")
    print(f"drawn: {', '.join(figures)}")
    return figures


def take_in(assay, folder):
    """Writes the page of a network from elsewhere and of sets that were measured in two ways."""
    page, database = folder / "imported.html", folder / "imported.db"

    def ask(*words, of=database):
        answer = subprocess.run([assay, *words, "--db", of, "--format", "json"], check=True, capture_output=True, text=True)
        return json.loads(answer.stdout)

    def stage(*words):
        return ask(*words, "--config", folder / "study.yaml", "--quiet")["run"][0]["run"]

    if not database.exists():
        source = folder / "assay.db"
        weights = folder / "lenet.safetensors"
        subprocess.run([assay, "models", "export", "-o", weights, "--db", source, "--quiet"], check=True)
        model = stage("models", "import", weights, "--name", "<b>elsewhere</b> & others")
        sets = {row["attack"]: row["run"] for row in ask("query", "sets", of=source)}
        for attack, passes in [("fgsm", "12"), ("jsma", "6")]:
            images = folder / f"{attack}.npz"
            subprocess.run([assay, "sets", "export", sets[attack], "-o", images, "--db", source, "--quiet"], check=True)
            taken = stage("sets", "import", images, "--name", f"art-{attack}", "--model", model)
            stage("thresholds", "--measurement", stage("measure", "--set", taken, "--passes", passes))
    subprocess.run([assay, "report", "--db", database, "-o", page], check=True)
    return page


def open_files(check, folder, figures):
    has_poppler = all(shutil.which(tool) for tool in ["pdftotext", "pdffonts", "pdftoppm"])
    if not has_poppler:
        print("left out: what opens PDF, for want of poppler-utils")
    for figure in figures:
        tree = xml.etree.ElementTree.parse(folder / f"{figure}.svg")
        texts = tree.findall(".//{http://www.w3.org/2000/svg}text")
        check.that(len(texts) > 5, f"{figure}.svg has text", len(texts))
        check.that((folder / f"{figure}.png").read_bytes().startswith(b"\x89PNG"), f"{figure}.png is a picture")
        if has_poppler:
            open_pdf(check, folder, figure, texts)


def open_pdf(check, folder, figure, texts):
    pages = subprocess.run(["pdftotext", folder / f"{figure}.pdf", "-"], capture_output=True, text=True)
    words = {text.text.split()[0] for text in texts if text.text and text.text.strip() and text.text.isascii()}
    missing = [word for word in words if word not in pages.stdout]
    check.that(pages.returncode == 0 and not pages.stderr and not missing,
               f"{figure}.pdf opens and has the text of the SVG", [pages.stderr, missing])
    fonts = subprocess.run(["pdffonts", folder / f"{figure}.pdf"], capture_output=True, text=True)
    rows = fonts.stdout.splitlines()[2:]
    # Behind a font's name, type and encoding are: embedded, subset, Unicode, and two numbers.
    strangers = [row for row in rows if row.split()[-5] != "yes" or row.split()[-3] != "yes"]
    check.that(rows and not strangers and "LiberationSans" in fonts.stdout,
               f"{figure}.pdf has all its fonts inside, and their letters as Unicode", fonts.stdout + fonts.stderr)
    picture = subprocess.run(["pdftoppm", "-png", "-r", "60", folder / f"{figure}.pdf"], capture_output=True)
    check.that(picture.returncode == 0 and len(picture.stdout) > 3000, f"{figure}.pdf can be drawn", picture.stderr)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    check = Check()
    # What an earlier version left is brought to this one's schema.
    for database in folder.glob("*.db"):
        subprocess.run([sys.argv[1], "db", "migrate", "--db", database], check=True)
    assay = pathlib.Path(sys.argv[1]).resolve()
    databases = make(assay, folder, sys.argv[3] if len(sys.argv) == 4 else None)
    open_files(check, folder, draw(assay, check, folder, databases))
    pages = [folder / "report.html"]
    if len(sys.argv) == 3:
        pages.append(take_in(assay, folder))
    address = pages[0].resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            for domain in ["Page", "Runtime", "Log", "Network"]:
                browser.call(domain + ".enable")
            # The study's page is looked at last and used then.
            for page, width, scheme in itertools.product(reversed(pages), [1920, 1280, 390], ["light", "dark"]):
                look(browser, check, page, width, scheme)
            use(browser, check)
            for width in [1280, 390]:
                walk(browser, check, address, width)
            use_keyboard(browser, check)
            print_out(browser, check, address, folder)
        finally:
            browser.close()
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
