internal import Bytes
internal import Classifier
internal import NeuralNetwork

/// The memory that work will need, compared with the free memory before it begins.
///
/// Where memory is short a process is killed, or ends in the middle of a product of matrices; neither
/// says why.
struct MemoryNeed: Sendable {
  /// Bytes, about.
  private let bytes: Int

  private init(_ parts: [(count: Int, width: Int)]) {
    bytes = parts.reduce(0) { sum, part in
      let (product, overflow) = part.count.multipliedReportingOverflow(by: part.width)
      return overflow || sum > .max - product ? .max : sum + product
    }
  }

  /// Makes sure that there is as much.
  ///
  /// - Throws: ``StudyError/memoryShort(work:needed:available:)``.
  func require(for work: String) throws {
    let available = AvailableMemory.bytes
    guard bytes <= available else {
      throw StudyError.memoryShort(work: work, needed: bytes, available: available)
    }
  }

  /// Training: the gradients of each shard of a batch, parameters with their moments and a
  /// checkpoint's copies of them, and each thread's activations and images under attack.
  static func training(
    _ architecture: Architecture, plan: TrainingPlan, threads: Int
  ) -> MemoryNeed {
    let shards = (plan.batchSize + 63) / 64
    return MemoryNeed([
      (shards + 3 * (1 + plan.optimizer.momentCount), 4 * architecture.parameterCount),
      (min(threads, shards), 2 * 64 * 4 * architecture.activationCount),
      (
        plan.adversarial == nil ? 0 : min(threads, shards),
        2 * 64 * 4 * architecture.input.count
      ),
    ])
  }

  /// Measuring: the logits of all passes over a shard of images, with what is computed of them, and
  /// each thread's activations.
  ///
  /// Those of a served model are in its own process.
  static func measuring(
    _ classifier: any Classifier, passes: Int, images: Int, threads: Int
  ) -> MemoryNeed {
    let perImage = passes * classifier.classCount
    let activations = (classifier as? Network)?.architecture.activationCount ?? 0
    return MemoryNeed([
      (threads * min(images, classifier.batchSize ?? 50), 4 * perImage),
      (threads, 3 * 8 * perImage),
      (threads, 400 * 4 * activations),
      (imagesPerChunk(passes: passes), 8 * classifier.input.count),
    ])
  }

  /// What is said of images, and a file of it.
  static func readings(_ images: Int, classes: Int) -> MemoryNeed {
    MemoryNeed([(images, 1500 + 16 * classes)])
  }

  /// The pixels of images, as numbers, so many times.
  static func pixels(_ shape: ImageShape, images: Int, copies: Int) -> MemoryNeed {
    MemoryNeed([(images, copies * 4 * shape.count)])
  }

  static func + (one: MemoryNeed, other: MemoryNeed) -> MemoryNeed {
    MemoryNeed([(one.bytes, 1), (other.bytes, 1)])
  }
}

extension Architecture {
  /// How many numbers lie between the layers, for one image.
  fileprivate var activationCount: Int {
    layers.reduce(input.count) { $0 + $1.output.count }
  }
}
