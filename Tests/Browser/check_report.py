#!/usr/bin/env python3
"""Makes a small study's report, opens it as readers do, and fails where one of them would stumble.

usage: check_report.py ASSAY FOLDER [DATABASE]

ASSAY is the built command; without a database, a study of the test images is run in the folder.
Every figure is written as SVG, PNG and PDF there and opened; PDF must have its fonts inside. The page is opened in headless
Chromium and photographed. At 1280 and at 390 pixels, light and dark: no error on the console, no request to anything outside,
nothing wider than the window, text that stands out from its ground. Then hovering over a bar gives
its counts, a click on a number gives its query and runs, and tables sort.
"""

import base64
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree


class Browser:
    """Chromium, spoken to through a pipe in its DevTools protocol."""

    def __init__(self, profile):
        program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
        if program is None:
            sys.exit("check_report: no Chromium; install it: apt-get install chromium")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def connect():
            # Chromium reads from file 3 and writes to file 4, whatever numbers the pipes have.
            ends = os.dup(to_browser), os.dup(from_browser)
            os.dup2(os.dup(ends[0]), 3)
            os.dup2(os.dup(ends[1]), 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.numbers = itertools.count(1)
        self.rest = b""
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    session = None

    def receive(self):
        while b"\0" not in self.rest:
            part = os.read(self.input, 1 << 20)
            if not part:
                sys.exit("check_report: Chromium ended early")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, name):
        while not any(event.get("method") == name for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", result))
        return result["result"].get("value")

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        finally:
            self.process.wait(timeout=20)


WIDER = """(() => {
  const width = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > width ? ["the page"] : [];
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".scroll, pre") && !element.matches(".scroll, pre")) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 0.5 || box.left < -0.5))
      found.push(element.tagName + " " + (element.id || element.className));
  }
  return found;
})()"""

CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  function luminance(color) {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(level => {
      const share = level / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  }
  const article = document.querySelector("article");
  const ground = luminance(getComputedStyle(article).backgroundColor);
  const found = [];
  for (const element of document.querySelectorAll("td, th, .note, summary, article svg text")) {
    const style = getComputedStyle(element);
    const ink = luminance(element.matches("text") ? style.fill : style.color);
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (ratio < 4.5) found.push(`${element.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found.slice(0, 5);
})()"""

# Words of figures as they are seen: drawings may be shown smaller than they are.
SMALL = """(() => {
  const found = [];
  for (const text of document.querySelectorAll(".panels svg text, .legend svg text")) {
    const drawing = text.ownerSVGElement.getBoundingClientRect();
    if (drawing.width === 0) continue;
    const scale = drawing.width / text.ownerSVGElement.viewBox.baseVal.width;
    const size = scale * Number(text.getAttribute("font-size"));
    if (size < 8) found.push(`${text.textContent.slice(0, 30)}: ${size.toFixed(1)}`);
  }
  return found.slice(0, 5);
})()"""


class Check:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def that(self, is_so, what, detail=""):
        if is_so:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}: {detail}")


def look(browser, check, address, width, scheme, folder):
    name = f"{width} pixels, {scheme}"
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")
    wider = browser.evaluate(WIDER)
    check.that(not wider, f"nothing is cut off at {name}", wider[:5])
    faint = browser.evaluate(CONTRAST)
    check.that(not faint, f"text stands out at {name}", faint)
    small = browser.evaluate(SMALL)
    check.that(not small, f"words in figures are large enough at {name}", small)
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
    (folder / f"report-{width}-{scheme}.png").write_bytes(base64.b64decode(picture))


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
    tip = move(browser, "article[data-source] td[data-attack]", "click")
    check.that("exactly ours 0." in tip and "query table1" in tip and "train" in tip,
               "a number names its exact value, its query and its runs", tip)
    browser.evaluate("document.querySelector('#tip a').click()")
    check.that(browser.evaluate("document.querySelector('details[open] pre') !== null"),
               "the query's text opens")
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


CONFIGURATION = """\
dataset: {sample}
network: {{conv1: 4, conv2: 6, dense1: 24}}
training: {{epochs: 4, batch_size: 20}}
selection: {{size: 130, heldout_size: 120}}
attacks: {{jsma: {{gamma: 0.03}}}}
measurement: {{passes: 12}}
"""


def make(assay, folder, database):
    """Writes the page and every figure, in a study's database of its own unless there is one."""
    if database is None:
        database = folder / "assay.db"
        if not database.exists():
            sample = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "mnist-sample"
            (folder / "study.yaml").write_text(CONFIGURATION.format(sample=sample))
            subprocess.run([assay, "reproduce", "--config", folder / "study.yaml", "--db", database, "--quiet"],
                           check=True, stdout=subprocess.DEVNULL)
    subprocess.run([assay, "report", "--db", database, "-o", folder / "report.html"], check=True)
    figures = ["figure1", "roc", "thresholds", "training", "gallery"]
    for figure, ending in itertools.product(figures, ["svg", "png", "pdf"]):
        subprocess.run([assay, "report", figure, "--db", database, "-o", folder / f"{figure}.{ending}"], check=True)
    return figures


def open_files(check, folder, figures):
    for figure in figures:
        tree = xml.etree.ElementTree.parse(folder / f"{figure}.svg")
        texts = tree.findall(".//{http://www.w3.org/2000/svg}text")
        check.that(len(texts) > 5, f"{figure}.svg has text", len(texts))
        pages = subprocess.run(["pdftotext", folder / f"{figure}.pdf", "-"], capture_output=True, text=True)
        words = {text.text.split()[0] for text in texts if text.text and text.text.isascii()}
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
    figures = make(pathlib.Path(sys.argv[1]).resolve(), folder, sys.argv[3] if len(sys.argv) == 4 else None)
    open_files(check, folder, figures)
    address = (folder / "report.html").resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            for domain in ["Page", "Runtime", "Log", "Network"]:
                browser.call(domain + ".enable")
            for width, scheme in itertools.product([1280, 390], ["light", "dark"]):
                look(browser, check, address, width, scheme, folder)
            use(browser, check)
        finally:
            browser.close()
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
