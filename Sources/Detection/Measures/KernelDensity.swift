internal import CKernels
internal import Foundation
internal import Classifier
internal import Tensor

/// The logarithm of the density of an image's features among those of training images.
///
/// Feinman, Curtin, Shintre, Gardner 2017, section 4.1: each class has a Gaussian kernel density of
/// the features of all training images of that true class. An image's density is that of the class
/// which the network predicts with dropout off. A predicted class without training images, such as
/// an outlier class, gets the lowest of the other classes' densities.
struct KernelDensity: Measure {
  static let name = "kernel_density"
  static let kind = MeasureKind(
    pattern: name + "[_BANDWIDTH][@LAYER]", title: "log kernel density",
    summary: "log density of the features among training images of the predicted class",
    source: "Feinman, Curtin, Shintre, Gardner 2017", standard: [name]
  ) { name throws(DetectionError) in
    guard let parts = LayerMeasureName(name, kind: Self.name) else { return nil }
    return KernelDensity(
      bandwidth: try parts.value.map { value throws(DetectionError) in
        guard let bandwidth = Double(value), bandwidth.isFinite, bandwidth >= 1e-6 else {
          throw .impossibleMeasure(
            name, pattern: Self.name + "[_BANDWIDTH][@LAYER]",
            problem: "a bandwidth is a number of at least 1e-6")
        }
        return bandwidth
      }, layer: parts.layer)
  }

  /// The kernel's standard deviation, or nil to choose it by held-out likelihood.
  let bandwidth: Double?
  /// The layer whose outputs are the features, or nil for the default one.
  let layer: String?

  var description: MeasureDescription {
    let layer = layer.map { " of \($0)" } ?? ""
    return MeasureDescription(
      name: LayerMeasureName.name(kind: Self.name, value: bandwidth, layer: self.layer),
      orientation: .low, unit: "nat", title: Self.kind.title + layer, summary: Self.kind.summary,
      source: Self.kind.source)
  }

  var dependencies: MeasureDependencies {
    MeasureDependencies(trainingImages: true, features: FeatureSource(layer))
  }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure {
    let features = try material.trainingFeatures(layer)
    let chosen = try bandwidth ?? BandwidthSearch(features, material: material).best()
    return PreparedKernelDensity(features, bandwidth: chosen, isTuned: bandwidth == nil)
  }
}

/// The kernel densities of the classes with a bandwidth.
///
/// A batch costs one matrix product of its features with the training images of each predicted
/// class. Beside the training features it needs 4 bytes for each pair of 32 images and the training
/// images of a class, by thread: 0.9 MB for MNIST.
struct PreparedKernelDensity: PreparedMeasure {
  let training: TrainingFeatures
  /// The squared length of each training image's features.
  let squares: [Double]
  let bandwidth: Double
  let fitted: [String: Double]

  /// The rows of each matrix product, always as many, since others may round differently.
  private static let rowsPerBlock = 32

  init(_ training: TrainingFeatures, bandwidth: Double, isTuned: Bool) {
    self.training = training
    self.bandwidth = bandwidth
    squares = training.squares()
    fitted = isTuned ? ["bandwidth": bandwidth] : [:]
  }

  func values(of batch: ImageBatch) throws -> [Double] {
    try batch.material.stopIfCancelled()
    let features = try batch.features(training.layer)
    let classes = try batch.classes
    let known = training.rows.indices.filter { !training.rows[$0].isEmpty }
    var wanted: [(class: Int, image: Int)] = []
    for (image, predicted) in classes.enumerated() {
      if predicted < training.rows.count, !training.rows[predicted].isEmpty {
        wanted.append((predicted, image))
      } else {
        wanted += known.map { ($0, image) }
      }
    }
    wanted.sort { ($0.class, $0.image) < ($1.class, $1.image) }
    var result = [Double](repeating: .infinity, count: batch.count)
    for (pair, density) in zip(wanted, densities(of: wanted, features, batch.material)) {
      result[pair.image] = min(result[pair.image], density)
    }
    if let image = result.firstIndex(where: { !$0.isFinite }) {
      throw DetectionError.notFinite(measure: KernelDensity.name, image: batch.indices[image])
    }
    return result
  }

  /// The log densities of images under classes, sorted by class.
  private func densities(
    of wanted: [(class: Int, image: Int)], _ features: [Float], _ material: MeasureMaterial
  ) -> [Double] {
    var blocks: [Range<Int>] = []
    var first = 0
    while first < wanted.count {
      var end = first + 1
      while end < wanted.count, end - first < Self.rowsPerBlock,
        wanted[end].class == wanted[first].class
      {
        end += 1
      }
      blocks.append(first..<end)
      first = end
    }
    let parallelism = material.parallelism
    let largestClass = training.rows.map(\.count).max() ?? 0
    let workers = (0..<max(1, min(parallelism.threads, blocks.count))).map { _ in
      Worker(
        queries: Scratch(Self.rowsPerBlock * training.width),
        products: Scratch(Self.rowsPerBlock * largestClass))
    }
    var densities = [Double](repeating: 0, count: wanted.count)
    densities.withUnsafeMutableBufferPointer { densities in
      let densities = densities
      parallelism.forEachShard(blocks.count) { number, worker in
        let block = blocks[number]
        self.measure(
          wanted[block], features, workers[worker],
          into: UnsafeMutableBufferPointer(rebasing: densities[block]))
      }
    }
    return densities
  }

  private struct Worker {
    /// Centred features of the images of a block, [rowsPerBlock, width].
    let queries: Scratch<Float>
    /// Their products with the training images of a class, [rowsPerBlock, images].
    let products: Scratch<Float>
  }

  private func measure(
    _ block: ArraySlice<(class: Int, image: Int)>, _ features: [Float], _ worker: Worker,
    into densities: UnsafeMutableBufferPointer<Double>
  ) {
    guard let first = block.first else { return }
    let (rows, width) = (training.rows[first.class], training.width)
    worker.queries.base.update(repeating: 0, count: Self.rowsPerBlock * width)
    for (row, pair) in block.enumerated() {
      training.centre(features, image: pair.image, into: worker.queries.base + row * width)
    }
    training.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      MatrixProduct.multiply(
        worker.queries.base, .plain, values + rows.lowerBound * width, .transposed,
        into: worker.products.base, m: Self.rowsPerBlock, n: rows.count, k: width)
    }
    let normaliser =
      log(Double(rows.count)) + Double(width) * (log(bandwidth) + log(2 * Double.pi) / 2)
    squares.withUnsafeBufferPointer { squares in
      guard let squares = squares.baseAddress else { return }
      for row in 0..<block.count {
        let square = squaredLength(worker.queries.base + row * width, count: width)
        var largest = 0.0
        let sum = kernels_sum_of_kernels(
          worker.products.base + row * rows.count, squares + rows.lowerBound,
          Int64(rows.count), square, 1 / (2 * bandwidth * bandwidth), &largest)
        densities[row] = largest + log(sum) - normaliser
      }
    }
  }
}
