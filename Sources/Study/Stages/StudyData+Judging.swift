internal import Attack
internal import Classifier
internal import Tensor

extension StudyData {
  /// Sees what a classifier takes changed test images for, and how far they are from the clean ones.
  ///
  /// - Parameters:
  ///   - chunk: The images' indices.
  ///   - pixels: The changed images, [chunk, size].
  ///   - classifier: The classifier, with nothing random.
  ///   - outlierClass: Its output for outliers; nil if it has none.
  ///   - parallelism: The threads to use.
  /// - Returns: The images as untargeted ones that took no step.
  /// - Throws: What keeps a served model from answering.
  func judge(
    _ chunk: ArraySlice<Int>, _ pixels: [Float], by classifier: any Classifier, outlierClass: Int?,
    _ parallelism: Parallelism
  ) throws -> [AdversarialImage] {
    let size = test.shape.count
    let clean = Scratch<Float>(size)
    return try pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return [] }
      let classes = try classifier.classes(count: chunk.count, parallelism: parallelism) {
        $1.update(from: base + $0 * size, count: size)
      }
      return zip(chunk, classes).enumerated().map { row, image in
        test.copyPixels(of: image.0, into: clean.base)
        return AdversarialImage(
          target: nil, prediction: image.1.prediction, label: Int(test.labels[image.0]),
          iterations: 0,
          norms: Norms(from: clean.base, to: base + row * size, shape: test.shape),
          outlierClass: outlierClass)
      }
    }
  }
}
