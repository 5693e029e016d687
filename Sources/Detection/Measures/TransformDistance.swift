/// How far a transform moves the softmax, as an L1 distance: feature squeezing.
///
/// Xu, Evans, Qi 2017 (arXiv 1704.01155): the softmax of the image and of its transformed copy,
/// 0...2. They call the transforms squeezers.
struct TransformDistance: Measure, PreparedMeasure {
  static let suffix = "_l1"
  static let kind = MeasureKind(
    pattern: "TRANSFORM" + suffix, title: "softmax distance of a transform",
    summary: "L1 distance of the softmax before and after a transform",
    source: "Xu, Evans, Qi 2017",
    standard: ["binarisation_0.5", "bit_depth_3", "median_2", "median_3", "jpeg_75"]
      .map { $0 + suffix }
  ) { name throws(DetectionError) in
    guard name.hasSuffix(suffix) else { return nil }
    return TransformDistance(
      transform: try TransformSpecification(String(name.dropLast(suffix.count))))
  }

  let transform: TransformSpecification

  var description: MeasureDescription {
    MeasureDescription(
      name: transform.name + Self.suffix, orientation: .high, unit: "1",
      title: "distance behind \(transform.title)",
      summary: "L1 distance of the softmax before and after \(transform.title)",
      source: Self.kind.source)
  }

  var dependencies: MeasureDependencies { MeasureDependencies(voters: [transform]) }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure {
    _ = try material.transform(transform)
    return self
  }

  func values(of batch: ImageBatch) throws -> [Double] {
    let (before, after) = (try batch.softmax, try batch.softmax(after: transform))
    let classes = batch.classCount
    return (0..<batch.count).map { image in
      (image * classes..<(image + 1) * classes).reduce(0) {
        $0 + abs(Double(before[$1]) - Double(after[$1]))
      }
    }
  }
}
