internal import Subprocess

/// A Debian package that carries a data set's files, installed or got through apt-get.
public struct DebianPackage: DatasetSource, Equatable {
  /// The package's name.
  public let name: String
  /// The folder in which the package puts the files, relative to the root.
  public let folder: String
  /// How long apt-get may take.
  public let secondsAllowed: Int

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - name: The package's name.
  ///   - folder: The folder in which the package puts the files, relative to the root.
  ///   - secondsAllowed: How long apt-get may take.
  public init(name: String, folder: String, secondsAllowed: Int) {
    self.name = name
    self.folder = folder
    self.secondsAllowed = secondsAllowed
  }

  /// What the source is, in a few words for a person.
  public var summary: String { "Debian package \(name)" }

  /// Reads the files of the installed package, or else of one downloaded for the purpose.
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
