internal import Bytes

/// An array of numbers and its shape, row by row with the last index fastest.
public struct NumericArray: Sendable, Equatable {
  /// The numbers, in one of the four types that the library distinguishes.
  public enum Elements: Sendable, Equatable {
    /// 32-bit floating-point numbers.
    case float32([Float])
    /// 64-bit floating-point numbers.
    case float64([Double])
    /// Whole numbers, to which readers widen narrower ones and flags, as 0 and 1.
    case int64([Int64])
    /// Bytes, such as the pixels of an image.
    case uint8([UInt8])
  }

  /// The length of each axis, or an empty array for a single number.
  public let shape: [Int]
  /// The elements, row by row.
  public let elements: Elements

  /// Gives elements a shape.
  ///
  /// - Precondition: There are as many elements as the shape says.
  public init(shape: [Int], _ elements: Elements) {
    precondition(
      shape.reduce(1, *) == elements.count, "\(elements.count) elements in the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// The number of elements, which is the product of the shape.
  public var count: Int { elements.count }

  /// The elements as 32-bit floats, or nil if they are whole numbers.
  ///
  /// It rounds 64-bit floats.
  public var floats: [Float]? { elements.floats }

  /// The elements as whole numbers, whatever their type, or nil if any of them is not whole.
  public var integers: [Int]? {
    switch elements {
    case .int64(let values): values.map { Int($0) }
    case .uint8(let values): values.map { Int($0) }
    case .float32(let values): Self.whole(values)
    case .float64(let values): Self.whole(values)
    }
  }

  private static func whole(_ values: [some BinaryFloatingPoint]) -> [Int]? {
    var numbers: [Int] = []
    for value in values {
      guard let number = Int(exactly: value) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// The class of each row, or nil if the array is no table of classes.
  ///
  /// In a table [images, classes], a 1 among zeros marks the class. A table [images, 1] contains
  /// the classes themselves.
  public var rowClasses: [Int]? {
    guard shape.count == 2, let values = integers else { return nil }
    let width = shape[1]
    guard width > 1 else { return width == 1 ? values : nil }
    var classes: [Int] = []
    for start in stride(from: 0, to: values.count, by: width) {
      let row = values[start..<start + width]
      guard let place = row.firstIndex(of: 1), row.allSatisfy({ $0 == 0 || $0 == 1 }),
        row.reduce(0, +) == 1
      else { return nil }
      classes.append(place - start)
    }
    return classes
  }

  /// The place of the largest number of each row, the first of equal ones, or nil if the array is no
  /// table [rows, columns] or holds what is no number.
  public var rowMaxima: [Int]? {
    guard shape.count == 2, shape[1] > 0 else { return nil }
    return switch elements {
    case .float32(let values): Self.maxima(values, width: shape[1])
    case .float64(let values): Self.maxima(values, width: shape[1])
    case .int64(let values): Self.maxima(values, width: shape[1])
    case .uint8(let values): Self.maxima(values, width: shape[1])
    }
  }

  private static func maxima(_ values: [some Comparable], width: Int) -> [Int]? {
    var places: [Int] = []
    for start in stride(from: 0, to: values.count, by: width) {
      var largest = start
      for place in start..<start + width {
        // What is no number is not even itself.
        guard values[place] == values[place] else { return nil }
        if values[place] > values[largest] { largest = place }
      }
      places.append(largest - start)
    }
    return places
  }
}

extension NumericArray.Elements {
  /// The number of elements, whatever their type.
  public var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int64(let values): values.count
    case .uint8(let values): values.count
    }
  }

  /// The elements as 32-bit floats, or nil if they are whole numbers.
  ///
  /// It rounds 64-bit floats.
  public var floats: [Float]? {
    switch self {
    case .float32(let values): values
    case .float64(let values): values.map { Float($0) }
    case .int64, .uint8: nil
    }
  }

  /// The type's name for messages, such as "float32".
  public var typeName: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    // Which one of them is not known any more.
    case .int64: "whole numbers or flags"
    case .uint8: "uint8"
    }
  }

  /// The elements as little-endian bytes.
  var bytes: [UInt8] {
    switch self {
    case .float32(let values): littleEndianBytes(values.map(\.bitPattern))
    case .float64(let values): littleEndianBytes(values.map(\.bitPattern))
    case .int64(let values): littleEndianBytes(values)
    case .uint8(let values): values
    }
  }
}

/// The number of elements of a shape; nil if it is more than can be counted, or a side is negative.
func elementCount(of shape: [Int]) -> Int? {
  var count = 1
  for side in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: side)
    guard side >= 0, !overflow else { return nil }
    count = product
  }
  return count
}
