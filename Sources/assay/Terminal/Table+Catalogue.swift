import Report

extension Table {
  /// The list of a catalogue: people see some of its columns and the notes below, programs all columns.
  ///
  /// - Parameters:
  ///   - format: In what form.
  ///   - names: The columns that people see.
  /// - Returns: The text.
  func listed(as format: TableFormat, forPeople names: Set<String>) -> String {
    guard [.text, .markdown, .latex, .html].contains(format) else {
      return Table(title: title, columns: columns, rows: rows).shown(as: format)
    }
    let kept = columns.indices.filter { names.contains(columns[$0].name) }
    return Table(
      title: title, notes: notes, columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { row[$0] } }
    ).shown(as: format)
  }
}
