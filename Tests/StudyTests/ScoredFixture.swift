import SQLite
import TestSupport
import Tracker

/// A model with several attacks on the same clean images, all scored and voted on, made by hand.
///
/// The measure 'narrow' is high where images are adversarial, 'narrow_low' is the same negated. The
/// voter set 'many' has all voters.
struct ScoredFixture {
  /// What is known of one image.
  struct Image {
    var value: Double
    /// The voters' classes.
    var votes: [Int]
    let label: Int
    let prediction: Int
    let isSelected: Bool
    var part: String { isSelected ? "selection" : "heldout" }
    /// How many voters agree.
    var agreement: Int { votes.count { $0 == prediction } }
  }

  /// Images with one index in the same order: clean ones, and by name what attacks made of them.
  let clean: [Image]
  let attacks: [(name: String, images: [Image])]
  /// Noise as strong as the first attack.
  let noisy: [Image]
  let directory: TemporaryDirectory
  let tracker: Tracker
  let connection: Connection

  static func uuid(_ run: Int) -> String {
    "000000\(run / 10)\(run % 10)-0000-4000-8000-000000000000"
  }
  /// The measurement of an attack, by its place.
  static func measurement(_ attack: Int) -> String { uuid(30 + attack) }
  private static let (cleanMeasurement, noise) = (20, 9)

  /// Makes random images.
  ///
  /// - Parameters:
  ///   - seed: Of their values.
  ///   - voters: How many vote.
  ///   - images: How many clean ones there are.
  ///   - levels: How many different values there are: few make ties.
  init(seed: UInt64, voters: Int, images: Int = 60, levels: Int = 40) throws {
    var generator = SeededGenerator(seed: seed)
    func make(_ strength: Double) -> [Image] {
      (0..<images).map { index in
        let label = index % 3
        // Some images are classified wrongly, clean ones too.
        let isRight = Double.random(in: 0..<1, using: &generator) > 0.1 + strength / 2
        let prediction = isRight ? label : Bool.random(using: &generator) ? 3 : (label + 1) % 3
        let shift = Int(strength * Double(levels) / 2)
        let value = Int.random(in: 0..<levels, using: &generator) + shift
        let loyalty = Double.random(in: 0..<1, using: &generator) * (1 - strength / 2)
        return Image(
          value: Double(value) / 16,
          votes: (0..<voters).map { _ in
            Double.random(in: 0..<1, using: &generator) < 0.3 + loyalty
              ? prediction : Int.random(in: 0..<3, using: &generator)
          },
          label: label, prediction: prediction, isSelected: index % 5 < 3)
      }
    }
    clean = make(0)
    attacks = [("fgsm", make(1)), ("jsma", make(0.6))]
    noisy = make(0.2)
    directory = try TemporaryDirectory()
    try MixFixture.empty.copy(to: directory.path("assay.db"))
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    connection = try Connection(path: directory.path("assay.db"), mode: .create)
    try connection.transaction {
      try writeModel()
      try writeSet(voters: voters)
    }
  }

  private func run(_ id: Int, _ kind: String) throws {
    try connection.execute(
      """
      INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
      VALUES (\(id), '\(Self.uuid(id))', '\(kind)', 'running', '{}', 0, 'token')
      """)
  }

