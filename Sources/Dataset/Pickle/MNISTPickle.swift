/// The pickle of three (images, labels) pairs in which MNIST is often handed on: 50,000 images to
/// train on, 10,000 to validate on and 10,000 to test on.
package enum MNISTPickle {
  private static let imageSize = 28
  private static let classCount = 10

  /// The four arrays of MNIST as it was published: the first two pairs together are its training
  /// set.
  ///
  /// How many images there are is left to the files' checksums.
  ///
  /// - Throws: ``DatasetError/refusedPickle(offset:instruction:reason:)`` when the pickle holds
  ///   anything else, or numbers that are not pixels divided by 256 or labels.
  package static func decode(_ pickle: [UInt8]) throws -> [DatasetPart: IDXArray] {
    guard case .tuple(let pairs) = try PickleMachine.run(pickle), pairs.count == 3 else {
      throw refusal("there are not three pairs of arrays")
    }
    var images: [[UInt8]] = []
    var labels: [[UInt8]] = []
    for pair in pairs {
      guard case .tuple(let arrays) = pair, arrays.count == 2,
        case .array(let pairImages) = arrays[0], case .array(let pairLabels) = arrays[1],
        pairImages.shape == [pairLabels.shape.first ?? 0, imageSize * imageSize],
        pairLabels.shape.count == 1
      else {
        throw refusal("a pair is not one of [count, 784] images and [count] labels")
      }
      images.append(try pixels(pairImages, in: pickle))
      labels.append(try classes(pairLabels, in: pickle))
    }
    return [
      .trainImages: imageArray(images[0] + images[1]),
      .trainLabels: labelArray(labels[0] + labels[1]),
      .testImages: imageArray(images[2]),
      .testLabels: labelArray(labels[2]),
    ]
  }

  private static func pixels(_ array: PickledArray, in pickle: [UInt8]) throws -> [UInt8] {
    guard array.elementType == .float32 else { throw refusal("images are not of type f4") }
    return try map(array, in: pickle) { bits in
      UInt8(exactly: Float(bitPattern: UInt32(truncatingIfNeeded: bits)) * 256)
    }
  }

  private static func classes(_ array: PickledArray, in pickle: [UInt8]) throws -> [UInt8] {
    guard array.elementType == .int64 else { throw refusal("labels are not of type i8") }
    return try map(array, in: pickle) { bits in
      bits < classCount ? UInt8(bits) : nil
    }
  }

  /// Turns each element's bits into a byte; nil from `convert` refuses the pickle.
  private static func map(
    _ array: PickledArray, in pickle: [UInt8], convert: (UInt64) -> UInt8?
  ) throws -> [UInt8] {
    let size = array.elementType.byteCount
    let source = pickle.span.extracting(array.bytes)
    var result = [UInt8](repeating: 0, count: source.count / size)
    for index in result.indices {
      var bits: UInt64 = 0
      for byte in 0..<size {
        bits |= UInt64(source[index * size + byte]) << UInt64(8 * byte)
      }
      guard let value = convert(bits) else {
        throw DatasetError.refusedPickle(
          offset: array.bytes.lowerBound + index * size, instruction: "array elements",
          reason: array.elementType == .float32
            ? "not a pixel divided by 256" : "not a label in 0...9")
      }
      result[index] = value
    }
    return result
  }

  private static func imageArray(_ pixels: [UInt8]) -> IDXArray {
    let count = pixels.count / (imageSize * imageSize)
    return IDXArray(dimensions: [count, imageSize, imageSize], elements: pixels)
  }

  private static func labelArray(_ labels: [UInt8]) -> IDXArray {
    IDXArray(dimensions: [labels.count], elements: labels)
  }

  private static func refusal(_ reason: String) -> DatasetError {
    .refusedPickle(offset: 0, instruction: "whole pickle", reason: reason)
  }
}
