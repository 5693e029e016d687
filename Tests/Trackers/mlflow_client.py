"""Has MLflow's own client record on `mlflow server` and on `assay serve`, and compares what it reads back.

    python mlflow_client.py ASSAY WORK [--runs N]

Every observation must be the same on both, but for those of EXPECTED, which docs/guide/mlflow.md explains.
With --runs, metric calls and searches are also timed on both, side by side, on N runs.
"""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

EXPECTED = {
    "log metric to a finished run", "log param to a finished run", "go on with a finished run",
    "minus infinity", "register a model", "search attributes.run_name IN ('child', 'first')",
}


def observe(url):
    """What a client sees of a server: names with values, which are JSON."""
    import mlflow
    import numpy
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.exceptions import MlflowException

    mlflow.set_tracking_uri(url)
    client = MlflowClient()
    seen = {}

    def see(name, body):
        try:
            seen[name] = body()
        except MlflowException as error:
            seen[name] = f"{error.error_code}"

    experiment = mlflow.set_experiment("typical").experiment_id
    see("experiment again", lambda: mlflow.set_experiment("typical").experiment_id == experiment)
    see("create it twice", lambda: client.create_experiment("typical"))
    with mlflow.start_run(run_name="first", tags={"team": "a"}, description="what it is") as run:
        mlflow.log_params({"lr": 0.001, "model": "cnn", "flag": True, "tiny": 1e-7, "none": None})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        for value in (3.0, 1.0, 2.0):
            mlflow.log_metric("unstepped", value)
            time.sleep(0.003)
        mlflow.log_metric("a tenth", 0.1)
        mlflow.log_metric("nan", float("nan"))
        mlflow.log_metric("minus infinity", float("-inf"))
        mlflow.set_tags({"x y": "z", "stage": "prod", "empty": ""})
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": [1]}, "d.json")
        see("change a param", lambda: mlflow.log_param("lr", 2))
        see("same param again", lambda: mlflow.log_param("lr", 0.001))
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_param("k", "v")
    first = run.info.run_id
    data = mlflow.get_run(first).data
    see("params", lambda: data.params)
    see("metrics", lambda: {k: repr(v) for k, v in data.metrics.items() if k != "minus infinity"})
    see("minus infinity", lambda: repr(data.metrics["minus infinity"]))
    hidden = ("mlflow.source", "mlflow.user")
    see("tags", lambda: {k: v for k, v in data.tags.items() if not k.startswith(hidden)})
    see("status", lambda: mlflow.get_run(first).info.status)
    see("history", lambda: [(m.value, m.step) for m in client.get_metric_history(first, "loss")])
    see("history without steps", lambda: [
        (m.value, m.step) for m in client.get_metric_history(first, "unstepped")])
    see("artifacts", lambda: sorted(
        (a.path, a.is_dir, a.file_size) for a in client.list_artifacts(first)))
    see("artifacts below", lambda: [
        (a.path, a.file_size) for a in client.list_artifacts(first, "notes")])
    see("text", lambda: mlflow.artifacts.load_text(f"runs:/{first}/notes/hello.txt"))
    for name, value in [("../a", "1"), ("a" * 251, "1"), ("a<b", "1"), ("a", "v" * 6001)]:
        with mlflow.start_run(run_name="odd") as odd:
            see(f"param {name[:6]} of {len(value)}", lambda: client.log_param(
                odd.info.run_id, name, value))
        client.delete_run(odd.info.run_id)
    with mlflow.start_run(run_name="batch") as batch:
        client.log_batch(
            batch.info.run_id, [Metric("m", i, i, i) for i in range(1000)],
            [Param(f"p{i}", str(i)) for i in range(0)], [RunTag("t", "u")])
        for part in range(9):
            client.log_batch(
                batch.info.run_id,
                [Metric("m", i, i, 1000 * (part + 1) + i) for i in range(1000)])
    see("10,000 metrics", lambda: len(client.get_metric_history(batch.info.run_id, "m")))

    def found(text, order=None):
        runs = client.search_runs([experiment], text, order_by=order or ["attributes.run_name"])
        return [run.info.run_name for run in runs]

    for text in [
        "", "metrics.loss < 0.3", "metrics.loss >= 0.2", "params.model = 'cnn'",
        "params.lr = '0.001'", "params.model LIKE 'C%'", "params.model ILIKE 'C%'",
        "params.model != 'cnn'", "tags.team = 'a'", "tags.`x y` = 'z'", "tags.stage LIKE 'pr%'",
        "attributes.status = 'FINISHED'",
        "attributes.run_name = 'child'", "attributes.run_name IN ('child', 'first')",
        "metrics.loss < 0.3 AND params.model = 'cnn'", "bogus.x = 1", "metrics.loss < 'a'",
        "params.model = 3", "metrics.loss", "start_time > 0",
    ]:
        see(f"search {text}", lambda: found(text))
    see("children", lambda: found(f"tags.mlflow.parentRunId = '{first}'"))
    see("order", lambda: found("", ["metrics.loss DESC", "attributes.run_name ASC"]))
    page = client.search_runs([experiment], max_results=2)
    see("page", lambda: (len(page), bool(page.token)))
    see("next page", lambda: len(client.search_runs([experiment], max_results=2, page_token=page.token)))
    frame = mlflow.search_runs([experiment])
    see("columns", lambda: sorted(c for c in frame.columns if "source" not in c))
    see("types of columns", lambda: {c: str(frame[c].dtype) for c in frame.columns if "source" not in c})
    told = ("metrics.", "params.", "tags.t", "status")
    see("frame", lambda: sorted(
        json.dumps({c: repr(row[c]) for c in frame.columns
                    if c.startswith(told) and c != "metrics.minus infinity"}, sort_keys=True)
        for _, row in frame.iterrows()))
    info = mlflow.get_run(first).info
    see("fields of a run", lambda: {
        name: type(getattr(info, name)).__name__ for name in sorted(dir(info))
        if not name.startswith("_") and not callable(getattr(info, name))})
    see("place of artifacts", lambda: info.artifact_uri.replace(first, "R").replace(f"/{info.experiment_id}/", "/E/"))
    see("times", lambda: 0 < info.start_time <= info.end_time < time.time() * 1000 + 1000)
    made = client.get_experiment(experiment)
    see("fields of an experiment", lambda: {
        name: type(getattr(made, name)).__name__ for name in sorted(dir(made))
        if not name.startswith("_") and not callable(getattr(made, name))})
    see("log metric to a finished run", lambda: client.log_metric(first, "late", 1))
    see("log param to a finished run", lambda: client.log_param(first, "late", 1))
    see("tag a finished run", lambda: client.set_tag(first, "late", "yes"))
    see("untag", lambda: client.delete_tag(first, "late"))
    see("untag again", lambda: client.delete_tag(first, "late"))

    def again():
        with mlflow.start_run(run_id=first):
            pass
        return mlflow.get_run(first).info.status

    see("go on with a finished run", again)
    see("delete", lambda: client.delete_run(first))
    see("deleted", lambda: (mlflow.get_run(first).info.lifecycle_stage, found("")))
    see("log to deleted", lambda: client.log_metric(first, "late", 1))
    see("restore", lambda: client.restore_run(first))
    see("restored", lambda: mlflow.get_run(first).info.lifecycle_stage)
    see("unknown run", lambda: mlflow.get_run("0" * 32))
    see("unknown experiment", lambda: mlflow.get_experiment_by_name("none"))
    client.set_experiment_tag(experiment, "k", "v")
    client.rename_experiment(experiment, "renamed")
    see("renamed", lambda: (client.get_experiment(experiment).name, {
        k: v for k, v in client.get_experiment(experiment).tags.items() if k == "k"}))
    see("experiments", lambda: sorted(e.name for e in client.search_experiments()))
    see("experiments like", lambda: [
        e.name for e in client.search_experiments(filter_string="name LIKE 'ren%'")])
    client.delete_experiment(experiment)
    see("without it", lambda: [e.name for e in client.search_experiments()])
    client.restore_experiment(experiment)
    mlflow.set_experiment("renamed")
    with mlflow.start_run() as run:
        data = mlflow.data.from_numpy(numpy.zeros((3, 2)), name="zeros")
        mlflow.log_input(data, context="train")
    inputs = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    see("data set", lambda: [(i.dataset.name, i.dataset.digest, [
        (t.key, t.value) for t in i.tags]) for i in inputs])
    see("register a model", lambda: client.create_registered_model("m").name)
    learn(mlflow, client, see)
    return seen


