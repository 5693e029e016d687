internal import Yams

/// Finds the byte order marks that quoted texts begin with.
///
/// Yams decodes each text as if it were a file, which may begin with such a mark that is no part of
/// it. Where a text begins in the source says whether it had one.
struct QuotedByteOrderMarks {
  private static let mark: Unicode.Scalar = "\u{FEFF}"

  private let lines: [[Unicode.Scalar]]

  /// Takes a source; nil if no mark is written in it.
  init?(in text: String) {
    let source = text.unicodeScalars
    guard source.contains(Self.mark) || text.lowercased().contains("feff") else { return nil }
    var lines: [[Unicode.Scalar]] = [[]]
    var previous: Unicode.Scalar?
    for scalar in source {
      let endsLine = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
      if endsLine {
        if !(previous == "\r" && scalar == "\n") { lines.append([]) }
      } else {
        lines[lines.count - 1].append(scalar)
      }
      previous = scalar
    }
    self.lines = lines
  }

  /// A node of the source with the marks in its texts.
  func restored(in node: Node) -> Node {
    switch node {
    case .scalar(var scalar):
      guard begins(scalar) else { return node }
      let tag = scalar.tag
      scalar.string = String(Self.mark) + scalar.string
      scalar.tag = tag
      return .scalar(scalar)
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = restored(in: sequence[index]) }
      return .sequence(sequence)
    case .mapping(let mapping):
      return .mapping(
        Node.Mapping(
          mapping.map { (restored(in: $0.key), restored(in: $0.value)) }, mapping.tag,
          mapping.style, mapping.mark, mapping.anchor))
    case .alias:
      return node
    }
  }

  private func begins(_ scalar: Node.Scalar) -> Bool {
    guard let place = scalar.mark, lines.indices.contains(place.line - 1) else { return false }
    let text = lines[place.line - 1].dropFirst(place.column - 1)
    guard let quote = text.first, quote == "\"" || quote == "'" else { return false }
    let rest = text.dropFirst()
    return rest.first == Self.mark
      || quote == "\"" && (Self.begins(rest, "\\u", "feff") || Self.begins(rest, "\\U", "0000feff"))
  }

  /// Whether a text begins with an escape of some digits, in letters of either case.
  private static func begins(
    _ text: ArraySlice<Unicode.Scalar>, _ escape: String, _ digits: String
  ) -> Bool {
    let found = text.dropFirst(2).prefix(digits.count)
    return text.starts(with: escape.unicodeScalars) && found.count == digits.count
      && zip(found, digits.unicodeScalars).allSatisfy { $0 == $1 || $0.value | 0x20 == $1.value }
  }
}
