/// Pickles written by hand, instruction by instruction, in protocol 2.
enum PickleBytes {
  static let start: [UInt8] = [0x80, 2]
  static let stop: [UInt8] = Array(".".utf8)
  static let mark: [UInt8] = Array("(".utf8)
  static let none: [UInt8] = Array("N".utf8)
  static let tuple: [UInt8] = Array("t".utf8)
  static let reduce: [UInt8] = Array("R".utf8)
  static let build: [UInt8] = Array("b".utf8)

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func short(_ text: String) -> [UInt8] {
    Array("U".utf8) + [UInt8(text.utf8.count)] + Array(text.utf8)
  }

  static func string(_ bytes: [UInt8]) -> [UInt8] {
    Array("T".utf8) + littleEndian(UInt32(bytes.count)) + bytes
  }

  static func integer(_ value: Int32) -> [UInt8] {
    Array("J".utf8) + littleEndian(UInt32(bitPattern: value))
  }

  static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func littleEndian(_ value: UInt64) -> [UInt8] {
    littleEndian(UInt32(truncatingIfNeeded: value))
      + littleEndian(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// An array without elements, as NumPy makes it before it fills it.
  static let emptyArray: [UInt8] =
    global("numpy.core.multiarray", "_reconstruct") + global("numpy", "ndarray")
    + [0x4B, 0, 0x85] + short("b") + [0x87] + reduce

  static func unbuiltType(_ code: String) -> [UInt8] {
    global("numpy", "dtype") + short(code) + [0x4B, 0, 0x4B, 1, 0x87] + reduce
  }

  static func type(_ code: String, order: String = "<") -> [UInt8] {
    unbuiltType(code) + mark + [0x4B, 3] + short(order) + none + none + none + integer(-1)
      + integer(-1) + [0x4B, 0] + tuple + build
  }

  /// The state that fills an array.
  static func state(
    shape: [Int32], type: [UInt8], isFortran: Bool = false, bytes: [UInt8]
  ) -> [UInt8] {
    mark + [0x4B, 1] + mark + shape.flatMap(integer) + tuple + type
      + [isFortran ? 0x88 : 0x89] + string(bytes) + tuple
  }

  static func images(_ values: [Float]) -> [UInt8] {
    emptyArray
      + state(
        shape: [Int32(values.count / 784), 784], type: type("f4"),
        bytes: values.flatMap { littleEndian($0.bitPattern) }) + build
  }

  static func labels(_ values: [Int64]) -> [UInt8] {
    emptyArray
      + state(
        shape: [Int32(values.count)], type: type("i8"),
        bytes: values.flatMap { littleEndian(UInt64(bitPattern: $0)) }) + build
  }

  /// Three pairs in the form in which MNIST is handed on.
  static func mnist(_ pairs: [(images: [Float], labels: [Int64])]) -> [UInt8] {
    start + pairs.flatMap { images($0.images) + labels($0.labels) + [0x86] } + [0x87] + stop
  }
}
