import Foundation
import TestSupport
import Testing

/// What the documents refer to.
@Suite(.startsPrograms) struct DocumentLinkTests {
  @Test("links between documents lead to files, and to headings that are there")
  func links() throws {
    for document in try Document.all() {
      let folder = packageRoot.appending(path: document.path).deletingLastPathComponent()
      let prose = document.prose.map(\.text).joined(separator: "\n")
      for link in prose.matches(of: /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/) {
        let target = folder.appending(path: String(link.1))
        let isHere = link.1.isEmpty || FileManager.default.fileExists(atPath: target.path)
        #expect(isHere, "\(document.path): \(link.0)")
        guard isHere, let anchor = link.2 else { continue }
        let text =
          link.1.isEmpty ? document.text : try String(contentsOf: target, encoding: .utf8)
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map(Self.anchor)
        #expect(headings.contains(String(anchor)), "\(document.path): \(link.0)")
      }
    }
  }

  /// The anchor that a page gives a heading.
  private static func anchor(of heading: Substring) -> String {
    heading.drop { $0 == "#" || $0 == " " }.lowercased().compactMap { character in
      if character == " " { return "-" }
      let isKept = character.isLetter || character.isNumber || "-_".contains(character)
      return isKept ? String(character) : nil
    }.joined()
  }
}
