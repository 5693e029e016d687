import Foundation
import TestSupport
import Testing

/// MLflow's REST interface: the requests that its clients make, in the shapes that they have.
@Suite(.startsPrograms) struct MLflowCommandTests {
  /// A client of one server.
  private struct Client {
    let connection: LoopbackClient
    /// Kept, since it ends with its last user.
    private let server: ServedAssay

    init(_ server: ServedAssay) throws {
      connection = try LoopbackClient(port: server.port)
      self.server = server
    }

    func send(_ method: String, _ path: String, _ body: String) throws -> (Int, [String: Any]) {
      let response = try connection.ask(
        method, path, headers: ["Content-Type": "application/json"], body: body)
      let json = try JSONSerialization.jsonObject(with: Data(response.body))
      return (response.status, try #require(json as? [String: Any], "\(response.text)"))
    }

    /// Sends what is answered with success.
    @discardableResult
    func post(_ path: String, _ body: String) throws -> [String: Any] {
      let (status, json) = try send("POST", "/api/2.0/mlflow/\(path)", body)
      try #require(status == 200, "\(path) \(json)")
      return json
    }

    func get(_ path: String) throws -> [String: Any] {
      let (status, json) = try send("GET", "/api/2.0/mlflow/\(path)", "")
      try #require(status == 200, "\(path) \(json)")
      return json
    }

    /// Sends what is refused, and gives the name of the failure.
    func refusal(_ path: String, _ body: String) throws -> String {
      let (status, json) = try send("POST", "/api/2.0/mlflow/\(path)", body)
      try #require((400...404).contains(status), "\(path): \(status) \(json)")
      return try #require(json["error_code"] as? String)
    }

    func begin(_ experiment: String, _ name: String, tags: String = "[]") throws -> String {
      let answer = try post(
        "runs/create",
        #"{"experiment_id":"\#(experiment)","run_name":"\#(name)","start_time":1000,"tags":\#(tags)}"#
      )
      let info = (answer["run"] as? [String: Any])?["info"] as? [String: Any]
      return try #require(info?["run_id"] as? String)
    }

    func end(_ run: String) throws {
      try post("runs/update", #"{"run_id":"\#(run)","status":"FINISHED","end_time":61000}"#)
    }

    func names(_ body: String) throws -> [String] {
      let runs = try post("runs/search", body)["runs"] as? [[String: Any]] ?? []
      return runs.compactMap { ($0["info"] as? [String: Any])?["run_name"] as? String }
    }
  }

  @Test("a run that a client records is read back as it was, and is a run like any other")
  func recording() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let (status, unknown) = try client.send(
      "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=vision%20one", "")
    #expect(status == 404 && unknown["error_code"] as? String == "RESOURCE_DOES_NOT_EXIST")
    let experiment = try #require(
      try client.post("experiments/create", #"{"name":"vision one"}"#)["experiment_id"] as? String)
    let run = try client.begin(
      experiment, "first",
      tags: #"[{"key":"stage","value":"prod"},{"key":"mlflow.user","value":"eve"}]"#)
    try client.post("runs/log-parameter", #"{"run_id":"\#(run)","key":"lr","value":"0.001"}"#)
    // No value is the number of a row.
    let metrics = (0..<3).map {
      #"{"key":"loss","value":\#(1.0 / Double($0 + 2)),"timestamp":\#(2000 + $0),"step":\#($0)}"#
    }
    try client.post(
      "runs/log-batch",
      """
      {"run_id":"\(run)","metrics":[\(metrics.joined(separator: ",")),
      {"key":"odd","value":"NaN","timestamp":1,"step":0},
      {"key":"low","value":"-Infinity","timestamp":1,"step":0}],
      "params":[{"key":"flag","value":"True"},{"key":"tiny","value":"1e-3"}],
      "tags":[{"key":"note","value":"ä€"}]}
      """)
    try client.end(run)
    let answer = try #require(try client.get("runs/get?run_id=\(run)")["run"] as? [String: Any])
    let info = try #require(answer["info"] as? [String: Any])
    #expect(info["status"] as? String == "FINISHED" && info["end_time"] as? Int == 61_000)
    #expect(info["artifact_uri"] as? String == "mlflow-artifacts:/\(experiment)/\(run)/artifacts")
    #expect(info["user_id"] as? String == "eve" && info["lifecycle_stage"] as? String == "active")
    let data = try #require(answer["data"] as? [String: Any])
    let params = (data["params"] as? [[String: String]] ?? []).map { [$0["key"], $0["value"]] }
    #expect(params == [["flag", "True"], ["lr", "0.001"], ["tiny", "1e-3"]])
    let values = Dictionary(
      (data["metrics"] as? [[String: Any]] ?? []).map { ($0["key"] as? String, $0["value"]) }
    ) { first, _ in first }
    #expect(values["odd"] as? String == "NaN" && values["low"] as? String == "-Infinity")
    #expect(values["loss"] as? Double == 1.0 / 4 && values.count == 3)
    #expect(
      try assay.ask(
        """
        SELECT name, kind, state, group_name, duration_seconds FROM runs;
        SELECT value, typeof(value) FROM parameters WHERE name IN ('lr', 'tiny') ORDER BY name;
        SELECT tag FROM run_tags; SELECT step, value IS NULL FROM metrics WHERE name = 'odd';
        """) == """
          first|external|finished|vision one|60.0
          0.001|real
          1e-3|text
          note=ä€
          stage=prod
          0|1

          """)
    #expect(try assay.run("db", "info").status == 0)
  }

  @Test("requests that are repeated change nothing, and each value of a step is kept")
  func repetition() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let run = try client.begin("0", "again")
    for (value, time) in [("3", 10), ("1", 20), ("1", 20), ("2", 15), ("3", 10), ("\"NaN\"", 5)] {
      try client.post(
        "runs/log-metric",
        #"{"run_id":"\#(run)","key":"loss","value":\#(value),"timestamp":\#(time)}"#)
    }
    let history = try client.get("metrics/get-history?run_id=\(run)&metric_key=loss")
    let points = history["metrics"] as? [[String: Any]] ?? []
    #expect(points.map { $0["timestamp"] as? Int } == [5, 10, 15, 20])
    #expect(try assay.ask("SELECT value FROM metrics;") == "1.0\n")
    #expect(try assay.ask("SELECT count(*) FROM metric_points;") == "4\n")
    for _ in 0..<2 {
      try client.post("runs/log-parameter", #"{"run_id":"\#(run)","key":"a","value":"1"}"#)
    }
    #expect(
      try client.refusal("runs/log-parameter", #"{"run_id":"\#(run)","key":"a","value":"2"}"#)
        == "INVALID_PARAMETER_VALUE")
    // A batch that has a step twice, and one that was there.
    for _ in 0..<2 {
      try client.post(
        "runs/log-batch",
        """
        {"run_id":"\(run)","metrics":[{"key":"loss","value":7,"timestamp":30},
        {"key":"new","value":1,"timestamp":1},{"key":"new","value":2,"timestamp":2},
        {"key":"new","value":3,"timestamp":1,"step":1}]}
        """)
    }
    #expect(
      try assay.ask("SELECT name, step, value FROM metrics ORDER BY name, step;")
        == "loss|0|7.0\nnew|0|2.0\nnew|1|3.0\n")
    #expect(
      try assay.ask("SELECT metric, count(*) FROM metric_points GROUP BY metric;")
        == "loss|5\nnew|3\n")
    // All of a batch or nothing.
    _ = try client.refusal(
      "runs/log-batch",
      """
      {"run_id":"\(run)","metrics":[{"key":"lost","value":1,"timestamp":1}],
      "params":[{"key":"a","value":"2"}]}
      """)
    #expect(try assay.ask("SELECT count(*) FROM metrics WHERE name = 'lost';") == "0\n")
  }

  @Test("the last values of metrics are told of runs with few values and with many alike")
  func lastValues() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    // 32 values are few.
    for steps in [0, 1, 16, 17, 400] {
      let run = try client.begin("0", "\(steps)")
      for name in ["accuracy", "loss"] {
        let points = (0..<steps).map { step in
          #"{"key":"\#(name)","value":\#(steps - step),"timestamp":9,"step":\#(step)}"#
        }
        try client.post(
          "runs/log-batch",
          #"{"run_id":"\#(run)","metrics":[\#(points.joined(separator: ","))]}"#)
      }
    }
    let found = try client.post("runs/search", #"{"experiment_ids":["0"]}"#)
    var last: [String: [String]] = [:]
    for run in found["runs"] as? [[String: Any]] ?? [] {
      let name = try #require((run["info"] as? [String: Any])?["run_name"] as? String)
      let metrics = (run["data"] as? [String: Any])?["metrics"] as? [[String: Any]] ?? []
      last[name] = try metrics.map { metric in
        let (value, step) = (metric["value"] as? Double, metric["step"] as? Int)
        return "\(try #require(metric["key"] as? String)) \(value ?? 0) \(step ?? -1)"
      }
    }
    func expected(_ step: Int) -> [String] { ["accuracy 1.0 \(step)", "loss 1.0 \(step)"] }
    #expect(
      last == [
        "0": [], "1": expected(0), "16": expected(15), "17": expected(16), "400": expected(399),
      ])
  }

  @Test("wrong requests are refused as MLflow's server refuses them, and never with a 5xx")
  func refusals() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let run = try client.begin("0", "target")
    let long = String(repeating: "x", count: 251)
    for (path, body) in [
      ("runs/log-parameter", #"{"run_id":"\#(run)","value":"1"}"#),
      ("runs/log-parameter", #"{"run_id":31,"key":"a","value":"1"}"#),
      ("runs/log-parameter", #"{"run_id":"\#(run)","key":"../a","value":"1"}"#),
      ("runs/log-parameter", #"{"run_id":"\#(run)","key":"a<b","value":"1"}"#),
      ("runs/set-tag", #"{"run_id":"\#(run)","key":"\#(long)","value":"a"}"#),
      ("runs/log-metric", #"{"run_id":"\#(run)","key":"a","value":"x","timestamp":1}"#),
      ("runs/log-metric", #"{"run_id":"\#(run)","key":"a","value":1}"#),
      ("runs/log-metric", #"{"run_id":"\#(run)","key":"a","value":1,"timestamp":1,"step":1.5}"#),
      ("runs/log-metric", "{"), ("runs/log-metric", "[]"), ("runs/log-metric", ""),
      ("runs/search", #"{"experiment_ids":["0"],"filter":"metrics.a < 'b'"}"#),
      ("runs/search", #"{"experiment_ids":["0"],"filter":"bogus.a = 1"}"#),
      ("runs/search", #"{"experiment_ids":["0"],"filter":"params.a = 'unended"}"#),
      ("runs/search", #"{"experiment_ids":["0"],"filter":"1=1; DROP TABLE run"}"#),
      ("runs/search", #"{"experiment_ids":["0"],"order_by":["metrics.a SIDEWAYS"]}"#),
      ("runs/search", #"{"experiment_ids":["0"],"max_results":0}"#),
      ("runs/update", #"{"run_id":"\#(run)","status":"HAPPY"}"#),
    ] {
      #expect(
        try client.refusal(path, body) == "INVALID_PARAMETER_VALUE", "\(path) \(body.prefix(80))")
    }
    for (metrics, place) in [
      (#"[{"key":"a","value":[],"timestamp":1}]"#, "metrics[0].value"),
      (#"[{"key":"a","value":1,"timestamp":1},3]"#, "metrics[1]"), ("{}", "metrics"),
    ] {
      let (status, answer) = try client.send(
        "POST", "/api/2.0/mlflow/runs/log-batch", #"{"run_id":"\#(run)","metrics":\#(metrics)}"#)
      let message = answer["message"] as? String ?? ""
      #expect(status == 400 && message.contains("parameter '\(place)'"), "\(message)")
    }
    #expect(
      try client.refusal("runs/delete", #"{"run_id":"none"}"#) == "RESOURCE_DOES_NOT_EXIST")
    #expect(
      try client.refusal("registered-models/create", #"{"name":"m"}"#) == "ENDPOINT_NOT_FOUND")
    #expect(try client.refusal("traces/nothing", "{}") == "ENDPOINT_NOT_FOUND")
    let many = (0...1000).map { #"{"key":"m","value":1,"timestamp":1,"step":\#($0)}"# }
    #expect(
      try client.refusal(
        "runs/log-batch", #"{"run_id":"\#(run)","metrics":[\#(many.joined(separator: ","))]}"#)
        == "INVALID_PARAMETER_VALUE")
    #expect(try assay.ask("SELECT count(*) FROM parameters;") == "0\n")
    #expect(try assay.ask("SELECT count(*) FROM metrics;") == "0\n")
    // Values that are too long are cut, as MLflow's server cuts them.
    let value = String(repeating: "ä", count: 6001)
    try client.post("runs/log-parameter", #"{"run_id":"\#(run)","key":"a","value":"\#(value)"}"#)
    #expect(try assay.ask("SELECT length(value) FROM parameters;") == "6000\n")
  }

  @Test("runs are found by filters, in an order, page by page")
  func search() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let made = try client.post("experiments/create", #"{"name":"e"}"#)
    let experiment = try #require(made["experiment_id"] as? String)
    // The file has no run at all yet.
    #expect(try client.names(#"{"experiment_ids":["\#(experiment)"]}"#) == [])
    for (index, name) in ["one", "two", "three"].enumerated() {
      let run = try client.begin(experiment, name, tags: #"[{"key":"a b","value":"\#(name)"}]"#)
      try client.post(
        "runs/log-batch",
        """
        {"run_id":"\(run)","metrics":[{"key":"loss","value":\(index),"timestamp":1}],
        "params":[{"key":"model","value":"CNN\(index)"}]}
        """)
      if name != "three" { try client.end(run) }
    }
    func names(_ filter: String, _ more: String = "") throws -> [String] {
      try client.names(
        #"{"experiment_ids":["\#(experiment)"],"filter":"\#(filter)","order_by":["metrics.loss DESC"]\#(more)}"#
      )
    }
    #expect(try names("") == ["three", "two", "one"])
    #expect(try names("metrics.loss >= 1 AND metrics.loss < 2") == ["two"])
    #expect(try names("params.model = 'CNN0'") == ["one"])
    #expect(try names("params.model LIKE 'cnn%'") == [])
    #expect(try names("params.model ILIKE 'cnn%'").count == 3)
    #expect(try names("params.`model` != 'CNN0'") == ["three", "two"])
    #expect(try names("tags.`a b` = 'two'") == ["two"])
    #expect(try names("attributes.status IN ('FINISHED', 'FAILED')") == ["two", "one"])
    #expect(try names("status = 'RUNNING'") == ["three"])
    #expect(try names("run_name LIKE 't%'") == ["three", "two"])
    #expect(try names("params.none IS NULL").count == 3)
    let newest = try client.names(
      #"{"experiment_ids":["\#(experiment)"],"order_by":["attributes.start_time DESC"]}"#)
    #expect(newest == (try client.names(#"{"experiment_ids":["\#(experiment)"]}"#)))
    #expect(newest.count == 3)
    var (token, paged) = ("", [String]())
    repeat {
      let page = try client.post(
        "runs/search",
        #"{"experiment_ids":["\#(experiment)"],"max_results":2,"page_token":"\#(token)"}"#)
      let runs = page["runs"] as? [[String: Any]] ?? []
      paged += runs.compactMap { ($0["info"] as? [String: Any])?["run_name"] as? String }
      token = page["next_page_token"] as? String ?? ""
    } while !token.isEmpty
    #expect(paged.sorted() == ["one", "three", "two"])
    // Groups of runs that no client made are experiments too.
    try assay.succeed("run", "--quiet", "--name", "own", "--", "true")
    try assay.succeed("runs", "group", "own", "shelf")
    let found = try client.post("experiments/search", #"{"filter":"name = 'shelf'"}"#)
    let shelf = (found["experiments"] as? [[String: Any]])?.first?["experiment_id"] as? String
    #expect(try client.names(#"{"experiment_ids":["\#(shelf ?? "")"]}"#) == ["own"])
  }

  @Test("artifacts are stored and read back, and paths out of their folder are refused")
  func artifacts() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let run = try client.begin("0", "files")
    let base = "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts"
    let content = String(repeating: "0123456789", count: 300_000)
    for name in ["a/b%20c.txt", "a/d.txt", "top.txt"] {
      #expect(
        try client.connection.ask(
          "PUT", "\(base)/\(name)", headers: ["Content-Type": "text/plain"], body: content
        ).status == 200)
    }
    let read = try client.connection.ask("GET", "\(base)/a/b%20c.txt")
    #expect(read.text == content && read.headers["content-type"] == "text/plain")
    #expect(read.headers["content-disposition"] == "attachment")
    let list = try client.connection.ask(
      "GET", "/api/2.0/mlflow-artifacts/artifacts?path=0/\(run)/artifacts")
    #expect(
      list.text == #"{"files":[{"path":"a","is_dir":true},"#
        + #"{"path":"top.txt","is_dir":false,"file_size":3000000}]}"#)
    for path in ["a/../../x", "%2e%2e/x", "a%2F..%2Fx", "a%5Cx"] {
      let refused = try LoopbackClient(port: server.port).ask("PUT", "\(base)/\(path)", body: "x")
      #expect((400...404).contains(refused.status), "\(path): \(refused.status)")
    }
    #expect(try client.connection.ask("GET", "\(base)/none").status == 404)
    #expect(try client.connection.ask("DELETE", "\(base)/a").status == 204)
    #expect(try assay.ask("SELECT name FROM artifacts;") == "top.txt\n")
  }

  @Test("a server that only reads refuses to record, and says how it would")
  func reading() throws {
    let assay = try Assay()
    try assay.succeed("run", "--quiet", "--name", "own", "--", "true")
    let client = try Client(try ServedAssay(assay))
    #expect(try client.names(#"{"experiment_ids":["0"]}"#) == ["own"])
    let (status, json) = try client.send("POST", "/api/2.0/mlflow/runs/create", "{}")
    #expect(status == 403 && json["error_code"] as? String == "PERMISSION_DENIED")
    #expect((json["message"] as? String)?.contains("--record") == true)
  }

  @Test("deleted runs and experiments are found no longer, until they are restored")
  func deletion() throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let client = try Client(server)
    let made = try client.post("experiments/create", #"{"name":"e"}"#)
    let experiment = try #require(made["experiment_id"] as? String)
    let run = try client.begin(experiment, "r")
    let all = #"{"experiment_ids":["\#(experiment)"]}"#
    try client.post("runs/delete", #"{"run_id":"\#(run)"}"#)
    #expect(try client.names(all) == [])
    _ = try client.refusal(
      "runs/log-metric", #"{"run_id":"\#(run)","key":"a","value":1,"timestamp":1}"#)
    try client.post("runs/restore", #"{"run_id":"\#(run)"}"#)
    #expect(try client.names(all) == ["r"])
    try client.post("experiments/delete", #"{"experiment_id":"\#(experiment)"}"#)
    #expect(try client.names(all) == [])
    _ = try client.refusal("experiments/create", #"{"name":"e"}"#)
    try client.post("experiments/restore", #"{"experiment_id":"\#(experiment)"}"#)
    try client.post(
      "experiments/update", #"{"experiment_id":"\#(experiment)","new_name":"f"}"#)
    #expect(try client.names(all) == ["r"])
    #expect(try assay.ask("SELECT group_name FROM runs;") == "f\n")
  }

  @Test("a command that assay runs logs into the run that it is recorded as")
  func ownRun() throws {
    let assay = try Assay()
    try assay.write(
      """
      import json, os, urllib.error, urllib.request

      def ask(method, path, body=None):
          request = urllib.request.Request(
              os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path, method=method,
              data=None if body is None else json.dumps(body).encode(),
              headers={"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]})
          return json.load(urllib.request.urlopen(request))

      run = os.environ["MLFLOW_RUN_ID"]
      try:
          ask("GET", "experiments/get-by-name?experiment_name=vision")
          raise SystemExit("it was there")
      except urllib.error.HTTPError as error:
          assert error.code == 404, error
      experiment = ask("POST", "experiments/create", {"name": "vision"})["experiment_id"]
      # MLflow's client goes on with a run only in the experiment that was set.
      assert ask("GET", "runs/get?run_id=" + run)["run"]["info"]["experiment_id"] == experiment
      ask("POST", "runs/update", {"run_id": run, "status": "RUNNING"})
      ask("POST", "runs/log-batch", {
          "run_id": run, "params": [{"key": "lr", "value": "0.5"}],
          "metrics": [{"key": "loss", "value": 2.5, "timestamp": 1, "step": 4}]})
      ask("POST", "runs/update", {"run_id": run, "status": "FINISHED"})
      raise SystemExit(3)

      """, to: "client.py")
    let result = try assay.run("run", "--name", "own", "--", "python3", "client.py")
    #expect(result.status == 3, "\(result.error)")
    #expect(
      try assay.ask(
        """
        SELECT name, kind, state, group_name FROM runs;
        SELECT name, value FROM parameters WHERE name = 'lr';
        SELECT name, step, value FROM metrics;
        SELECT count(*) FROM program_executions WHERE environment LIKE '%TRACKING_TOKEN%';
        """) == """
          own|program|failed|vision
          lr|0.5
          loss|4|2.5
          0

          """)
    let words = ["sh", "-c", "env | grep -c ^MLFLOW_ || true"]
    #expect(try assay.run(["run", "--quiet", "--"] + words).output == "3\n")
    #expect(try assay.run(["run", "--quiet", "--no-mlflow", "--"] + words).output == "0\n")
    let elsewhere = ["MLFLOW_TRACKING_URI": "http://127.0.0.1:9"]
    #expect(
      try assay.run(["run", "--quiet", "--"] + words, environment: elsewhere).output == "1\n")
  }
}
