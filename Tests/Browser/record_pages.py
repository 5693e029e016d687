"""Pages of images, studies and sweeps, for check_pages.py: what fills the database, the addresses, and what is done there."""

import pathlib
import sqlite3
import subprocess

SAMPLE = pathlib.Path(__file__).resolve().parent.parent / "Fixtures/mnist-sample"

STUDY = f"""
dataset: {SAMPLE}
network: {{conv1: 4, conv2: 6, dense1: 24}}
training: {{epochs: 3, batch_size: 20}}
selection: {{size: 90, heldout_size: 60}}
attacks: {{bim-a: {{iterations: 12, step_size: 0.05}}, bim-b: null, jsma: null}}
measurement: {{passes: 8}}
detection: {{measures: [softmax_std, margin]}}
"""

SWEEP = """
name: sweep <b>one & two
command: sh loss.sh {rate} {size} {mode}
space:
  rate: {log_uniform: [1e-3, 1]}
  size: [16, 32, 64]
  mode: [adam, "<i>sgd</i>"]
sampler: random
objective: {minimise: loss}
budget: 40
"""

LOSS = """
loss=$(awk "BEGIN { print ($1 - 0.3) ^ 2 + $2 / 1000 }")
echo "{\\"metrics\\": {\\"loss\\": $loss}, \\"step\\": 0}" >> "$ASSAY_EVENTS"
"""

SWEEP_ADDRESS = "/sweeps/sweep%20%3Cb%3Eone%20%26%20two"

PAGES = [
    ("images", "/images", 100),
    ("images-filtered", "/images?measure=softmax_std&order=falling&declared=adversarial", 40),
    ("images-none", "/images?class=3&seen=3&outcome=misled&declared=clean", 20),
    ("image", "/images/{set}/{index}", 100),
    ("studies", "/studies", 15),
    ("study", "/studies/{study}", 200),
    ("study-thresholds", "/studies/{study}/thresholds", 60),
    ("study-detectors", "/studies/{study}/detectors", 40),
    ("sweeps", "/sweeps", 15),
    ("sweep", SWEEP_ADDRESS, 200),
    ("sweep-filtered", SWEEP_ADDRESS + "?from.rate=0.01&is.mode=adam&sort=value", 60),
]

def fill(assay, folder, database):
    """A small study, and a sweep with words that have markup."""
    (folder / "study.yaml").write_text(STUDY)
    (folder / "sweep.yaml").write_text(SWEEP)
    (folder / "loss.sh").write_text(LOSS)
    for words in [["reproduce", "--config", "study.yaml"], ["sweep", "run", "sweep.yaml"]]:
        subprocess.run([assay, *words, "--db", database, "--quiet"], check=True, cwd=folder, stdout=subprocess.DEVNULL)


def names(first):
    """What stands for the names in addresses."""
    return {
        "study": first("SELECT run FROM runs WHERE kind = 'reproduce'"),
        "set": first("SELECT adversarial_set FROM adversarial_sets WHERE attack = 'fgsm'"),
        "index": first("SELECT min(image_index) FROM adversarial_images"),
    }


def settled(tools, browser):
    """Waits until scripts have drawn what they asked for."""
    return tools.until(browser, """[...document.querySelectorAll('div#thresholds, div#sweep')].every(
      part => 'ready' in part.dataset) && [...document.images].every(image => image.complete || image.loading === 'lazy')""")


def use_images(tools, browser, check, server, names):
    tools.open_page(browser, server.address + "/images")
    tools.until(browser, "document.querySelectorAll('.tile img').length > 40", 5)
    tools.go(browser, lambda: browser.evaluate(
        "(() => { const list = document.querySelector('#field-class'); list.value = '3'; list.dispatchEvent(new Event('change', {bubbles: true})); })()"))
    address = browser.evaluate("location.search")
    check.that("class=3" in address and "low=" not in address, "a class is chosen at once, and what is empty left out", address)
    labels = browser.evaluate("[...document.querySelectorAll('.tile b')].map(label => label.textContent[0]).join('')")
    check.that(labels and set(labels) == {"3"}, "images are those of the class", labels)
    tools.go(browser, lambda: browser.evaluate("document.querySelector('.tile').click()"))
    check.that(browser.evaluate("location.pathname").startswith("/images/"), "an image leads to all that is known of it")
    shown = browser.evaluate("[...document.querySelectorAll('.pictures img')].map(image => image.naturalWidth).join()")
    check.that(shown == "28,28,28", "the image, its partner and the change are shown", shown)
    # A page that nothing keeps open is taken back as it was left, without being loaded.
    browser.evaluate("history.back()")
    check.that(tools.until(browser, "location.search.includes('class=3')"), "back leads to the list as it was")
    tools.silent(browser, check, "the way through images")


# The counts on the page, and those that the server has for the same address.
COUNTS = "[...{}.querySelectorAll('.panes [data-count], .panes [data-rate], tr[data-mix] [data-rate]')].map(cell => cell.textContent).join(' ')"
SERVED = f"""(async () => {{
  const text = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  return {COUNTS.format("page")};
}})()"""


