internal import Classifier
internal import Detection
internal import Tracker

/// Measures and voters that are asked for, each once, by their canonical names.
struct ScoreRequest: Sendable {
  /// The measures, of the catalogue.
  private(set) var measures: [any Measure] = []
  /// The voters, those among them that measures of agreement count.
  private(set) var voters: [TransformSpecification] = []
  /// The measures that were asked for by their names and that measurements have anyway.
  private var ofPasses: [String] = []
  /// The measures that `all` stands for.
  private var offered: Set<String> = []
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
    if measures.contains("all") {
      offered = Set(MeasureCatalogue.standard).subtracting(measures)
    }
    for name in measures.flatMap({ $0 == "all" ? MeasureCatalogue.standard : [$0] }) {
      switch known[name]?.kind {
      case .monteCarlo: if !offered.contains(name) { ofPasses.append(name) }
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

  /// What of it a model gives, before work begins.
  ///
  /// - Parameter model: What is known of the model.
  /// - Returns: The request without the measures of `all` that the model is not capable of, and
  ///   their names.
  /// - Throws: ``ScoreError/notOfModel(problem:possible:)`` for what was asked for by its name and
  ///   is not possible.
  func possible(
    for model: ClassifierDescription
  ) throws -> (request: ScoreRequest, leftOut: [String]) {
    do {
      if let name = ofPasses.first {
        try model.require(.draws, for: "a measurement with \(name)")
      }
      var request = self
      var leftOut: [String] = []
      for measure in measures {
        let name = measure.description.name
        do {
          try measure.check(model)
        } catch let error as ClassifierError {
          guard offered.contains(name) else { throw error }
          request.measures.removeAll { $0.description.name == name }
          leftOut.append(name)
        }
      }
      for voter in voters { try voter.check(model.input) }
      if !offered.isEmpty, !model.capabilities.contains(.draws) {
        leftOut = MonteCarloMeasure.allCases.map(\.rawValue) + leftOut
      }
      return (request, leftOut)
    } catch let error as ClassifierError {
      throw ScoreError.notOfModel(
        problem: error.description, possible: Self.measures(possibleFor: model))
    }
  }

  /// The measures of the catalogue's list that a model gives.
  static func measures(possibleFor model: ClassifierDescription) -> [String] {
    MeasureCatalogue.standard.filter { name in
      guard let measure = try? MeasureCatalogue.measure(named: name) else { return false }
      if measure is MonteCarloMeasure, !model.capabilities.contains(.draws) { return false }
      return (try? measure.check(model)) != nil
    }
  }

  /// Whether there is nothing to compute.
  var isEmpty: Bool { measures.isEmpty && voters.isEmpty }

  /// Whether the images that the model was trained on are needed.
  var usesTrainingImages: Bool {
    measures.contains { $0.dependencies.trainingImages }
      || voters.contains(where: \.usesTrainingImages)
  }
}
