/// A web server that has a data set's files, each packed with gzip.
public struct HTTPMirror: DatasetSource, Equatable {
  /// The address of the folder that has the files, with a slash at its end.
  public let folder: String
  /// How long the server may keep silent before the first byte of an answer.
  public let secondsToAnswer: Int
  /// How long the server may keep silent between two bytes of an answer.
  public let secondsToStall: Int

  /// Creates a mirror.
  ///
  /// - Parameters:
  ///   - folder: The address of the folder that has the files, with a slash at its end.
  ///   - secondsToAnswer: How long the server may take until the first byte.
  ///   - secondsToStall: How long the server may keep silent after that.
  public init(_ folder: String, secondsToAnswer: Int = 5, secondsToStall: Int = 20) {
    self.folder = folder
    self.secondsToAnswer = secondsToAnswer
    self.secondsToStall = secondsToStall
  }

  /// The server's name.
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
