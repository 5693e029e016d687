internal import Foundation

/// The files that numpy keeps several named arrays in: zip archives of .npy files.
public enum Npz {
  static let format = ".npz"

  /// The file of some arrays, in the order given, not packed.
  ///
  /// The same arrays give the same bytes.
  ///
  /// - Throws: ``InterchangeError/unsupported(file:feature:)`` beyond 4 GB.
  public static func bytes(
    of arrays: [(name: String, array: NumericArray)], file: String
  ) throws(InterchangeError) -> [UInt8] {
    try ZipArchive.bytes(
      of: arrays.map { ($0.name + ".npy", Npy.bytes(of: $0.array)) }, file: file)
  }

  /// Reads all arrays.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its name, for messages.
  ///   - limit: How many bytes all arrays may take unpacked; a quarter of the machine's memory if
  ///     nil, since a few copies are made on the way.
  /// - Returns: The arrays by name.
  /// - Throws: ``InterchangeError``.
  public static func arrays(
    from bytes: [UInt8], file: String, limit: Int? = nil
  ) throws(InterchangeError) -> [String: NumericArray] {
    let entries = try ZipArchive.entries(of: bytes, file: file)
    let limit = limit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)
    var rest = limit
    for entry in entries {
      guard entry.size <= rest else {
        throw .unsupported(file: file, feature: .unpackedSize(limit: limit))
      }
      rest -= entry.size
    }
    var arrays: [String: NumericArray] = [:]
    for entry in entries {
      let suffix = ".npy"
      let name =
        entry.name.hasSuffix(suffix) ? String(entry.name.dropLast(suffix.count)) : entry.name
      guard arrays[name] == nil else {
        throw .malformed(
          file: file, format: format, problem: "it has '\(InterchangeError.shown(name))' twice")
      }
      let content = try ZipArchive.content(of: entry, in: bytes, file: file)
      arrays[name] = try Npy.array(
        from: content, file: "\(file), array '\(InterchangeError.shown(name))'")
    }
    return arrays
  }
}
