"""Holds `assay serve` under load, and measures what people and workers notice of it.

    python3 load.py ASSAY WORK pages DATABASE   # first bytes of every page of a large database
    python3 load.py ASSAY WORK writers          # a sweep of 8 workers, alone and with 50 readers

`Benchmark large-database DATABASE` makes the database. Every page is asked for that links lead to from the first one,
of each kind a few, but for questions in SQL. The parts end with an error where a page takes longer than --milliseconds to its first byte, or
readers slow the sweep by more than --percent, or anybody is told that the database is locked.
"""

import argparse
import html
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

TRIALS = """\
import json, os, random, sys, time
with open(os.environ["ASSAY_EVENTS"], "a") as events:
    for step in range(20):
        time.sleep(0.05)
        events.write(json.dumps({"metrics": {"loss": random.random() + float(sys.argv[1])}, "step": step}) + "\\n")
        events.flush()
"""

SWEEP = """\
command: [python3, trial.py, "{rate}"]
space: {rate: {uniform: [0, 1]}}
sampler: random
objective: {minimise: loss}
budget: BUDGET
"""


class Connection:
    """A browser's connection, which asks for one thing after the other."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, path):
        """The status, the content, and the seconds to the first byte and to the last."""
        began = time.perf_counter()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode())
        self.fill()
        first = time.perf_counter() - began
        while b"\r\n\r\n" not in self.rest:
            self.fill()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        if headers.get("transfer-encoding") == "chunked":
            content = b""
            while True:
                size = int(self.line(), 16)
                content += self.take(size)
                self.line()
                if size == 0:
                    break
        else:
            content = self.take(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), content, first, time.perf_counter() - began

    def fill(self):
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server has ended the connection")
        self.rest += piece

    def line(self):
        while b"\r\n" not in self.rest:
            self.fill()
        line, _, self.rest = self.rest.partition(b"\r\n")
        return line

    def take(self, size):
        while len(self.rest) < size:
            self.fill()
        content, self.rest = self.rest[:size], self.rest[size:]
        return content


class Server:
    """`assay serve` under way."""

    def __init__(self, assay, database, directory, *options):
        self.errors = open(directory / "serve.log", "w+")
        self.process = subprocess.Popen(
            [assay, "serve", "--port", "0", "--quiet", "--db", str(database), *options],
            stdout=subprocess.PIPE, stderr=self.errors, text=True)
        address = self.process.stdout.readline().strip()
        if not address:
            self.errors.seek(0)
            raise SystemExit(f"assay serve gave no address: {self.errors.read()}")
        self.port = urllib.parse.urlsplit(address).port

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def kind(path):
    """A path without what tells one thing from another of its kind."""
    parts = urllib.parse.urlsplit(path)
    names = [re.sub(r"^[0-9a-f]{8}-.*|^\d+$", "*", name) for name in parts.path.split("/")]
    values = sorted({name for name, _ in urllib.parse.parse_qsl(parts.query, keep_blank_values=True)})
    return "/".join(names) + ("?" + "&".join(values) if values else "")


def crawl(port, most):
    """The addresses that links lead to from the first page, of each kind a few."""
    found, counts, waiting = [], {}, ["/"]
    connection = Connection(port)
    while waiting:
        path = waiting.pop(0)
        if path in found or counts.get(kind(path), 0) >= most:
            continue
        counts[kind(path)] = counts.get(kind(path), 0) + 1
        found.append(path)
        status, content, _, _ = connection.ask(path)
        if status >= 500:
            raise SystemExit(f"{path} is answered with {status}: {content[:300]}")
        if status != 200:
            continue
        links = re.findall(r'<a\s[^>]*?href="(/[^"#]*)', content.decode("utf-8", "replace"))
        # A question of SQL takes as long as it takes.
        links = [html.unescape(link) for link in links if not link.startswith(("/static/", "/sql?"))]
        waiting += random.sample(links, min(len(links), 40))
    return found


def measure_pages(options, work):
    server = Server(options.assay, options.database, work)
    try:
        paths = crawl(server.port, options.most)
        kinds = {}
        for path in paths:
            kinds.setdefault(kind(path), []).append(path)
        slow = []
        print(f"{'first byte':>12} {'slowest':>9} {'last byte':>10} {'kB':>7}  page")
        for name, members in sorted(kinds.items()):
            firsts, lasts, size = [], [], 0
            connection = Connection(server.port)
            for path in members:
                for _ in range(options.rounds):
                    status, content, first, last = connection.ask(path)
                    firsts.append(first * 1000)
                    lasts.append(last * 1000)
                    size = max(size, len(content))
            first = statistics.median(firsts)
            if first > options.milliseconds:
                slow.append(name)
            print(f"{first:9.1f} ms {max(firsts):6.1f} ms {statistics.median(lasts):7.1f} ms "
                  f"{size / 1000:7.1f}  {name}")
        if slow:
            raise SystemExit(f"above {options.milliseconds} ms to the first byte: {', '.join(slow)}")
    finally:
        server.stop()


class Readers:
    """People who look at pages and get them anew about once a second, as their browsers do."""

    def __init__(self, port, count, paths):
        self.port, self.paths = port, paths
        self.seconds, self.failures, self.is_over = [], [], False
        self.threads = [threading.Thread(target=self.read, args=(i,)) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def read(self, number):
        generator = random.Random(number)
        try:
            connection = Connection(self.port)
            listener = Connection(self.port)
            listener.socket.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not self.is_over:
                path = generator.choice(self.paths)
                status, content, first, _ = connection.ask(path)
                self.seconds.append(first)
                if status != 200 or b"is locked" in content:
                    self.failures.append(f"{path}: {status} {content[:200]}")
                time.sleep(generator.uniform(0.5, 1.5))
        except OSError as error:
            self.failures.append(f"{error!r}")

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def sweep(options, directory, number):
    """The seconds that a sweep of many workers takes."""
    text = SWEEP.replace("BUDGET", str(options.trials))
    (directory / f"sweep{number}.yaml").write_text(text)
    (directory / "trial.py").write_text(TRIALS)
    began = time.perf_counter()
    result = subprocess.run(
        [options.assay, "sweep", "run", f"sweep{number}.yaml", "--workers", str(options.workers), "--quiet"],
        cwd=directory, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if result.returncode != 0 or "locked" in result.stderr:
        raise SystemExit(f"the sweep ended with {result.returncode}: {result.stderr[-1000:]}")
    return seconds


def measure_writers(options, work):
    sweep(options, work, 0)
    alone, watched, seconds, processor = [], [], [], 0
    for number in range(1, 2 * options.rounds + 1):
        if number % 2:
            alone.append(sweep(options, work, number))
            continue
        server = Server(options.assay, work / "assay.db", work)
        paths = crawl(server.port, 2)
        readers = Readers(server.port, options.readers, paths)
        before = server.processor_seconds()
        watched.append(sweep(options, work, number))
        processor += server.processor_seconds() - before
        readers.stop()
        server.stop()
        seconds += readers.seconds
        if readers.failures:
            raise SystemExit(f"readers failed: {readers.failures[:3]}")
    slower = (statistics.median(watched) / statistics.median(alone) - 1) * 100
    print(f"{options.trials} trials of a second, {options.workers} workers: "
          f"alone {', '.join(f'{s:.1f}' for s in alone)} s; "
          f"with {options.readers} readers {', '.join(f'{s:.1f}' for s in watched)} s: {slower:+.1f}%")
    seconds.sort()
    print(f"{len(seconds)} pages were read, first byte {statistics.median(seconds) * 1000:.1f} ms in the middle, "
          f"{seconds[len(seconds) * 99 // 100] * 1000:.1f} ms at 99%; the server took "
          f"{processor / len(seconds) * 1000:.1f} ms of processor a page")
    if slower > options.percent:
        raise SystemExit(f"the workers are slowed by more than {options.percent}%")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("part", choices=["pages", "writers"])
    parser.add_argument("database", nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=3, help="pages of a kind")
    parser.add_argument("--milliseconds", type=float, default=50)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--trials", type=int, default=80)
    parser.add_argument("--percent", type=float, default=10)
    options = parser.parse_args()
    options.assay = str(pathlib.Path(options.assay).resolve())
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    work = options.work.resolve()
    if options.part == "writers":
        measure_writers(options, work)
    elif options.database is None:
        parser.error("pages needs a database")
    else:
        measure_pages(options, work)


if __name__ == "__main__":
    sys.exit(main())
