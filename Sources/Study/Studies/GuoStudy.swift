internal import Tracker

/// The network's accuracy behind input transformations.
///
/// Guo, Rana, Cisse, van der Maaten: Countering Adversarial Images Using Input Transformations
/// (2018), on small grey images as docs/methods.md settles it.
struct GuoStudy: CataloguedStudy {
  static let name = "guo"
  static let title = "Countering adversarial images using input transformations"
  static let summary =
    "accuracy behind bit depth, JPEG, total variation, quilting and crop ensembles (Guo et al.)"

  /// The transformations; the crops of 11 pixels have Guo's own share of the side.
  private static let voters = [
    "bit_depth_3", "bit_depth_1", "jpeg_75", "total_variation_0.03", "quilting_10",
    "random_crops_24_30", "random_crops_11_30",
  ]

  private let stages = TransformStages(voters: Self.voters, measures: [])

  init(_ configuration: StudyConfiguration) {}

  var settings: JSONValue { .object(["voters": .array(stages.voters.map { .string($0) })]) }

  func stageCount(attacks: Int) -> Int { stages.count(attacks: attacks) }

  func perform(_ stages: StudyStages) throws -> [String: Run] { try self.stages.perform(stages) }
}
