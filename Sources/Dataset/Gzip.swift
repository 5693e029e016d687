import Foundation

/// Unpacking by the system's own gzip, so that the package needs no compression library.
enum Gzip {
  /// Whether bytes begin like a gzip file.
  static func isGzip(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// How many bytes a gzip file may have whose content has at most so many.
  ///
  /// Content that can't be compressed grows by five bytes per block, and there is a header.
  static func packedLimit(unpacked: Int) -> Int {
    unpacked + unpacked / 1000 + 4096
  }

  /// The unpacked content of a gzip file.
  ///
  /// - Throws: ``DatasetError``: `truncatedGzip`, `damagedGzip`, or `tooLarge` when there is more
  ///   than `maximumBytes` of it; what running a program can fail with; `cancelled`.
  static func unpack(
    _ path: String, maximumBytes: Int, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> [UInt8] {
    let gzip = Subprocess(
      program: "gzip", arguments: ["-dc"], input: path, outputLimit: maximumBytes,
      secondsAllowed: 120)
    do {
      return try gzip.run(isCancelled: isCancelled)
    } catch DatasetError.toolFailed(_, _, let detail) {
      guard !detail.contains("unexpected end of file") else {
        throw DatasetError.truncatedGzip(file: path)
      }
      throw DatasetError.damagedGzip(
        file: path, detail: detail.replacing("gzip: stdin: ", with: ""))
    } catch DatasetError.tooLarge(_, let limit) {
      throw DatasetError.tooLarge(file: path, limit: limit)
    }
  }
}
