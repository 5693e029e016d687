internal import Detection
internal import Classifier
internal import Tensor

/// The measures and crop votes of one image.
struct Reading: Sendable {
  let uncertainty: Uncertainty
  let deterministic: Classification
  /// The class of each crop, in the order of ``Crops/Position``.
  let crops: [Int]

  /// Whether everything said of the image is a number.
  var isFinite: Bool {
    [
      uncertainty.softmaxStd, uncertainty.logitStd, uncertainty.predictiveEntropy,
      uncertainty.mutualInformation, uncertainty.maxProbability, uncertainty.margin,
      deterministic.probability,
    ].allSatisfy(\.isFinite)
  }
}

/// The detector's instruments: MC dropout, crops, and the classifier without dropout beside them.
struct Instruments: Sendable {
  private let classifier: any Classifier
  private let size: Int
  private let dropout: MCDropout
  private let crops: Crops
  private let parallelism: Parallelism

  init(
    classifier: any Classifier, measurement: MeasurementSettings, seed: UInt64,
    parallelism: Parallelism
  ) throws {
    let shape = classifier.input
    self.classifier = classifier
    size = shape.count
    dropout = try MCDropout(classifier: classifier, passes: measurement.passes, seed: seed)
    crops = Crops(side: measurement.cropSide, shape: shape)
    self.parallelism = parallelism
  }

  /// Reads all instruments for some images.
  ///
  /// - Parameters:
  ///   - images: The images' indices, which address their random numbers.
  ///   - pixels: The images, [images, size], pixels in 0...1.
  /// - Returns: The readings, in the order of the images.
  /// - Throws: What keeps a served model from answering.
  func read(_ images: [Int], pixels: [Float]) throws -> [Reading] {
    try pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return [] }
      func load(_ index: Int, _ destination: UnsafeMutablePointer<Float>) {
        destination.update(from: base + index * size, count: size)
      }
      let uncertainties = try dropout.measure(images, parallelism: parallelism, load: load)
      let deterministic = try classifier.classes(
        count: images.count, parallelism: parallelism, load: load)
      let votes = try crops.classify(
        count: images.count, classifier: classifier, parallelism: parallelism, load: load)
      return images.indices.map {
        Reading(
          uncertainty: uncertainties[$0], deterministic: deterministic[$0], crops: votes[$0])
      }
    }
  }
}
