internal import Dataset
internal import Classifier
internal import Interchange

/// The pixels of a file's images, kept as the file has them: bytes take a quarter of what numbers do.
struct ImagePixels: Sendable {
  private enum Storage: Sendable {
    /// Each stands for its 255th part.
    case bytes([UInt8])
    /// In 0...1.
    case numbers([Float])
  }

  private let storage: Storage
  /// How many values an image has.
  let size: Int
  /// How many planes the file has an image as: its channels, or 1 if it has whole pixels.
  private let planes: Int

  private init(_ storage: Storage, size: Int, planes: Int) {
    self.storage = storage
    self.size = size
    self.planes = planes
  }

  /// Takes the elements of an array of images, whose axes say where the channels are.
  ///
  /// - Throws: `InterchangeError` if they are neither bytes nor numbers in 0...1.
  init(
    _ elements: NumericArray.Elements, _ axes: ImageAxes, file: String
  ) throws(InterchangeError) {
    size = axes.shape.count
    planes = axes.layout == .channelsFirst ? axes.shape.channels : 1
    if case .uint8(let bytes) = elements {
      storage = .bytes(bytes)
      return
    }
    guard let pixels = elements.floats else {
      throw .wrongType(
        file: file, name: "images", expected: "floating point in 0...1, or uint8",
        found: elements.typeName)
    }
    if let bad = pixels.first(where: { !(0...1).contains($0) }) {
      throw .wrongValue(
        file: file, name: "images",
        problem: "has a pixel of \(bad); pixels are numbers from 0 to 1")
    }
    storage = .numbers(pixels)
  }

  /// Some of the images, the first of which becomes row 0.
  func rows(_ rows: Range<Int>) -> ImagePixels {
    let places = rows.lowerBound * size..<rows.upperBound * size
    return switch storage {
    case .bytes(let bytes):
      ImagePixels(.bytes(Array(bytes[places])), size: size, planes: planes)
    case .numbers(let numbers):
      ImagePixels(.numbers(Array(numbers[places])), size: size, planes: planes)
    }
  }

  /// Writes the values of an image pixel by pixel, in 0...1.
  func copy(row: Int, into destination: UnsafeMutablePointer<Float>) {
    guard planes > 1 else { return copyAsStored(row: row, into: destination) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { stored in
      guard let stored = stored.baseAddress else { return }
      copyAsStored(row: row, into: stored)
      let count = size / planes
      for pixel in 0..<count {
        for plane in 0..<planes {
          destination[pixel * planes + plane] = stored[plane * count + pixel]
        }
      }
    }
  }

  private func copyAsStored(row: Int, into destination: UnsafeMutablePointer<Float>) {
    let places = row * size..<(row + 1) * size
    switch storage {
    case .bytes(let bytes):
      for (offset, place) in places.enumerated() { destination[offset] = Float(bytes[place]) / 255 }
    case .numbers(let numbers):
      numbers.withUnsafeBufferPointer { numbers in
        guard let base = numbers.baseAddress else { return }
        destination.update(from: base + places.lowerBound, count: size)
      }
    }
  }

  /// The values of some images, [rows, size], in 0...1.
  func of(_ rows: some Collection<Int>) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count * size) { pixels, initialized in
      guard let base = pixels.baseAddress else { return }
      for (place, row) in rows.enumerated() { copy(row: row, into: base + place * size) }
      initialized = rows.count * size
    }
  }
}
