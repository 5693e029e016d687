internal import SQLite

/// A table laid out for a width on paper: which columns stand beside each other in which letters,
/// and what goes into which float.
///
/// A table that is too wide is set in smaller letters; then its prose is broken; then it is turned,
/// if its columns are attacks and it is shorter so, and set in blocks below each other, each of
/// which begins with the columns that say what a row is about.
struct LaTeXSheet {
  /// Some columns and rows of the table, as a tabular.
  struct Piece {
    let columns: [Int]
    let rows: Range<Int>
  }

  let table: Table
  let size: LaTeXWidth.Size
  /// The widths in points to which columns are broken.
  let broken: [Int: Double]
  /// The floats, each of pieces below each other.
  let floats: [[Piece]]

  /// The space between two columns.
  static let gap = 8.0
  /// Broken prose is never narrower.
  private static let narrowestProse = 60.0
  /// So many lines leave room on a page for a caption and notes.
  private static let linesPerFloat = 44

  /// Lays a table out.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - columns: What it may be as wide as.
  init(_ table: Table, columns: LaTeXStyle.Columns) {
    let sizes: [LaTeXWidth.Size] =
      columns == .one ? [.small, .footnote] : [.small, .footnote, .script]
    for size in sizes {
      let draft = Draft(table, size)
      if draft.total(Array(table.columns.indices)) <= columns.width {
        self.init(draft, blocks: [Array(table.columns.indices)])
        return
      }
    }
    let upright = Draft(table, .footnote).blocks(within: columns.width)
    guard let turned = table.turned else {
      self.init(upright.draft, blocks: upright.blocks)
      return
    }
    let across = Draft(turned, .footnote).blocks(within: columns.width)
    let isShorter =
      across.blocks.count * (turned.rows.count + 2) < upright.blocks.count * (table.rows.count + 2)
    let chosen = isShorter ? across : upright
    self.init(chosen.draft, blocks: chosen.blocks)
  }

  private init(_ draft: Draft, blocks: [[Int]]) {
    table = draft.table
    size = draft.size
    broken = draft.broken
    var floats: [[Piece]] = []
    var lines = 0
    for block in blocks {
      for rows in draft.chunks(of: Self.linesPerFloat) {
        let length = rows.reduce(2) { $0 + draft.lines(of: $1) }
        if floats.isEmpty || lines + length > Self.linesPerFloat + 2 {
          floats.append([])
          lines = 0
        }
        floats[floats.count - 1].append(Piece(columns: block, rows: rows))
        lines += length
      }
    }
    self.floats = floats
  }

  /// A table in letters of one size, with the widths of its columns.
  private struct Draft {
    let table: Table
    let size: LaTeXWidth.Size
    let cells: [[String]]
    var widths: [Double]
    var broken: [Int: Double] = [:]

    init(_ table: Table, _ size: LaTeXWidth.Size) {
      self.table = table
      self.size = size
      cells = [table.headings] + table.typeset
      widths = table.columns.indices.map { [cells] column in
        cells.map { LaTeXWidth.of($0[column], size) }.max() ?? 0
      }
    }

    func total(_ columns: [Int]) -> Double {
      columns.reduce(0) { $0 + widths[$1] } + LaTeXSheet.gap * Double(max(0, columns.count - 1))
    }

    private func isOfWords(_ column: Int) -> Bool {
      table.columns[column].heading.isEmpty || table.columns[column].isOfWords(in: table)
    }

    /// The width of a column's longest word.
    private func longestWord(of column: Int) -> Double {
      cells.flatMap { $0[column].split(separator: " ") }
        .map { LaTeXWidth.of(String($0), size) }.max() ?? 0
    }

    private mutating func narrow(_ column: Int, to width: Double) {
      guard width < widths[column] else { return }
      widths[column] = width
      broken[column] = width
    }