def learn(mlflow, client, see):
    """A classifier of scikit-learn by autolog, read back as a model."""
    import numpy
    from sklearn.linear_model import LogisticRegression

    generator = numpy.random.default_rng(0)
    points = generator.random((40, 3))
    labels = (points[:, 0] > 0.5).astype(int)
    mlflow.sklearn.autolog(silent=True)
    with mlflow.start_run() as run:
        model = LogisticRegression(C=0.5).fit(points, labels)
    mlflow.sklearn.autolog(disable=True)
    logged = mlflow.get_run(run.info.run_id)
    see("autolog params", lambda: logged.data.params)
    see("autolog metrics", lambda: sorted(logged.data.metrics))
    if hasattr(mlflow, "search_logged_models"):
        found = mlflow.search_logged_models(
            [logged.info.experiment_id], output_format="list")
        uri = found[0].model_uri
    else:
        uri = f"runs:/{run.info.run_id}/model"
    see("model", lambda: bool(
        (mlflow.sklearn.load_model(uri).predict(points) == model.predict(points)).all()))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A server under way."""

    def __init__(self, name, command, port, directory):
        self.name, self.port = name, port
        log = open(directory / f"{name}.log", "wb")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory)
        began = time.monotonic()
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"{name} ended: see {directory / name}.log")
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).read()
                break
            except OSError:
                if time.monotonic() - began > 300:
                    raise SystemExit(f"{name} does not answer")
                time.sleep(0.2)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Caller:
    """Speaks the interface without a client's own cost."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def post(self, path, body):
        try:
            answer = self.send(path, body)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            # A server lets go of connections that rest while the other one is at work.
            self.connection.close()
            answer = self.send(path, body)
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def send(self, path, body):
        self.connection.request(
            "POST", f"/api/2.0/mlflow/{path}", json.dumps(body),
            {"Content-Type": "application/json"})
        return self.connection.getresponse()


