internal import Detection
internal import Tracker

/// Small transformations of images, by what they restore and what they keep.
///
/// Graese, Rozsa, Boult: Assessing Threat of Adversarial Examples on Deep Neural Networks (2016),
/// whose values could not be found: docs/methods.md has the ones here, all of which are reported.
struct GraeseStudy: CataloguedStudy {
  static let name = "graese"
  static let title = "Image acquisition against adversarial examples"
  static let summary =
    "what shifts, rotations, blur, noise, crops and so on restore and keep (Graese et al.)"

  private let stages: TransformStages

  init(_ configuration: StudyConfiguration) throws {
    stages = TransformStages(
      voters: try VoterSetCatalogue.named(Self.name).voters.map(\.name),
      measures: ["disagreement_\(Self.name)"])
  }

  var settings: JSONValue {
    .object([
      "voters": .array(stages.voters.map { .string($0) }),
      "measures": .array(stages.measures.map { .string($0) }),
    ])
  }

  func stageCount(attacks: Int) -> Int { stages.count(attacks: attacks) }

  func perform(_ stages: StudyStages) throws -> [String: Run] { try self.stages.perform(stages) }
}
