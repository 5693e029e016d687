import Detection
import SQLite
import TestSupport
import Tracker

/// A database that holds one measured mix, made by hand.
struct MixFixture {
  static let measurement = "00000005-0000-4000-8000-000000000000"
  let directory: TemporaryDirectory
  let tracker: Tracker

  /// A database without a run.
  static let empty = TemplateFile { path in
    _ = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
  }

  /// Stores samples as the selection: clean image i beside adversarial image i.
  ///
  /// The score is stored as softmax_std and, negated, as margin.
  init(clean: [DetectionSample], adversarial: [DetectionSample]) throws {
    directory = try TemporaryDirectory()
    try Self.empty.copy(to: directory.path("assay.db"))
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    let connection = try Connection(path: directory.path("assay.db"), mode: .create)
    try connection.transaction {
      for (id, kind) in ["train", "select", "attack", "measure", "measure"].enumerated() {
        try connection.execute(
          """
          INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
          VALUES (?, ?, ?, 'running', '{}', 0, 'token')
          """,
          [
            .integer(Int64(id + 1)), .text("0000000\(id + 1)-0000-4000-8000-000000000000"),
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
      for index in clean.indices {
        try connection.execute(
          "INSERT INTO selected_image VALUES (2, ?, 'selection')", [.integer(Int64(index))])
        try Self.insert(clean[index], index: index, measurement: 4, into: connection)
        try Self.insert(adversarial[index], index: index, measurement: 5, into: connection)
      }
    }
  }

  private static func insert(
    _ sample: DetectionSample, index: Int, measurement: Int64, into connection: Connection
  ) throws {
    let crops = (0..<5).map { SQLValue.integer($0 < sample.agreement ? 1 : 2) }
    try connection.execute(
      "INSERT INTO image_uncertainty VALUES (?, ?, 1, 1, 1, ?, 0, 0, 0, 0, ?, 0, ?, ?, ?, ?, ?)",
      [
        .integer(measurement), .integer(Int64(index)), .real(sample.score), .real(-sample.score),
      ] + crops)
  }
}
