internal import Detection

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

extension Crops.Position {
  /// The vote of the crop that each measurement by passes has, as detectors read it.
  var vote: String { "crop_" + name }

  /// The crop of a vote; nil for the vote of any other voter.
  init?(vote: String) {
    guard let position = Self.allCases.first(where: { $0.vote == vote }) else { return nil }
    self = position
  }
}
