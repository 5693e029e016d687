internal import Attack
internal import Classifier
internal import SQLite
internal import Tracker

/// Tries the images of an attack on one network on another: a set of their own, of the other network.
///
/// Papernot, McDaniel, Goodfellow and others: Practical Black-Box Attacks against Machine Learning
/// (2017).
struct TransferStage: Stage {
  static let kind = "transfer"
  var title: String { "transfer \(attack)" }

  /// Its images are a set of this attack, whatever made them on the other network.
  private static let recorded = RecordedAttack(
    name: "transfer", title: "Transfer",
    summary: "images of an attack on a network of the attacker's own",
    source: "Papernot, McDaniel, Goodfellow, Jha, Celik, Swami: Practical Black-Box Attacks "
      + "against Machine Learning (2017)",
    threat: ThreatModel(norm: .linf, budget: "epsilon", knowledge: .none, isIterative: true))

  /// The attack's run, on the attacker's own network.
  let set: Run
  /// The network that the images are tried on.
  let model: Run
  let selection: Run
  let data: StudyData
  let studySeed: Int64

  private var attack: String { self.set.configuration["attack"]?.string ?? "set" }

  var seed: Int64? { studySeed }
  var parents: [String: Run] {
    ["adversarial_set": set, "model": model, "selection": selection]
  }

  var configuration: JSONValue {
    .object([
      "attack": .string(Self.recorded.name), "parameters": parameters, "seed": .integer(studySeed),
    ])
  }

  /// Those of the attack, with its name.
  private var parameters: JSONValue {
    var parameters = set.configuration["parameters"] ?? .object([:])
    parameters["attack"] = .string(attack)
    return parameters
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let trained = try Model(model, data: data, in: context)
    let classifier = try trained.finiteClassifier(of: model)
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    try AttackStage.restorePixels(of: set, data: data, in: context)
    let source = MeasuredImageSource(set: set, data: data, shape: classifier.input)
    let records = AdversarialRecords(
      attack: Self.recorded.name, parameters: parameters, model: model, selection: selection,
      labels: data.test.labels, imageSize: data.test.shape.count, made: Self.recorded)
    var done = run.progressDone
    context.progress.begin(title, done: done, total: total, unit: "images")
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done)
      let pixels = try source.read(chunk, in: context).pixels
      let results = try data.judge(
        chunk.indices, pixels, by: classifier, outlierClass: trained.outlierClass,
        context.parallelism)
      try run.commitChunk(progressDone: chunk.indices.endIndex, total: total) { writer in
        if chunk.indices.startIndex == 0 { try records.begin(writer) }
        try records.write(chunk.indices, results, pixels, writer)
      }
      done = chunk.indices.endIndex
      context.progress.advance(to: done)
    }
    try run.finish(records.summarise)
  }
}
