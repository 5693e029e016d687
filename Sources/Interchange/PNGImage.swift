internal import Bytes

/// A grey or RGB picture of eight bits a channel, as PNG files have them.
public struct PNGImage: Sendable, Equatable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The number of values of a pixel: 1, its grey, or 3, red, green and blue.
  public let channels: Int
  /// The values, [height, width, channels], each from 0, dark, to 255, bright.
  public let pixels: [UInt8]

  private static let format = "PNG"
  private static let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// What deflate can pack into a byte at most, rounded up.
  private static let largestRatio = 1040
  /// What a picture may take unpacked, 64 MB; those that are asked about are small.
  private static let largestCount = 1 << 26

  /// Reads a grey or RGB picture with eight bits per channel.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError``.
  public init(from bytes: [UInt8], file: String) throws(InterchangeError) {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: Self.format, problem: problem)
    }
    guard bytes.starts(with: Self.magic) else { throw malformed("it does not begin as one") }
    let chunks = try Self.chunks(of: bytes, file: file)
    guard let header = chunks.first, header.name == "IHDR", header.content.count == 13,
      let width = header.content.bigEndian(at: 0), let height = header.content.bigEndian(at: 4),
      width > 0, height > 0
    else { throw malformed("it has no header") }
    let (depth, color, interlace) = (header.content[8], header.content[9], header.content[12])
    guard depth == 8, color == 0 || color == 2, interlace == 0 else {
      throw .unsupported(file: file, feature: .pictureKind)
    }
    let channels = color == 0 ? 1 : 3
    let packed = Array(chunks.lazy.filter { $0.name == "IDAT" }.map(\.content).joined())
    let (lineCount, lineOverflow) = width.multipliedReportingOverflow(by: channels)
    let (count, overflow) = (lineCount + 1).multipliedReportingOverflow(by: height)
    guard !lineOverflow, !overflow, count <= Self.largestCount else {
      throw .unsupported(
        file: file, feature: .pictureSize(width: width, height: height))
    }
    guard count / Self.largestRatio <= packed.count,
      let lines = try? Inflate.unpack(packed[...], .zlib, count: count),
      let samples = Self.unfiltered(lines, lineCount: lineCount, channels: channels)
    else { throw malformed("its pixels are cut off or damaged") }
    self.width = width
    self.height = height
    self.channels = channels
    pixels = samples
  }

  private static func chunks(
    of bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [(name: String, content: [UInt8])] {
    var chunks: [(name: String, content: [UInt8])] = []
    var offset = magic.count
    while chunks.last?.name != "IEND" {
      guard let length = bytes.bigEndian(at: offset), length <= bytes.count - offset - 12,
        let sum = bytes.bigEndian(at: offset + 8 + length)
      else {
        throw .malformed(file: file, format: format, problem: "it is cut off")
      }
      let named = bytes[(offset + 4)..<(offset + 8 + length)]
      guard Int(CRC32.sum(named)) == sum else {
        throw .malformed(file: file, format: format, problem: "a part has a wrong checksum")
      }
      chunks.append((String(decoding: named.prefix(4), as: UTF8.self), Array(named.dropFirst(4))))
      offset += 12 + length
    }
    return chunks
  }

  /// The samples of lines that are given as differences from their neighbours; nil if a line names
  /// no known kind of difference.
  private static func unfiltered(
    _ lines: [UInt8], lineCount: Int, channels: Int
  ) -> [UInt8]? {
    var samples: [UInt8] = []
    samples.reserveCapacity(lines.count)
    for start in stride(from: 0, to: lines.count, by: lineCount + 1) {
      let first = samples.count
      for index in 0..<lineCount {
        let position = first + index
        let left = index >= channels ? Int(samples[position - channels]) : 0
        let above = first > 0 ? Int(samples[position - lineCount]) : 0
        let corner =
          index >= channels && first > 0 ? Int(samples[position - lineCount - channels]) : 0
        let expected: Int
        switch lines[start] {
        case 0: expected = 0
        case 1: expected = left
        case 2: expected = above
        case 3: expected = (left + above) / 2
        case 4: expected = nearest(left, above, corner)
        default: return nil
        }
        samples.append(lines[start + 1 + index] &+ UInt8(expected))
      }
    }
    return samples
  }

  /// The neighbour that is nearest to what the three of them suggest.
  private static func nearest(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let estimate = left + above - corner
    let distances = (abs(estimate - left), abs(estimate - above), abs(estimate - corner))
    if distances.0 <= distances.1, distances.0 <= distances.2 { return left }
    return distances.1 <= distances.2 ? above : corner
  }

  /// The values as grey, by the weights of ITU-R BT.601, or as red, green and blue.
  ///
  /// - Parameter channels: 1 or 3.
  /// - Returns: The values, [height, width, channels]; nil for another number of channels.
  public func samples(channels: Int) -> [UInt8]? {
    switch (self.channels, channels) {
    case (1, 3): pixels.flatMap { [$0, $0, $0] }
    case (3, 1):
      stride(from: 0, to: pixels.count, by: 3).map { pixel in
        let (red, green, blue) = (
          Int(pixels[pixel]), Int(pixels[pixel + 1]), Int(pixels[pixel + 2])
        )
        return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
      }
    case (let present, let asked) where present == asked: pixels
    default: nil
    }
  }
}
