/// A table's cells as lines of characters, fitted to a width where there is one.
///
/// What is too wide has its prose broken at spaces, and then its columns set in blocks, one below
/// the other, each beginning with the columns that say what a row is about.
struct TextSheet {
  /// The cells line by line, the headings first; a broken cell goes on in the next line.
  private(set) var lines: [[String]]
  /// The lines that only go on with a broken cell.
  private var continuations: Set<Int> = []
  /// How wide each column is.
  private(set) var widths: [Int]
  /// The columns that stand beside each other, block below block.
  private(set) var blocks: [[Int]]
  /// How many characters a line holds.
  private let width: Int

  private static let gap = 2
  /// Broken prose is never narrower.
  private static let narrowestProse = 24

  /// Lays a table out.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - width: How many characters a line holds; nil for any number.
  init(_ table: Table, width: Int?) {
    let columns = table.columns
    self.width = width ?? .max
    lines = [table.headings] + table.typeset
    widths = Self.widths(of: lines, columns.count)
    blocks = [Array(columns.indices)]
    guard let width, total(blocks[0]) > width else { return }
    breakProse(of: table, width)
    blocks = blocks(of: table, width)
  }

  /// The line below a block's headings, which is no longer than a line though a word in it may be.
  func rule(of block: [Int]) -> String {
    let rule = block.map { String(repeating: "─", count: widths[$0]) }
      .joined(separator: String(repeating: " ", count: Self.gap))
    return String(rule.prefix(width))
  }

  /// The lines below the rule that a block has something in.
  func body(of block: [Int]) -> [Int] {
    lines.indices.dropFirst().filter { line in
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

  /// The leading columns of words, as far as they leave half of the width to others.
  private func keys(of table: Table, _ width: Int) -> [Int] {
    var keys: [Int] = []
    for (index, column) in table.columns.enumerated().dropLast() {
      let isKey = column.heading.isEmpty || column.format == .run || column.isOfWords(in: table)
      guard isKey, total(keys + [index]) <= width / 2 else { break }
      keys.append(index)
    }
    return keys
  }

  /// Breaks the cells of the widest column of words so that all columns fit, or at least it does.
  private mutating func breakProse(of table: Table, _ width: Int) {
    let prose = table.columns.indices.filter {
      table.columns[$0].isOfWords(in: table) && widths[$0] > Self.narrowestProse
    }
    guard let widest = prose.max(by: { widths[$0] < widths[$1] }) else { return }
    let room = width - (total(blocks[0]) - widths[widest])
    let keys = keys(of: table, width).filter { $0 != widest }
    let limit = room >= Self.narrowestProse ? room : width - total(keys + [widest]) + widths[widest]
    guard limit >= Self.narrowestProse, limit < widths[widest] else { return }
    var broken: [[String]] = []
    for line in lines {
      let pieces = line[widest].wrapped(to: limit)
      for index in 0..<max(1, pieces.count) {
        if index > 0 { continuations.insert(broken.count) }
        broken.append(
          line.indices.map { column in
            column == widest
              ? (index < pieces.count ? pieces[index] : "") : (index == 0 ? line[column] : "")
          })
      }
    }
    lines = broken
    widths = Self.widths(of: lines, table.columns.count)
  }

  /// As many columns beside the keys as a line holds; an interval stays with what it is of.
  private func blocks(of table: Table, _ width: Int) -> [[Int]] {
    let keys = keys(of: table, width)
    var groups: [[Int]] = []
    for index in table.columns.indices.dropFirst(keys.count) {
      if table.columns[index].name.hasSuffix("_interval"), !groups.isEmpty {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
    var blocks: [[Int]] = []
    var block = keys
    for group in groups {
      if block.count > keys.count, total(block + group) > width {
        blocks.append(block)
        block = keys
      }
      block += group
    }
    return blocks + [block]
  }
}

extension String {
  /// The number of characters, quickly where all of them are ASCII.
  var characterCount: Int {
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count
  }

  /// The text in lines of at most the given number of characters, broken at spaces.
  func wrapped(to width: Int) -> [String] {
    split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}
