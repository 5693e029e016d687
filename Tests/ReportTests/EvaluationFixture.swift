import SQLite
import TestSupport
import Tracker

/// An evaluation made by hand: attacks of several kinds at three budgets, and what a detector said of
/// each image. The numbers that queries compute are computed from ``parts`` in tests as well.
struct EvaluationFixture {
  /// What is wrong with the evaluation.
  enum Defect: String, CaseIterable, Sendable {
    case oneStep, blackBox, noise, budget, zeroGradients, doubled, restarted, adaptive
    case noAdaptive, reach, epsilon, l2, images, decision, transfer, fixedDraw, converged
  }

  /// An attacked image, or a clean one.
  struct Image {
    let isSuccessful: Bool
    let linf: Double
    let l2: Double
    let excess: Double
    let isMisled: Bool
    /// Steps without a gradient; nil: the attack counts none.
    var zeroGradients: Int?

    var isFlagged: Bool { excess > 0 }
    var isEvading: Bool { isMisled && !isFlagged }
  }

  /// A part of the evaluation.
  struct Part {
    let number: Int
    let role: String
    let attack: String?
    let epsilon: Double?
    var isAdaptive = false
    var repeats: Int?
    let images: [Image]

    var isMain: Bool { epsilon == nil }
    /// Whether it counts for the worst case of the network that is evaluated.
    var counts: Bool { !["clean", "baseline", "fixed", "noisy"].contains(role) }
    func rate(_ holds: (Image) -> Bool) -> Double {
      Double(images.count(where: holds)) / Double(images.count)
    }
  }

  static let threshold = 0.5
  static let evaluation: Int64 = 40
  static let wrong: Set<Int> = [3, 17]
  static let baselineWrong: Set<Int> = [3, 8]

  let directory: TemporaryDirectory
  let tracker: Tracker
  let defects: Set<Defect>
  let hasDetector: Bool
  private(set) var parts: [Part] = []

  var count: Int { defects.contains(.images) ? 40 : 120 }
  var mainEpsilon: Double { defects.contains(.epsilon) ? 0.5 : 0.3 }
  var epsilons: [Double] { [0.1, mainEpsilon, mainEpsilon + 0.1] }
  var run: Run { get throws { try tracker.run(uuid: StudyFixture.uuid(Self.evaluation)) } }
  var id: SQLValue { .text(StudyFixture.uuid(Self.evaluation)) }

  private static let empty = TemplateFile { path in
    _ = try Tracker(writing: path, environment: RunEnvironment(version: "test"))
  }

  init(_ defects: Set<Defect> = [], hasDetector: Bool = true) throws {
    directory = try TemporaryDirectory()
    try Self.empty.copy(to: directory.path("assay.db"))
    tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    self.defects = defects
    self.hasDetector = hasDetector
    makeParts()
    let connection = try Connection(path: directory.path("assay.db"), mode: .create)
    try connection.transaction { try Writer(fixture: self, connection: connection).write() }
  }

  // What there is.

  /// How much of the images an attack brings through at each budget.
  private func strengths(_ attack: String) -> [Double] {
    var values: [String: [Double]] = [
      "noise": [0.05, 0.1, 0.15], "fgsm": [0.3, 0.6, 0.8], "pgd": [0.4, 0.9, 1],
      "square": [0.35, 0.85, 0.95], "selective": [0.3, 0.8, 1],
    ]
    if defects.contains(.oneStep) { values["fgsm"] = [0.3, 0.95, 0.96] }
    if defects.contains(.blackBox) { values["square"] = [0.35, 0.95, 0.96] }
    if defects.contains(.noise) { values["noise"] = [0.05, 0.9, 0.91] }
    if defects.contains(.budget) { values["pgd"] = [0.4, 0.9, 0.8] }
    if defects.contains(.adaptive) { values["selective"] = [0.05, 0.1, 1] }
    if defects.contains(.reach) {
      values["pgd"] = [0.4, 0.9, 0.9]
      values["selective"] = [0.3, 0.8, 0.85]
    }
    return values[attack] ?? []
  }

