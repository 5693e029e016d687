import SQLite
import TestSupport
import Tracker

/// A network, attacks on it, noise, measures, votes, a learned detector and a network that knows
/// outliers, made by hand, and studies of other detection systems that join them.
struct DetectorFixture {
  static let attacks = ["fgsm", "jsma"]
  /// The runs of the studies by their names.
  static let studies: [String: Int64] = [
    "graese": 30, "guo": 31, "feinman": 32, "distillation": 33,
  ]
  static let images = 40

  let directory: TemporaryDirectory
  let tracker: Tracker
  private let connection: Connection

  /// A database of one's own.
  init() throws {
    let folder = try TemporaryDirectory()
    try Self.template.copy(to: folder.path("assay.db"))
    try self.init(opening: folder.path("assay.db"), in: folder)
  }

  private init(opening path: String, in directory: TemporaryDirectory) throws {
    self.directory = directory
    tracker = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
    connection = try Connection(path: path, mode: .create)
  }

  private static let template = TemplateFile { path in
    try DetectorFixture(opening: path, in: TemporaryDirectory()).fill()
  }

  private func fill() throws {
    try connection.transaction {
      try writeImages()
      try writeCatalogue()
      try measure(run: 3, set: nil, shift: 0, step: 37)
      try attack("fgsm", run: 4, shift: 45, step: 17)
      try attack("jsma", run: 6, shift: 30, step: 23)
      try writeNoise()
      try writeDetector()
      try writeOutlierNetwork()
      try writeStudies()
      try connection.execute(
        """
        UPDATE run SET state = 'finished', token = NULL, finished_ms = 86400000
        WHERE state = 'running'
        """)
    }
  }

  static func uuid(_ run: Int64) -> String { StudyFixture.uuid(run) }

  /// The study of a name.
  func study(_ name: String) throws -> Run {
    try tracker.run(uuid: Self.uuid(Self.studies[name] ?? 0))
  }

  private func run(
    _ id: Int64, _ kind: String, name: String? = nil, configuration: String = "{}"
  ) throws {
    try connection.execute(
      """
      INSERT INTO run (id, uuid, kind, name, state, key, configuration, seed, created_ms, token)
      VALUES (?, ?, ?, ?, 'running', ?, ?, 0, 0, 'token')
      """,
      [
        .integer(id), .text(Self.uuid(id)), .text(kind), name.map(SQLValue.text) ?? .null,
        .text(String((String(repeating: "k", count: 64) + String(id, radix: 36)).suffix(64))),
        .text(configuration),
      ])
  }

  private func link(_ run: Int64, _ parents: [(role: String, run: Int64)]) throws {
    for parent in parents {
      try connection.execute(
        "INSERT INTO lineage VALUES (?, ?, ?)",
        [.integer(run), .text(parent.role), .integer(parent.run)])
    }
  }

