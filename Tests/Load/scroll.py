"""Scrolls through the list of very many runs in Chromium, and measures how smoothly it goes.

    python3 scroll.py ASSAY WORK [--runs 100000]

The runs are recorded through MLflow's interface. Then the list is scrolled to its end, a screen every few frames, as
someone does who drags its bar. Ends with an error where a row is missing or one frame of a hundred takes longer than
--milliseconds.
"""

import argparse
import http.client
import json
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Browser"))
import browser as chromium  # noqa: E402
from load import Server  # noqa: E402

# Scrolls until the list ends, or has not grown for ten seconds, and notes how long each frame took.
SCROLL = """new Promise((done) => {
  const pane = document.querySelector(".pane[data-list]");
  const frames = [];
  let [last, height, grown] = [performance.now(), 0, performance.now()];
  function step(now) {
    frames.push(now - last);
    last = now;
    pane.scrollTop += pane.clientHeight;
    if (pane.scrollHeight !== height) [height, grown] = [pane.scrollHeight, now];
    const isAtEnd = !pane.querySelector(".more a[rel=next]") && pane.scrollTop + pane.clientHeight > height - 2;
    if (!isAtEnd && now - grown < 10000) return requestAnimationFrame(step);
    done({
      frames, elements: pane.querySelectorAll("*").length, height,
      row: pane.querySelector("tbody tr").getBoundingClientRect().height,
      last: pane.querySelector("table").rows[pane.querySelector("table").rows.length - 1].innerText,
      heap: performance.memory ? performance.memory.usedJSHeapSize : 0,
    });
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--milliseconds", type=float, default=50)
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
            began = time.monotonic()
            seen = page.evaluate(SCROLL)
            seconds = time.monotonic() - began
        finally:
            page.close()
    finally:
        server.stop()
    frames = sorted(seen["frames"][1:])
    slow = frames[len(frames) * 99 // 100]
    print(f"scrolled to the end in {seconds:.0f} s: {len(frames)} frames of {frames[len(frames) // 2]:.1f} ms in the "
          f"middle, {slow:.1f} ms at 99%, {frames[-1]:.1f} ms at most; {seen['elements']} elements and "
          f"{seen['heap'] / 1e6:.0f} MB of script memory at the end")
    if abs(seen["height"] / seen["row"] - options.runs) > options.runs / 100 or "run number 0" not in seen["last"]:
        raise SystemExit(f"the list does not end with the oldest of {options.runs} runs: {seen['last'][:200]!r}")
    if slow > options.milliseconds:
        raise SystemExit(f"one frame of a hundred takes longer than {options.milliseconds} ms")


if __name__ == "__main__":
    sys.exit(main())
