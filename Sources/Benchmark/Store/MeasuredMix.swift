import SQLite
import Tensor
import Tracker

/// What a detector knows of one image.
struct DetectionSample {
  /// The measure of uncertainty.
  let score: Double
  /// How many crops agree with the provisional class, 0...5.
  let agreement: Int
}

/// A database with one measured mix whose rows are made up: what reads and writes of per-image rows
/// are measured on.
struct MeasuredMix {
  /// The row of the measurement of adversarial images.
  static let measurement: Int64 = 5
  private let connection: Connection

  /// Creates the database, with the measurement and no rows.
  init(path: String) throws {
    _ = try Tracker(writing: path, environment: RunEnvironment(version: "bench"))
    connection = try Connection(path: path, mode: .create)
    try connection.transaction {
      for (index, kind) in ["train", "select", "attack", "measure", "measure"].enumerated() {
        try connection.execute(
          """
          INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
          VALUES (?, ?, ?, 'running', '{}', 0, 'token')
          """,
          [
            .integer(Int64(index + 1)), .text("0000000\(index + 1)-0000-4000-8000-000000000000"),
            .text(kind),
          ])
      }
      let digest = SQLValue.text(String(repeating: "0", count: 64))
      try connection.execute(
        """
        INSERT INTO training_run VALUES
          (1, 'mnist', ?, 'lenet', 1, 0.5, 'dense1', 'adam', 0.1, 1, 1, 1, 1, 1,
            'labels', 1, NULL, NULL)
        """, [digest])
      try connection.execute(
        "INSERT INTO image_selection VALUES (2, 'mnist', ?, 'random')", [digest])
      try connection.execute(
        """
        INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
        VALUES (3, 1, 2, 'fgsm', '{}')
        """)
      try connection.execute(
        "INSERT INTO measurement VALUES (4, 1, 2, NULL, NULL, 50, 24, NULL, 1)")
      try connection.execute(
        "INSERT INTO measurement VALUES (5, 1, 2, 3, 4, 50, 24, NULL, 1)")
    }
  }

  /// Writes samples as the selection, clean ones at even positions and adversarial ones at odd.
  func write(_ samples: [DetectionSample]) throws {
    try connection.transaction {
      for index in 0..<samples.count / 2 {
        try connection.execute(
          "INSERT INTO selected_image VALUES (2, ?, 'selection')", [.integer(Int64(index))])
        for half in 0..<2 {
          let sample = samples[2 * index + half]
          let crops = (0..<5).map { SQLValue.integer($0 < sample.agreement ? 1 : 2) }
          try connection.execute(
            """
            INSERT INTO image_uncertainty VALUES
              (?, ?, 1, 1, 1, ?, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?, ?)
            """,
            [.integer(Int64(4 + half)), .integer(Int64(index)), .real(sample.score)] + crops)
        }
      }
    }
  }

  /// Random samples that overlap as those of a mix do.
  static func samples(_ count: Int) -> [DetectionSample] {
    let stream = RandomStream(seed: 1, stream: 1)
    return (0..<count).map { index in
      func draw(_ bound: Int, _ block: UInt32) -> Int {
        stream.integer(below: bound, image: UInt32(index), pass: 0, block: block)
      }
      let isAdversarial = index % 2 == 1
      let score = Double(draw(1_000_000, 0)) / 4e6 * (isAdversarial ? 1 : 0.3)
      return DetectionSample(
        score: score, agreement: isAdversarial ? draw(6, 2) : max(draw(6, 2), draw(6, 3)))
    }
  }
}
