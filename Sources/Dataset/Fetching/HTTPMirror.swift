/// A web server that holds a data set's files under their published names.
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

  /// Downloads and unpacks one file after the other, each from where an earlier fetch stopped.
  public func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    for file in files {
      let partial = context.partialFolder.flatMap { folder in
        PartialDownload(of: file.publishedName, in: folder, limit: file.largestPublished)
      }
      if let partial, !partial.bytes.isEmpty {
        do {
          try fetch(file, after: partial, context: context, deliver: deliver)
          continue
        } catch let error as DatasetError where error.isAboutContent {
          // It may have been another server's, or of another version: all of it once more.
          partial.restart()
        }
      }
      try fetch(file, after: partial, context: context, deliver: deliver)
    }
  }

  private func fetch(
    _ file: DatasetFile, after partial: PartialDownload?, context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    let download = Download(
      address: folder + file.publishedName, maximumBytes: file.largestPublished,
      secondsToAnswer: secondsToAnswer, secondsToStall: secondsToStall)
    let published = try download.run(after: partial, isCancelled: context.isCancelled) {
      bytes, total in
      context.progress(.received(file: file.name, bytes: bytes, total: total))
    }
    do {
      try deliver(
        file,
        file.content(
          of: published, file: file.publishedName, isCancelled: context.isCancelled))
      partial?.remove()
    } catch let error as DatasetError where error.isAboutContent {
      partial?.restart()
      throw error
    }
  }
}

extension DatasetError {
  /// Whether what came is wrong, rather than that nothing more comes or can be written.
  fileprivate var isAboutContent: Bool {
    switch self {
    case .wrongChecksum, .truncatedGzip, .damagedGzip, .tooLarge, .malformedIDX: true
    default: false
    }
  }
}
