internal import Detection
internal import Tracker

/// Measures and voters that are asked for, each once, by their canonical names.
struct ScoreRequest: Sendable {
  /// The measures, of the catalogue.
  private(set) var measures: [any Measure] = []
  /// The voters, those among them that measures of agreement count.
  private(set) var voters: [TransformSpecification] = []
  /// The voter sets all of whose members are among the voters.
  private(set) var sets: [VoterSet] = []

  /// Takes names as users write them.
  ///
  /// - Parameters:
  ///   - measures: Names of measures; `all` stands for those of the catalogue's list. Those that
  ///     are read off the passes with dropout are left out: measurements have them anyway.
  ///   - voters: Names of transforms.
  ///   - sets: Names of voter sets; the paper's crops are left out likewise.
  ///   - known: The measures that the database knows.
  /// - Throws: ``ScoreError`` or `DetectionError` for a name that nothing here computes.
  init(
    measures: [String], voters: [String] = [], sets: [String] = [], known: KnownMeasures
  ) throws {
    let names = measures.flatMap { $0 == "all" ? MeasureCatalogue.standard : [$0] }
    for name in names {
      switch known[name]?.kind {
      case .monteCarlo: continue
      case .detector: throw ScoreError.isDetector(name)
      case .imported: throw ScoreError.isImported(name)
      case .catalogue, nil: add(try known.measure(named: name))
      }
    }
    for voter in voters { add(try TransformSpecification(voter)) }
    for name in sets where name != Self.crops {
      let set = try VoterSetCatalogue.named(name)
      self.sets.append(set)
      set.voters.forEach { add($0) }
    }
  }

  /// The paper's voter set, whose votes each measurement has.
  static let crops = "crops"

  private mutating func add(_ measure: any Measure) {
    let name = measure.description.name
    guard !measures.contains(where: { $0.description.name == name }) else { return }
    measures.append(measure)
    measure.dependencies.voters.forEach { add($0) }
    if let set = VoterSetCatalogue.sets.first(where: { name == "disagreement_\($0.name)" }),
      !sets.contains(where: { $0.name == set.name })
    {
      sets.append(set)
    }
  }

  private mutating func add(_ voter: TransformSpecification) {
    if !voters.contains(voter) { voters.append(voter) }
  }

  /// What of it a measurement does not have yet.
  func missing(in recorded: RecordedScores) -> ScoreRequest {
    var missing = self
    missing.measures.removeAll { recorded.has(measure: $0.description.name) }
    missing.voters.removeAll { recorded.voters[$0.name] != nil }
    return missing
  }

  /// Whether there is nothing to compute.
  var isEmpty: Bool { measures.isEmpty && voters.isEmpty }

  /// Whether the images that the model was trained on are needed.
  var usesTrainingImages: Bool {
    measures.contains { $0.dependencies.trainingImages }
      || voters.contains(where: \.usesTrainingImages)
  }
}
