/// A table's cells as lines of characters, fitted to a width where there is one.
///
/// What is too wide has its prose broken at spaces, and then its columns set in blocks, one below
/// the other. Each block begins with the columns that tell the rows apart; where these leave no room
/// for others, their cells are joined and broken into several lines.
struct TextSheet {
  /// The cells line by line, the headings first; a broken cell continues in the next line.
  ///
  /// Joined cells stand behind those of the table's columns.
  private(set) var lines: [[String]]
  /// How many of the lines are headings.
  private var headingCount = 1
  /// The lines that only go on with a broken cell.
  private var continuations: Set<Int> = []
  /// How wide each column is.
  private(set) var widths: [Int]
  /// Whether each column begins at the left.
  private(set) var isAlignedLeft: [Bool]
  /// The columns that stand beside each other, block below block.
  private(set) var blocks: [[Int]]
  /// How many characters a line holds.
  private let width: Int

  private static let gap = 2
  /// Prose is broken to this width at the narrowest, or to half of a line that is narrower still.
  private static let narrowestProse = 24

  /// Lays a table out.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - width: How many characters a line holds; nil for any number.
  init(_ table: Table, width: Int?) {
    self.width = width ?? .max
    lines = [table.headings] + table.typeset
    widths = Self.widths(of: lines, table.columns.count)
    isAlignedLeft = table.columns.map(\.format.isAlignedLeft)
    blocks = [Array(table.columns.indices)]
    guard let width, total(blocks[0]) > width else { return }
    let prose = table.columns.indices.filter {
      table.columns[$0].isOfWords(in: table) && widths[$0] > Self.narrowestProse
    }
    if let widest = prose.max(by: { widths[$0] < widths[$1] }) {
      let room = width - (total(blocks[0]) - widths[widest])
      if room >= Self.narrowestProse { breakCells(to: [widest: room]) }
    }
    if total(blocks[0]) > width { setInBlocks(of: table, prose: Set(prose), width) }
  }

  /// The lines of a block's headings.
  func head(of block: [Int]) -> [Int] { shown(of: block, in: 0..<headingCount) }

  /// The line below a block's headings, which is no longer than a line though a word in it may be.
  func rule(of block: [Int]) -> String {
    let rule = block.map { String(repeating: "─", count: widths[$0]) }
      .joined(separator: String(repeating: " ", count: Self.gap))
    return String(rule.prefix(width))
  }

  /// The lines below the rule that a block has something in.
  func body(of block: [Int]) -> [Int] { shown(of: block, in: headingCount..<lines.count) }

  private func shown(of block: [Int], in range: Range<Int>) -> [Int] {
    range.filter { line in
      !continuations.contains(line) || block.contains { !lines[line][$0].isEmpty }
    }
  }

  private static func widths(of lines: [[String]], _ columns: Int) -> [Int] {
    lines.reduce(into: Array(repeating: 0, count: columns)) { widths, line in
      for column in widths.indices {
        widths[column] = max(widths[column], line[column].characterCount)
      }
    }
  }

  private func total(_ columns: [Int]) -> Int {
    columns.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, columns.count - 1)
  }
}

extension TextSheet {
  /// As many columns beside the keys as a line holds; an interval stays with what it is of.
  private mutating func setInBlocks(of table: Table, prose: Set<Int>, _ width: Int) {
    var keys = keys(of: table, width)
    let groups = groups(of: table, after: keys.count)
    let narrowest = max(1, min(Self.narrowestProse, width / 2 - Self.gap))
    let needed =
      groups.map { group in
        group.reduce(Self.gap * (group.count - 1)) {
          $0 + (prose.contains($1) ? min(widths[$1], narrowest) : widths[$1])
        }
      }.max() ?? 0
    var limits: [Int: Int] = [:]
    var room = keys.isEmpty ? width : width - total(keys) - Self.gap
    if !keys.isEmpty, needed > room {
      let limit = min(width / 2, max(width / 4, width - needed - Self.gap))
      keys = [join(keys)]
      limits[keys[0]] = limit
      room = width - min(widths[keys[0]], limit) - Self.gap
    }
    for column in prose where widths[column] > room { limits[column] = max(room, narrowest) }
    breakCells(to: limits)
    blocks = []
    var block = keys
    for group in groups {
      if block.count > keys.count, total(block + group) > width {
        blocks.append(block)
        block = keys
      }
      block += group
    }
    blocks.append(block)
  }

