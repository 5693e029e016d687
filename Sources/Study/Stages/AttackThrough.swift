internal import Attack
internal import Classifier
internal import Detection

/// A transform of the catalogue, behind which a model is attacked.
struct AttackThrough: AttackTransform {
  /// The option that names it.
  static let option = "through"
  /// The option that says how many draws an attack averages over.
  static let drawsOption = "draws"
  /// The option by which each step has the same draws.
  static let fixedOption = "fixed_draw"

  let name: String
  private let transform: any Transform

  /// Makes the transform for a data set's images, with random numbers of the attack's own.
  ///
  /// - Throws: `DetectionError` if the images do not suit it.
  init(_ specification: TransformSpecification, data: StudyData, seed: UInt64) throws {
    name = specification.name
    transform = try specification.make(
      TransformSetting(
        shape: data.test.shape, seed: seed,
        trainingImages: specification.usesTrainingImages ? data.training : nil,
        purpose: RandomPurpose.attackDraws))
  }

  /// The transform that an attack's values name; nil if they name none.
  ///
  /// - Throws: `DetectionError` if there is no such transform.
  static func transform(
    of values: [String: AttackValue]
  ) throws(DetectionError) -> TransformSpecification? {
    guard case .word(let name)? = values[option], !name.isEmpty else { return nil }
    return try TransformSpecification(name)
  }

  var copies: Int { transform.copies }
  var isRandom: Bool { transform.isRandom }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    transform.write(image, index: index, copy: copy, into: result)
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    transform.pullBack(gradient, count: count, index: index, copy: copy, into: result)
  }
}
