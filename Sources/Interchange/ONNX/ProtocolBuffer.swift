/// Writes messages in the encoding of Protocol Buffers, as far as ONNX files need it.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// A whole number that is not negative.
  mutating func write(_ field: Int, _ value: Int) {
    writeNumber(field << 3)
    writeNumber(value)
  }

  /// A text.
  mutating func write(_ field: Int, _ text: String) {
    write(field, Array(text.utf8))
  }

  /// Bytes.
  mutating func write(_ field: Int, _ content: [UInt8]) {
    writeNumber(field << 3 | 2)
    writeNumber(content.count)
    bytes += content
  }

  /// A message within this one.
  mutating func write(_ field: Int, _ body: (inout ProtocolBuffer) -> Void) {
    var message = ProtocolBuffer()
    body(&message)
    write(field, message.bytes)
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  private mutating func writeNumber(_ value: Int) {
    var rest = UInt(value)
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
