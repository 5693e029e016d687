/// A web server that holds a data set's files, each packed with gzip.
public struct HTTPMirror: DatasetSource, Equatable {
  /// The URL of the folder that holds the files, with a slash at its end.
  public let folder: String
  /// The longest wait for the first byte of an answer, in seconds.
  public let secondsToAnswer: Int
  /// The longest wait between two bytes of an answer, in seconds.
  public let secondsToStall: Int

  /// Creates a mirror.
  ///
  /// - Parameters:
  ///   - folder: The URL of the folder that holds the files, with a slash at its end.
  ///   - secondsToAnswer: The longest wait for the first byte of an answer, in seconds.
  ///   - secondsToStall: The longest wait between two bytes after that, in seconds.
  public init(_ folder: String, secondsToAnswer: Int = 5, secondsToStall: Int = 20) {
    self.folder = folder
    self.secondsToAnswer = secondsToAnswer
    self.secondsToStall = secondsToStall
  }

  /// The server's name, taken from ``folder``.
  public var summary: String {
    folder.split(separator: "/").dropFirst().first.map(String.init) ?? folder
  }

  /// Downloads and unpacks one file after the other.
  public func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    for file in files {
      let download = Download(
        address: folder + file.name + ".gz",
        maximumBytes: DataFile.packedLimit(unpacked: file.byteCount),
        secondsToAnswer: secondsToAnswer, secondsToStall: secondsToStall)
      let packed = try download.run(isCancelled: context.isCancelled) { bytes, total in
        context.progress(.received(file: file.name, bytes: bytes, total: total))
      }
      try deliver(
        file,
        DataFile.unpacked(
          packed, file: file.name + ".gz", maximumBytes: file.byteCount,
          isCancelled: context.isCancelled))
    }
  }
}
