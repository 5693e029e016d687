extension Page {
  /// The same sections with the note that holds for all intervals below the first table that has it,
  /// and no other.
  static func withGeneralNoteOnce(_ sections: [Section]) -> [Section] {
    var told: Set<String> = []
    return sections.map { section in
      Section(
        name: section.name, title: section.title, introduction: section.introduction,
        blocks: section.blocks.map { $0.withoutGeneralNotes(in: &told) })
    }
  }
}

extension Page.Block {
  /// The same block without general notes that were told before; those that are left are told now.
  fileprivate func withoutGeneralNotes(in told: inout Set<String>) -> Page.Block {
    var block = self
    if case .table(let table) = content {
      let notes = table.notes.filter { note in
        !note.hasPrefix(StudyReport.generalNote) || told.insert(note).inserted
      }
      block = Page.Block(
        .table(
          Table(
            title: table.title, notes: notes, columns: table.columns, rows: table.rows,
            details: table.details)), sources: sources, name: name)
    }
    block.variants = variants.map { $0.withoutGeneralNotes(in: &told) }
    return block
  }
}
