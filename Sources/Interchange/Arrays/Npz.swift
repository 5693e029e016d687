internal import Bytes

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

  /// Reads arrays.
  ///
  /// What programs for archives add, such as macOS's __MACOSX folder, is no array, and a folder that
  /// all arrays are in is no part of their names.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its name, for messages.
  ///   - names: The arrays to read; the others may be anything. All if nil.
  ///   - limit: How many bytes the arrays may take unpacked; a sixth of what memory is free if nil,
  ///     since a few copies are made on the way.
  ///   - isCancelled: Returns true to stop; called many times a second.
  /// - Returns: The arrays by name.
  /// - Throws: ``InterchangeError``.
  public static func arrays(
    from bytes: [UInt8], file: String, named names: Set<String>? = nil, limit: Int? = nil,
    isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [String: NumericArray] {
    let members = try members(of: bytes, file: file)
      .filter { names?.contains($0.name) ?? true }
    let limit = limit ?? AvailableMemory.bytes / 6
    // Before anything is unpacked.
    var rest = limit
    for (_, entry) in members {
      guard entry.size <= rest else {
        throw .unsupported(file: file, feature: .unpackedSize(limit: limit))
      }
      rest -= entry.size
    }
    var arrays: [String: NumericArray] = [:]
    for (name, entry) in members {
      guard arrays[name] == nil else {
        throw .malformed(
          file: file, format: format, problem: "it has '\(InterchangeError.shown(name))' twice")
      }
      let content = try ZipArchive.content(
        of: entry, in: bytes, file: file, isCancelled: isCancelled)
      arrays[name] = try Npy.array(
        from: content, file: "\(file), array '\(InterchangeError.shown(name))'",
        isCancelled: isCancelled)
    }
    return arrays
  }

  /// The names of all arrays, in the order of the file.
  ///
  /// - Throws: ``InterchangeError``.
  public static func names(
    in bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [String] {
    try members(of: bytes, file: file).map(\.name)
  }

  private static func members(
    of bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [(name: String, entry: ZipArchive.Entry)] {
    let entries = try ZipArchive.entries(of: bytes, file: file).filter { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      let last = parts.last ?? ""
      return !last.isEmpty && parts.first != "__MACOSX" && !last.hasPrefix("._")
        && ![".DS_Store", "Thumbs.db", "desktop.ini"].contains(last)
    }
    let folder = SharedPrefix.of(entries.map(\.name), separator: "/") { _ in false }
    return entries.map { entry in
      let name = entry.name.dropFirst(folder.count)
      return (String(name.hasSuffix(".npy") ? name.dropLast(4) : name), entry)
    }
  }
}
