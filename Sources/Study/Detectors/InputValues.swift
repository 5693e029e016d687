internal import Detection
internal import SQLite
internal import Tracker

/// What a detector is given of every image of a measurement.
struct InputValues: Sendable {
  /// The images, by ascending index.
  let indices: [Int]
  /// The number of inputs.
  let width: Int
  /// One number an image and input, [images, inputs]; a vote is 1 where it differs from the
  /// prediction.
  private let values: [Double]
  private let places: [Int: Int]

  /// Reads the values of inputs, which are recorded of all images.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if they are not, and the errors of the
  ///   tracker.
  init(_ inputs: [DetectorInput], of measurement: Run, in tracker: Tracker) throws {
    let columns = try inputs.map { try Self.column($0, of: measurement, in: tracker) }
    let indices = columns.first?.indices ?? []
    for (input, column) in zip(inputs, columns)
    where column.indices != indices || column.values.contains(where: { !$0.isFinite }) {
      throw StudyError.damagedRecord(
        run: measurement.uuid, problem: "\(input.text) is not recorded of all its images")
    }
    var values = [Double](repeating: 0, count: indices.count * inputs.count)
    for (place, column) in columns.enumerated() {
      for (row, value) in column.values.enumerated() { values[row * inputs.count + place] = value }
    }
    self.indices = indices
    self.values = values
    width = inputs.count
    places = Dictionary(uniqueKeysWithValues: zip(indices, indices.indices))
  }

  /// The values of the image in a row.
  func row(_ row: Int) -> ArraySlice<Double> { values[row * width..<(row + 1) * width] }

  /// The values of an image by its index; nil if the measurement does not have it.
  subscript(index: Int) -> ArraySlice<Double>? { places[index].map(row) }

  /// Whether a vote is that of a crop, which the measurement itself has in a column of that name.
  private static func isCrop(_ voter: String, of measurement: Run) -> Bool {
    Crops.Position(vote: voter) != nil && measurement.configuration["passes"] != nil
  }

  private static func column(
    _ input: DetectorInput, of measurement: Run, in tracker: Tracker
  ) throws -> (indices: [Int], values: [Double]) {
    let (sql, name): (String, String?) =
      switch input {
      case .measure(let name):
        (
          """
          SELECT image_index, value FROM image_scores WHERE measurement = ? AND measure = ?
          ORDER BY image_index
          """, name
        )
      case .vote(let voter) where Self.isCrop(voter, of: measurement):
        (
          """
          SELECT image_index, \(voter) <> prediction FROM image_uncertainties
          WHERE measurement = ? ORDER BY image_index
          """, nil
        )
      case .vote(let voter):
        (
          """
          SELECT image_index, NOT agrees FROM image_votes
          WHERE measurement = ? AND voter = ? ORDER BY image_index
          """, voter
        )
      }
    let values = [SQLValue.text(measurement.uuid)] + (name.map { [.text($0)] } ?? [])
    let rows = try tracker.read { connection in
      try connection.rows(sql, values) {
        (try $0.int(0), $0.value(1).real ?? .nan)
      }
    }
    return (rows.map(\.0), rows.map(\.1))
  }
}