  /// The place of an image in the order in which an attack brings images through.
  private func rank(_ index: Int, _ salt: Int) -> Int { (index * 37 + salt * 13) % count }

  private func cleanExcess(_ index: Int) -> Double { step(index * 29, of: 50) - 0.9 }

  private mutating func makeParts() {
    let clean = (0..<count).map { index in
      Image(
        isSuccessful: Self.wrong.contains(index), linf: 0, l2: 0, excess: cleanExcess(index),
        isMisled: Self.wrong.contains(index))
    }
    add("clean", nil, nil, images: clean)
    for attack in ["noise", "fgsm", "pgd", "square"] {
      for (epsilon, strength) in zip(epsilons, strengths(attack)) {
        add("attack", attack, epsilon, images: unaware(attack, epsilon, strength))
      }
    }
    add("attack", "hop-skip-jump", nil, images: byDecisions())
    add("attack", "deepfool", nil, images: minimal())
    if hasDetector, !defects.contains(.noAdaptive) {
      for (epsilon, strength) in zip(epsilons, strengths("selective")) {
        add(
          "attack", "selective", epsilon, isAdaptive: true, images: adaptive(epsilon, strength))
      }
    }
    let pgd = parts.first { $0.attack == "pgd" && $0.epsilon == mainEpsilon }?.number
    add(
      "doubled", "pgd", mainEpsilon, repeats: pgd,
      images: unaware("pgd", mainEpsilon, defects.contains(.doubled) ? 0.95 : 0.9))
    add(
      "restarted", "pgd", mainEpsilon, repeats: pgd,
      images: unaware("pgd", mainEpsilon, defects.contains(.restarted) ? 0.95 : 0.9))
    if let selective = parts.last(where: {
      $0.attack == "selective" && $0.epsilon == mainEpsilon
    }) {
      add(
        "fixed", "selective", mainEpsilon, isAdaptive: true, repeats: selective.number,
        images: adaptive(mainEpsilon, defects.contains(.fixedDraw) ? 0.5 : 1))
    }
    add(
      "transfer", "transfer", mainEpsilon,
      images: unaware("transfer", mainEpsilon, defects.contains(.transfer) ? 0.95 : 0.2))
    add("draws", "noise", mainEpsilon, images: unaware("noise", mainEpsilon, 0.12))
    if hasDetector { add("noisy", "noisy-pgd", nil, images: noisy()) }
    for attack in ["fgsm", "pgd"] {
      add("baseline", attack, mainEpsilon, images: unaware(attack, mainEpsilon, 0.1))
    }
  }

  private mutating func add(
    _ role: String, _ attack: String?, _ epsilon: Double?, isAdaptive: Bool = false,
    repeats: Int? = nil, images: [Image]
  ) {
    parts.append(
      Part(
        number: parts.count + 1, role: role, attack: attack, epsilon: epsilon,
        isAdaptive: isAdaptive, repeats: repeats, images: images))
  }

  /// A part of a whole number of images, in steps of so many.
  private func step(_ number: Int, of steps: Int) -> Double {
    Double(number % steps) / Double(steps)
  }

  /// What an attack that knows no detector makes: half of what it brings through is flagged.
  private func unaware(_ attack: String, _ epsilon: Double, _ strength: Double) -> [Image] {
    let salt = attack.utf8.reduce(0) { $0 + Int($1) }
    let brought = Int((strength * Double(count)).rounded())
    return (0..<count).map { index -> Image in
      let isSuccessful = rank(index, salt) < brought
      let excess: Double = isSuccessful ? step(index * 53, of: 96) - 0.5 : cleanExcess(index)
      let l2: Double = epsilon * 20 + step(index, of: 10)
      // The draws of the verdict are others than the network without dropout.
      let isMisled: Bool = isSuccessful && index % 29 != 5
      return Image(
        isSuccessful: isSuccessful, linf: epsilon, l2: l2, excess: excess, isMisled: isMisled)
    }
  }

