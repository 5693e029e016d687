import Foundation
import Synchronization
import TestSupport
import Testing

/// Many who read while others write.
@Suite(.startsPrograms) struct ServeLoadTests {
  /// A command that reports values until it has reported so many.
  private static let writer = """
    for step in $(seq 1 40); do
      echo "{\\"metrics\\": {\\"loss\\": $step}, \\"step\\": $step}" >> "$ASSAY_EVENTS"
      sleep 0.02
    done

    """

  @Test("people who look at a database while commands write to it hinder nobody")
  func readers() throws {
    let assay = try Assay(copyOf: .empty)
    try assay.write(Self.writer, to: "writer.sh")
    let server = try ServedAssay(assay, "--record")
    let port = server.port
    let writers = try (0..<3).map { _ in try assay.start("run", "--", "sh", "writer.sh") }
    let isOver = Mutex(false)
    let answers = Mutex(0)
    let failures = Mutex<[String]>([])
    let group = DispatchGroup()
    for number in 0..<10 {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        do {
          let client = try LoopbackClient(port: port)
          while !isOver.withLock({ $0 }) {
            // One of them records, too.
            let response =
              number == 0
              ? try client.ask(
                "POST", "/api/2.0/mlflow/runs/create",
                body: #"{"experiment_id":"0","start_time":1}"#)
              : try client.ask("GET", "/", headers: ["Accept": "text/html"])
            answers.withLock { $0 += 1 }
            if response.status != 200 { failures.withLock { $0.append(response.text) } }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    let results = try writers.map { try $0.wait() }
    isOver.withLock { $0 = true }
    group.wait()
    for result in results {
      #expect(result.status == 0 && !result.error.contains("locked"), "\(result.error)")
    }
    #expect(failures.withLock { $0 } == [])
    #expect(answers.withLock { $0 } > 10)
    #expect(
      try assay.ask(
        "SELECT count(*), max(value) FROM metrics WHERE name = 'loss';") == "120|40.0\n")
  }
}