  private func writeModel() throws {
    let digest = String(repeating: "0", count: 64)
    try run(1, "train")
    try run(2, "select")
    try connection.execute(
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, dropout_sites, targets, outputs
      ) VALUES (1, 'mnist', '\(digest)', 'external', '', 'outlier_class', 4)
      """)
    try connection.execute("INSERT INTO image_selection VALUES (2, 'mnist', '\(digest)', 'given')")
    for (index, image) in clean.enumerated() {
      try connection.execute(
        "INSERT INTO selected_image VALUES (2, \(index), '\(image.part)')")
    }
  }

  private func writeSet(voters: Int) throws {
    try connection.execute(
      """
      INSERT INTO measure (name, orientation, unit, title, summary, source, kind) VALUES
        ('narrow', 'high', '', 'narrow', '', '', 'imported'),
        ('narrow_low', 'low', '', 'narrow, negated', '', '', 'imported')
      """)
    try connection.execute("INSERT INTO voter_set (name, title, summary) VALUES ('many', '', '')")
    for voter in 0..<voters {
      try connection.execute(
        """
        INSERT INTO voter (id, name, title, summary, kind)
        VALUES (\(voter), 'v\(voter)', '', '', 'imported')
        """)
      try connection.execute("INSERT INTO voter_set_member VALUES (1, \(voter), \(voter))")
    }
    try measure(clean, run: Self.cleanMeasurement, set: nil)
    for (place, attack) in attacks.enumerated() {
      try write(attack.images, set: 10 + place, attack: attack.name, kind: "attack")
      try measure(attack.images, run: 30 + place, set: 10 + place)
    }
    try write(noisy, set: Self.noise, attack: "noisy-fgsm", kind: "noise")
    try connection.execute("INSERT INTO noisy_set VALUES (9, 10, 'gaussian', 0.25)")
    try measure(noisy, run: 39, set: Self.noise)
    try connection.execute(
      "UPDATE run SET state = 'finished', token = NULL, finished_ms = 1 WHERE state = 'running'")
  }

  private func write(_ images: [Image], set: Int, attack: String, kind: String) throws {
    try run(set, kind)
    try connection.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
      VALUES (\(set), 1, 2, '\(attack)', '{}')
      """)
    for (index, image) in images.enumerated() {
      try connection.execute(
        """
        INSERT INTO adversarial_image VALUES
          (\(set), \(index), \(image.label), NULL, \(image.prediction), 1, 1, 1, 1.0, 1.0, NULL)
        """)
    }
  }

  private func measure(_ images: [Image], run id: Int, set: Int?) throws {
    let score = 40 + id
    try run(id, "measure")
    try run(score, "score")
    let (own, clean) = set.map { ("\($0)", "\(Self.cleanMeasurement)") } ?? ("NULL", "NULL")
    try connection.execute(
      """
      INSERT INTO measurement (
        run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, image_count)
      VALUES (\(id), 1, 2, \(own), \(clean), \(images.count))
      """)
    try connection.execute("INSERT INTO score_run VALUES (\(score), \(id))")
    for (index, image) in images.enumerated() {
      try connection.execute(
        """
        INSERT INTO image_uncertainty (
          measurement_id, image_index, true_label, prediction, deterministic_prediction)
        VALUES (\(id), \(index), \(image.label), \(image.prediction), \(image.prediction))
        """)
      for (measure, value) in [(7, image.value), (8, -image.value)] {
        try connection.execute(
          "INSERT INTO image_score VALUES (\(score), \(measure), \(index), ?)", [.real(value)])
      }
      for (voter, vote) in image.votes.enumerated() {
        try connection.execute(
          "INSERT INTO image_vote VALUES (\(score), \(voter), \(index), \(vote))")
      }
    }
    try connection.execute(
      "INSERT INTO scored_measure SELECT \(id), column1, \(score) FROM (VALUES (7), (8))")
    try connection.execute(
      "INSERT INTO recorded_voter SELECT \(id), voter_id, \(score) FROM voter_set_member")
  }

  /// A detector by the name of a measure: what is fitted on the held-out half of an attack.
  func addDetector(_ name: String, measure: Int, threshold: Double, attack: Int) throws {
    try connection.transaction {
      try run(99, "fit")
      try connection.execute(
        """
        INSERT INTO detector VALUES
          (99, '\(name)', 'logistic', 1, 'heldout', \(measure), ?, 10, 10)
        """, [.real(threshold)])
      try connection.execute(
        "INSERT INTO detector_input VALUES (99, 0, 'narrow', 1.5), (99, 1, 'vote:v0', -0.5)")
      try connection.execute("INSERT INTO detector_mix VALUES (99, \(30 + attack))")
    }
  }

  /// Whether the images of an index count.
  func isKept(_ index: Int) -> Bool { clean[index].prediction == clean[index].label }

  /// What a detector is shown of an attack's mix in one part, or in both.
  func samples(of attack: Int, part: String?) -> [DetectionSample] {
    [(clean, false), (attacks[attack].images, true)].flatMap { images, isAdversarial in
      images.enumerated().filter { isKept($0) && (part == nil || $1.part == part) }.map {
        DetectionSample(
          score: $1.value, agreement: $1.agreement, isAdversarial: isAdversarial)
      }
    }
  }
}
