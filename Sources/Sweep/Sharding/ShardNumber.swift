/// Which part of a sweep's trials one task does.
package struct ShardNumber: Sendable, Equatable, CustomStringConvertible {
  /// Its place, from 1; 0 is the shard that does the first trial alone, with whose stages the others
  /// begin.
  package let index: Int
  /// How many shards there are, without number 0.
  package let count: Int

  /// The most shards of one sweep.
  package static let most = 100_000

  /// Describes a shard; nil if the numbers are no shard's.
  package init?(_ index: Int, of count: Int) {
    guard (1...Self.most).contains(count), (0...count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads "3/64".
  package init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let index = Int(parts[0]), let count = Int(parts[1])
    else { return nil }
    self.init(index, of: count)
  }

  /// The shard as it is given, such as "3/64".
  package var description: String { "\(index)/\(count)" }

  /// Whether it does first trials alone.
  package var isFirst: Bool { index == 0 }

  /// Those of a sweep's trials that are this shard's: every `count`-th by their order.
  package func part<Trial>(of trials: [Trial]) -> [Trial] {
    guard !isFirst else { return Array(trials.prefix(1)) }
    return stride(from: index - 1, to: trials.count, by: count).map { trials[$0] }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
