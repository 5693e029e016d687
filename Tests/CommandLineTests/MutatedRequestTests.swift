import Foundation
import TestSupport
import Testing

/// Broken requests to the running command.
@Suite(.startsPrograms) struct MutatedRequestTests {
  /// Something was answered that no request may be answered with.
  private struct WrongAnswer: Error, CustomStringConvertible {
    let description: String
  }

  /// A request was refused, as it may be.
  private struct Refusal: Error {}

  private static func request(
    _ method: String, _ path: String, _ headers: [String] = [], _ body: String? = nil
  ) -> String {
    let lines =
      ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
      + (body.map { ["Content-Length: \($0.utf8.count)"] } ?? [])
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
  }

  /// Sound requests of every kind, about a run that is there.
  private static func requests(_ run: String) -> [String] {
    let html = ["Accept: text/html"]
    let artifact = "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts"
    let others = [
      request("GET", "/", html), request("GET", "/?before=\(run)", html),
      request("HEAD", "/static/assay.css?v=1", ["If-None-Match: \"1\""]),
      request("GET", "/db/assay/health") + request("GET", "/version"),
      request("POST", "/sign-in", ["Origin: http://localhost"], "token=a&to=%2F"),
      request("GET", "/health", ["Authorization: Basic YTpi", "Cookie: assay_session=a; b=c"]),
      request("GET", "/health", ["Connection: upgrade", "Upgrade: h2c"]),
      request(
        "GET", "/api/2.0/mlflow/metrics/get-history?run_id=\(run)&metric_key=m&max_results=9"),
      request("GET", "/api/2.0/mlflow/runs/get?run_id=\(run)"),
      request("PUT", artifact + "/a%20b/c.txt", ["Content-Type: text/plain"], "hello"),
      request("GET", artifact + "/a%20b/c.txt"),
      request("GET", "/api/2.0/mlflow-artifacts/artifacts?path=0/\(run)/artifacts"),
      request("PUT", artifact + "/d", ["Transfer-Encoding: chunked"])
        + "5;x=y\r\nhello\r\n0\r\n\r\n",
      request("PUT", artifact + "/e", ["Expect: 100-continue", "Content-Length: 2"]) + "ok",
    ]
    let posts = bodies(run).map { path, body in
      request("POST", "/api/2.0/mlflow/\(path)", ["Content-Type: application/json"], body)
    }
    return others + posts
  }

  /// Sends bytes and makes sure that whatever comes back is HTTP, and blames the client alone.
  private static func tryOne(_ bytes: [UInt8], port: Int) throws {
    let client = try LoopbackClient(port: port)
    client.send(bytes)
    client.endSending()
    let answer = try client.rest()
    guard let line = answer.split(separator: "\r\n", maxSplits: 1).first else { throw Refusal() }
    let words = line.split(separator: " ")
    guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]),
      status < 500 || status == 501 || status == 505
    else { throw WrongAnswer(description: String(answer.prefix(300))) }
    if status >= 400 { throw Refusal() }
  }

  /// Tries broken inputs on a server, each in a request about a run that is there.
  private func tryAll(
    _ name: String, of originals: (_ run: String) -> [String],
    in request: (_ input: [UInt8], _ original: Int) -> [UInt8] = { input, _ in input }
  ) throws {
    let assay = try Assay()
    let server = try ServedAssay(assay, "--record")
    let made = try server.ask(
      "POST", "/api/2.0/mlflow/runs/create", body: #"{"experiment_id":"0","start_time":1}"#)
    let run = try #require(made.text.firstMatch(of: /"run_id":"([^"]*)"/)?.output.1)
    let sound = originals(String(run)).map { Array($0.utf8) }
    for (place, input) in sound.enumerated() {
      do { try Self.tryOne(request(input, place), port: server.port) } catch is Refusal {}
    }
    let counts = try MutatedInputs(name, of: sound).tryEach(
      refusing: { $0 is Refusal }
    ) { try Self.tryOne(request($0, $1), port: server.port) }
    #expect(counts.refused > 0 && counts.read > 0, "\(counts)")
    #expect(try server.ask("GET", "/health").text == "OK")
    #expect(server.program.isRunning)
    #expect(try server.program.errorSoFar().isEmpty)
    #expect(try assay.run("db", "info").status == 0)
  }

  @Test("broken requests are answered or refused, and the server lives")
  func requests() throws { try tryAll("requests", of: { Self.requests($0) }) }

  @Test("broken heads of requests are answered or refused")
  func heads() throws {
    try tryAll("heads", of: { Self.requests($0).filter { $0.hasSuffix("\r\n\r\n") } })
  }

  /// The bodies of MLflow's requests, each with its address.
  private static func bodies(_ run: String) -> [(path: String, body: String)] {
    [
      (
        "runs/log-batch",
        #"{"run_id":"\#(run)","metrics":[{"key":"m","value":0.5,"timestamp":1,"step":2}],"#
          + #""params":[{"key":"p","value":"1"}],"tags":[{"key":"t","value":"u"}]}"#
      ),
      ("runs/log-metric", #"{"run_id":"\#(run)","key":"m","value":"NaN","timestamp":1}"#),
      ("runs/create", #"{"experiment_id":"0","start_time":1,"tags":[{"key":"a","value":"b"}]}"#),
      ("runs/update", #"{"run_id":"\#(run)","status":"RUNNING","run_name":"n"}"#),
      (
        "runs/search",
        #"{"experiment_ids":["0"],"filter":"\#(filters[0])","order_by":["metrics.m DESC"],"#
          + #""max_results":5,"page_token":"0"}"#
      ),
      ("experiments/create", #"{"name":"e","tags":[{"key":"a","value":"b"}]}"#),
      (
        "experiments/search",
        #"{"filter":"name LIKE 'D%' AND tags.a = 'b'","max_results":5}"#
      ),
      ("logged-models", #"{"experiment_id":"0","name":"m","source_run_id":"\#(run)"}"#),
    ]
  }

  private static let filters = [
    "metrics.`m` >= 0.5 AND params.p != 'x' AND tags.t LIKE '%u' AND attributes.status IN ('RUNNING')",
    "attributes.start_time > 0 AND params.`a b` ILIKE 'x%' AND run_name = 'n'",
  ]

  private static func post(_ path: String, _ body: [UInt8]) -> [UInt8] {
    let head = request(
      "POST", "/api/2.0/mlflow/\(path)",
      ["Content-Type: application/json", "Content-Length: \(body.count)"])
    return Array(head.utf8) + body
  }

  @Test("broken bodies of requests are answered or refused")
  func requestBodies() throws {
    let paths = Self.bodies("").map(\.path)
    try tryAll("bodies", of: { Self.bodies($0).map(\.body) }) { body, place in
      Self.post(paths[place], body)
    }
  }

  @Test("broken filters of runs are answered or refused")
  func runFilters() throws {
    try tryAll("filters", of: { _ in Self.filters }) { filter, _ in
      let text = try? JSONEncoder().encode(String(decoding: filter, as: UTF8.self))
      let body = Array(#"{"experiment_ids":["0"],"filter":"#.utf8) + Array(text ?? Data())
      return Self.post("runs/search", body + Array("}".utf8))
    }
  }
}
