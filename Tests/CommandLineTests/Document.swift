import Foundation
import TestSupport
import Testing

/// A document of the repository and what stands in its fences.
struct Document: Sendable, CustomTestStringConvertible {
  /// A fenced block: ```` ```sh needs=network ````.
  struct Block {
    let language: String
    /// What follows the language on the fence, such as `needs` or `file`.
    let marks: [String: String]
    let text: String
    let line: Int
  }

  /// The path within the repository.
  let path: String
  let text: String
  let blocks: [Block]
  /// The lines outside of fences, with their numbers.
  let prose: [(number: Int, text: String)]

  var testDescription: String { path }

  init(path: String) throws {
    self.path = path
    text = try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
    var blocks: [Block] = []
    var prose: [(number: Int, text: String)] = []
    var fence: (info: [String], line: Int, lines: [String])?
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if let open = fence {
        guard line == "```" else {
          fence?.lines.append(line)
          continue
        }
        let marks = open.info.dropFirst().map { $0.split(separator: "=", maxSplits: 1) }
        blocks.append(
          Block(
            language: open.info.first ?? "",
            marks: Dictionary(
              marks.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") },
              uniquingKeysWith: { $1 }),
            text: open.lines.joined(separator: "\n") + "\n", line: open.line))
        fence = nil
      } else if line.hasPrefix("```") {
        fence = (line.dropFirst(3).split(separator: " ").map(String.init), index + 1, [])
      } else {
        prose.append((index + 1, line))
      }
    }
    self.blocks = blocks
    self.prose = prose
  }

  /// Every document of the repository, those in folders below docs among them.
  static func all() throws -> [Document] {
    let root = packageRoot
    let found = FileManager.default.enumerator(atPath: root.appending(path: "docs").path)
    let below = (found?.compactMap { $0 as? String } ?? []).map { "docs/" + $0 }
    return try (["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "migrations/README.md"] + below)
      .filter { $0.hasSuffix(".md") }.sorted().map(Document.init)
  }
}