  /// The leading columns that say what a row is about: as few as tell all rows apart.
  ///
  /// One of them is more than the digits of a run. The first may be a number, such as a trial's; the
  /// others are words.
  ///
  /// Where no columns tell the rows apart, those of words serve as far as they leave half of the
  /// width to others.
  private func keys(of table: Table, _ width: Int) -> [Int] {
    func isOfWords(_ index: Int) -> Bool {
      let column = table.columns[index]
      return column.heading.isEmpty || column.format == .run || column.isOfWords(in: table)
    }
    let leading = table.columns.indices.dropLast().prefix { $0 == 0 || isOfWords($0) }
    let cells = table.typeset
    for keys in leading.indices.map({ Array(leading[...$0]) })
    where keys.contains(where: { table.columns[$0].format != .run }) {
      if Set(cells.map { row in keys.map { row[$0] } }).count == cells.count { return keys }
    }
    var keys: [Int] = []
    for column in leading {
      guard isOfWords(column), total(keys + [column]) <= width / 2 else { break }
      keys.append(column)
    }
    return keys
  }

  /// The columns behind the keys that stay beside each other.
  private func groups(of table: Table, after keyCount: Int) -> [[Int]] {
    table.columns.indices.dropFirst(keyCount).reduce(into: []) { groups, column in
      if table.columns[column].name.hasSuffix("_interval"), !groups.isEmpty {
        groups[groups.count - 1].append(column)
      } else {
        groups.append([column])
      }
    }
  }

  /// Joins the cells of some columns to a further one.
  ///
  /// - Returns: The new column.
  private mutating func join(_ columns: [Int]) -> Int {
    for line in lines.indices {
      let cells = columns.map { lines[line][$0] }.filter { !$0.isEmpty }
      lines[line].append(cells.joined(separator: " "))
    }
    isAlignedLeft.append(true)
    widths = Self.widths(of: lines, isAlignedLeft.count)
    return isAlignedLeft.count - 1
  }

  /// Breaks cells that are wider than their column may be.
  private mutating func breakCells(to limits: [Int: Int]) {
    guard !limits.isEmpty else { return }
    var broken: [[String]] = []
    var further: Set<Int> = []
    var headings = 0
    for (number, line) in lines.enumerated() {
      let pieces = line.enumerated().map { column, cell in
        limits[column].map { cell.broken(to: $0) } ?? [cell]
      }
      for index in 0..<max(1, pieces.map(\.count).max() ?? 1) {
        if index > 0 || continuations.contains(number) { further.insert(broken.count) }
        broken.append(pieces.map { index < $0.count ? $0[index] : "" })
      }
      if number == headingCount - 1 { headings = broken.count }
    }
    (lines, continuations, headingCount) = (broken, further, headings)
    widths = Self.widths(of: lines, isAlignedLeft.count)
  }
}

extension String {
  /// How many characters there are, quickly where all of them are ASCII.
  var characterCount: Int {
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count
  }

  /// The text in lines of at most this many characters, broken at spaces; a word that is longer has a
  /// line of its own.
  func wrapped(to width: Int) -> [String] {
    split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }

  /// The text in lines of at most this many characters: broken at spaces, and longer words behind the
  /// last character of a line that is neither letter nor digit, or anywhere if there is none.
  fileprivate func broken(to width: Int) -> [String] {
    wrapped(to: width).flatMap { line in
      var (pieces, rest) = ([] as [String], line[...])
      while rest.count > width {
        let first = rest.prefix(width)
        let end = first.lastIndex { !$0.isLetter && !$0.isNumber }.map(first.index(after:))
        pieces.append(String(rest[..<(end ?? first.endIndex)]))
        rest = rest[(end ?? first.endIndex)...]
      }
      return pieces + [String(rest)]
    }
  }
}
