/// The directory that holds data sets, each in a folder named after it.
public struct DataDirectory: Equatable, Sendable {
  /// The directory's path, absolute or relative to the current directory.
  public let path: String

  /// Refers to a directory, which need not exist yet.
  ///
  /// - Parameter path: The directory's path.
  public init(path: String) {
    self.path = path
  }

  /// Chooses the directory that a command works with.
  ///
  /// The option comes first, then the environment variable `ASSAY_DATA`, then `./data`. An empty
  /// string counts as absent.
  ///
  /// - Parameters:
  ///   - option: The directory that the user asks for, if any.
  ///   - environment: The process's environment variables.
  /// - Returns: The directory, which need not exist yet.
  public static func resolve(
    option: String?, environment: [String: String]
  ) -> DataDirectory {
    let named = [option, environment["ASSAY_DATA"]].compactMap(\.self).first { !$0.isEmpty }
    return DataDirectory(path: named ?? "./data")
  }

  /// Returns the path of a data set's folder, which need not exist yet.
  ///
  /// - Parameter specification: The data set.
  /// - Returns: The folder's path.
  public func folder(of specification: DatasetSpecification) -> String {
    path + "/" + specification.name
  }

  /// Reads a data set and checks the content of each of its files.
  ///
  /// If the data set's folder lacks a file under its own name, this method searches the data
  /// directory and its subfolders for a file with the right content.
  ///
  /// - Parameters:
  ///   - specification: The data set.
  ///   - isCancelled: Returns true to stop; this method calls it now and then.
  /// - Returns: The whole data set.
  /// - Throws: ``DatasetError``: `missingFiles` if the directory lacks a file; `wrongChecksum`,
  ///   `malformed`, `malformedIDX`, `truncatedGzip`, `damagedGzip` or `tooLarge` if a file has other
  ///   content;
  ///   `inputOutput` if the system can't read a file; `cancelled`.
  public func load(
    _ specification: DatasetSpecification, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> ImageDataset {
    let folder = folder(of: specification)
    func missing(_ files: [DatasetFile]) -> DatasetError {
      // Without the data set's folder, what matters is what there is in its place.
      let place = ContentSearch.names(in: folder).isEmpty ? path : folder
      let present = ContentSearch.names(in: place)
      return .missingFiles(
        dataset: specification.name, directory: present.isEmpty ? folder : place,
        files: files.map(\.name), present: present)
    }
    // Before the first one is read, which takes a while.
    let lacking = specification.files.filter { file in
      LocalFile.candidates(file, in: folder).isEmpty
        && ContentSearch.files(that: file, mayBeBelow: path).isEmpty
    }
    guard lacking.isEmpty else { throw missing(lacking) }
    var contents: [DatasetPart: DatasetContent] = [:]
    for file in specification.files {
      guard
        let local = try LocalFile.read(
          file, in: folder, orBelow: path, isCancelled: isCancelled)
      else { throw missing([file]) }
      contents[file.part] = DatasetContent(path: local.path, bytes: local.bytes)
    }
    let sets = try specification.layout.sets(
      of: contents, classCount: specification.classNames.count, isCancelled: isCancelled)
    guard let (train, test) = sets else {
      preconditionFailure("\(specification.name) lacks a part")
    }
    return ImageDataset(
      name: specification.name, classNames: specification.classNames, train: train, test: test)
  }

  /// Reads the data set of the catalogue that has this name, and checks its files.
  ///
  /// - Parameters:
  ///   - name: The name in the catalogue, such as `mnist`.
  ///   - isCancelled: Returns true to stop; this method calls it now and then.
  /// - Returns: The whole data set.
  /// - Throws: ``DatasetError/unknownDataset(name:known:)``, or what
  ///   ``load(_:isCancelled:)-(DatasetSpecification,_)`` throws.
  public func load(
    _ name: String, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> ImageDataset {
    try load(DatasetCatalogue.dataset(named: name), isCancelled: isCancelled)
  }

  /// Reads a data set of the catalogue, or one of the user's own.
  ///
  /// - Parameters:
  ///   - name: A name in the catalogue, or, with a slash, the path of a folder in any format.
  ///   - layout: Where arrays of images in colour have the channels, if their shape doesn't tell.
  ///   - isCancelled: Returns true to stop; this method calls it now and then.
  /// - Returns: The whole data set.
  /// - Throws: What ``load(_:isCancelled:)-(String,_)`` throws, or what reading the folder does.
  public func dataset(
    _ name: String, layout: ImageLayout? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> ImageDataset {
    name.contains("/")
      ? try ImageDataset(folder: name, layout: layout, isCancelled: isCancelled)
      : try load(name, isCancelled: isCancelled)
  }
}
