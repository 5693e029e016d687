internal import Dataset
internal import Bytes
internal import Interchange
internal import Classifier
internal import SQLite
internal import Tracker

/// The images of an adversarial set with what is known of each, to be written as arrays.
struct ExportedSet {
  /// 'images' [N, channels, height, width] or as the layout says, 'labels', 'indices', 'predictions', 'iterations', 'heldout',
  /// and 'targets' where there are any.
  let arrays: [(name: String, array: NumericArray)]

  /// Reads a set whose pixels are recorded, of images of a shape.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if images are missing.
  init(
    of set: Run, shape: ImageShape, layout: ImageLayout, in context: StudyContext
  ) throws {
    let images = try context.tracker.read { connection in
      try connection.rows(
        "SELECT image_count FROM adversarial_set WHERE run_id = ?", [.integer(set.id)]
      ) { $0.value(0).integer ?? 0 }
    }
    // The rows, the pixels of all, and the archive of them.
    try MemoryNeed.pixels(shape, images: Int(images.first ?? 0), copies: 4).require(for: "export")
    var pixels: [Float] = []
    var columns: [[Int64]] = [[], [], [], [], []]
    var targets: [Int64] = []
    try context.tracker.read { connection in
      let rows = try connection.query(
        """
        SELECT image.image_index, true_label, prediction, image.iterations, part = 'heldout',
          coalesce(target_label, -1), pixels
        FROM adversarial_image AS image
        JOIN adversarial_set ON run_id = image.adversarial_set_id
        JOIN selected_image
          ON selected_image.selection_id = adversarial_set.selection_id
          AND selected_image.image_index = image.image_index
        LEFT JOIN adversarial_pixels AS stored
          ON stored.adversarial_set_id = image.adversarial_set_id
          AND stored.image_index = image.image_index
        WHERE image.adversarial_set_id = :set ORDER BY image.image_index
        """, ["set": .integer(set.id)]
      ).rows
      pixels.reserveCapacity(rows.count * shape.count)
      for row in rows {
        guard case .blob(let blob) = row[6], let image = FloatCoding.floats(from: blob[...]),
          image.count == shape.count
        else {
          throw StudyError.damagedRecord(
            run: set.uuid, problem: "its adversarial images are not all there")
        }
        pixels += image
        for column in columns.indices { columns[column].append(row[column].integer ?? 0) }
        targets.append(row[5].integer ?? -1)
      }
    }
    let count = targets.count
    func vector(_ values: [Int64]) -> NumericArray { NumericArray(shape: [count], .int64(values)) }
    let names = ["indices", "labels", "predictions", "iterations", "heldout"]
    arrays =
      [
        ("images", layout.array(pixels, leading: [count], shape: shape))
      ] + zip(names, columns).map { ($0, vector($1)) }
      + (targets.contains { $0 >= 0 } ? [("targets", vector(targets))] : [])
  }
}
