/// The prefix that names share.
package enum SharedPrefix {
  /// The longest beginning, up to and with a separator, that all names have and that is not the
  /// whole of one; empty if there is none.
  ///
  /// - Parameters:
  ///   - names: The names.
  ///   - separator: What ends a part of a name.
  ///   - isComplete: Whether enough was taken away, asked of the names without what was found so
  ///     far.
  /// - Returns: The beginning.
  package static func of(
    _ names: [String], separator: Character, until isComplete: ([Substring]) -> Bool
  ) -> String {
    var rests = names.map { $0[...] }
    var prefix = ""
    while !isComplete(rests), let end = rests.first?.firstIndex(of: separator),
      let part = rests.first?[...end],
      rests.allSatisfy({ $0.hasPrefix(part) && $0.count > part.count })
    {
      prefix += part
      rests = rests.map { $0.dropFirst(part.count) }
    }
    return prefix
  }
}
