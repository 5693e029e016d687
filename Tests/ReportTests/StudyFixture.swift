import SQLite
import TestSupport
import Tracker

/// A database with a small finished study, its numbers made by hand, and a sweep.
struct StudyFixture {
  static let images = 60
  static let attacks = ["fgsm", "jsma"]
  static let study = "00000010-0000-4000-8000-000000000000"
  static let model = "00000001-0000-4000-8000-000000000000"
  /// The digest of MNIST's files, by which the papers' numbers stand beside a study.
  static let mnist = "6437e967bba6b893657eb1dbfb361556306c1d83a5ecef165f18c4338bab7b6b"
  let directory: TemporaryDirectory
  let tracker: Tracker
  let connection: Connection
  private let measure: (name: String, orientation: String)
  private let dataDigest: String
  private let thresholds: (low: Double, high: Double)

  /// Makes the database.
  ///
  /// - Parameters:
  ///   - selectedFrom: The SHA-256 of the data that the selection says it was drawn from; nil for a
  ///     selection that says nothing.
  ///   - dataDigest: The SHA-256 of the data.
  ///   - measure: The measure that the study is about, and which values mean adversarial. The margin
  ///     is the softmax deviation negated.
  ///   - thresholds: The thresholds L and H of all sets.
  init(
    selectedFrom digest: String? = nil, dataDigest: String = Self.mnist,
    measure: (name: String, orientation: String) = ("softmax_std", "high"),
    thresholds: (low: Double, high: Double) = (0.05, 0.08)
  ) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("assay.db")
    let isUsual =
      digest == nil && dataDigest == Self.mnist && measure == ("softmax_std", "high")
      && thresholds == (0.05, 0.08)
    if isUsual { try Self.usual.copy(to: path) }
    self = try StudyFixture(opening: path, in: folder, measure, dataDigest, thresholds)
    if !isUsual { try fill(selectedFrom: digest) }
  }

  private init(
    opening path: String, in directory: TemporaryDirectory,
    _ measure: (name: String, orientation: String), _ dataDigest: String,
    _ thresholds: (low: Double, high: Double) = (0.05, 0.08)
  ) throws {
    self.thresholds = thresholds
    self.measure = measure
    self.dataDigest = dataDigest
    self.directory = directory
    tracker = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
    connection = try Connection(path: path, mode: .create)
  }

  /// What most tests begin with.
  private static let usual = TemplateFile { path in
    let directory = try TemporaryDirectory()
    try StudyFixture(opening: path, in: directory, ("softmax_std", "high"), mnist)
      .fill(selectedFrom: nil)
  }

  private func fill(selectedFrom digest: String?) throws {
    try connection.transaction {
      try insertModel(selectedFrom: digest)
      try insertMeasurement(4, attack: nil)
      for (place, attack) in Self.attacks.enumerated() { try insertAttack(attack, place) }
      try insertStudy()
      try finish()
    }
  }

  static func uuid(_ id: Int64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits + "-0000-4000-8000-000000000000"
  }

  func insertRun(
    _ id: Int64, _ kind: String, configuration: String = "{}", seed: Int64 = 0
  ) throws {
    try connection.execute(
      """
      INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
      VALUES (?, ?, ?, 'running', ?, ?, ?, ?, 'token')
      """,
      [
        .integer(id), .text(Self.uuid(id)), .text(kind),
        .text(String((String(repeating: "k", count: 64) + String(id, radix: 36)).suffix(64))),
        .text(configuration),
        .integer(seed), .integer(id),
      ])
  }

  func insertLineage(_ run: Int64, _ parents: [String: Int64]) throws {
    for (role, parent) in parents {
      try connection.execute(
        "INSERT INTO lineage VALUES (?, ?, ?)", [.integer(run), .text(role), .integer(parent)])
    }
  }

  private func insertModel(selectedFrom selected: String?) throws {
    let digest = SQLValue.text(dataDigest)
    try insertRun(1, "train")
    try connection.execute(
      """
      INSERT INTO training_run VALUES
        (1, 'mnist', ?, 'lenet', 1, 0.5, 'dense1', 'adam', 0.1, 1, 3, 1, 1, 1,
          'labels', 1, NULL, NULL)
      """, [digest])
    for epoch in 1...3 {
      for (name, value) in [
        ("train_loss", 1 / Double(epoch)), ("train_accuracy", 1 - 0.1 / Double(epoch)),
        ("test_accuracy", 1 - 0.05 / Double(epoch)),
      ] {
        try connection.execute(
          "INSERT INTO metric VALUES (1, ?, ?, ?, 0)",
          [.text(name), .integer(Int64(epoch)), .real(value)])
      }
    }
    try insertRun(
      2, "select", configuration: selected.map { "{\"dataset_sha256\": \"\($0)\"}" } ?? "{}")
    try insertImages(of: 2, count: Self.images)
  }

  private func insertImages(of selection: Int64, count: Int, from first: Int = 0) throws {
    try connection.execute(
      "INSERT INTO image_selection VALUES (?, 'mnist', ?, 'random')",
      [.integer(selection), .text(dataDigest)])
    for index in first..<first + count {
      try connection.execute(
        "INSERT INTO selected_image VALUES (?, ?, 'selection')",
        [.integer(selection), .integer(Int64(index))])
    }
  }

  /// Adds a finished set of the model's that is in no study: number 4 is run 17, measured by run 18,
  /// judged by run 19.
  ///
  /// With a number of images it has a selection of its own, run 200 and the place, which begins with
  /// an image of the data.
  func addSet(
    _ attack: String, _ place: Int, isImported: Bool = false, parameters: String = "{}",
    seed: Int64 = 0, images: Int? = nil, from firstImage: Int = 0
  ) throws {
    try connection.transaction {
      let selection = images.map { _ in Int64(200 + place) }
      if let images, let selection {
        try insertRun(selection, "select")
        try insertImages(of: selection, count: images, from: firstImage)
      }
      try insertAttack(
        attack, place, configuration: isImported ? #"{"imported": {}}"# : "{}",
        parameters: parameters, seed: seed, selection: selection ?? 2)
      try finish()
    }
  }

  /// Ends all runs.
  func finish() throws {
    try connection.execute(
      """
      UPDATE run SET state = 'finished', token = NULL, finished_ms = 86400000
      WHERE state = 'running'
      """)
  }

  /// Adds thresholds of both protocols, or of one; those of a measure alone have L = H.
  func insertThresholds(
    _ run: Int64, of measurement: Int64, method: String = "exact", detector: String = "hybrid",
    protocols: [String] = ["paper", "heldout"], falseNegatives: Int64 = 10,
    measure: (name: String, orientation: String)
  ) throws {
    try insertRun(
      run, "thresholds",
      configuration: method == "given"
        ? #"{"measure": "\#(measure.name)"}"# : #"{"measures": ["\#(measure.name)"]}"#)
    for name in protocols {
      try connection.execute(
        """
        INSERT INTO threshold_result VALUES
          (?, ?, ?, ?, ?, ?, ?, ?, ?, 3, 50, 0, ?, 5, 5, 50, 9, 'crops')
        """,
        [
          .integer(run), .integer(measurement), .text(name), .text(method), .text(detector),
          .text(measure.name), .text(measure.orientation), .real(thresholds.low),
          .real(detector == "uncertainty" ? thresholds.low : thresholds.high),
          .integer(falseNegatives),
        ])
    }
    try insertLineage(run, ["measurement": measurement])
  }

  /// Attack number 0 is run 5, measured by run 6, judged by run 7; the next one's are 8, 9 and 10.
  private func insertAttack(
    _ attack: String, _ place: Int, configuration: String = "{}", parameters: String = "{}",
    seed: Int64 = 0, selection: Int64 = 2
  ) throws {
    let first = Int64(5 + 3 * place)
    try insertRun(first, "attack", configuration: configuration, seed: seed)
    try connection.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters, image_count)
      VALUES (?, 1, ?, ?, ?, ?)
      """,
      [
        .integer(first), .integer(selection), .text(attack), .text(parameters),
        .integer(Int64(Self.images)),
      ])
    try insertLineage(first, ["model": 1, "selection": selection])
    for index in 0..<Self.images {
      try connection.execute(
        "INSERT INTO adversarial_image VALUES (?, ?, 1, NULL, 2, 1, 1, 3, ?, 0.3, NULL)",
        [.integer(first), .integer(Int64(index)), .real(Double(index * 7 % 9))])
      let pixel = Float(index) / Float(Self.images)
      let bytes = (0..<784).flatMap { position -> [UInt8] in
        let bits = (position % 28 == position / 28 ? 1 : pixel).bitPattern
        return (0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
      }
      try connection.execute(
        "INSERT INTO adversarial_pixels VALUES (?, ?, ?)",
        [.integer(first), .integer(Int64(index)), .blob(bytes)])
    }
    try insertMeasurement(first + 1, attack: (first, place), selection: selection)
    try insertThresholds(first + 2, of: first + 1, measure: measure)
    try connection.execute(
      "INSERT INTO measure_result VALUES (?, ?, ?, ?, 0.9)",
      [
        .integer(first + 2), .integer(first + 1), .text(measure.name), .text(measure.orientation),
      ])
  }

  private func insertMeasurement(
    _ run: Int64, attack: (set: Int64, place: Int)?, selection: Int64 = 2
  ) throws {
    try insertRun(run, "measure")
    try connection.execute(
      "INSERT INTO measurement VALUES (?, 1, ?, ?, ?, 50, 24, NULL, 1)",
      [
        .integer(run), .integer(selection), attack.map { .integer($0.set) } ?? .null,
        attack == nil ? .null : .integer(4),
      ])
    try insertLineage(run, ["model": 1, "selection": selection])
    if let attack {
      try insertLineage(run, ["adversarial_set": attack.set, "clean_measurement": 4])
    }
    for index in 0..<Self.images {
      // Spread over the bins by a step that shares no factor with their number; two images differ
      // only in what the crops say. The undefended network is wrong about every tenth clean image.
      let spread = Double(index * 37 % Self.images / 2) / Double(Self.images)
      let score = attack.map { 0.03 + 0.02 * Double($0.place) + spread / 5 } ?? spread / 6
      let agreement = (index * 7 + (attack?.place ?? 3)) % 6
      let crops = (0..<5).map { SQLValue.integer($0 < agreement ? 1 : 2) }
      try connection.execute(
        """
        INSERT INTO image_uncertainty VALUES (?, ?, 1, 1, ?, ?, 0, 0, 0, 0, ?, 0, ?, ?, ?, ?, ?)
        """,
        [
          .integer(run), .integer(Int64(index)),
          .integer(attack == nil && index % 10 == 0 ? 2 : 1), .real(score), .real(-score),
        ] + crops)
    }
  }

  private var studyConfiguration: String {
    #"{"dataset": "mnist", "detection": {"measures": ["\#(measure.name)"]}}"#
  }

  /// Adds a finished study of another seed, which only differs in what FGSM's thresholds do.
  func addSeed(_ seed: Int64, run: Int64) throws {
    try connection.transaction {
      try insertThresholds(run + 1, of: 6, falseNegatives: 10 + 2 * seed, measure: measure)
      try insertRun(run, "reproduce", configuration: studyConfiguration, seed: seed)
      try insertLineage(run, ["thresholds.fgsm": run + 1, "thresholds.jsma": 10])
      try finish()
    }
  }

  /// Adds a finished study that chose FGSM's thresholds and tried given ones as well, run 1 behind it.
  func addStudyWithGiven(_ run: Int64) throws {
    try connection.transaction {
      try insertThresholds(
        run + 1, of: 6, method: "given", falseNegatives: 20, measure: measure)
      try insertRun(
        run, "reproduce",
        configuration: #"{"dataset": "mnist", "detection": {"measures": ["softmax_std"], "C": 2}}"#)
      try insertLineage(run, ["thresholds.fgsm": 7, "given_thresholds.fgsm": run + 1])
      try finish()
    }
  }

  /// Adds a finished study that a trial of a sweep computed, with thresholds that were given.
  func addTrialStudy(_ run: Int64, sweep: String, trial: Int) throws {
    try connection.transaction {
      try insertThresholds(run + 1, of: 6, method: "given", measure: measure)
      try insertRun(
        run, "reproduce",
        configuration: #"{"dataset": "mnist", "detection": {"measures": ["softmax_std"], "C": 1}}"#)
      try insertLineage(run, ["given_thresholds.fgsm": run + 1])
      try finish()
      for (used, isComputed) in [(1, false), (run, true), (run + 1, true)] as [(Int64, Bool)] {
        try connection.execute(
          """
          INSERT INTO trial_run
          SELECT trial.id, ?, ? FROM trial JOIN sweep ON sweep.id = trial.sweep_id
          WHERE sweep.name = ? AND trial.number = ?
          """,
          [
            .integer(used), .integer(isComputed ? 1 : 0), .text(sweep), .integer(Int64(trial)),
          ])
      }
    }
  }

  private func insertStudy() throws {
    try insertRun(16, "reproduce", configuration: studyConfiguration)
    for (place, attack) in Self.attacks.enumerated() {
      try connection.execute(
        "INSERT INTO lineage VALUES (16, ?, ?)",
        [.text("thresholds." + attack), .integer(Int64(7 + 3 * place))])
    }
  }

  /// Adds a finished sweep of some trials over a rate, a width and a choice.
  func addSweep(
    named name: String, values: [Double?], more: (Int) -> String = { _ in "" }
  ) throws {
    try connection.transaction {
      try connection.execute(
        """
        INSERT INTO sweep (
          uuid, name, definition, seed, budget, trial_limit, attempt_limit, kept_pixels,
          kept_models, created_ms
        ) VALUES (?, ?, '{}', 0, 10, 10, 3, 'all', 'all', 0)
        """, [.text(Self.uuid(Int64(values.count) + 256)), .text(name)])
      let sweep = SQLValue.integer(connection.lastInsertedRow)
      try connection.execute(
        "INSERT INTO sweep_objective VALUES (?, 0, 'test_accuracy', 'maximise')", [sweep])
      for (number, value) in values.enumerated() {
        let rate = 0.001 * Double(number * number + 1)
        let parameters =
          "{\"learning_rate\": \(rate), \"width\": \(10 + number % 4), "
          + "\"optimizer\": \"\(number % 2 == 0 ? "adam" : "sgd")\"\(more(number))}"
        try connection.execute(
          """
          INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms)
          VALUES (?, ?, ?, ?, 0)
          """, [sweep, .integer(Int64(number)), .text(parameters), .integer(Int64(number))])
        let trial = SQLValue.integer(connection.lastInsertedRow)
        try connection.execute(
          "UPDATE trial SET state = 'running', token = 'token' WHERE id = ?", [trial])
        try connection.execute(
          "INSERT INTO trial_value VALUES (?, 0, ?, ?)",
          [trial, sweep, value.map(SQLValue.real) ?? .null])
        try connection.execute(
          """
          UPDATE trial SET state = 'finished', token = NULL, ended_ms = 1, judged_number = ?
          WHERE id = ?
          """, [.integer(Int64(number)), trial])
      }
    }
  }
}
