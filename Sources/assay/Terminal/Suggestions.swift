/// Known words that resemble a mistyped one.
enum Suggestions {
  /// The nearest of some words, at most three; none if all are too far away.
  static func near(_ word: String, among known: [String]) -> [String] {
    let word = word.lowercased()
    let limit = max(1, word.count / 3)
    let distances = known.map { name in
      let name = name.lowercased()
      return word.count > 2 && name.hasPrefix(word) ? 0 : distance(word, name)
    }
    guard let least = distances.min(), least <= limit else { return [] }
    let near = zip(known, distances).filter { $0.1 == least }.map(\.0)
    return Array(Set(near).sorted().prefix(3))
  }

  /// How many letters are added, left out, replaced or swapped with their neighbour.
  private static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first), Array(second))
    var rows = [Array(0...second.count)]
    for i in first.indices {
      var row = [i + 1]
      for j in second.indices {
        let replaced = rows[i][j] + (first[i] == second[j] ? 0 : 1)
        var least = min(replaced, row[j] + 1, rows[i][j + 1] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          least = min(least, rows[i - 1][j - 1] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[first.count][second.count]
  }
}
