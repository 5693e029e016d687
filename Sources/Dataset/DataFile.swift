internal import Bytes
import Foundation

/// Reading and writing whole files.
package enum DataFile {
  /// Reads a file and, where its content begins like gzip, unpacks it.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - maximumBytes: How many bytes the unpacked file may have.
  ///   - isCancelled: Returns true to stop; called now and then.
  /// - Returns: The unpacked content.
  /// - Throws: ``DatasetError``: `inputOutput`, and those of ``unpacked(_:file:maximumBytes:isCancelled:)``.
  static func read(
    _ path: String, maximumBytes: Int, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> [UInt8] {
    let bytes = try readPlain(
      path, maximumBytes: packedLimit(unpacked: maximumBytes), isCancelled: isCancelled)
    return try unpacked(bytes, file: path, maximumBytes: maximumBytes, isCancelled: isCancelled)
  }

  /// The content of a file that was read, unpacked where it begins like gzip.
  ///
  /// - Throws: ``DatasetError``: `truncatedGzip`, `damagedGzip`, `tooLarge`, `cancelled`.
  static func unpacked(
    _ bytes: [UInt8], file: String, maximumBytes: Int, isCancelled: @Sendable () -> Bool
  ) throws -> [UInt8] {
    guard Inflate.isGzip(bytes) else {
      guard bytes.count <= maximumBytes else {
        throw DatasetError.tooLarge(file: file, limit: maximumBytes)
      }
      return bytes
    }
    do throws(InflateError) {
      return try Inflate.unpack(
        bytes[...], .gzip, limit: maximumBytes, isCancelled: isCancelled)
    } catch {
      switch error {
      case .truncated: throw DatasetError.truncatedGzip(file: file)
      case .damaged(let reason): throw DatasetError.damagedGzip(file: file, detail: reason)
      case .tooLarge(let limit): throw DatasetError.tooLarge(file: file, limit: limit)
      case .cancelled: throw DatasetError.cancelled
      }
    }
  }

  /// The largest size of a gzip file whose content has at most this many bytes.
  ///
  /// Content that can't be compressed grows by five bytes per block, and there is a header.
  static func packedLimit(unpacked: Int) -> Int {
    unpacked + unpacked / 1000 + 4096
  }

  /// The content of a file as it is.
  ///
  /// - Throws: ``DatasetError``: `inputOutput`, `tooLarge`, `cancelled`.
  static func readPlain(
    _ path: String, maximumBytes: Int, isCancelled: @Sendable () -> Bool
  ) throws -> [UInt8] {
    do {
      return try WholeFile.read(path, limit: maximumBytes, isCancelled: isCancelled)
    } catch {
      switch error {
      case .tooLarge(let limit): throw DatasetError.tooLarge(file: path, limit: limit)
      case .cancelled: throw DatasetError.cancelled
      case .system(let code):
        throw DatasetError.inputOutput(
          path: path, action: "read", detail: WholeFileError.words(for: code))
      }
    }
  }

  /// Writes a file so that, at every instant, it is wholly there or not there at all.
  ///
  /// The bytes go to a file of another name first, which reaches the disk before it takes the
  /// right name.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let target = URL(filePath: path)
    let partial = target.deletingLastPathComponent().appending(
      path: ".\(target.lastPathComponent).\(UUID().uuidString)\(partialSuffix)")
    do {
      try Data().write(to: partial, options: .withoutOverwriting)
      do {
        let handle = try FileHandle(forWritingTo: partial)
        defer { try? handle.close() }
        try handle.write(contentsOf: bytes)
        try handle.synchronize()
        guard rename(partial.path(percentEncoded: false), target.path(percentEncoded: false)) == 0
        else {
          throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
      } catch {
        try? FileManager.default.removeItem(at: partial)
        throw error
      }
    } catch {
      throw DatasetError.inputOutput(path: path, action: "write", detail: reason(error))
    }
  }

  /// Makes a directory and those on its way, if they are not there.
  static func makeDirectory(_ path: String) throws(DatasetError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw DatasetError.inputOutput(
        path: path, action: "create the directory", detail: reason(error))
    }
  }

  /// Removes what an interrupted ``write(_:to:)`` left in a directory.
  ///
  /// Files younger than an hour stay: another process may still be writing them.
  static func removePartialFiles(in directory: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(partialSuffix) {
      let path = directory + "/" + name
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      if let date = attributes?[.modificationDate] as? Date, date.timeIntervalSinceNow < -3600 {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }

  private static let partialSuffix = ".partial"

  /// The system's own words for a failure, in one line.
  static func reason(_ error: any Error) -> String {
    if let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error {
      return reason(underlying)
    }
    if let error = error as? POSIXError {
      return String(cString: strerror(error.code.rawValue))
    }
    return error.localizedDescription.replacing("\n", with: " ")
  }
}
