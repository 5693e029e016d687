"""Scrolls through the list of very many runs in Chromium, and measures how smoothly it goes.

    python3 scroll.py ASSAY WORK [--runs 100000]

The runs are recorded through MLflow's interface. The list is scrolled from its beginning as fast as a wheel turns,
then to its end, and back from there. Ends with an error where a row is missing or, with all runs in the list, frames
take longer than in the beginning by --factor. How long a frame takes at all is the machine's: nothing here draws by a
graphics card.
"""

import argparse
import http.client
import json
import pathlib
import shutil
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Browser"))
import browser as chromium  # noqa: E402
from load import Server  # noqa: E402

# Scrolls until the list ends, or has not grown for ten seconds.
TO_END = """new Promise((done) => {
  const pane = document.querySelector(".pane[data-list]");
  let [height, grown] = [0, performance.now()];
  function step(now) {
    pane.scrollTop += pane.clientHeight;
    if (pane.scrollHeight !== height) [height, grown] = [pane.scrollHeight, now];
    const isAtEnd = !pane.querySelector(".more a[rel=next]") && pane.scrollTop + pane.clientHeight > height - 2;
    if (!isAtEnd && now - grown < 10000) return requestAnimationFrame(step);
    const rows = pane.querySelector("table").rows;
    done({
      elements: pane.querySelectorAll("*").length, height, row: rows[1].getBoundingClientRect().height,
      last: rows[rows.length - 1].innerText, heap: performance.memory ? performance.memory.usedJSHeapSize : 0,
    });
  }
  requestAnimationFrame(step);
})"""

# Scrolls as a wheel that is turned fast does, and notes how long each frame takes.
GLIDE = """new Promise((done) => {
  const pane = document.querySelector(".pane[data-list]");
  const frames = [];
  let last = null;
  function step(now) {
    if (last !== null) frames.push(now - last);
    last = now;
    pane.scrollTop += STEP;
    frames.length < COUNT ? requestAnimationFrame(step) : done(frames);
  }
  requestAnimationFrame(step);
})"""


def fill(port, count):
    """Records runs with a parameter and two metrics each, the first one of the oldest time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(path, body):
        connection.request(
            "POST", f"/api/2.0/mlflow/{path}", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {text[:300]}")
        return json.loads(text)

    experiment = post("experiments/create", {"name": "many"})["experiment_id"]
    for index in range(count):
        run = post("runs/create", {
            "experiment_id": experiment, "start_time": index + 1, "run_name": f"run number {index}"})
        post("runs/log-batch", {
            "run_id": run["run"]["info"]["run_id"],
            "metrics": [{"key": key, "value": index * 7919 % count, "timestamp": 1, "step": 0}
                        for key in ("loss", "accuracy")],
            "params": [{"key": "lr", "value": str(index % 7)}]})


def glide(page, step, count=600):
    """How long frames take while one scrolls, in milliseconds, the shortest first."""
    return sorted(page.evaluate(GLIDE.replace("STEP", str(step)).replace("COUNT", str(count))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--factor", type=float, default=1.5)
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    work = options.work.resolve()
    server = Server(str(pathlib.Path(options.assay).resolve()), work / "many.db", work, "--record")
    try:
        began = time.monotonic()
        fill(server.port, options.runs)
        print(f"{options.runs} runs were recorded in {time.monotonic() - began:.0f} s", flush=True)
        page = chromium.Browser(work / "profile")
        try:
            page.call("Page.enable")
            page.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
            page.call("Page.navigate", url=f"http://127.0.0.1:{server.port}/")
            page.wait_for("Page.loadEventFired")
            first = glide(page, 120)
            began = time.monotonic()
            seen = page.evaluate(TO_END)
            seconds = time.monotonic() - began
            last = glide(page, -120)
        finally:
            page.close()
    finally:
        server.stop()
    print(f"scrolled to the end in {seconds:.0f} s: {seen['elements']} elements and {seen['heap'] / 1e6:.0f} MB of "
          f"script memory there")
    for words, frames in [("in the beginning", first), (f"at the end of {options.runs} rows", last)]:
        print(f"{words}: {len(frames)} frames of {statistics.median(frames):.1f} ms in the middle, "
              f"{frames[len(frames) * 99 // 100]:.1f} ms at 99%")
    if abs(seen["height"] / seen["row"] - options.runs) > options.runs / 100 or "run number 0" not in seen["last"]:
        raise SystemExit(f"the list does not end with the oldest of {options.runs} runs: {seen['last'][:200]!r}")
    if statistics.median(last) > options.factor * statistics.median(first):
        raise SystemExit("the list scrolls less smoothly the longer it is")


if __name__ == "__main__":
    sys.exit(main())
