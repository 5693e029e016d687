"""Chromium under a script: what the checks of pages share."""

import itertools
import json
import os
import shutil
import subprocess
import sys


class Browser:
    """Chromium, spoken to through a pipe in its DevTools protocol."""

    def __init__(self, profile):
        program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
        if program is None:
            sys.exit("no Chromium; install it: apt-get install chromium")
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
                sys.exit("Chromium ended early")
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

# LEAST stands for how many texts there must be at least.
CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  function channels(color) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }
  function luminance(parts) {
    const shares = parts.slice(0, 3).map(level => {
      const share = level / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2];
  }
  function ground(element) {
    for (let one = element; one; one = one.parentElement) {
      const color = channels(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  }
  const found = new Set();
  let seen = 0;
  for (const element of document.body.querySelectorAll("*")) {
    const words = [...element.childNodes].filter(node => node.nodeType === 3 && node.data.trim());
    if (words.length === 0 || element.closest("script, style, title, desc") || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = luminance(channels(element.matches("svg text") ? style.fill : style.color));
    const paper = luminance(ground(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    seen += 1;
    if (ratio < 4.5) found.add(`${element.tagName} ${words[0].data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return seen > LEAST ? [...found].slice(0, 5) : [`only ${seen} texts`];
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
