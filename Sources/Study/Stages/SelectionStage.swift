internal import Classifier
internal import SQLite
internal import Tensor
internal import Tracker

/// Chooses the test images that are reported and those that are held out.
struct SelectionStage: Stage {
  static let kind = "select"
  let title = "select test images"
  let parents: [String: Run] = [:]

  let data: StudyData
  let selection: SelectionConfiguration
  let studySeed: Int64

  var seed: Int64? { selection.method == .random ? studySeed : nil }

  var configuration: JSONValue {
    get throws {
      var members: [String: JSONValue] = [
        "dataset": .string(data.name), "dataset_sha256": .string(data.digest),
        "method": .string(selection.method.rawValue), "size": .integer(Int64(selection.size)),
        "heldout_size": .integer(Int64(selection.heldoutSize)),
      ]
      if selection.method == .random { members["seed"] = .integer(studySeed) }
      if selection.method == .range { members["start"] = .integer(Int64(selection.start)) }
      return .object(members)
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let (selected, heldout) = try choose()
    let parts =
      selected.map { (index: $0, part: "selection") } + heldout.map { (index: $0, part: "heldout") }
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO image_selection (run_id, dataset, dataset_sha256, method) VALUES (?, ?, ?, ?)
        """,
        [
          .integer(writer.runID), .text(data.name), .text(data.digest),
          .text(selection.method.rawValue),
        ])
      for (index, part) in parts.sorted(by: { $0.index < $1.index }) {
        try writer.execute(
          "INSERT INTO selected_image (selection_id, image_index, part) VALUES (?, ?, ?)",
          [.integer(writer.runID), .integer(Int64(index)), .text(part)])
      }
    }
  }

  /// The images of both parts.
  func choose() throws -> (selected: [Int], heldout: [Int]) {
    let available = data.test.count
    try selection.checkFits(images: available)
    let order: [Int] =
      switch selection.method {
      case .random:
        RandomStream(
          seed: UInt64(bitPattern: studySeed), stream: RandomPurpose.selection << 8
        ).permutation(count: available, pass: 0)
      case .first: Array(0..<available)
      case .last: Array((0..<available).reversed())
      case .range: (0..<available).map { ($0 + selection.start) % available }
      }
    return (
      Array(order.prefix(selection.size)),
      Array(order.dropFirst(selection.size).prefix(selection.heldoutSize))
    )
  }
}