  /// What an attack by classes alone makes, all of which the detector flags.
  private func byDecisions() -> [Image] {
    (0..<count).map { index -> Image in
      let far: Double = 0.25 + 0.5 * Double(rank(index, 7)) / Double(count)
      let linf: Double = defects.contains(.decision) ? 0.05 : far
      return Image(
        isSuccessful: true, linf: linf, l2: linf * 10, excess: 0.2 + step(index, of: 8),
        isMisled: true)
    }
  }

  /// Noise, of which the detector flags more than of clean images.
  private func noisy() -> [Image] {
    (0..<count).map { index -> Image in
      Image(
        isSuccessful: index % 30 == 4, linf: 0.2, l2: 6, excess: cleanExcess(index) + 0.1,
        isMisled: index % 30 == 4)
    }
  }

  /// Voters that agree on an image.
  static func agreement(_ image: Image, _ index: Int) -> Int {
    image.isMisled ? index % 4 : 4 + index % 2
  }

  /// The last step that is noted of an attack.
  static let lastStep = 20

  /// The mean loss of half of the images after a step.
  func loss(_ step: Int) -> Double {
    defects.contains(.converged) ? Double(step) : 10 - 10 / Double(1 + step * step)
  }

  private func minimal() -> [Image] {
    let far: Double = defects.contains(.l2) ? 9.5 : 1
    return (0..<count).map { index -> Image in
      let isFound: Bool = index % 40 != 39
      let linf: Double = 0.05 + Double(index % 40) / 100
      let l2: Double = far + step(index, of: 10)
      let excess: Double = step(index * 31, of: 64) - 0.25
      return Image(isSuccessful: isFound, linf: linf, l2: l2, excess: excess, isMisled: isFound)
    }
  }

  /// What the attack that knows the detector makes: it stays below the threshold where it succeeds.
  private func adaptive(_ epsilon: Double, _ strength: Double) -> [Image] {
    let evading = Int((strength * Double(count)).rounded())
    let misled = Int((min(1, strength + 0.1) * Double(count)).rounded())
    let isBlind = defects.contains(.zeroGradients) && epsilon == mainEpsilon
    return (0..<count).map { index -> Image in
      let place = rank(index, 3)
      var (excess, zeros) = (cleanExcess(index), isBlind ? 4 : 0)
      if place < evading {
        excess = -0.4 + Double(index % 7) / 50
      } else if place < misled {
        excess = 0.1 + Double(index % 5) / 50
      }
      if place < misled { zeros = index % 3 }
      return Image(
        isSuccessful: place < misled, linf: epsilon, l2: epsilon * 20 + 1, excess: excess,
        isMisled: place < misled, zeroGradients: zeros)
    }
  }
}

/// Writes the rows of an evaluation.
private struct Writer {
  let fixture: EvaluationFixture
  let connection: Connection

  private var count: Int { fixture.count }
  private var hasDetector: Bool { fixture.hasDetector }

  private func insertRun(
    _ id: Int64, _ kind: String, name: String? = nil,
    configuration: String = #"{"dataset": "mnist"}"#
  ) throws {
    try connection.execute(
      """
      INSERT INTO run (id, uuid, kind, name, state, key, configuration, seed, created_ms, token)
      VALUES (?, ?, ?, ?, 'running', ?, ?, 0, 0, 'token')
      """,
      [
        .integer(id), .text(StudyFixture.uuid(id)), .text(kind),
        name.map(SQLValue.text) ?? .null,
        .text(String((String(repeating: "k", count: 64) + String(id, radix: 36)).suffix(64))),
        .text(configuration),
      ])
  }

  private func link(_ run: Int64, _ role: String, _ parent: Int64) throws {
    try connection.execute(
      "INSERT INTO lineage VALUES (?, ?, ?)", [.integer(run), .text(role), .integer(parent)])
  }

