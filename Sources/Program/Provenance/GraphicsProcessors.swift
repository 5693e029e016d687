internal import Foundation
internal import Subprocess
internal import Synchronization

/// The names of the graphics processors, asked of nvidia-smi once while the first command runs.
final class GraphicsProcessors: Sendable {
  /// Begins to ask when it is first used.
  static let shared = GraphicsProcessors()

  private static let secondsAllowed = 5
  private let found = Mutex<[String]?>(nil)

  private init() {
    let path = ProcessInfo.processInfo.environment["PATH"]
    guard case .executable(let program) = CommandProcess.find("nvidia-smi", in: "/", path: path)
    else { return }
    DispatchQueue.global().async { [self] in
      let output = try? Subprocess(program, ["--query-gpu=name", "--format=csv,noheader"]).run(
        outputLimit: 1 << 16, secondsAllowed: Self.secondsAllowed, isCancelled: { false })
      let names = output.map { output in
        String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
          .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      }
      found.withLock { $0 = names }
    }
  }

  /// Their names; nil: they are not known, or not yet.
  var names: [String]? { found.withLock { $0 } }
}
