package import Tensor

/// What a classifier can do beside giving logits.
public struct ClassifierCapabilities: OptionSet, Sendable, Hashable {
  /// One bit a capability.
  public let rawValue: UInt8

  /// Takes a set of capabilities from its bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Gradients of functions of the logits with respect to images.
  public static let gradient = ClassifierCapabilities(rawValue: 1)
  /// Logits of stochastic passes, such as those with dropout on.
  public static let draws = ClassifierCapabilities(rawValue: 2)
  /// The outputs of inner layers.
  public static let features = ClassifierCapabilities(rawValue: 4)
  /// Gradients of functions of the logits of stochastic passes with respect to images.
  public static let drawGradient = ClassifierCapabilities(rawValue: 8)
  /// Gradients of functions of inner layers' outputs with respect to images.
  public static let featureGradient = ClassifierCapabilities(rawValue: 16)
}

/// A function from images to one logit per class, all that attacks and detectors know of a model.
///
/// It may be a network of this process or a model that another process serves. Workers get memory of
/// their own from it: a pass, draws or features. A worker's memory belongs to one thread at a time.
public protocol Classifier: Sendable {
  /// The architecture's name, or the name of a served model.
  var name: String { get }
  /// The shape of one image.
  var input: ImageShape { get }
  /// The number of logits, an outlier class included.
  var classCount: Int { get }
  /// What the classifier can do beside giving logits.
  var capabilities: ClassifierCapabilities { get }
  /// The names of the layers whose outputs can be read.
  var featureLayers: [String] { get }
  /// The layer whose outputs are an image's features unless another is named.
  var defaultFeatureLayer: String { get }
  /// The number of images that a call takes best; nil leaves it to the caller.
  var batchSize: Int? { get }
  /// How many workers may be at work at a time; nil allows as many as there are threads.
  var concurrency: Int? { get }

  /// The number of features that a layer gives, or nil if ``featureLayers`` doesn't have it.
  func featureCount(of layer: String) -> Int?

  /// The number of maps of a layer, whose features are [positions, maps]; as many as features if
  /// they have no positions, nil if ``featureLayers`` doesn't have the layer.
  func featureChannels(of layer: String) -> Int?

  /// Makes one worker's memory for logits and gradients, with nothing random.
  ///
  /// - Parameters:
  ///   - capacity: The largest number of images in a batch.
  ///   - gradients: Whether backward passes will follow.
  /// - Returns: The memory.
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The classifier is capable of gradients if they are wanted.
  func makePass(capacity: Int, gradients: Bool) throws -> any ClassifierPass

  /// Makes one worker's memory for stochastic passes.
  ///
  /// - Parameters:
  ///   - images: The largest number of images in a batch.
  ///   - passes: The number of stochastic passes over each image.
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What the numbers are for, one of ``RandomPurpose``.
  /// - Returns: The memory.
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The classifier is capable of draws.
  func makeDraws(
    images: Int, passes: Int, seed: UInt64, purpose: UInt32
  ) throws -> any ClassifierDraws

  /// Makes one worker's memory for stochastic passes and their gradients.
  ///
  /// - Parameters:
  ///   - capacity: The largest number of images in a batch.
  ///   - draws: The number of stochastic passes over each image in one forward pass.
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What the numbers are for, one of ``RandomPurpose``.
  /// - Returns: The memory.
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The classifier is capable of gradients of draws.
  func makeDrawnPass(
    capacity: Int, draws: Int, seed: UInt64, purpose: UInt32
  ) throws -> any ClassifierDrawnPass

  /// Makes one worker's memory for the outputs of a layer, with nothing random.
  ///
  /// - Parameters:
  ///   - layer: One of ``featureLayers``.
  ///   - capacity: The largest number of images in a batch.
  ///   - gradients: Whether backward passes will follow.
  /// - Returns: The memory.
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: There is such a layer, and the classifier is capable of its gradients if they are
  ///   wanted.
  func makeFeaturePass(
    layer: String, capacity: Int, gradients: Bool
  ) throws -> any ClassifierFeatures
}

/// One worker's memory to carry batches of images to logits, and gradients back.
public protocol ClassifierPass: AnyObject {
  /// The images of a batch, [capacity, input], elements as ``ImageShape`` lays them out, in 0...1.
  var input: UnsafeMutablePointer<Float> { get }

