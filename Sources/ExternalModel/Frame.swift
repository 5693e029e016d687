internal import Bytes
internal import Foundation

/// An array that a frame announces and that follows its header, little-endian.
struct FrameArray: Codable, Equatable {
  let name: String
  let type: String
  let shape: [Int]

  static func floats(_ name: String, _ shape: [Int]) -> FrameArray {
    FrameArray(name: name, type: "float32", shape: shape)
  }

  static func indices(_ name: String, _ shape: [Int]) -> FrameArray {
    FrameArray(name: name, type: "uint32", shape: shape)
  }

  /// As messages show it.
  var shown: String {
    "\(name) \(type) [\(shape.map(String.init).joined(separator: ", "))]"
  }

  static func shown(_ arrays: [FrameArray]) -> String {
    arrays.isEmpty ? "no arrays" : arrays.map(\.shown).joined(separator: " and ")
  }
}

/// What a request asks for; absent members are left out of its frame.
struct FrameRequest: Encodable {
  /// The request's name.
  let request: String
  var id = 0
  var version: Int?
  var keep: Bool?
  var kept: Bool?
  var seed: String?
  var purpose: UInt32?
  var passes: Int?
  var firstPass: Int?
  var layer: String?
  /// The draws that a gradient is of.
  var draws: FrameDraws?
  var arrays: [FrameArray]?

  init(_ request: String) {
    self.request = request
  }

  private enum CodingKeys: String, CodingKey {
    case request, id, version, keep, kept, seed, purpose, passes, layer, draws, arrays
    case firstPass = "first_pass"
  }
}

/// Stochastic passes, as a member of a request.
struct FrameDraws: Encodable {
  let seed: String
  let purpose: UInt32
  let passes: Int
  let firstPass: Int

  private enum CodingKeys: String, CodingKey {
    case seed, purpose, passes
    case firstPass = "first_pass"
  }
}

/// What every answer may say.
struct FrameAnswer: Decodable {
  let answer: String?
  let error: String?
  let id: Int?
  let arrays: [FrameArray]?
}

/// How frames begin.
enum Frame {
  /// The first bytes of every frame.
  static let magic = Array("ASSY".utf8)
  /// A longer header is no header.
  static let longestHeader = 1 << 20

  /// A frame up to its arrays.
  static func start(of request: FrameRequest) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header = Array(try encoder.encode(request))
    return magic + littleEndianBytes([UInt32(header.count)]) + header
  }
}
