internal import SQLite
internal import Tracker

/// What is recorded of some images of a set.
struct ImageRecords {
  /// One image, by what was recorded of it.
  struct Image {
    let index: Int64
    /// Of adversarial_images.
    let row: QueryRow
    /// What names its pixels; nil if they are not kept.
    let version: String?
    /// What the judge says; nil where there is none, or it has not judged the image.
    var judgement: (name: String, isFlagged: Bool)?
  }

  let images: [Image]

  /// Reads images in the order of their indices.
  ///
  /// - Throws: `SQLiteError`.
  init(
    _ indices: [Int64], of set: ShownSet, judge: ImageJudge?, in tracker: Tracker
  ) throws {
    let values: [String: SQLValue] = [
      "set": .text(set.uuid), "set_id": .integer(set.id),
      "measurement": set.measurement.map { .text($0.uuid) } ?? .null,
      "indices": .text("[" + indices.map(String.init).joined(separator: ",") + "]"),
    ]
    let rows = try tracker.pageRows(Self.images, values)
    let versions = try tracker.pageRows(Self.pixels, values).reduce(into: [Int64: String]()) {
      guard let index = $1["image_index"].integer, case .blob(let bytes) = $1["pixels"] else {
        return
      }
      $0[index] = ImagePictures.version(of: bytes)
    }
    let judgements = try judge.map { try Self.judgements($0, values, in: tracker) } ?? [:]
    let byIndex = Dictionary(
      rows.map { ($0["image_index"].integer ?? 0, $0) }, uniquingKeysWith: { first, _ in first })
    images = indices.compactMap { index in
      byIndex[index].map {
        Image(index: index, row: $0, version: versions[index], judgement: judgements[index])
      }
    }
  }

  private static let images = """
    SELECT adversarial_images.* FROM adversarial_images
    WHERE adversarial_set = :set AND image_index IN (SELECT value FROM json_each(:indices))
    """

  private static let pixels = """
    SELECT image_index, pixels FROM adversarial_pixels
    WHERE adversarial_set_id = :set_id AND image_index IN (SELECT value FROM json_each(:indices))
    """

  private static func judgements(
    _ judge: ImageJudge, _ values: [String: SQLValue], in tracker: Tracker
  ) throws -> [Int64: (name: String, isFlagged: Bool)] {
    var values = values
    var found: [Int64: (name: String, isFlagged: Bool)] = [:]
    switch judge.source {
    case .verdict(let run):
      values["verdict"] = .text(run)
      for row in try tracker.pageRows(verdicts, values) {
        guard let index = row["image_index"].integer else { continue }
        let isFlagged = row["is_flagged"].integer == 1
        found[index] = (isFlagged ? "flagged" : "passed", isFlagged)
      }
    case .thresholds(let thresholds):
      values["measure"] = .text(thresholds.measure)
      values["voters"] = .text(thresholds.voters)
      let votes = try tracker.pageRows(Self.votes, values).reduce(into: [Int64: Int64]()) {
        if let index = $1["image_index"].integer { $0[index] = $1["agreement"].integer }
      }
      for row in try tracker.pageRows(scores, values) {
        guard let index = row["image_index"].integer, let value = row["value"].real else {
          continue
        }
        found[index] = thresholds.route(value, votes: votes[index])
      }
    }
    return found
  }

  private static let verdicts = """
    SELECT image_index, is_flagged FROM image_verdicts
    WHERE verdict = :verdict AND image_index IN (SELECT value FROM json_each(:indices))
    """

  private static let scores = """
    SELECT image_index, value FROM image_scores
    WHERE measurement = :measurement AND measure = :measure
      AND image_index IN (SELECT value FROM json_each(:indices))
    """

  private static let votes = """
    SELECT image_index, agreement FROM image_agreements
    WHERE measurement = :measurement AND voter_set = :voters
      AND image_index IN (SELECT value FROM json_each(:indices))
    """
}
