internal import SQLite
internal import Tracker

/// The images of a selection, both parts, in the order in which stages go through them.
struct SelectedImages: Sendable {
  /// Indices of test images, ascending.
  let indices: [Int]

  /// Reads a finished selection.
  init(of selection: Run, in context: StudyContext) throws {
    indices = try context.tracker.read { connection in
      try connection.rows(
        "SELECT image_index FROM selected_image WHERE selection_id = ? ORDER BY image_index",
        [.integer(selection.id)]
      ) { try $0.int(0) }
    }
  }
}
