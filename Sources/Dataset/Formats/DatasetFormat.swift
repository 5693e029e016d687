/// A way in which a directory stores the images and labels of a data set.
///
/// To add one, put a file beside this one and an entry into ``DatasetFormats/all``.
public protocol DatasetFormat: Sendable {
  /// The format's name, such as `idx`.
  var name: String { get }
  /// The files that a directory of this format has, in a few words.
  var contents: String { get }

  /// Tells whether a directory looks like one of this format, without reading its files.
  ///
  /// - Parameters:
  ///   - names: The names in the directory, without hidden ones, in order.
  ///   - directory: The directory's path.
  /// - Returns: Whether to read it in this format.
  func recognises(_ names: [String], in directory: String) -> Bool

  /// Reads the data set of a directory, which takes the directory's name.
  ///
  /// - Parameters:
  ///   - directory: The directory's path.
  ///   - layout: Where arrays of images in colour have the channels, if their shape doesn't tell.
  ///   - isCancelled: Returns true to stop; the reader calls it now and then.
  /// - Returns: The whole data set.
  /// - Throws: ``DatasetError``, or the error of a library that reads one of the files.
  func read(
    _ directory: String, layout: ImageLayout?, isCancelled: @Sendable () -> Bool
  ) throws -> ImageDataset
}

/// The formats that Assay reads.
public enum DatasetFormats {
  /// All formats, in the order in which a directory is held against them.
  public static let all: [any DatasetFormat] = [
    IDXFormat(), CIFARBinaryFormat(), SVHNFormat(), NpzFormat(), PNGFormat(),
  ]

  /// Returns the format of a directory.
  ///
  /// - Parameter directory: The directory's path.
  /// - Returns: The format.
  /// - Throws: ``DatasetError/noFormat(directory:known:present:)`` if the directory is in none of
  ///   the formats, or `inputOutput` if the system can't list it.
  public static func format(of directory: String) throws -> any DatasetFormat {
    let names = try ContentSearch.list(directory)
    guard let format = all.first(where: { $0.recognises(names, in: directory) }) else {
      throw DatasetError.noFormat(
        directory: directory, known: all.map(\.contents), present: names)
    }
    return format
  }
}

extension ImageDataset {
  /// Reads a data set outside the catalogue from a directory, whose format its files tell.
  ///
  /// The catalogue has no SHA-256 of such files, so this initializer can't check them. The data
  /// set's digest identifies the data. The data set takes the directory's name.
  ///
  /// - Parameters:
  ///   - folder: The directory's path.
  ///   - layout: Where arrays of images in colour have the channels, if their shape doesn't tell.
  ///   - isCancelled: Returns true to stop; the reader calls it now and then.
  /// - Throws: What ``DatasetFormats/format(of:)`` and the format's reader throw.
  public init(
    folder: String, layout: ImageLayout? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws {
    self = try DatasetFormats.format(of: folder).read(
      folder, layout: layout, isCancelled: isCancelled)
  }
}
