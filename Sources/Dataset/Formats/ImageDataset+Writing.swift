public import Interchange

/// A format in which Assay writes data sets.
public enum WrittenFormat: String, CaseIterable, Sendable {
  /// `train.npz` and `test.npz` with the arrays `images` and `labels`, of bytes.
  case npz
  /// The four IDX files.
  case idx
}

extension ImageDataset {
  /// Returns the files of the data set in a format.
  ///
  /// Images are `[count, rows, columns]`, or `[count, rows, columns, channels]` in colour. Readers of
  /// the files get the same images and labels, and so the same ``digest``.
  ///
  /// - Parameter format: The format.
  /// - Returns: Each file's name and content.
  /// - Throws: `InterchangeError` if a .npz file would have more than 4 GB.
  public func files(
    as format: WrittenFormat
  ) throws(InterchangeError) -> [(name: String, bytes: [UInt8])] {
    switch format {
    case .npz:
      return [
        ("train.npz", try train.npz(file: "train.npz")),
        ("test.npz", try test.npz(file: "test.npz")),
      ]
    case .idx:
      let arrays = [train.imageArray, train.labelArray, test.imageArray, test.labelArray]
      return zip(IDXFormat.files, arrays).map { ($0, $1.encoded()) }
    }
  }

  /// Writes the data set's files into a directory.
  ///
  /// - Parameters:
  ///   - directory: The directory, which is made if it is not there and must have no files.
  ///   - format: The format of the files.
  /// - Throws: ``DatasetError``: `notEmpty`, or `inputOutput` if the system refuses; what
  ///   ``files(as:)`` throws.
  public func write(to directory: String, as format: WrittenFormat) throws {
    guard try ContentSearch.list(directory).isEmpty else {
      throw DatasetError.notEmpty(directory: directory)
    }
    let files = try files(as: format)
    try DataFile.makeDirectory(directory)
    for (name, bytes) in files { try DataFile.write(bytes, to: directory + "/" + name) }
  }
}

extension ImageSet {
  /// The images as an IDX file has them.
  var imageArray: IDXArray { IDXArray(dimensions: [count] + arraySize, elements: pixels) }
  /// The labels as an IDX file has them.
  var labelArray: IDXArray { IDXArray(dimensions: [count], elements: labels) }

  fileprivate func npz(file: String) throws(InterchangeError) -> [UInt8] {
    try Npz.bytes(
      of: [
        ("images", NumericArray(shape: [count] + arraySize, .uint8(pixels))),
        ("labels", NumericArray(shape: [count], .uint8(labels))),
      ], file: file)
  }
}
