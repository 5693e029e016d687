internal import Bytes

/// A .npz file from which you read arrays one by one, or in parts.
///
/// The archive ignores entries that archive programs add, such as macOS's __MACOSX folder. If all
/// arrays are in one folder, it omits that folder from their names.
public struct NpzArchive: Sendable {
  private let content: FileContent
  private let members: [(name: String, entry: ZipArchive.Entry)]

  /// Lists the arrays of a file without reading their elements.
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

  /// The names of all arrays, without ".npy", in the order of the file.
  public var names: [String] { members.map(\.name) }

  /// Reads arrays into memory after checking their unpacked size.
  ///
  /// - Parameters:
  ///   - names: The arrays to read, or nil for all of them. The others may be anything.
  ///   - limit: How many bytes the arrays may take unpacked. Nil stands for a sixth of the free
  ///     memory, since reading makes a few copies.
  ///   - isCancelled: Returns true to stop. The reader calls it many times a second.
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

  /// Opens an array and reads its header.
  ///
  /// - Precondition: The file has an array of that name.
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

  /// Whether a member is an array of numbers, as its beginning says.
  ///
  /// Texts, dates, objects and records are none, nor is a file of another format.
  ///
  /// - Precondition: The file has a member of that name.
  /// - Throws: ``InterchangeError``, where it begins as an array and is damaged.
  public func isNumeric(
    _ name: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> Bool {
    let found = members.filter { $0.name == name }
    guard let entry = found.first?.entry else { preconditionFailure("there is no array '\(name)'") }
    let source = try ZipEntryReader(entry, in: content)
    let beginning = try source.read(
      min(Npy.magic.count, source.remaining), isCancelled: isCancelled)
    guard beginning.starts(with: Npy.magic) else { return false }
    do {
      _ = try reader(of: name, isCancelled: isCancelled)
      return true
    } catch .unsupported(file: _, feature: .elementType) {
      return false
    }
  }

  /// Checks that arrays fit into memory.
  ///
  /// - Parameters:
  ///   - sizes: The size of each array in bytes.
  ///   - limit: The largest total in bytes, or nil for a sixth of the free memory.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError/unsupported(file:feature:)`` if they do not fit.
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
