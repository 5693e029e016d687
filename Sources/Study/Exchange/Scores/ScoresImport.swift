internal import Dataset
internal import Detection
internal import Interchange
internal import Classifier
internal import SQLite
internal import Tensor
public import Tracker

/// Records scores that another program made, so that everything that is asked of Assay's own can be
/// asked of them.
public struct ScoresImport: Sendable {
  private let file: ScoresFile
  private let attack: String
  private let low: Set<String>
  private let heldout: Double
  private let dataset: String?
  private let voterSet: String?

  /// Describes an import.
  ///
  /// - Parameters:
  ///   - file: The scores.
  ///   - attack: What made the adversarial images.
  ///   - low: The measures whose low values mean adversarial.
  ///   - heldout: The share of images that are held out where the file does not say, 0...1.
  ///   - dataset: The data set's name; nil for the model's, or "external" where Assay has never seen it.
  ///   - voterSet: The name of a set of all voters of the file; nil for none.
  /// - Throws: ``ScoreError/unknownMeasure(_:known:)`` if `low` names what the file does not have,
  ///   ``ScoreError/hasNoVoters(file:)`` if there is nothing to make a voter set of.
  public init(
    _ file: ScoresFile, attack: String, low: [String], heldout: Double, dataset: String?,
    voterSet: String?
  ) throws(ScoreError) {
    for name in low where !file.measures.contains(where: { $0.name == name }) {
      throw .unknownMeasure(name, known: file.measures.map(\.name))
    }
    guard voterSet == nil || !file.voters.isEmpty else { throw .hasNoVoters(file: file.name) }
    self.file = file
    self.attack = attack
    self.low = Set(low)
    self.heldout = heldout
    self.dataset = dataset
    self.voterSet = voterSet
  }

  /// Records the scores, or finds them.
  ///
  /// - Parameters:
  ///   - name: The model's name; one that Assay has never seen is recorded by it.
  ///   - context: What to work with.
  /// - Returns: The finished measurement of the adversarial images.
  /// - Throws: ``ScoreError``, ``StudyError``, and the errors of the tracker.
  public func record(model name: String, in context: StudyContext) throws -> Run {
    try checkNames(in: context.tracker)
    context.progress.plan(stages: 7)
    let model = try ExternalModelStage.model(
      named: name, dataset: Self.data(dataset ?? "external"), in: context)
    let data = try self.data(of: model, in: context.tracker)
    let images = selected
    let selection = try GivenSelectionStage(dataset: data, images: images)
      .findOrPerform(knowsHalves: true, in: context)
    let rows = (clean: file.rows(adversarial: false), attacked: file.rows(adversarial: true))
    let clean = try ExternalMeasurementStage(
      rows: half(rows.clean), model: model, selection: selection, set: nil, clean: nil,
      isPaired: true
    ).perform(in: context)
    let set = try ExternalSetStage(
      attack: attack, rows: half(rows.attacked), model: model, selection: selection
    ).perform(in: context)
    let attacked = try ExternalMeasurementStage(
      rows: half(rows.attacked), model: model, selection: selection, set: set, clean: clean,
      isPaired: file.isPaired
    ).perform(in: context)
    for (measurement, places) in [(clean, rows.clean), (attacked, rows.attacked)] {
      try record(places, of: measurement, in: context)
    }
    if !file.others.isEmpty {
      context.progress.note(
        "left out, since they hold no numbers: \(InterchangeError.list(file.others))")
    }
    if file.partnerlessCount > 0 {
      context.progress.note(
        "\(file.partnerlessCount) adversarial images have no clean partner; they are recorded, and "
          + "detectors are judged on the others")
    }
    return attacked
  }

  private func half(_ rows: [Int]) -> ExternalRows {
    let numbers = file.imageNumbers
    return ExternalRows(
      indices: rows.map { numbers[$0] }, labels: rows.map { file.labels[$0] },
      predictions: rows.map { file.predictions[$0] })
  }

