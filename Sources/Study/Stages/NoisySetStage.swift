internal import Attack
internal import Classifier
internal import SQLite
internal import Tensor
internal import Tracker

/// Makes noisy images, changed as strongly as those of an adversarial set but not against the
/// network: what a detector must not take for adversarial.
struct NoisySetStage: Stage {
  static let kind = "noise"
  var title: String { "noise like \(attack)" }

  /// The kind of noise.
  enum Method: String, Sendable {
    /// On every pixel, with the adversarial set's mean Euclidean norm.
    case gaussian
    /// As many pixels set to 1 as the attack changed in the image.
    case flips

    /// What Feinman and others match an attack with: flips where it changes few pixels.
    init(matching attack: String) { self = attack == "jsma" ? .flips : .gaussian }
  }

  /// The attack's run.
  let adversarialSet: Run
  let model: Run
  let selection: Run
  let data: StudyData
  let studySeed: Int64

  private var attack: String { adversarialSet.configuration["attack"]?.string ?? "set" }
  private var method: Method { Method(matching: attack) }

  var seed: Int64? { studySeed }
  var parents: [String: Run] {
    ["adversarial_set": adversarialSet, "model": model, "selection": selection]
  }

  var configuration: JSONValue {
    .object([
      "attack": .string(name(of: attack)), "method": .string(method.rawValue),
      "seed": .integer(studySeed),
    ])
  }

  private func name(of attack: String) -> String { "noisy-\(attack)" }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let trained = try Model(model, data: data, in: context)
    let classifier = try trained.finiteClassifier(of: model)
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    let scale = try scale(run, selected.indices, in: context)
    let flips = try changedElements(in: context)
    let records = records(scale: scale)
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done).indices
      let pixels = noisy(chunk, scale: scale, flips: flips)
      let results = try data.judge(
        chunk, pixels, by: classifier, outlierClass: trained.outlierClass, context.parallelism)
      try run.commitChunk(progressDone: chunk.endIndex, total: total) { writer in
        if chunk.startIndex == 0 { try begin(records, scale: scale, writer) }
        try records.write(chunk, results, pixels, writer)
      }
      done = chunk.endIndex
      context.progress.advance(to: done)
    }
    try run.finish(records.summarise)
  }

  private func records(scale: Double?) -> AdversarialRecords {
    var parameters: JSONValue = .object(["method": .string(method.rawValue)])
    if let scale { parameters["scale"] = .number(scale) }
    return AdversarialRecords(
      attack: name(of: attack), parameters: parameters, model: model, selection: selection,
      labels: data.test.labels, imageSize: data.test.shape.count)
  }

  private func begin(
    _ records: AdversarialRecords, scale: Double?, _ writer: RunWriter
  ) throws {
    try records.begin(writer)
    try writer.execute(
      "INSERT INTO noisy_set (run_id, matches_id, method, scale) VALUES (?, ?, ?, ?)",
      [
        .integer(writer.runID), .integer(adversarialSet.id), .text(method.rawValue),
        scale.map { .real($0) } ?? .null,
      ])
  }

  /// The deviation of Gaussian noise: as an interrupted execution found it, or found by bisection.
  private func scale(
    _ run: ActiveRun, _ indices: [Int], in context: StudyContext
  ) throws -> Double? {
    guard method == .gaussian else { return nil }
    let recorded = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT scale FROM noisy_set JOIN run ON run.id = run_id WHERE uuid = ?
        """, [.text(run.uuid)]
      ) { try $0.double(0) }
    }
    if let scale = recorded.first { return scale }
    try MemoryNeed.pixels(data.test.shape, images: indices.count, copies: 2).require(for: title)
    let distance = try context.tracker.read { connection in
      try connection.rows(
        "SELECT mean_l2 FROM adversarial_set WHERE run_id = ?", [.integer(adversarialSet.id)]
      ) { try $0.double(0) }
    }.first
    let scale = MatchedNoise(of: data.test, seed: UInt64(bitPattern: studySeed)).scale(
      reaching: distance ?? 0, on: indices, parallelism: context.parallelism,
      isCancelled: context.isCancelled)
    guard let scale else {
      try stopIfCancelled(context)
      throw StudyError.damagedRecord(
        run: adversarialSet.uuid, problem: "no noise has its mean norm")
    }
    return scale
  }

  /// How many values the attack changed in each image.
  private func changedElements(in context: StudyContext) throws -> [Int: Int] {
    guard method == .flips else { return [:] }
    let counts = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT image_index, coalesce(l0_elements, l0) FROM adversarial_image
        WHERE adversarial_set_id = ?
        """,
        [.integer(adversarialSet.id)]
      ) { (try $0.int(0), try $0.int(1)) }
    }
    return Dictionary(counts) { first, _ in first }
  }

  /// The noisy images of a chunk, [chunk, size].
  private func noisy(_ chunk: ArraySlice<Int>, scale: Double?, flips: [Int: Int]) -> [Float] {
    let (size, seed) = (data.test.shape.count, UInt64(bitPattern: studySeed))
    let noise = MatchedNoise(of: data.test, seed: seed)
    let flipping = PixelFlips(of: data.test, seed: seed)
    return [Float](unsafeUninitializedCapacity: chunk.count * size) { pixels, initialized in
      guard let base = pixels.baseAddress else { return }
      for (row, index) in chunk.enumerated() {
        if let scale {
          noise.write(index, scale: Float(scale), into: base + row * size)
        } else {
          flipping.write(index, flips: flips[index] ?? 0, into: base + row * size)
        }
      }
      initialized = chunk.count * size
    }
  }
}
