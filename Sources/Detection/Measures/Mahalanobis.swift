internal import Foundation
internal import Classifier
internal import Tensor

/// The squared Mahalanobis distance of an image's features to the nearest class mean.
///
/// Lee, Lee, Lee, Shin 2018 (arXiv 1807.03888): the class means of the training images by true
/// class and one covariance for all classes, the mean outer product of the deviations from them.
/// Features of a layer with maps are averaged over the positions, as in their code. Their small step
/// of the image against the distance's gradient is not made, and joining several layers is left to
/// learned detectors. They invert by the pseudo-inverse; here a millionth of the mean variance is
/// added to the covariance's diagonal, so that features that are never active don't make it
/// singular.
struct Mahalanobis: Measure {
  static let name = "mahalanobis"
  static let kind = MeasureKind(
    pattern: name + "[@LAYER]", title: "Mahalanobis distance",
    summary: "squared Mahalanobis distance of the features to the nearest class mean",
    source: "Lee, Lee, Lee, Shin 2018", standard: [name]
  ) { name throws(DetectionError) in
    guard let parts = LayerMeasureName(name, kind: Self.name) else { return nil }
    guard parts.value == nil else {
      throw .impossibleMeasure(
        name, pattern: Self.name + "[@LAYER]", problem: "\(Self.name) has no value")
    }
    return Mahalanobis(layer: parts.layer)
  }

  /// The layer whose outputs are the features, or nil for the default one.
  let layer: String?

  var description: MeasureDescription {
    MeasureDescription(
      name: LayerMeasureName.name(kind: Self.name, value: nil, layer: layer), orientation: .high,
      unit: "1", title: Self.kind.title + (layer.map { " of \($0)" } ?? ""),
      summary: Self.kind.summary, source: Self.kind.source)
  }

  var dependencies: MeasureDependencies {
    MeasureDependencies(trainingImages: true, features: FeatureSource(layer))
  }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure {
    let training = try material.trainingFeatures(layer)
    let channels = material.classifier.featureChannels(of: training.layer) ?? 1
    return try PreparedMahalanobis(training, channels: channels, material: material)
  }
}

/// Class means and the inverse of the factor of the covariance.
struct PreparedMahalanobis: PreparedMeasure {
  let training: TrainingFeatures
  let channels: Int
  /// The inverse W of the covariance's Cholesky factor, so that |W d| is the distance, [c, c].
  let whitening: [Float]
  /// The class means, whitened, [classes, channels].
  let means: [Double]

  private static let rowsPerBlock = 64
  private static let ridge = 1e-6
  /// The parts in which the covariance is summed, each on one thread.
  private static let parts = 8

  init(
    _ training: TrainingFeatures, channels: Int, material: MeasureMaterial
  ) throws(DetectionError) {
    self.training = training
    self.channels = channels
    let positions = training.width / channels
    let pooled = averagedOverPositions(training.values, channels: channels, positions: positions)
    let known = training.rows.filter { !$0.isEmpty }
    let means = known.map { rows in
      var sums = [Double](repeating: 0, count: channels)
      for row in rows {
        for channel in 0..<channels { sums[channel] += Double(pooled[row * channels + channel]) }
      }
      return sums.map { $0 / Double(rows.count) }
    }
    material.progress("covariance", 0, 2)
    var covariance = Self.scatter(
      pooled, means: zip(known, means).map { ($0, $1) }, channels: channels, material)
    try material.stopIfCancelled()
    material.progress("covariance", 1, 2)
    for index in covariance.indices { covariance[index] /= Double(max(1, training.count)) }
    let variance =
      (0..<channels).reduce(0) { $0 + covariance[$1 * channels + $1] } / Double(channels)
    for channel in 0..<channels {
      covariance[channel * channels + channel] += max(Self.ridge * variance, .leastNormalMagnitude)
    }
    let factor = CholeskyFactor(lowerTriangle: covariance, size: channels)
    whitening = factor.inverse().map { Float($0) }
    self.means = means.flatMap { factor.solveLower($0) }
    material.progress("covariance", 2, 2)
  }

