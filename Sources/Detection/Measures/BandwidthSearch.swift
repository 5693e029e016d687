internal import CKernels
internal import Foundation
internal import Classifier
internal import Tensor

/// The choice of a kernel density's bandwidth by the likelihood of held-out training images.
///
/// Of each class up to 1,000 training images, drawn by the seed, are dealt to five folds. Each fold's
/// images are scored by the density of the other four. One bandwidth serves all classes: that of
/// twenty, evenly spaced by logarithm from 0.05 to 5, with the highest sum of log densities.
package struct BandwidthSearch {
  package static let candidates = (0..<20).map { 0.05 * pow(100, Double($0) / 19) }

  private static let folds = 5
  private static let imagesPerClass = 1000
  private static let rowsPerBlock = 50

  private let training: TrainingFeatures
  private let material: MeasureMaterial

  /// Some images of one class, sorted by fold.
  private struct Sample {
    /// The centred features, [images, width].
    let values: [Float]
    let squares: [Double]
    /// The images of each fold.
    let folds: [Range<Int>]
  }

  package init(_ training: TrainingFeatures, material: MeasureMaterial) {
    self.training = training
    self.material = material
  }

  /// The bandwidth with the highest likelihood.
  ///
  /// - Throws: ``DetectionError`` if no class has as many images as there are folds, or if the work
  ///   is cancelled.
  package func best() throws(DetectionError) -> Double {
    var likelihoods = [Double](repeating: 0, count: Self.candidates.count)
    let classes = training.rows.indices.filter { training.rows[$0].count >= Self.folds }
    guard !classes.isEmpty else {
      throw .measureNeedsTrainingImages(measure: "the choice of a bandwidth")
    }
    for (done, number) in classes.enumerated() {
      try material.stopIfCancelled()
      material.progress("bandwidth", done, classes.count)
      for (index, sum) in self.likelihoods(of: sample(number)).enumerated() {
        likelihoods[index] += sum
      }
    }
    material.progress("bandwidth", classes.count, classes.count)
    let best = likelihoods.indices.reduce(0) { likelihoods[$1] > likelihoods[$0] ? $1 : $0 }
    return Self.candidates[best]
  }

  private func sample(_ number: Int) -> Sample {
    let (rows, width) = (training.rows[number], training.width)
    let drawn = RandomStream(seed: material.seed, stream: RandomPurpose.bandwidthImages)
      .permutation(count: rows.count, pass: UInt32(number)).prefix(Self.imagesPerClass)
    var values: [Float] = []
    var folds: [Range<Int>] = []
    var end = 0
    for fold in 0..<Self.folds {
      let images = stride(from: fold, to: drawn.count, by: Self.folds)
      for place in images {
        let row = rows.lowerBound + drawn[place]
        values += training.values[row * width..<(row + 1) * width]
      }
      let count = (drawn.count - fold + Self.folds - 1) / Self.folds
      folds.append(end..<end + count)
      end += count
    }
    return Sample(
      values: values, squares: squaredLengths(values, width: width), folds: folds)
  }

  /// The sum of the held-out log densities of a sample for each bandwidth.
  private func likelihoods(of sample: Sample) -> [Double] {
    let (count, candidates) = (sample.squares.count, Self.candidates.count)
    let blocks = (count + Self.rowsPerBlock - 1) / Self.rowsPerBlock
    var parts = [Double](repeating: 0, count: blocks * candidates)
    parts.withUnsafeMutableBufferPointer { parts in
      let parts = parts
      material.parallelism.forEachShard(blocks) { block, _ in
        guard !material.isCancelled() else { return }
        let first = block * Self.rowsPerBlock
        self.add(
          first..<min(first + Self.rowsPerBlock, count), of: sample,
          to: UnsafeMutableBufferPointer(
            rebasing: parts[block * candidates..<(block + 1) * candidates]))
      }
    }
    return (0..<candidates).map { candidate in
      (0..<blocks).reduce(0) { $0 + parts[$1 * candidates + candidate] }
    }
  }

  private func add(
    _ rows: Range<Int>, of sample: Sample, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    let (count, width) = (sample.squares.count, training.width)
    let products = Scratch<Float>(rows.count * count)
    sample.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      MatrixProduct.multiply(
        values + rows.lowerBound * width, .plain, values, .transposed, into: products.base,
        m: rows.count, n: count, k: width)
    }
    for (place, row) in rows.enumerated() {
      guard let fold = sample.folds.first(where: { $0.contains(row) }) else { continue }
      // The products with the images of the other folds, closed up.
      let line = products.base + place * count
      (line + fold.lowerBound).update(from: line + fold.upperBound, count: count - fold.upperBound)
      var others = sample.squares
      others.removeSubrange(fold)
      for (index, bandwidth) in Self.candidates.enumerated() {
        var largest = 0.0
        let sum = kernels_sum_of_kernels(
          line, others, Int64(others.count), sample.squares[row],
          1 / (2 * bandwidth * bandwidth), &largest)
        sums[index] +=
          largest + log(sum) - log(Double(others.count)) - Double(width) * log(bandwidth)
      }
    }
  }
}
