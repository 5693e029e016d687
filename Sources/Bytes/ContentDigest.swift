internal import Crypto

/// SHA-256 digests, by which contents are named: 64 lower-case hexadecimal digits.
package struct ContentDigest {
  private var hash = SHA256()

  /// Begins a digest of no bytes.
  package init() {}

  /// Adds bytes to those before.
  package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

  /// The digest of all bytes so far.
  package var name: String { hash.finalize().hexadecimal }

  /// The SHA-256 of bytes.
  package static func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).hexadecimal
  }
}
