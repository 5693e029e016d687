internal import SQLite
internal import Tracker

/// Makes a selection of the images that a file is about.
struct GivenSelectionStage: Stage {
  static let kind = SelectionStage.kind
  let title = "select the file's images"
  let parents: [String: Run] = [:]
  let seed: Int64? = nil

  /// The data set's name and digest.
  let dataset: (name: String, digest: String)
  /// Test images in ascending order, and whether each is held out.
  let images: [(index: Int, isHeldout: Bool)]

  var configuration: JSONValue {
    let list = JSONValue.array(images.map { .integer(Int64($0.isHeldout ? ~$0.index : $0.index)) })
    return .object([
      "dataset": .string(dataset.name), "dataset_sha256": .string(dataset.digest),
      "method": .string("given"), "size": .integer(Int64(images.count { !$0.isHeldout })),
      "heldout_size": .integer(Int64(images.count { $0.isHeldout })),
      "images_sha256": .string(Digest.sha256(Array(list.canonical.utf8))),
    ])
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO image_selection (run_id, dataset, dataset_sha256, method) VALUES (?, ?, ?, ?)
        """,
        [.integer(writer.runID), .text(dataset.name), .text(dataset.digest), .text("given")])
      for (index, isHeldout) in images {
        try writer.execute(
          "INSERT INTO selected_image (selection_id, image_index, part) VALUES (?, ?, ?)",
          [
            .integer(writer.runID), .integer(Int64(index)),
            .text(isHeldout ? "heldout" : "selection"),
          ])
      }
    }
  }

  /// The oldest finished selection of just these images, which belong to its halves; one of its own
  /// if there is none.
  ///
  /// - Parameters:
  ///   - knowsHalves: Whether the halves have to be the same too.
  ///   - context: What to work with.
  /// - Returns: The finished selection.
  /// - Throws: the errors of the tracker.
  func findOrPerform(knowsHalves: Bool, in context: StudyContext) throws -> Run {
    let candidates = try context.tracker.runs(kind: Self.kind, state: .finished).reversed()
    for run in candidates where run.configuration["dataset_sha256"]?.string == dataset.digest {
      let rows = try context.tracker.read { connection in
        try connection.rows(
          """
          SELECT image_index, part = 'heldout' FROM selected_image WHERE selection_id = ?
          ORDER BY image_index
          """, [.integer(run.id)]
        ) { (index: try $0.int(0), isHeldout: try $0.int(1) == 1) }
      }
      guard rows.count == images.count else { continue }
      let isSame = zip(rows, images).allSatisfy { row, image in
        row.index == image.index && (!knowsHalves || row.isHeldout == image.isHeldout)
      }
      guard isSame else { continue }
      try context.uses(run.uuid, computed: false)
      return run
    }
    return try perform(in: context)
  }
}