def use_thresholds(tools, browser, check, server, names):
    tools.open_page(browser, server.address + f"/studies/{names['study']}/thresholds")
    tools.until(browser, "'whole' in document.querySelector('#thresholds').dataset")
    before = browser.evaluate(COUNTS.format("document"))
    check.that(before == browser.evaluate(SERVED), "the script counts what the server counts", before)
    for name, key in [("low", "ArrowRight"), ("high", "ArrowRight"), ("agreement", "ArrowLeft")]:
        browser.evaluate(f"document.querySelector('[data-range={name}]').focus()")
        for _ in range(12):
            tools.press(browser, key, 39 if key == "ArrowRight" else 37)
        tools.until(browser, f"location.search.includes('{name}=')")
        shown = browser.evaluate(COUNTS.format("document"))
        served = browser.evaluate(SERVED)
        check.that(shown == served, f"{name} moved by keys counts as the server does", [shown, served])
    check.that(shown != before, "moved thresholds change the counts")
    agreement = "document.querySelector('input[name=agreement]').value"
    moved = browser.evaluate(agreement)
    browser.evaluate("history.back()")
    check.that(tools.until(browser, f"{agreement} !== '{moved}' && location.search.includes('agreement=' + {agreement})"), "back moves a threshold back")
    browser.evaluate("document.querySelector('[data-plot=roc]').scrollIntoView({block: 'center'})")
    box = browser.evaluate("(() => { const box = document.querySelector('[data-plot=roc] .own').getBoundingClientRect(); return [box.x + box.width - 2, box.y + 1]; })()")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])
    check.that(tools.until(browser, "document.querySelector('[data-plot=roc] .tip').textContent.includes('of the adversarial')", 5), "a pointer reads the curve")
    tools.silent(browser, check, "thresholds")


def use_sweep(tools, browser, check, server, names):
    tools.open_page(browser, server.address + SWEEP_ADDRESS)
    settled(tools, browser)
    count = "document.querySelectorAll('#sweep-trials tbody tr').length"
    before = browser.evaluate(count)
    browser.evaluate("document.querySelector('[data-plot=parallel]').scrollIntoView({block: 'center'})")
    place = browser.evaluate("(() => { const box = document.querySelector('.parallel-axis line').getBoundingClientRect(); return [box.x, box.y, box.height]; })()")
    x, top, height = place
    browser.call("Input.dispatchMouseEvent", type="mousePressed", x=x, y=top + height * 0.1, button="left", clickCount=1)
    for share in [0.2, 0.3, 0.4]:
        browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=top + height * share, button="left", buttons=1)
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=top + height * 0.4, button="left", clickCount=1)
    brushed = tools.until(browser, f"location.search.includes('from.rate=') && {count} < {before}")
    check.that(brushed, "a brush filters the trials, and is in the address", browser.evaluate("location.search"))
    browser.evaluate("history.back()")
    check.that(tools.until(browser, f"!location.search && {count} === {before}"), "back takes the brush away")
    tools.go(browser, lambda: browser.evaluate("document.querySelector('#sweep-trials thead a[title=loss]').click()"))
    values = browser.evaluate("[...document.querySelectorAll('#sweep-trials tbody tr')].map(row => Number(row.cells[2].textContent))")
    check.that(values == sorted(values) and len(values) == before, "the best values come first", values[:5])
    tools.silent(browser, check, "a sweep")


def use_live_sweep(tools, browser, check, server, database):
    """A trial that is judged while one looks comes into the page by itself."""
    tools.open_page(browser, server.address + SWEEP_ADDRESS)
    settled(tools, browser)
    before = int(browser.evaluate("document.querySelector('#sweep').dataset.ready"))
    with sqlite3.connect(database) as connection:
        sweep, number, judged = connection.execute(
            "SELECT sweep_id, max(number) + 1, max(judged_number) + 1 FROM trial").fetchone()
        trial = connection.execute(
            "INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms) VALUES (?, ?, '{\"rate\": 0.3, \"size\": 16, \"mode\": \"adam\"}', 0, 0)",
            [sweep, number]).lastrowid
        connection.execute("UPDATE trial SET state = 'running', token = 'token' WHERE id = ?", [trial])
        connection.execute("INSERT INTO trial_value VALUES (?, 0, ?, 0.001)", [trial, sweep])
        connection.execute("UPDATE trial SET state = 'finished', token = NULL, ended_ms = 1, judged_number = ? WHERE id = ?", [judged, trial])
    check.that(tools.until(browser, f"Number(document.querySelector('#sweep').dataset.ready) === {before + 1}"), "a judged trial is drawn")
    check.that(tools.until(browser, f"document.querySelector('#sweep-state').textContent.includes('in trial {number}')"), "the best value so far follows")
    tools.silent(browser, check, "a sweep that goes on")


USES = [use_images, use_thresholds, use_sweep]
