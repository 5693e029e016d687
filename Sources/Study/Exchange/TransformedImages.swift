internal import Classifier
public import Dataset
public import Detection
internal import Interchange
public import Tensor

/// Images of a file under transforms of the catalogue, for other programs to look at.
public struct TransformedImages: Sendable {
  private let arrays: [(name: String, array: NumericArray)]

  /// Applies transforms to the images of a file.
  ///
  /// - Parameters:
  ///   - path: A .npy, .npz or .png file; its 'indices', or else the order of the images, address
  ///     random numbers.
  ///   - transforms: The transforms.
  ///   - seed: The seed of the random numbers.
  ///   - training: The training images, where a transform uses them.
  ///   - layout: Where images in colour have their channels, in the file and in what is written; nil
  ///     if the file's shape says so, and channels are written first.
  ///   - parallelism: The threads to use.
  ///   - isCancelled: Returns true to stop.
  /// - Throws: `DetectionError`, `InterchangeError`, ``StudyError/stopped``.
  public init(
    reading path: String, under transforms: [TransformSpecification], seed: UInt64,
    training: ImageSet?, layout: ImageLayout? = nil, parallelism: Parallelism,
    isCancelled: @Sendable () -> Bool
  ) throws {
    let training = training.map(LabeledImages.init)
    let file = try ImageFile(
      reading: path, shape: training?.shape, layout: layout, isCancelled: isCancelled)
    let indices = try file.indices(isCancelled: isCancelled)
    let shape = file.shape
    let setting = TransformSetting(shape: shape, seed: seed, trainingImages: training)
    let made = try transforms.map { try $0.make(setting) }
    let pixels = try file.allPixels(isCancelled: isCancelled).of(0..<file.count)
    // Results, the arrays of them, and the file.
    let copies = made.reduce(0) { $0 + $1.copies }
    try NpzArchive.check([3 * 4 * file.count * copies * shape.count], file: file.name)
    var arrays: [(name: String, array: NumericArray)] = []
    for (specification, transform) in zip(transforms, made) {
      if isCancelled() { throw StudyError.stopped }
      let copies = transform.copies
      let results = Scratch<Float>(file.count * copies * shape.count)
      pixels.withUnsafeBufferPointer { pixels in
        guard let pixels = pixels.baseAddress else { return }
        parallelism.forEachShard(file.count) { image, _ in
          if isCancelled() { return }
          for copy in 0..<copies {
            transform.write(
              pixels + image * shape.count, index: indices?[image] ?? image, copy: copy,
              into: results.base + (image * copies + copy) * shape.count)
          }
        }
      }
      if isCancelled() { throw StudyError.stopped }
      let values = Array(UnsafeBufferPointer(start: results.base, count: results.count))
      // Grey images have no axis of channels here.
      let array =
        shape.channels == 1
        ? NumericArray(shape: [file.count, copies, shape.height, shape.width], .float32(values))
        : (layout ?? .channelsFirst).array(values, leading: [file.count, copies], shape: shape)
      arrays.append((specification.name, array))
    }
    self.arrays = arrays
  }

  /// The .npz file: an array a transform, by its name, [images, copies, height, width], in colour
  /// with an axis of channels.
  ///
  /// - Throws: `InterchangeError` beyond 4 GB.
  public var npz: [UInt8] {
    get throws { try Npz.bytes(of: arrays, file: "transformed images") }
  }
}