def processor_seconds(server):
    """What a server's processes have taken of the processor."""
    seconds, waiting = 0, [server.process.pid]
    while waiting:
        process = waiting.pop()
        try:
            stat = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            seconds += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
            for children in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
                waiting += [int(child) for child in children.read_text().split()]
        except OSError:
            continue
    return seconds


def fill(callers, count):
    """Makes runs on all servers: an experiment and a run of it by the server's name."""
    runs = {}
    for name, caller in callers.items():
        experiment = caller.post("experiments/create", {"name": "speed"})["experiment_id"]
        began = time.monotonic()
        for index in range(count):
            run = caller.post(
                "runs/create", {"experiment_id": experiment, "start_time": index + 1})
            identifier = run["run"]["info"]["run_id"]
            caller.post("runs/log-batch", {
                "run_id": identifier,
                "metrics": [{"key": key, "value": index * 7919 % count, "timestamp": 1, "step": 0}
                            for key in ("loss", "accuracy")],
                "params": [{"key": "lr", "value": str(index % 7)},
                           {"key": "model", "value": f"cnn{index % 3}"}]})
        print(f"{count} runs in {time.monotonic() - began:.0f} s on {name}", flush=True)
        runs[name] = (experiment, identifier)
    return runs


def time_servers(servers, count, rounds=3):
    """Times metric calls and searches on both servers in turn, and prints the figures.

    Requests are made once without a client, which shows what servers take, and once by MLflow's client, which takes
    milliseconds of its own for each call.
    """
    from mlflow import MlflowClient

    callers = {server.name: Caller(server) for server in servers}
    clients = {server.name: MlflowClient(server.url) for server in servers}
    runs = fill(callers, count)
    print(f"{'':42}" + "".join(f"{server.name + ' /s':>12}{'ms CPU':>9}" for server in servers)
          + f"{'times':>8}", flush=True)

    def row(title, calls, body):
        best, processor = {}, {}
        for _ in range(rounds):
            for server in servers:
                before, began = processor_seconds(server), time.monotonic()
                body(server.name, *runs[server.name])
                speed = calls / (time.monotonic() - began)
                taken = (processor_seconds(server) - before) / calls * 1000
                if speed > best.get(server.name, 0):
                    best[server.name], processor[server.name] = speed, taken
        figures = [best[server.name] for server in servers]
        print(f"{title:42}" + "".join(
            f"{best[server.name]:12.1f}{processor[server.name]:9.2f}" for server in servers)
            + f"{figures[0] / figures[1]:8.1f}", flush=True)

    def log(name, experiment, run):
        for index in range(200):
            callers[name].post("runs/log-metric", {
                "run_id": run, "key": "m", "value": index, "timestamp": time.time_ns() // 1_000_000,
                "step": time.time_ns() // 1000})

    def log_by_client(name, experiment, run):
        for index in range(100):
            clients[name].log_metric(run, "c", index, step=time.time_ns() // 1000)

    def log_batch(name, experiment, run):
        for _ in range(10):
            step = time.time_ns() // 1000
            callers[name].post("runs/log-batch", {"run_id": run, "metrics": [
                {"key": "b", "value": index, "timestamp": 1, "step": step + index} for index in range(1000)]})

    def search(text, limit, order, calls):
        def body(name, experiment, run):
            for _ in range(calls):
                callers[name].post("runs/search", {
                    "experiment_ids": [experiment], "filter": text, "max_results": limit,
                    "order_by": order})

        return calls, body

    def search_by_client(text, limit, order, calls):
        def body(name, experiment, run):
            for _ in range(calls):
                clients[name].search_runs([experiment], text, max_results=limit, order_by=order)

        return calls, body

    row("log-metric", 200, log)
    row("log-metric, by the client", 100, log_by_client)
    row("log-batch of 1,000", 10, log_batch)
    loss = ["metrics.loss DESC"]
    both = "params.lr = '3' AND metrics.loss > 10"
    row("search: parameter and metric, 100 answers", *search(both, 100, loss, 10))
    row("the same by the client", *search_by_client(both, 100, loss, 5))
    row("search: metric, 100 answers", *search("metrics.loss < 500", 100, loss, 10))
    row("search: tag, 100 answers", *search("tags.mlflow.runName LIKE '%a%'", 100, [], 10))
    row("search: no filter, newest 100", *search("", 100, [], 10))
    row("search: no filter, 1,000 by metric", *search("", 1000, loss, 3))
    row("the same by the client", *search_by_client("", 1000, loss, 2))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assay")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--observe", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.observe:
        json.dump(observe(options.observe), sys.stdout)
        return
    os.environ.update(
        MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_HTTP_REQUEST_MAX_RETRIES="2",
        MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true", GIT_PYTHON_REFRESH="quiet")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME"):
        os.environ.pop(name, None)
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    work = options.work.resolve()
    port, other = free_port(), free_port()
    servers = [
        Server("assay", [
            str(pathlib.Path(options.assay).resolve()), "serve", "--record", "--port", str(port)],
            port, work),
        Server("mlflow", [
            sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(other),
            "--workers", "1", "--backend-store-uri", "sqlite:///mlflow.db",
            "--artifacts-destination", str(work / "files")], other, work),
    ]
    try:
        answers = []
        for server in servers:
            answer = subprocess.run(
                [sys.executable, "-W", "ignore", __file__, "-", str(work), "--observe", server.url],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=work, check=False)
            if answer.returncode != 0:
                raise SystemExit(f"the client failed on {server.name}")
            answers.append(json.loads(answer.stdout.splitlines()[-1]))
        wrong = 0
        for name in answers[1]:
            ours, theirs = answers[0].get(name), answers[1][name]
            if ours == theirs:
                continue
            known = name in EXPECTED
            wrong += not known
            print(f"{'differs as explained' if known else 'DIFFERS'}: {name}\n"
                  f"  assay:  {json.dumps(ours)[:300]}\n  mlflow: {json.dumps(theirs)[:300]}")
        same = sum(answers[0].get(name) == answers[1][name] for name in answers[1])
        print(f"{same} of {len(answers[1])} observations are the same")
        if options.runs:
            time_servers(servers, options.runs)
        sys.exit(1 if wrong else 0)
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
