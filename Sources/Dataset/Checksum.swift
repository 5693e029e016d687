import Crypto

/// The SHA-256 of bytes, in lower-case hexadecimal.
func hexadecimalSHA256(_ bytes: [UInt8]) -> String {
  SHA256.hash(data: bytes).hexadecimal
}

extension SHA256.Digest {
  /// The digest in lower-case hexadecimal.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