  func write() throws {
    for (id, name) in [(1 as Int64, "plain <b>"), (2, "madry")] {
      try insertRun(id, "train", name: name)
      try connection.execute(
        """
        INSERT INTO training_run (
          run_id, dataset, dataset_sha256, architecture, dropout_sites, targets, temperature)
        VALUES (?, 'mnist', ?, 'lenet', '', 'labels', 1)
        """, [.integer(id), .text(StudyFixture.mnist)])
    }
    try insertRun(3, "select")
    try connection.execute(
      "INSERT INTO image_selection VALUES (3, 'mnist', ?, 'random')", [.text(StudyFixture.mnist)])
    for index in 0..<count {
      try connection.execute(
        "INSERT INTO selected_image VALUES (3, ?, 'selection')", [.integer(Int64(index))])
    }
    try writeMeasurement(4, model: 1, wrong: EvaluationFixture.wrong)
    try writeMeasurement(5, model: 2, wrong: EvaluationFixture.baselineWrong)
    try connection.execute(
      """
      INSERT INTO attack VALUES
        ('noise', '', '', '', 'linf', 'epsilon', 'untargeted', 'none', 0),
        ('pgd', '', '', '', 'linf', 'epsilon', 'untargeted', 'white-box', 1),
        ('square', '', '', '', 'linf', 'epsilon', 'untargeted', 'scores', 1),
        ('hop-skip-jump', '', '', '', 'linf', NULL, 'untargeted', 'decision', 1),
        ('transfer', '', '', '', 'linf', 'epsilon', 'untargeted', 'none', 1),
        ('deepfool', '', '', '', 'l2', NULL, 'untargeted', 'white-box', 1),
        ('selective', '', '', '', 'linf', 'epsilon', 'either', 'white-box', 1)
      """)
    try insertRun(EvaluationFixture.evaluation, "evaluation")
    try connection.execute(
      """
      INSERT INTO evaluation (
        run_id, model_id, selection_id, detector, baseline_id, norm, epsilon, measurement_id,
        baseline_measurement_id)
      VALUES (?, 1, 3, ?, 2, 'linf', ?, 4, 5)
      """,
      [
        .integer(EvaluationFixture.evaluation), hasDetector ? .text("joint <i>") : .null,
        .real(fixture.mainEpsilon),
      ])
    try link(EvaluationFixture.evaluation, "model", 1)
    try link(EvaluationFixture.evaluation, "baseline", 2)
    try link(EvaluationFixture.evaluation, "selection", 3)
    for part in fixture.parts { try write(part) }
    try connection.execute(
      """
      UPDATE run SET state = 'finished', token = NULL, finished_ms = 86400000
      WHERE state = 'running'
      """)
  }

  private func writeMeasurement(_ id: Int64, model: Int64, wrong: Set<Int>) throws {
    try insertRun(id, "measure")
    try connection.execute(
      "INSERT INTO measurement (run_id, model_id, selection_id, image_count) VALUES (?, ?, 3, ?)",
      [.integer(id), .integer(model), .integer(Int64(count))])
    for index in 0..<count {
      let seen = Int64((index + (wrong.contains(index) ? 1 : 0)) % 10)
      try connection.execute(
        """
        INSERT INTO image_uncertainty (
          measurement_id, image_index, true_label, prediction, deterministic_prediction)
        VALUES (?, ?, ?, ?, ?)
        """,
        [
          .integer(id), .integer(Int64(index)), .integer(Int64(index % 10)), .integer(seen),
          .integer(seen),
        ])
    }
  }

