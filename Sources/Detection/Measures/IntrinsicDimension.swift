internal import Foundation
internal import Classifier
internal import Tensor

/// The local intrinsic dimensionality of the features around an image.
///
/// Ma et al. 2018 (arXiv 1801.02613), with the estimator of Amsaleg et al. 2015: minus the inverse
/// of the mean of ln(r_i / r_k) over the distances r_1 to r_k of the k nearest neighbours. The
/// neighbours are sought among a fixed sample of training images that the seed draws, so a value
/// doesn't depend on which images are measured together. The authors seek them in the minibatch of
/// 100 clean images that the image, or the one it was made from, belongs to, and leave out the
/// nearest.
struct IntrinsicDimension: Measure {
  static let name = "lid"
  static let defaultNeighbours = 20
  private static let pattern = name + "[_NEIGHBOURS][@LAYER]"
  static let kind = MeasureKind(
    pattern: pattern, title: "local intrinsic dimensionality",
    summary: "how fast the number of training images grows with the distance of the features",
    source: "Ma, Li, Wang, Erfani, Wijewickrema, Schoenebeck, Song, Houle, Bailey 2018",
    standard: [name]
  ) { name throws(DetectionError) in
    guard let parts = LayerMeasureName(name, kind: Self.name) else { return nil }
    return IntrinsicDimension(
      neighbours: try parts.value.map { value throws(DetectionError) in
        guard let neighbours = Int(value), (2...1000).contains(neighbours) else {
          throw .impossibleMeasure(
            name, pattern: pattern, problem: "the neighbours are a whole number from 2 to 1000")
        }
        return neighbours
      }, layer: parts.layer)
  }

  /// k, or nil for the default.
  let neighbours: Int?
  /// The layer whose outputs are the features, or nil for the default one.
  let layer: String?

  var description: MeasureDescription {
    MeasureDescription(
      name: LayerMeasureName.name(
        kind: Self.name, value: neighbours.map(Double.init), layer: layer),
      orientation: .high, unit: "1", title: Self.kind.title + (layer.map { " of \($0)" } ?? ""),
      summary: Self.kind.summary, source: Self.kind.source)
  }

  var dependencies: MeasureDependencies {
    MeasureDependencies(trainingImages: true, features: FeatureSource(layer))
  }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure {
    let training = try material.trainingFeatures(layer)
    let neighbours = neighbours ?? Self.defaultNeighbours
    guard training.count > neighbours else {
      throw DetectionError.measureNeedsTrainingImages(
        measure: "\(description.name), more than \(neighbours) of them,")
    }
    return PreparedIntrinsicDimension(training, neighbours: neighbours, seed: material.seed)
  }
}

/// The features of the images among which neighbours are sought.
struct PreparedIntrinsicDimension: PreparedMeasure {
  let training: TrainingFeatures
  private let neighbours: Int
  /// The centred features of the sample, [images, width].
  let sample: [Float]
  private let squares: [Double]

  /// Fifty images for each neighbour, as many training images as there are at most.
  private static let imagesPerNeighbour = 50
  static let rowsPerBlock = 64

  init(_ training: TrainingFeatures, neighbours: Int, seed: UInt64) {
    self.training = training
    self.neighbours = neighbours
    let width = training.width
    let drawn = RandomStream(seed: seed, stream: RandomPurpose.neighbourImages)
      .permutation(count: training.count, pass: 0).prefix(neighbours * Self.imagesPerNeighbour)
    sample = drawn.flatMap { training.values[$0 * width..<($0 + 1) * width] }
    squares = squaredLengths(sample, width: width)
  }

  func values(of batch: ImageBatch) throws -> [Double] {
    try batch.material.stopIfCancelled()
    let features = try batch.features(training.layer)
    let (count, rows) = (batch.count, Self.rowsPerBlock)
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      let result = result
      batch.material.parallelism.forEachShard((count + rows - 1) / rows) { block, _ in
        self.measure(
          block * rows..<min((block + 1) * rows, count), of: features, into: result)
      }
    }
    if let image = result.firstIndex(where: { !$0.isFinite }) {
      throw DetectionError.notFinite(measure: IntrinsicDimension.name, image: batch.indices[image])
    }
    return result
  }

  private func measure(
    _ images: Range<Int>, of features: [Float], into result: UnsafeMutableBufferPointer<Double>
  ) {
    let queries = Scratch<Float>(Self.rowsPerBlock * training.width)
    queries.base.update(repeating: 0, count: Self.rowsPerBlock * training.width)
    for (row, image) in images.enumerated() {
      training.centre(features, image: image, into: queries.base + row * training.width)
    }
    for (image, nearest) in zip(images, neighbourhoods(of: queries.base, count: images.count)) {
      result[image] = dimension(nearest.map(\.square))
    }
  }

  /// Finds the nearest images of the sample, nearest first.
  ///
  /// - Parameters:
  ///   - queries: Centred features, with room for ``rowsPerBlock`` images, [images, width].
  ///   - count: How many of them are meant, at most ``rowsPerBlock``.
  /// - Returns: For each image the sample's images and their squared distances.
  func neighbourhoods(
    of queries: UnsafePointer<Float>, count: Int
  ) -> [[(image: Int, square: Double)]] {
    let width = training.width
    let products = Scratch<Float>(Self.rowsPerBlock * squares.count)
    MatrixProduct.multiply(
      queries, .plain, sample, .transposed, into: products.base, m: Self.rowsPerBlock,
      n: squares.count, k: width)
    return (0..<count).map { row in
      let square = squaredLength(queries + row * width, count: width)
      let line = products.base + row * squares.count
      // What rounding leaves of the distance to the same image is no distance.
      let least = 1e-6 * square
      var nearest = [(image: Int, square: Double)](
        repeating: (image: 0, square: .infinity), count: neighbours)
      squares.withUnsafeBufferPointer { squares in
        for index in squares.indices {
          let distance = squares[index] + square - 2 * Double(line[index])
          guard distance > least, distance < nearest[neighbours - 1].square else { continue }
          var place = neighbours - 1
          while place > 0, nearest[place - 1].square > distance {
            nearest[place] = nearest[place - 1]
            place -= 1
          }
          nearest[place] = (image: index, square: distance)
        }
      }
      return nearest.filter(\.square.isFinite)
    }
  }

  /// The estimate by ascending squared distances, at most the number of features.
  func dimension(_ squares: [Double]) -> Double {
    let limit = Double(training.width)
    guard let farthest = squares.last else { return limit }
    // Half the logarithm of a ratio of squares is that of the distances.
    let sum = squares.reduce(0) { $0 + log($1 / farthest) / 2 }
    return sum < 0 ? min(limit, -Double(squares.count) / sum) : limit
  }
}
