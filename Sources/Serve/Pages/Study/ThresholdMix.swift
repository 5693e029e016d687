internal import Bytes
internal import Report
internal import SQLite
internal import Tracker

/// What a detector's thresholds are moved over in a browser: each kept image's score and votes, and
/// whether its class is right.
enum ThresholdMix {
  /// The images that count, by their score.
  ///
  /// - Parameters:
  ///   - choice: The mix, the measure, the part and the voters.
  ///   - tracker: The record.
  /// - Returns: Little-endian: how many images there are and how many voters, 32 bits each; the scores,
  ///   64-bit floats in rising order; a word of 16 bits an image: 1 for adversarial, 2 for a class that is
  ///   right, and from bit 2 on the voters that agree.
  /// - Throws: `SQLiteError`.
  static func bytes(of choice: ThresholdChoice, in tracker: Tracker) throws -> [UInt8] {
    let values: [String: SQLValue] = [
      "measurement": .text(choice.mix.measurement), "measure": .text(choice.measure.name),
      "part": .text(choice.part), "voters": .text(choice.voters.name),
    ]
    let rows = try tracker.read { connection in
      try connection.query(Self.images, values).rows
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + 10 * rows.count)
    bytes += littleEndianBytes([UInt32(rows.count), UInt32(choice.voters.voters)])
    // A score that is no number is above every threshold, as for the query apply_thresholds.
    bytes += littleEndianBytes(rows.map { ($0[0].real ?? .nan).bitPattern })
    bytes += littleEndianBytes(rows.map { UInt16(truncatingIfNeeded: $0[1].integer ?? 0) })
    return bytes
  }

  private static let images = """
    SELECT
      score,
      is_adversarial + 2 * (prediction = true_label) + 4 * coalesce(agreement, 0) AS code
    FROM voted_scores
    WHERE measurement = :measurement AND part = :part AND measure = :measure
      AND voter_set = :voters AND kept
    ORDER BY score
    """
}

extension Visit {
  /// The images of a mix, for the script that moves thresholds over them.
  func mix() throws -> HTTPResponse {
    try read { tracker in
      let study = try self.study(in: tracker)
      guard let choice = try ThresholdChoice(of: study, self, in: tracker) else {
        throw HTTPFailure(.notFound, "this study has judged no set")
      }
      return HTTPResponse(
        headers: [HTTPHeader("Content-Type", "application/octet-stream")],
        content: .bytes(try ThresholdMix.bytes(of: choice, in: tracker)))
    }
  }

  /// The ROC curve of a measure on a mix: [cut, false positive rate, true positive rate], ..., from the
  /// highest cut down, and the area under it.
  func rocPoints() throws -> HTTPResponse {
    try read { tracker in
      let study = try self.study(in: tracker)
      guard let choice = try ThresholdChoice(of: study, self, in: tracker) else {
        throw HTTPFailure(.notFound, "this study has judged no set")
      }
      let values: [String: SQLValue] = [
        "measurement": .text(choice.mix.measurement), "measure": .text(choice.measure.name),
        "part": .text(choice.part),
      ]
      let points = try tracker.query(.roc, values).entries
      let area = try tracker.query(.auroc, values).entries.first
      var json = JSONText()
      json.object { members in
        members.string("measure", choice.measure.name)
        members.string("title", choice.measure.title)
        members.member("auroc") { $0.number(area?["auroc"].real ?? .nan) }
        members.member("points") { json in
          json.list(points) { json, point in
            json.list(["cut", "false_positive_rate", "true_positive_rate"]) { json, column in
              json.number(point[column].real ?? .nan)
            }
          }
        }
      }
      return json.response()
    }
  }
}