  private func write(_ part: EvaluationFixture.Part) throws {
    let set = Int64(100 + 2 * part.number)
    if part.attack != nil { try writeSet(set, part) }
    let isJudged = hasDetector && part.role != "baseline"
    if isJudged { try writeVerdict(set + 1, of: part, set) }
    try connection.execute(
      """
      INSERT INTO evaluation_part (
        evaluation_id, part_number, part_role, is_adaptive, adversarial_set_id, verdict_id, repeats)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(EvaluationFixture.evaluation), .integer(Int64(part.number)), .text(part.role),
        .integer(part.isAdaptive ? 1 : 0), part.attack == nil ? .null : .integer(set),
        isJudged ? .integer(set + 1) : .null,
        part.repeats.map { .integer(Int64($0)) } ?? .null,
      ])
  }

  private func writeSet(_ set: Int64, _ part: EvaluationFixture.Part) throws {
    try insertRun(set, "attack")
    try link(EvaluationFixture.evaluation, "set.\(part.number)", set)
    let parameters =
      part.epsilon.map {
        #"{"epsilon": \#($0), "norm": "linf", "samples": 100, "attack": "pgd"}"#
      } ?? "{}"
    try connection.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters, image_count)
      VALUES (?, ?, 3, ?, ?, ?)
      """,
      [
        .integer(set), .integer(part.role == "baseline" ? 2 : 1), .text(part.attack ?? ""),
        .text(parameters), .integer(Int64(count)),
      ])
    if ["pgd", "selective"].contains(part.attack), part.epsilon == fixture.mainEpsilon {
      try writeSteps(set, scored: part.isAdaptive)
    }
    for (index, image) in part.images.enumerated() {
      try connection.execute(
        "INSERT INTO adversarial_image VALUES (?, ?, ?, NULL, ?, ?, 1, 3, ?, ?, NULL)",
        [
          .integer(set), .integer(Int64(index)), .integer(Int64(index % 10)),
          .integer(Int64((index + (image.isSuccessful ? 1 : 0)) % 10)),
          .integer(image.isSuccessful ? 1 : 0), .real(image.l2), .real(image.linf),
        ])
      if let zeros = image.zeroGradients {
        try connection.execute(
          "INSERT INTO adversarial_detail VALUES (?, ?, 'zero_gradients', ?)",
          [.integer(set), .integer(Int64(index)), .real(Double(zeros))])
      }
      let noted = ["hop-skip-jump": "queries", "noise": "misled_draws"][part.attack ?? ""]
      if let noted {
        try connection.execute(
          "INSERT INTO adversarial_detail VALUES (?, ?, ?, ?)",
          [.integer(set), .integer(Int64(index)), .text(noted), .real(Double(index % 7))])
      }
      if part.attack == "selective" {
        try connection.execute(
          "INSERT INTO adversarial_pixels VALUES (?, ?, ?)",
          [
            .integer(set), .integer(Int64(index)),
            // Four pixels of 0, 0.5, 1 and 0.25.
            .blob([0, 0, 0, 0, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3E]),
          ])
      }
    }
  }

  /// The steps of an attack in two pieces, of which the second one has twice the first one's loss.
  private func writeSteps(_ set: Int64, scored: Bool) throws {
    for (first, factor) in [(0, 1.0), (count / 2, 2)] {
      for step in 0...EvaluationFixture.lastStep {
        let (images, loss) = (Double(count / 2), factor * fixture.loss(step))
        try connection.execute(
          "INSERT INTO attack_step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          [
            .integer(set), .integer(Int64(first)), .integer(Int64(step)),
            .integer(Int64(count / 2)), .real(images * loss), .real(images * loss * loss),
            .integer(Int64(min(step, count / 2))), .integer(scored ? Int64(count / 2) : 0),
            .real(scored ? images * (30 - fixture.loss(step)) : 0),
          ])
      }
    }
  }

  private func writeVerdict(_ id: Int64, of part: EvaluationFixture.Part, _ set: Int64) throws {
    try insertRun(
      id, "verdict", configuration: #"{"detector": {"measure": "softmax_std"}}"#)
    try link(EvaluationFixture.evaluation, "verdict.\(part.number)", id)
    try connection.execute(
      """
      INSERT INTO verdict (run_id, adversarial_set_id, model_id, selection_id, detector)
      VALUES (?, ?, 1, 3, 'joint <i>')
      """, [.integer(id), part.attack == nil ? .null : .integer(set)])
    for (index, image) in part.images.enumerated() {
      try connection.execute(
        """
        INSERT INTO adversarial_verdict (
          verdict_id, image_index, true_label, prediction, score, excess, agreement, is_flagged,
          is_misclassified, is_evading)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(id), .integer(Int64(index)), .integer(Int64(index % 10)),
          .integer(Int64((index + (image.isMisled ? 1 : 0)) % 10)),
          .real(image.excess + EvaluationFixture.threshold), .real(image.excess),
          .integer(Int64(EvaluationFixture.agreement(image, index))),
          .integer(image.isFlagged ? 1 : 0), .integer(image.isMisled ? 1 : 0),
          .integer(image.isEvading ? 1 : 0),
        ])
    }
  }
}