  /// Computes the logits of the first images of ``input``.
  ///
  /// - Parameter rows: How many images there are, at most the capacity.
  /// - Returns: Logits, [rows, classes], valid until the next forward pass.
  /// - Throws: What keeps a served model from answering.
  func forward(rows: Int) throws -> UnsafePointer<Float>

  /// The weights of the logits, [capacity, classes], to be written before a backward pass.
  ///
  /// - Precondition: The pass was made for gradients.
  var logitGradient: UnsafeMutablePointer<Float> { get }

  /// Computes the gradient of the sum of the weighted logits with respect to the images of the last
  /// forward pass. There may be several backward passes after a forward pass.
  ///
  /// - Parameter rows: How many images the forward pass had.
  /// - Returns: Gradients, [rows, input], valid until the next pass of either kind.
  /// - Throws: What keeps a served model from answering.
  func backward(rows: Int) throws -> UnsafePointer<Float>
}

/// One worker's memory for stochastic passes over batches of images.
public protocol ClassifierDraws: AnyObject {
  /// The images of a batch, [images, input], in 0...1.
  var input: UnsafeMutablePointer<Float> { get }

  /// Computes the logits of each pass over each of the first images of ``input``.
  ///
  /// - Parameter images: The images' indices in their data set. Seed, purpose, index and number of
  ///   the pass determine a draw, whatever else is in the batch.
  /// - Returns: Logits, [images, passes, classes], valid until the next call.
  /// - Throws: What keeps a served model from answering.
  func forward(images: [Int]) throws -> UnsafePointer<Float>
}

/// One worker's memory for the outputs of a layer.
public protocol ClassifierFeatures: AnyObject {
  /// The images of a batch, [capacity, input], in 0...1.
  var input: UnsafeMutablePointer<Float> { get }

  /// Computes the layer's outputs of the first images of ``input``.
  ///
  /// - Parameter rows: How many images there are, at most the capacity.
  /// - Returns: Features, [rows, width], valid until the next call.
  /// - Throws: What keeps a served model from answering.
  func forward(rows: Int) throws -> UnsafePointer<Float>

  /// The weights of the features, [capacity, width], to be written before each backward pass.
  ///
  /// - Precondition: The pass was made for gradients.
  var featureGradient: UnsafeMutablePointer<Float> { get }

  /// Computes the gradient of the sum of the weighted features with respect to the images of the last
  /// forward pass.
  ///
  /// - Parameter rows: How many images the forward pass had.
  /// - Returns: Gradients, [rows, input], valid until the next pass of either kind.
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The pass was made for gradients.
  func backward(rows: Int) throws -> UnsafePointer<Float>
}

extension Classifier {
  /// Nil, which leaves the size of batches to the caller.
  public var batchSize: Int? { nil }
  /// Nil, which allows as many workers as there are threads.
  public var concurrency: Int? { nil }

  /// As many as there are features: without positions, each is a map of its own.
  public func featureChannels(of layer: String) -> Int? { featureCount(of: layer) }

  /// Refuses: only classifiers that are capable of gradients of draws make such passes.
  public func makeDrawnPass(
    capacity: Int, draws: Int, seed: UInt64, purpose: UInt32
  ) throws -> any ClassifierDrawnPass {
    preconditionFailure("\(name) gives no gradients of stochastic passes")
  }

  /// Makes sure that the classifier is capable of something before work begins that needs it.
  ///
  /// - Parameters:
  ///   - capability: What is needed.
  ///   - user: What needs it, such as "the attack 'fgsm'".
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)``.
  public func require(
    _ capability: ClassifierCapabilities, for user: String
  ) throws(ClassifierError) {
    try described.require(capability, for: user)
  }

  /// The threads that may work on this classifier at a time.
  ///
  /// - Parameters:
  ///   - parallelism: The threads to use.
  ///   - shards: The number of shards, beyond which more threads would be idle.
  /// - Returns: At least one thread.
  package func workers(_ parallelism: Parallelism, shards: Int) -> Parallelism {
    Parallelism(threads: max(1, min(parallelism.threads, shards, concurrency ?? .max)))
  }
}
