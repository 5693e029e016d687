internal import Interchange
internal import NeuralNetwork

/// Images of a file, with what else it says of them.
struct ImageFile {
  let name: String
  let count: Int
  let pixels: ImagePixels
  /// The class of each image, if the file says so.
  let labels: [Int]?
  /// The number of each image in the data set's test images.
  let indices: [Int]?
  /// The class that the attack aimed at; -1 for none.
  let targets: [Int]?
  /// The number of steps taken on each image.
  let iterations: [Int]?
  /// Whether each image is of the held-out half.
  let isHeldout: [Bool]?
  /// The predictions of the program that made the file.
  let predictions: [Int]?

  /// Reads a .npy, .npz or .png file, whichever it is by its first bytes.
  ///
  /// - Parameters:
  ///   - path: The file. A .npz file has the images as 'images', or as its only array, and may have
  ///     'labels', 'indices', 'targets', 'iterations', 'heldout' and 'predictions'.
  ///   - shape: The shape of one image.
  ///   - isCancelled: Returns true to stop; called several times a second.
  /// - Throws: `InterchangeError`.
  init(
    reading path: String, shape: ImageShape, isCancelled: @Sendable () -> Bool
  ) throws(InterchangeError) {
    let bytes = try InputFile.read(path, isCancelled: isCancelled)
    let name = InputFile.name(path)
    if bytes.starts(with: [0x89] + Array("PNG".utf8)) {
      try self.init(PNGImage(from: bytes, file: name), shape: shape, name: name)
    } else if bytes.starts(with: Array("PK".utf8)) {
      try self.init(
        Self.arrays(from: bytes, file: name, isCancelled: isCancelled), shape: shape, name: name)
    } else if bytes.starts(with: Npy.magic) {
      try self.init(
        ["images": Npy.array(from: bytes, file: name, isCancelled: isCancelled)], shape: shape,
        name: name)
    } else {
      throw .malformed(
        file: name, format: ".npy, .npz or .png", problem: "it begins as none of them")
    }
  }

  private static let columns = ["labels", "indices", "targets", "iterations", "heldout"]

  /// The known arrays, the images as 'images'; other arrays may be of any kind.
  private static func arrays(
    from bytes: [UInt8], file: String, isCancelled: @Sendable () -> Bool
  ) throws(InterchangeError) -> [String: NumericArray] {
    let present = try Npz.names(in: bytes, file: file)
    let isSingle = present.count == 1
    guard isSingle || present.contains("images") else {
      throw .missingArray(file: file, name: "images", present: present.sorted())
    }
    let names = isSingle ? Set(present) : Set(columns + ["images"])
    var arrays = try Npz.arrays(
      from: bytes, file: file, named: names, isCancelled: isCancelled)
    // Others may call anything so, which is no reason to refuse the images.
    if !isSingle, present.contains("predictions"),
      let more = try? Npz.arrays(
        from: bytes, file: file, named: ["predictions"], isCancelled: isCancelled)
    {
      arrays["predictions"] = more["predictions"]
    }
    return isSingle ? ["images": arrays[present[0]]].compactMapValues { $0 } : arrays
  }

  private init(_ image: PNGImage, shape: ImageShape, name: String) throws(InterchangeError) {
    let array = NumericArray(shape: [image.height, image.width], .uint8(image.pixels))
    try self.init(["images": array], shape: shape, name: name)
  }

  private init(
    _ arrays: [String: NumericArray], shape: ImageShape, name: String
  ) throws(InterchangeError) {
    guard let images = arrays["images"] else {
      throw .missingArray(file: name, name: "images", present: arrays.keys.sorted())
    }
    self.name = name
    let count = try Self.count(of: images, shape: shape, file: name)
    self.count = count
    pixels = try ImagePixels(images, count: count, file: name)
    func integers(_ key: String) throws(InterchangeError) -> [Int]? {
      guard let array = arrays[key] else { return nil }
      // Classes may also be a column, or a 1 among zeros in a row for each image.
      if ["labels", "targets"].contains(key), array.shape.first == count,
        let classes = array.rowClasses
      {
        return classes
      }
      guard array.shape == [count] else {
        throw .wrongShape(file: name, name: key, expected: "[\(count)]", found: array.shape)
      }
      guard let values = array.integers else {
        throw .wrongType(
          file: name, name: key, expected: "whole numbers", found: array.elements.typeName)
      }
      return values
    }
    labels = try integers("labels")
    indices = try integers("indices")
    targets = try integers("targets")
    iterations = try integers("iterations")
    isHeldout = try integers("heldout")?.map { $0 != 0 }
    predictions = arrays["predictions"].flatMap { $0.shape == [count] ? $0.integers : nil }
  }

  /// How many images an array is, in any of the usual shapes.
  private static func count(
    of array: NumericArray, shape: ImageShape, file: String
  ) throws(InterchangeError) -> Int {
    let (height, width) = (shape.height, shape.width)
    let single = [[height, width], [1, height, width]]
    let sides = array.shape
    if single.contains(sides) { return 1 }
    let tails = [[1, height, width], [height, width], [height, width, 1], [height * width]]
    guard let count = sides.first, count > 0, tails.contains(Array(sides.dropFirst())) else {
      throw .wrongShape(
        file: file, name: "images", expected: "[images, 1, \(height), \(width)]", found: sides)
    }
    return count
  }

  /// Goes through the images in order, a chunk at a time.
  ///
  /// - Throws: ``StudyError/stopped`` when asked to stop, and what the body throws.
  func forEachChunk(
    of size: Int, in context: StudyContext, _ body: (Range<Int>) throws -> Void
  ) throws {
    for first in stride(from: 0, to: count, by: size) {
      if context.isCancelled() { throw StudyError.stopped }
      try body(first..<min(first + size, count))
    }
  }
}
