/// Why bytes are no message in the encoding of Protocol Buffers.
struct ProtocolBufferError: Error {
  /// What is wrong, as the rest of a sentence about the message.
  let problem: String
}

/// Reads a message in the encoding of Protocol Buffers, field by field.
struct ProtocolBufferReader {
  /// A field of a message as it is encoded.
  struct Field {
    /// The field's number in the message's definition.
    let number: Int
    /// The content.
    let value: Value

    /// The content of a field, by the way in which it is encoded.
    enum Value {
      case number(UInt64)
      case eightBytes(UInt64)
      case fourBytes(UInt32)
      case bytes(ArraySlice<UInt8>)
    }

    /// The whole number of an int32, int64, bool or enumeration; nil for other encodings.
    var integer: Int64? {
      guard case .number(let bits) = value else { return nil }
      return Int64(bitPattern: bits)
    }

    /// The number of a double or a float; nil for other encodings.
    var real: Double? {
      switch value {
      case .eightBytes(let bits): Double(bitPattern: bits)
      case .fourBytes(let bits): Double(Float(bitPattern: bits))
      case .number, .bytes: nil
      }
    }

    /// The content of bytes, a text or a message; nil for other encodings.
    var bytes: ArraySlice<UInt8>? {
      guard case .bytes(let bytes) = value else { return nil }
      return bytes
    }

    /// The text, with a sign in place of what is not UTF-8; nil for other encodings.
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  private var rest: ArraySlice<UInt8>

  /// Begins a message.
  init(_ message: ArraySlice<UInt8>) {
    rest = message
  }

  /// Reads all fields of a message.
  ///
  /// - Throws: ``ProtocolBufferError``, after the fields before the damage.
  static func forEachField(
    of message: ArraySlice<UInt8>, _ body: (Field) throws(ProtocolBufferError) -> Void
  ) throws(ProtocolBufferError) {
    var reader = ProtocolBufferReader(message)
    while let field = try reader.next() { try body(field) }
  }

  /// The numbers of a repeated field whose elements are encoded one after the other.
  static func packedNumbers(_ bytes: ArraySlice<UInt8>) throws(ProtocolBufferError) -> [UInt64] {
    var reader = ProtocolBufferReader(bytes)
    var numbers: [UInt64] = []
    while !reader.rest.isEmpty { numbers.append(try reader.number()) }
    return numbers
  }

  /// The next field; nil at the end.
  ///
  /// - Throws: ``ProtocolBufferError``.
  mutating func next() throws(ProtocolBufferError) -> Field? {
    guard !rest.isEmpty else { return nil }
    let key = try number()
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw ProtocolBufferError(problem: "has a field without a number")
    }
    let value: Field.Value
    switch key & 7 {
    case 0: value = .number(try number())
    case 1: value = .eightBytes(try fixed())
    case 2:
      let count = try number()
      guard count <= UInt64(rest.count) else {
        throw ProtocolBufferError(problem: "ends within a field")
      }
      value = .bytes(take(Int(count)))
    case 5: value = .fourBytes(try fixed())
    case let kind: throw ProtocolBufferError(problem: "has a field of the unknown kind \(kind)")
    }
    return Field(number: Int(key >> 3), value: value)
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func fixed<Word: FixedWidthInteger>() throws(ProtocolBufferError) -> Word {
    let size = MemoryLayout<Word>.size
    guard rest.count >= size else { throw ProtocolBufferError(problem: "ends within a number") }
    return take(size).withUnsafeBytes { Word(littleEndian: $0.loadUnaligned(as: Word.self)) }
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  private mutating func number() throws(ProtocolBufferError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else {
        throw ProtocolBufferError(problem: "ends within a number")
      }
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw ProtocolBufferError(problem: "has a number of more than 64 bits")
  }
}
