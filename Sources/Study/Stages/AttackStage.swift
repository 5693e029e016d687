internal import Attack
internal import Classifier
internal import Detection
internal import Tracker

/// Attacks every image of a selection, the held-out half included.
struct AttackStage: Stage {
  static let kind = "attack"
  var title: String { "attack \(kind.name)" }

  let kind: AttackKind
  let values: [String: AttackValue]
  let model: Run
  let selection: Run
  let data: StudyData
  let studySeed: Int64
  /// The detector that the attack knows; nil if it knows none.
  var detector: AttackedDetector?

  var seed: Int64? { studySeed }
  var parents: [String: Run] {
    var parents = ["model": model, "selection": selection]
    parents["detector"] = detector?.run
    return parents
  }

  /// All parameters, and the options that are given.
  private var completeValues: [String: AttackValue] {
    get throws {
      var values = try kind.complete(values)
      if let transform = try AttackThrough.transform(of: values) {
        values[AttackThrough.option] = .word(transform.name)
      }
      return values
    }
  }

  private var parameters: JSONValue {
    get throws { try JSONValue(encoding: AttackConfiguration(try completeValues)) }
  }

  var configuration: JSONValue {
    get throws {
      var members: [String: JSONValue] = [
        "attack": .string(kind.name), "parameters": try parameters, "seed": .integer(studySeed),
      ]
      members["detector"] = detector?.configuration
      return .object(members)
    }
  }

  func check(in context: StudyContext) throws {
    try Model.require(
      access.needs(kind.needs), of: model, for: "the attack '\(kind.name)'", in: context)
    if kind.knowsDetector {
      guard let detector else { throw AttackError.needsDetector(attack: kind.name) }
      try DetectionSystem.checkFollowable(detector)
    }
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    let (runner, chunkSize) = try makeRunner(in: context)
    let records = try records
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: chunkSize).indices
      let (results, pixels) = try attack(chunk, by: runner, in: context)
      if let image = zip(chunk, results).first(where: { !$1.l2.isFinite })?.0 {
        throw StudyError.logitsNotFinite(run: model.uuid, image: image)
      }
      try run.commitChunk(progressDone: chunk.endIndex, total: total) { writer in
        if chunk.startIndex == 0 { try records.begin(writer) }
        try records.write(chunk, results, pixels, writer)
      }
      done = chunk.endIndex
      context.progress.advance(to: done)
    }
    try run.finish(records.summarise)
  }

  var records: AdversarialRecords {
    get throws {
      AdversarialRecords(
        attack: kind.name, parameters: try parameters, model: model, selection: selection,
        labels: data.test.labels, imageSize: data.test.shape.count,
        made: RecordedAttack(kind))
    }
  }

  /// Attacks some images.
  ///
  /// - Throws: ``StudyError/interrupted`` when asked to stop, within a step of the attack.
  func attack(
    _ chunk: ArraySlice<Int>, by runner: AttackRunner, in context: StudyContext
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    do {
      return try runner.run(
        on: data.test, indices: chunk, parallelism: context.parallelism,
        isCancelled: context.isCancelled)
    } catch AttackError.cancelled {
      throw StudyError.interrupted
    }
  }

  /// What attacks, and how many images it attacks between two commits.
  func makeRunner(in context: StudyContext) throws -> (runner: AttackRunner, chunkSize: Int) {
    let trained = try Model(model, data: data, in: context)
    let classifier = try trained.finiteClassifier(of: model)
    let runner = try AttackRunner(
      attack: kind.make(values, knowing: defence(in: context)), classifier: classifier,
      seed: UInt64(bitPattern: studySeed), outlierClass: trained.outlierClass,
      access: access, needs: kind.needs, batchSize: kind.batch, isTraced: kind.isTraced)
    let chunk = kind.chunk ?? imagesPerChunk
    // Fewer images at a time are many draws, each as much work as an image.
    let whole = runner.batchSize < kind.batch ? min(chunk, 4 * runner.batchSize) : chunk
    return (runner, imagesPerChunk(of: classifier) ?? whole)
  }

  /// What the attack is told of the detector; nil if it knows none.
  private func defence(in context: StudyContext) throws -> AttackedDefence? {
    guard kind.knowsDetector, let detector else { return nil }
    var draws = 20
    if case .number(let number)? = try kind.complete(values)["score_draws"] { draws = Int(number) }
    let data = data
    return try DetectionSystem(
      detector, model: model, seed: studySeed, purpose: RandomPurpose.attackDraws,
      data: DataOnDemand { data }, in: context
    ).defence(draws: draws)
  }

  /// What stands between the attack and the model.
  private var access: AttackAccess {
    get throws {
      let values = try completeValues
      var draws = 0
      if case .number(let number)? = values[AttackThrough.drawsOption] { draws = Int(number) }
      return AttackAccess(
        draws: draws,
        transform: try AttackThrough.transform(of: values).map { transform in
          try AttackThrough(transform, data: data, seed: UInt64(bitPattern: studySeed))
        }, isFixed: values[AttackThrough.fixedOption] == .word("yes"))
    }
  }
}
