internal import Bytes

/// Takes apart TensorFlow's message of a tensor.
enum TensorMessage {
  /// The number that a tensor of one element holds; nil if it holds more, or no number.
  ///
  /// - Throws: ``ProtocolBufferError`` if it is damaged.
  static func number(_ message: ArraySlice<UInt8>) throws(ProtocolBufferError) -> Double? {
    var type: Int64 = 0
    var count = 1
    var content: ArraySlice<UInt8> = []
    var values: [ProtocolBufferReader.Field.Value] = []
    try ProtocolBufferReader.forEachField(of: message) { field throws(ProtocolBufferError) in
      switch field.number {
      case 1: type = field.integer ?? 0
      case 2:
        guard let shape = field.bytes else { return }
        count = try elements(of: shape)
      case 4: content = field.bytes ?? []
      case 5, 6, 7, 10, 11, 13, 16, 17: values.append(field.value)
      default: break
      }
    }
    guard count == 1 else { return nil }
    guard content.isEmpty else { return number(content, type: type) }
    guard let first = values.first else { return nil }
    return try number(first, type: type)
  }

  private static func elements(of shape: ArraySlice<UInt8>) throws(ProtocolBufferError) -> Int {
    var count = 1
    try ProtocolBufferReader.forEachField(of: shape) { field throws(ProtocolBufferError) in
      guard field.number == 2, let dimension = field.bytes else { return }
      var size: Int64 = 0
      try ProtocolBufferReader.forEachField(of: dimension) { field in
        if field.number == 1 { size = field.integer ?? 0 }
      }
      // More than one element is all that has to be known.
      count = size == 1 ? count : 2
    }
    return count
  }

  /// The first element of a field of values, which may be packed.
  private static func number(
    _ value: ProtocolBufferReader.Field.Value, type: Int64
  ) throws(ProtocolBufferError) -> Double? {
    switch value {
    case .fourBytes(let bits): Double(Float(bitPattern: bits))
    case .eightBytes(let bits): Double(bitPattern: bits)
    case .number(let bits): number(bits, type: type)
    case .bytes(let bytes):
      switch type {
      case 1, 2: number(bytes, type: type)
      default:
        try ProtocolBufferReader.packedNumbers(bytes).first.flatMap { number($0, type: type) }
      }
    }
  }

  /// An element that is encoded as a whole number.
  private static func number(_ bits: UInt64, type: Int64) -> Double? {
    switch type {
    case 14: Double(Float(brainBitPattern: UInt16(truncatingIfNeeded: bits)))
    case 19: Double(Float(halfBitPattern: UInt16(truncatingIfNeeded: bits)))
    case 22, 23: Double(bits)
    case 3...6, 9, 10: Double(Int64(bitPattern: bits))
    default: nil
    }
  }

  /// An element from its bytes, as they lie in memory.
  private static func number(_ bytes: ArraySlice<UInt8>, type: Int64) -> Double? {
    func word<Word: FixedWidthInteger>(_ type: Word.Type) -> Word? {
      littleEndianWords(bytes.prefix(MemoryLayout<Word>.size), as: type).first
    }
    return switch type {
    case 1: word(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case 2: word(UInt64.self).map { Double(bitPattern: $0) }
    case 3: word(Int32.self).map { Double($0) }
    case 4, 10: word(UInt8.self).map { Double($0) }
    case 5: word(Int16.self).map { Double($0) }
    case 6: word(Int8.self).map { Double($0) }
    case 9: word(Int64.self).map { Double($0) }
    case 14: word(UInt16.self).map { Double(Float(brainBitPattern: $0)) }
    case 19: word(UInt16.self).map { Double(Float(halfBitPattern: $0)) }
    case 22: word(UInt32.self).map { Double($0) }
    case 23: word(UInt64.self).map { Double($0) }
    default: nil
    }
  }
}
