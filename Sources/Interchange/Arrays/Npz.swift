internal import Bytes

/// The files in which numpy stores several named arrays: zip archives of .npy files.
public enum Npz {
  static let format = ".npz"

  /// Encodes arrays as a .npz file, in the order given and without compression.
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

  /// Reads arrays, as ``NpzArchive/arrays(named:limit:isCancelled:)`` does.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  ///   - names: The arrays to read, or nil for all of them.
  ///   - limit: How many bytes they may take unpacked, or nil for a sixth of the free memory.
  ///   - isCancelled: Returns true to stop. The reader calls it many times a second.
  /// - Returns: The arrays by name.
  /// - Throws: ``InterchangeError``.
  public static func arrays(
    from bytes: [UInt8], file: String, named names: Set<String>? = nil, limit: Int? = nil,
    isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> [String: NumericArray] {
    try NpzArchive(FileContent(bytes, name: file)).arrays(
      named: names, limit: limit, isCancelled: isCancelled)
  }
}
