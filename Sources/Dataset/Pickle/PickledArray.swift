/// An array as a pickle describes it; its elements stay where they are in the pickle.
package struct PickledArray: Equatable {
  /// The element types that are admitted, with NumPy's codes for them; both little-endian.
  package enum ElementType: String {
    case float32 = "f4"
    case int64 = "i8"

    var byteCount: Int {
      switch self {
      case .float32: 4
      case .int64: 8
      }
    }
  }

  package let elementType: ElementType
  /// The size of each dimension, slowest-varying first.
  package let shape: [Int]
  /// Where the elements are in the pickle, in row-major order.
  package let bytes: Range<Int>

  /// Creates an array; nil when the shape does not fit the number of bytes.
  init?(elementType: ElementType, shape: [Int], bytes: Range<Int>) {
    var size = elementType.byteCount
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      size = product
    }
    guard size == bytes.count else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }
}