  /// Scores the images of one half by what was not imported of them before.
  private func record(_ rows: [Int], of measurement: Run, in context: StudyContext) throws {
    let measurement = try Measurement(measurement, in: context.tracker)
    let stage = try ExternalScoreStage(
      measurement: measurement, indices: half(rows).indices,
      measures: file.measures.map { measure in
        (description(of: measure.name), rows.map { measure.values[$0] })
      },
      voters: file.voters.map { voter in (voter.name, rows.map { voter.classes[$0] }) },
      voterSet: voterSet
    ).withoutRecorded(in: context.tracker)
    if let stage {
      _ = try stage.perform(in: context)
    } else {
      context.progress.nextStage()
      context.progress.end("scores of \(measurement.title)", reused: true)
    }
  }

  private func description(of measure: String) -> MeasureDescription {
    MeasureDescription(
      name: measure, orientation: low.contains(measure) ? .low : .high, unit: "", title: measure,
      summary: "made by another program", source: "")
  }

  /// The images of both halves, and whether each is held out.
  private var selected: [(index: Int, isHeldout: Bool)] {
    let numbers = file.imageNumbers
    var halves: [Int: Bool] = [:]
    for (row, number) in numbers.enumerated() {
      halves[number] = file.isHeldout?[row] ?? false
    }
    let indices = halves.keys.sorted()
    if file.isHeldout == nil {
      let order = RandomStream(seed: 0, stream: RandomPurpose.selection << 8)
        .permutation(count: indices.count, pass: 0)
      let count = Int((heldout * Double(indices.count)).rounded())
      for place in order.prefix(count) { halves[indices[place]] = true }
    }
    return indices.map { ($0, halves[$0] ?? false) }
  }

  /// Makes sure that no name of the file means something else here.
  private func checkNames(in tracker: Tracker) throws {
    let known = try KnownMeasures(in: tracker)
    for (name, _) in file.measures {
      let isOwn = (try? MeasureCatalogue.measure(named: name)) != nil
      let entry = known[name]
      guard !isOwn, entry == nil || entry?.kind == .imported else {
        throw ScoreError.nameInUse(name, by: "a measure of Assay's own")
      }
      let orientation = low.contains(name) ? "low" : "high"
      if let entry, entry.orientation != orientation {
        throw ScoreError.otherOrientation(name, recorded: entry.orientation)
      }
    }
    for (name, _) in file.voters where (try? TransformSpecification(name)) != nil {
      throw ScoreError.nameInUse(name, by: "a voter of Assay's own")
    }
    if let voterSet, VoterSetCatalogue.sets.contains(where: { $0.name == voterSet }) {
      throw ScoreError.nameInUse(voterSet, by: "a voter set of Assay's own")
    }
  }

  /// The data of a model, which its scores are about: reports refuse numbers on different data.
  ///
  /// - Throws: ``ScoreError/otherData(model:data:given:)`` if other data are given.
  private func data(of model: Run, in tracker: Tracker) throws -> (name: String, digest: String) {
    let recorded = try tracker.read { connection in
      try connection.rows(
        "SELECT dataset, dataset_sha256 FROM training_run WHERE run_id = ?", [.integer(model.id)]
      ) { (name: try $0.text(0), digest: try $0.text(1)) }
    }.first
    let data = recorded ?? Self.data(dataset ?? "external")
    if let dataset, dataset != data.name {
      throw ScoreError.otherData(model: model.uuid, data: data.name, given: dataset)
    }
    return data
  }

  /// A data set by its name: with the digest that the catalogue knows, or one of the name alone.
  private static func data(_ name: String) -> (name: String, digest: String) {
    let known = DatasetCatalogue.all.first { $0.name == name }
    return (name, known?.digest ?? Digest.sha256(Array("data set by name: \(name)".utf8)))
  }
}

/// What another program says of the images of a half.
struct ExternalRows: Sendable {
  /// The images, ascending.
  let indices: [Int]
  let labels: [Int]
  let predictions: [Int]

  /// The digest of everything.
  var digest: String {
    let columns = [indices, labels, predictions].map { column in
      JSONValue.array(column.map { .integer(Int64($0)) })
    }
    return Digest.sha256(Array(JSONValue.array(columns).canonical.utf8))
  }

  /// How many images are not classified as what they are.
  var errorCount: Int { zip(labels, predictions).count { $0 != $1 } }
}
