import Foundation
import TestSupport

/// The bytes of a file that another program wrote.
func fixture(_ name: String) throws -> [UInt8] {
  Array(
    try Data(contentsOf: packageRoot.appending(path: "Tests/Fixtures/interchange/\(name)")))
}

/// A file with some of its bytes replaced.
func replacing(_ bytes: [UInt8], at offset: Int, with new: [UInt8]) -> [UInt8] {
  var bytes = bytes
  bytes.replaceSubrange(offset..<offset + new.count, with: new)
  return bytes
}

/// Where some bytes are first found.
func offset(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
  bytes.indices.first { bytes[$0...].starts(with: pattern) }
}
