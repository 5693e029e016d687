/// The header and checksum around deflated bytes.
package enum Wrapping: Sendable {
  /// Nothing, as in zip archives: RFC 1951.
  case bare
  /// A header of two bytes and a sum, as in PNG and PDF files: RFC 1950.
  case zlib
  /// A header with a name and a time, and a sum: RFC 1952.
  case gzip

  /// zlib's code for this wrapping, with the largest window.
  var windowBits: Int32 {
    switch self {
    case .bare: -15
    case .zlib: 15
    case .gzip: 31
    }
  }
}