    /// The columns in blocks that fit.
    func blocks(within width: Double) -> (draft: Draft, blocks: [[Int]]) {
      var draft = self
      let all = Array(table.columns.indices)
      if let prose = all.filter(isOfWords).max(by: { widths[$0] < widths[$1] }) {
        let room = width - (total(all) - widths[prose])
        if room >= LaTeXSheet.narrowestProse {
          draft.narrow(prose, to: room.rounded(.down))
          return (draft, [all])
        }
      }
      let keys = draft.narrowedKeys(within: width)
      var (blocks, block) = ([[Int]](), keys)
      for group in groups(after: keys.count) {
        if block.count > keys.count, draft.total(block + group) > width {
          blocks.append(block)
          block = keys
        }
        block += group
        // What is too wide even alone is broken.
        let excess = draft.total(block) - width
        if excess > 0, let widest = group.max(by: { draft.widths[$0] < draft.widths[$1] }) {
          draft.narrow(widest, to: max(20, draft.widths[widest] - excess))
        }
      }
      return (draft, blocks + [block])
    }

    /// The leading columns of words, broken where they leave less than half of the width to others.
    private mutating func narrowedKeys(within width: Double) -> [Int] {
      var keys = Array(
        table.columns.indices.prefix { $0 < table.columns.count - 1 && isOfWords($0) })
      for key in keys.sorted(by: { widths[$0] > widths[$1] }) where total(keys) > width / 2 {
        narrow(key, to: max(longestWord(of: key), 20))
      }
      while total(keys) > width * 2 / 3, keys.count > 1 { keys.removeLast() }
      if let only = keys.first, keys.count == 1 { narrow(only, to: width / 2) }
      return keys
    }

    /// The columns that stay together: an interval with what it is of.
    private func groups(after count: Int) -> [[Int]] {
      table.columns.indices.dropFirst(count).reduce(into: []) { groups, column in
        if table.columns[column].name.hasSuffix("_interval"), !groups.isEmpty {
          groups[groups.count - 1].append(column)
        } else {
          groups.append([column])
        }
      }
    }

    /// How many lines a row takes.
    func lines(of row: Int) -> Int {
      broken.map { column, width in
        // Words do not fill lines to their ends.
        Int((LaTeXWidth.of(cells[row + 1][column], size) * 1.2 / width).rounded(.up))
      }.max().map { max(1, $0) } ?? 1
    }

    /// The rows in groups that fit into this number of lines.
    func chunks(of limit: Int) -> [Range<Int>] {
      var (chunks, start, count) = ([Range<Int>](), 0, 0)
      for row in table.rows.indices {
        let length = lines(of: row)
        if count + length > limit, row > start {
          chunks.append(start..<row)
          (start, count) = (row, 0)
        }
        count += length
      }
      return chunks + [start..<table.rows.count]
    }
  }
}

extension LaTeXStyle.Columns {
  /// The least width in points that papers of standard classes have for it, on A4 and on letter.
  var width: Double {
    switch self {
    case .text: 345 - Self.reserve
    case .one: 221 - Self.reserve
    case .two: 452 - Self.reserve
    }
  }

  /// For letters that are a little wider than those that were measured.
  private static let reserve = 4.0

  /// The environment that floats so wide.
  var environment: String { self == .two ? "table*" : "table" }
}

extension Table {
  /// The table with its columns as rows, for one whose columns are attacks under no heading; nil for
  /// others.
  fileprivate var turned: Table? {
    guard columns.count > 1, columns[0].heading.isEmpty, columns.allSatisfy({ $0.format == .text })
    else { return nil }
    let labels = rows.map { $0[0].text ?? "" }
    let heads = labels.enumerated().map { number, label in
      Column(
        label.hasPrefix("95%") ? "\(number)_interval" : "\(number)",
        label.hasPrefix("95%") ? "95%" : label, .text)
    }
    return Table(
      title: title, notes: notes, columns: [Column("attack", "Attack", .text)] + heads,
      rows: columns.indices.dropFirst().map { column in
        [.text(columns[column].heading)] + rows.map { $0[column] }
      })
  }
}
