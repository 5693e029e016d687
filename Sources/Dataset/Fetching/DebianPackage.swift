internal import Subprocess

/// A Debian package that carries a data set's files.
///
/// If the package is not installed, apt-get downloads it.
public struct DebianPackage: DatasetSource, Equatable {
  /// The package's name in the Debian archive.
  public let name: String
  /// The folder that the package puts the files into, relative to the root.
  public let folder: String
  /// The time limit for apt-get, in seconds.
  public let secondsAllowed: Int

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - name: The package's name in the Debian archive.
  ///   - folder: The folder that the package puts the files into, relative to the root.
  ///   - secondsAllowed: The time limit for apt-get, in seconds.
  public init(name: String, folder: String, secondsAllowed: Int) {
    self.name = name
    self.folder = folder
    self.secondsAllowed = secondsAllowed
  }

  /// The name of the source in messages: `Debian package` and the name.
  public var summary: String { "Debian package \(name)" }

  /// Reads the files of the installed package, or else downloads and unpacks the package first.
  public func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    let installed = "/" + folder
    guard files.contains(where: { LocalFile.candidates($0, in: installed).isEmpty }) else {
      return try read(files, in: installed, context: context, deliver: deliver)
    }
    try ScratchDirectory.with { scratch in
      let download = Subprocess(
        "apt-get",
        // As root, apt-get would otherwise warn that its own user can't enter the directory.
        ["-q", "-o", "APT::Sandbox::User=root", "download", name], directory: scratch)
      _ = try download.output(secondsAllowed: secondsAllowed, isCancelled: context.isCancelled)
      guard let package = ScratchDirectory.file(endingIn: ".deb", in: scratch) else {
        throw DatasetError.absentFromSource(file: "package file")
      }
      let root = scratch + "/root"
      let unpack = Subprocess("dpkg-deb", ["--extract", package, root], directory: scratch)
      _ = try unpack.output(secondsAllowed: 60, isCancelled: context.isCancelled)
      try read(files, in: root + "/" + folder, context: context, deliver: deliver)
    }
  }

  private func read(
    _ files: [DatasetFile], in folder: String, context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    for file in files {
      let local = try LocalFile.read(file, in: folder, isCancelled: context.isCancelled)
      guard let local else { throw DatasetError.absentFromSource(file: file.name) }
      try deliver(file, local.bytes)
    }
  }
}