  private func network(_ id: Int64, name: String, targets: String, outputs: String) throws {
    try run(id, "train", name: name)
    try connection.execute(
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, dropout_sites, targets, temperature, outputs)
      VALUES (?, 'mnist', ?, 'lenet', '', ?, ?, \(outputs))
      """,
      [
        .integer(id), .text(StudyFixture.mnist), .text(targets),
        .real(targets == "labels" ? 1 : 20),
      ])
  }

  private func writeImages() throws {
    try network(1, name: "plain", targets: "labels", outputs: "NULL")
    try run(2, "select")
    try connection.execute(
      "INSERT INTO image_selection VALUES (2, 'mnist', ?, 'random')", [.text(StudyFixture.mnist)])
    for index in 0..<Self.images {
      try connection.execute(
        "INSERT INTO selected_image VALUES (2, ?, ?)",
        [.integer(Int64(index)), .text(index % 2 == 0 ? "selection" : "heldout")])
    }
  }

  private func writeCatalogue() throws {
    try connection.execute(
      """
      INSERT INTO measure (id, name, orientation, unit, title, summary, source, kind) VALUES
        (100, 'softmax_variance', 'high', '', 'softmax variance', '', 'Feinman et al. 2017',
          'catalogue'),
        (101, 'kernel_density', 'low', '', 'kernel density <b>', '', 'Feinman et al. 2017',
          'catalogue'),
        (102, 'joint', 'high', 'log-odds', 'joint', '', '', 'detector')
      """)
    for (place, name) in ["jpeg_25", "jpeg_75", "median_3", "otsu"].enumerated() {
      try connection.execute(
        "INSERT INTO voter (id, name, title, summary, kind) VALUES (?, ?, ?, '', 'catalogue')",
        [.integer(Int64(100 + place)), .text(name), .text(name.replacing("_", with: " "))])
    }
  }

  private func attack(_ name: String, run id: Int64, shift: Int, step: Int) throws {
    try set(id, name, kind: "attack", model: 1)
    try measure(run: id + 1, set: id, shift: shift, step: step)
  }

  private func set(_ id: Int64, _ name: String, kind: String, model: Int64) throws {
    try run(id, kind)
    try connection.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters, image_count)
      VALUES (?, ?, 2, ?, '{}', ?)
      """, [.integer(id), .integer(model), .text(name), .integer(Int64(Self.images))])
    try link(id, [("model", model), ("selection", 2)])
    for index in 0..<Self.images {
      // The network with a class of outliers, 10, puts half of the images there.
      let seen =
        model == 1
        ? prediction(index, isAttacked: kind == "attack") : index % 4 < 2 ? 10 : index % 3
      try connection.execute(
        "INSERT INTO adversarial_image VALUES (?, ?, ?, NULL, ?, 1, 1, 3, 2.0, 0.3, NULL)",
        [
          .integer(id), .integer(Int64(index)), .integer(Int64(index % 3)),
          .integer(Int64(seen)),
        ])
    }
  }

  /// The class that the network gives: of a tenth of clean and of four fifths of attacked images a
  /// wrong one.
  private func prediction(_ index: Int, isAttacked: Bool) -> Int {
    (isAttacked ? index % 5 == 0 : index % 10 != 3) ? index % 3 : (index + 1) % 3
  }

  /// A measurement and its scores, run 100 more.
  private func measure(run id: Int64, set: Int64?, shift: Int, step: Int, model: Int64 = 1) throws {
    let isAttacked = set.map { $0 < 10 } ?? false
    let clean: SQLValue = set == nil ? .null : .integer(3)
    try run(id, "measure")
    try run(id + 100, "score")
    try connection.execute(
      """
      INSERT INTO measurement (
        run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, image_count)
      VALUES (?, ?, 2, ?, ?, ?)
      """,
      [
        .integer(id), .integer(model), set.map(SQLValue.integer) ?? .null, clean,
        .integer(Int64(Self.images)),
      ])
    try link(id, [("model", model), ("selection", 2)])
    if let set { try link(id, [("adversarial_set", set), ("clean_measurement", 3)]) }
    try connection.execute(
      "INSERT INTO score_run VALUES (?, ?)", [.integer(id + 100), .integer(id)])
    try link(id + 100, [("measurement", id)])
    for index in 0..<Self.images {
      let seen = SQLValue.integer(Int64(prediction(index, isAttacked: isAttacked)))
      try connection.execute(
        """
        INSERT INTO image_uncertainty (
          measurement_id, image_index, true_label, prediction, deterministic_prediction)
        VALUES (?, ?, ?, ?, ?)
        """,
        [.integer(id), .integer(Int64(index)), .integer(Int64(index % 3)), seen, seen])
      try score(run: id + 100, index, value: Double(index * step % Self.images + shift) / 64)
      try vote(run: id + 100, index, isAttacked: isAttacked)
    }
    try connection.execute(
      "INSERT INTO scored_measure SELECT ?, column1, ? FROM (VALUES (100), (101), (102))",
      [.integer(id), .integer(id + 100)])
    try connection.execute(
      "INSERT INTO recorded_voter SELECT ?, id, ? FROM voter", [.integer(id), .integer(id + 100)])
  }

  private func score(run: Int64, _ index: Int, value: Double) throws {
    let values: [(Int64, Double)] = [(100, value), (101, 1 - value * value), (102, 8 * value - 5)]
    for (measure, value) in values {
      try connection.execute(
        "INSERT INTO image_score VALUES (?, ?, ?, ?)",
        [.integer(run), .integer(measure), .integer(Int64(index)), .real(value)])
    }
  }

  private func vote(run: Int64, _ index: Int, isAttacked: Bool) throws {
    // How many of ten images each voter sees as what they are.
    let rights = isAttacked ? [8, 4, 7, 9] : [7, 9, 8, 6]
    for (voter, right) in rights.enumerated() {
      try connection.execute(
        "INSERT INTO image_vote VALUES (?, ?, ?, ?)",
        [
          .integer(run), .integer(Int64(100 + voter)), .integer(Int64(index)),
          .integer(Int64(index * 7 % 10 < right ? index % 3 : (index + 1) % 3)),
        ])
    }
  }

  private func writeNoise() throws {
    try set(20, "noisy-fgsm", kind: "noise", model: 1)
    try connection.execute("INSERT INTO noisy_set VALUES (20, 4, 'gaussian', 0.25)")
    try measure(run: 21, set: 20, shift: 8, step: 29)
  }

  private func writeDetector() throws {
    try run(11, "fit")
    try connection.execute(
      "INSERT INTO detector VALUES (11, 'joint', 'logistic', 1, 'heldout', 102, 0.5, 20, 40)")
    try connection.execute(
      """
      INSERT INTO detector_input VALUES (11, 0, 'softmax_variance', 1.5), (11, 1, 'vote:otsu', -0.5)
      """)
    try connection.execute("INSERT INTO detector_mix VALUES (11, 5), (11, 7)")
  }

  /// A detector that was fitted on one attack and judges that one alone.
  func addNarrowDetector(_ name: String) throws {
    try connection.transaction {
      try connection.execute(
        """
        INSERT INTO measure (id, name, orientation, unit, title, summary, source, kind)
        VALUES (103, ?, 'high', 'log-odds', ?, '', '', 'detector')
        """, [.text(name), .text(name)])
      try run(12, "fit")
      try connection.execute(
        "INSERT INTO detector VALUES (12, ?, 'logistic', 1, 'heldout', 103, 0.5, 20, 20)",
        [.text(name)])
      try connection.execute("INSERT INTO detector_mix VALUES (12, 5)")
      // The clean images, and those of FGSM.
      for (measurement, score) in [(3, 103), (5, 105)] {
        try connection.execute(
          """
          INSERT INTO image_score SELECT run_id, 103, image_index, value FROM image_score
          WHERE run_id = \(score) AND measure_id = 102
          """)
        try connection.execute("INSERT INTO scored_measure VALUES (\(measurement), 103, \(score))")
      }
    }
  }

  /// Adds a finished study that says it is of other data, with what there is of FGSM.
  func addStudy(_ id: Int64, of dataset: String) throws -> Run {
    try connection.transaction {
      try run(
        id, "study", configuration: #"{"dataset": "\#(dataset)", "study": "graese"}"#)
      try link(
        id,
        [
          ("selection", 2), ("model", 1), ("clean", 3), ("measurement.fgsm", 5),
          ("score.clean", 103), ("score.fgsm", 105),
        ])
      try connection.execute(
        """
        UPDATE run SET state = 'finished', token = NULL, finished_ms = 86400000
        WHERE state = 'running'
        """)
    }
    return try tracker.run(uuid: Self.uuid(id))
  }

  private func writeOutlierNetwork() throws {
    try network(16, name: "outlier_max", targets: "outlier_class", outputs: "11")
    try measure(run: 17, set: nil, shift: 0, step: 37, model: 16)
    try set(18, "fgsm", kind: "attack", model: 16)
  }

  private func writeStudies() throws {
    for (name, id) in Self.studies {
      try run(
        id, "study", configuration: #"{"dataset": "mnist", "study": "\#(name)"}"#)
    }
    for name in ["graese", "guo"] {
      try link(
        Self.studies[name] ?? 0,
        [
          ("selection", 2), ("model", 1), ("clean", 3), ("measurement.fgsm", 5),
          ("measurement.jsma", 7), ("score.clean", 103), ("score.fgsm", 105), ("score.jsma", 107),
        ])
    }
    try link(
      32,
      [
        ("model.lenet", 1), ("clean.lenet", 3), ("measurement.lenet.fgsm", 5),
        ("measurement.lenet.jsma", 7), ("noisy.lenet.fgsm", 21), ("detector.lenet_heldout", 11),
      ])
    try link(
      33,
      [
        ("selection", 2), ("model.plain", 1), ("clean.plain", 3), ("attack.plain.fgsm", 4),
        ("model.outlier_max", 16), ("clean.outlier_max", 17), ("attack.outlier_max.fgsm", 18),
      ])
  }
}
