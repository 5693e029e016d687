internal import Bytes

/// A .npz file whose arrays are read one by one, or in parts.
///
/// What programs for archives add, such as macOS's __MACOSX folder, is no array, and a folder that
/// all arrays are in is no part of their names.
public struct NpzArchive: Sendable {
  private let content: FileContent
  private let members: [(name: String, entry: ZipArchive.Entry)]

  /// Lists the arrays of a file.
  ///
  /// - Throws: ``InterchangeError``.
  public init(_ content: FileContent) throws(InterchangeError) {
    self.content = content
    let entries = try ZipArchive.entries(of: content).filter { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      let last = parts.last ?? ""
      return !last.isEmpty && parts.first != "__MACOSX" && !last.hasPrefix("._")
        && ![".DS_Store", "Thumbs.db", "desktop.ini"].contains(last)
    }
    let folder = SharedPrefix.of(entries.map(\.name), separator: "/") { _ in false }
    members = entries.map { entry in
      let name = entry.name.dropFirst(folder.count)
      return (String(name.hasSuffix(".npy") ? name.dropLast(4) : name), entry)
    }
  }

  /// The names of all arrays, in the order of the file.
  public var names: [String] { members.map(\.name) }

  /// Reads arrays.
  ///
  /// - Parameters:
  ///   - names: The arrays to read; the others may be anything. All if nil.
  ///   - limit: How many bytes the arrays may take unpacked; a sixth of what memory is free if nil,
  ///     since a few copies are made on the way.
  ///   - isCancelled: Asked many times a second whether to stop.
  /// - Returns: The arrays by name.
  /// - Throws: ``InterchangeError``.
  public func arrays(
    named names: Set<String>? = nil, limit: Int? = nil, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [String: NumericArray] {
    let members = members.filter { names?.contains($0.name) ?? true }
    // Before anything is unpacked.
    try Self.check(members.map(\.entry.size), limit: limit, file: content.name)
    var arrays: [String: NumericArray] = [:]
    for (name, _) in members {
      arrays[name] = try reader(of: name, isCancelled: isCancelled).array(isCancelled: isCancelled)
    }
    return arrays
  }

  /// Begins to read an array.
  ///
  /// - Precondition: There is one of the name.
  /// - Throws: ``InterchangeError``.
  public func reader(
    of name: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> ArrayReader {
    let found = members.filter { $0.name == name }
    guard let entry = found.first?.entry else { preconditionFailure("there is no array '\(name)'") }
    let shown = InterchangeError.shown(name)
    guard found.count == 1 else {
      throw .malformed(
        file: content.name, format: Npz.format, problem: "it has '\(shown)' twice")
    }
    return try ArrayReader(
      ZipEntryReader(entry, in: content), file: "\(content.name), array '\(shown)'",
      isCancelled: isCancelled)
  }

  /// Makes sure that memory holds what arrays take.
  ///
  /// - Parameters:
  ///   - sizes: The bytes of each.
  ///   - limit: How many there may be; a sixth of what memory is free if nil.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError/unsupported(file:feature:)``.
  public static func check(
    _ sizes: [Int], limit: Int? = nil, file: String
  ) throws(InterchangeError) {
    let limit = limit ?? AvailableMemory.bytes / 6
    var rest = limit
    for size in sizes {
      guard size <= rest else {
        throw .unsupported(file: file, feature: .unpackedSize(limit: limit))
      }
      rest -= size
    }
  }
}
