internal import Bytes

/// SHA-256 digests as records have them.
public enum Digest {
  /// The SHA-256 of bytes, 64 hexadecimal digits.
  public static func sha256(_ bytes: [UInt8]) -> String {
    ContentDigest.sha256(bytes)
  }
}

/// What identifies a stage's results: everything that they depend on.
enum RunKey {
  /// The version of the way keys are made; another one makes all keys differ.
  private static let version: Int64 = 1

  /// The key: SHA-256 of kind, canonical configuration, and the parents' keys by role.
  static func key(kind: String, configuration: JSONValue, parents: [String: String]) -> String {
    let identity = JSONValue.object([
      "version": .integer(version), "kind": .string(kind), "configuration": configuration,
      "parents": .object(parents.mapValues { .string($0) }),
    ])
    return Digest.sha256(Array(identity.canonical.utf8))
  }
}
