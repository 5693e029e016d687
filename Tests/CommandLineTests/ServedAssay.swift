import Foundation
import TestSupport

/// `assay serve` under way, on a port that was free.
struct ServedAssay {
  let program: RunningProgram
  let port: Int

  /// Starts it in a test's directory and waits until it has said its address.
  init(_ assay: Assay, _ arguments: String...) throws {
    program = try TestSupport.start(
      Assay.executable ?? "assay", ["serve", "--port", "0", "--quiet"] + arguments,
      in: assay.directory.url)
    let program = program
    try waitUntil("the server's address", of: program) {
      try program.outputSoFar().contains("\n")
    }
    let address = try program.outputSoFar().split(separator: "\n").first ?? ""
    guard let port = URL(string: String(address))?.port else {
      throw CommandFailure("assay serve printed no address but \(address)")
    }
    self.port = port
  }

  /// Asks for something on a connection of its own.
  func ask(
    _ method: String = "GET", _ path: String, headers: [String: String] = [:], body: String = ""
  ) throws -> LoopbackResponse {
    try LoopbackClient(port: port).ask(method, path, headers: headers, body: body)
  }

  /// What a browser is shown.
  func page(_ path: String, headers: [String: String] = [:]) throws -> LoopbackResponse {
    try ask("GET", path, headers: headers.merging(["Accept": "text/html"]) { $1 })
  }
}
