/// What a detector is fitted to: a measure, or whether a vote differs from the prediction.
enum DetectorInput: Sendable, Hashable {
  case measure(String)
  case vote(String)

  private static let prefix = "vote:"

  /// Reads an input as tables have it.
  init(_ text: String) {
    self =
      text.hasPrefix(Self.prefix)
      ? .vote(String(text.dropFirst(Self.prefix.count))) : .measure(text)
  }

  /// The input as tables have it.
  var text: String {
    switch self {
    case .measure(let name): name
    case .vote(let voter): Self.prefix + voter
    }
  }
}
