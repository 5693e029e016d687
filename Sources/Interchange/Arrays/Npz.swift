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

  /// Reads arrays, as ``NpzArchive/arrays(named:limit:isCancelled:)`` does.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its name, for messages.
  ///   - names: The arrays to read; all if nil.
  ///   - limit: How many bytes they may take unpacked.
  ///   - isCancelled: Asked many times a second whether to stop.
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
