internal import Classifier
internal import Tracker

/// Trains a network of the attacker's own: one like the attacked one, from other first weights, on the
/// second half of the training images.
struct SurrogateStage: Stage {
  static let kind = "surrogate"
  let title = "train a surrogate"

  let training: TrainingStage

  /// Prepares the training.
  ///
  /// - Parameters:
  ///   - data: The data set of the attacked model.
  ///   - network: A network like that of the attacked model.
  ///   - training: How it is trained.
  ///   - studySeed: The seed of the study; the network has the next one.
  init(
    data: StudyData, network: NetworkConfiguration, training: TrainingConfiguration,
    studySeed: Int64
  ) {
    self.training = TrainingStage(
      data: data, network: network, training: training, studySeed: studySeed &+ 1,
      half: .second)
  }

  var configuration: JSONValue { get throws { try training.configuration } }
  var seed: Int64? { training.seed }
  var parents: [String: Run] { [:] }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try training.work(run, in: context)
  }
}

/// A half of the training images, in their order.
enum TrainingHalf: String, Sendable {
  /// The one with the first image.
  case first
  /// The other one, with one image more if their number is odd.
  case second

  /// The setting of a training's record that names it.
  static let setting = "training_half"

  /// Takes the half of some images.
  func of(_ images: LabeledImages) -> LabeledImages {
    let middle = images.count / 2
    let range = self == .first ? 0..<middle : middle..<images.count
    let size = images.shape.count
    return LabeledImages(
      shape: images.shape,
      pixels: Array(images.pixels[range.lowerBound * size..<range.upperBound * size]),
      labels: Array(images.labels[range]))
  }
}
