internal import Bytes
internal import Foundation

/// Where training stands: everything that the next step depends on.
public struct TrainingState: Sendable, Equatable {
  /// The network's parameters, the first layer's first.
  public private(set) var parameters: [Float]
  /// What the optimizer remembers: whole arrays of the parameters' size, one after another.
  public private(set) var moments: [Float]
  /// The number of completed steps, over all epochs.
  public internal(set) var step: Int
  /// The sum of the losses of the current epoch's images so far, in nats.
  public internal(set) var epochLoss: Double
  /// How many of the current epoch's images so far the network classified correctly.
  public internal(set) var epochCorrect: Int

  /// Creates the state before the first step, with all moments zero.
  public init(parameters: [Float], momentCount: Int) {
    self.parameters = parameters
    moments = [Float](repeating: 0, count: parameters.count * momentCount)
    step = 0
    epochLoss = 0
    epochCorrect = 0
  }

  /// Gives a body the parameters and moments to change in place.
  mutating func withUnsafeMutableParameters(
    _ body: (_ parameters: UnsafeMutablePointer<Float>, _ moments: UnsafeMutablePointer<Float>) ->
      Void
  ) {
    parameters.withUnsafeMutableBufferPointer { parameters in
      moments.withUnsafeMutableBufferPointer { moments in
        guard let parameters = parameters.baseAddress, let moments = moments.baseAddress else {
          return
        }
        body(parameters, moments)
      }
    }
  }
}

extension TrainingState {
  private static let magic: UInt64 = 0x3154_5053_5941_5341  // "ASAYSPT1" as little-endian bytes

  /// The state in a binary form that ``init(bytes:)`` reads.
  ///
  /// The form is magic, step, loss, correct and two counts (64 bits each), then 32-bit floats. All
  /// of them are little-endian.
  public var bytes: [UInt8] {
    let header: [UInt64] = [
      Self.magic, UInt64(step), epochLoss.bitPattern, UInt64(epochCorrect),
      UInt64(parameters.count), UInt64(moments.count),
    ]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(header.count * 8 + (parameters.count + moments.count) * 4)
    bytes.append(contentsOf: littleEndianBytes(header))
    bytes.append(contentsOf: FloatCoding.bytes(of: parameters))
    bytes.append(contentsOf: FloatCoding.bytes(of: moments))
    return bytes
  }

  /// Reads what ``bytes`` wrote, or returns nil for anything else.
  public init?(bytes: [UInt8]) {
    let headerSize = 48
    guard bytes.count >= headerSize else { return nil }
    let header = littleEndianWords(bytes[..<headerSize], as: UInt64.self)
    guard header[0] == Self.magic,
      let step = Int(exactly: header[1]), let correct = Int(exactly: header[3]),
      let parameterCount = Int(exactly: header[4]), let momentCount = Int(exactly: header[5]),
      parameterCount <= bytes.count, momentCount <= bytes.count,
      bytes.count == headerSize + (parameterCount + momentCount) * 4,
      let floats = FloatCoding.floats(from: bytes[headerSize...])
    else { return nil }
    parameters = Array(floats[..<parameterCount])
    moments = Array(floats[parameterCount...])
    self.step = step
    epochLoss = Double(bitPattern: header[2])
    epochCorrect = correct
  }
}