  /// The sum of the outer products of the deviations from the class means, [channels, channels].
  ///
  /// Blocks of rows are multiplied in single precision and summed in double precision.
  private static func scatter(
    _ values: [Float], means: [(rows: Range<Int>, mean: [Double])], channels: Int,
    _ material: MeasureMaterial
  ) -> [Double] {
    var deviations = values
    deviations.withUnsafeMutableBufferPointer { deviations in
      for (rows, mean) in means {
        for row in rows {
          for channel in 0..<channels {
            deviations[row * channels + channel] -= Float(mean[channel])
          }
        }
      }
    }
    let (count, size) = (values.count / channels, channels * channels)
    let rowsPerPart = (count + parts - 1) / parts
    var sums = [Double](repeating: 0, count: parts * size)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums
      material.parallelism.forEachShard(parts) { part, _ in
        let product = Scratch<Float>(size)
        let end = min((part + 1) * rowsPerPart, count)
        for first in stride(from: part * rowsPerPart, to: end, by: 1024) {
          guard !material.isCancelled() else { return }
          deviations.withUnsafeBufferPointer { deviations in
            guard let base = deviations.baseAddress.map({ $0 + first * channels }) else { return }
            MatrixProduct.multiply(
              base, .transposed, base, .plain, into: product.base, m: channels, n: channels,
              k: min(1024, end - first))
          }
          for index in 0..<size { sums[part * size + index] += Double(product.base[index]) }
        }
      }
    }
    return (0..<size).map { index in (0..<parts).reduce(0) { $0 + sums[$1 * size + index] } }
  }

  func values(of batch: ImageBatch) throws -> [Double] {
    try batch.material.stopIfCancelled()
    let features = try batch.features(training.layer)
    let (blocks, width) = (Self.rowsPerBlock, training.width)
    let count = batch.count
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      let result = result
      batch.material.parallelism.forEachShard((count + blocks - 1) / blocks) { block, _ in
        let rows = block * blocks..<min((block + 1) * blocks, count)
        var centred = [Float](repeating: 0, count: blocks * width)
        centred.withUnsafeMutableBufferPointer { centred in
          guard let base = centred.baseAddress else { return }
          for (place, row) in rows.enumerated() {
            self.training.centre(features, image: row, into: base + place * width)
          }
        }
        let distances = self.distances(centred)
        for (place, row) in rows.enumerated() { result[row] = distances[place] }
      }
    }
    if let image = result.firstIndex(where: { !$0.isFinite }) {
      throw DetectionError.notFinite(measure: Mahalanobis.name, image: batch.indices[image])
    }
    return result
  }

  /// The squared distance of each row of a block to the nearest class mean.
  private func distances(_ centred: [Float]) -> [Double] {
    let pooled = averagedOverPositions(
      centred, channels: channels, positions: training.width / channels)
    let whitened = Scratch<Float>(pooled.count)
    let rows = pooled.count / channels
    MatrixProduct.multiply(
      pooled, .plain, whitening, .transposed, into: whitened.base, m: rows, n: channels,
      k: channels)
    return (0..<rows).map { row in
      stride(from: 0, to: means.count, by: channels).reduce(Double.infinity) { nearest, first in
        var sum = 0.0
        for channel in 0..<channels {
          let difference = Double(whitened.base[row * channels + channel]) - means[first + channel]
          sum += difference * difference
        }
        return min(nearest, sum)
      }
    }
  }
}

/// The mean of each map of each row, [rows, channels]; rows are [positions, channels].
func averagedOverPositions(_ values: [Float], channels: Int, positions: Int) -> [Float] {
  guard positions > 1 else { return values }
  var result: [Float] = []
  result.reserveCapacity(values.count / positions)
  for first in stride(from: 0, to: values.count, by: positions * channels) {
    for channel in 0..<channels {
      var sum = 0.0
      for position in 0..<positions { sum += Double(values[first + position * channels + channel]) }
      result.append(Float(sum / Double(positions)))
    }
  }
  return result
}
