internal import Attack
internal import Classifier
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

  var seed: Int64? { studySeed }
  var parents: [String: Run] { ["model": model, "selection": selection] }

  private var parameters: JSONValue {
    get throws { try JSONValue(encoding: AttackConfiguration(try kind.complete(values))) }
  }

  var configuration: JSONValue {
    get throws {
      .object([
        "attack": .string(kind.name), "parameters": try parameters, "seed": .integer(studySeed),
      ])
    }
  }

  func check(in context: StudyContext) throws {
    try Model.require(kind.threat.needs, of: model, for: "the attack '\(kind.name)'", in: context)
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
        labels: data.test.labels, imageSize: data.test.shape.count, kind: kind)
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
      attack: kind.make(values), classifier: classifier,
      seed: UInt64(bitPattern: studySeed), outlierClass: trained.outlierClass,
      needs: kind.threat.needs, batchSize: kind.batch)
    return (runner, imagesPerChunk(of: classifier) ?? kind.chunk ?? imagesPerChunk)
  }
}
