/// A part of a format that is not read or written.
public enum UnsupportedFeature: Equatable, Sendable {
  /// An archive's member is encrypted.
  case encryption(member: String)
  /// An archive's member is packed by another method than deflate, numbered as in ZIP.
  case packing(member: String, method: Int)
  /// What an archive unpacks to is larger than a limit in bytes.
  case unpackedSize(limit: Int)
  /// The file itself is larger than a limit in bytes.
  case fileSize(limit: Int)
  /// What is to be written does not fit into an archive of 4 GB.
  case writtenSize
  /// Weights are packed as torch.save writes them.
  case torchArchive
  /// A .npy file is of an unknown version.
  case npyVersion(Int)
  /// Elements are of a type, as NumPy writes it, that is not read.
  case elementType(String)
  /// A whole number is beyond those of 64 bits with a sign.
  case wholeNumber(UInt64)
  /// A picture is not grey or RGB of eight bits a channel.
  case pictureKind
  /// A picture has too many pixels.
  case pictureSize(width: Int, height: Int)
  /// Images do not say which test images they were made from.
  case unnumberedImages
  /// Metrics do not say which run they are of.
  case unnamedRun
  /// A line has another value of a metric, and no step that would tell it from the one before.
  case unnumberedStep(line: Int, metric: String)
}

extension UnsupportedFeature: CustomStringConvertible {
  /// What the file has, in a few words, to follow its name.
  public var description: String {
    switch self {
    case .encryption(let member): "'\(InterchangeError.shown(member))' is encrypted"
    case .packing(let member, let method):
      "'\(InterchangeError.shown(member))' is compressed by method \(method)"
    case .unpackedSize(let limit):
      "unpacked it is larger than the \(limit >> 20) MB that fit into memory"
    case .fileSize(let limit): "it is larger than the \(limit >> 20) MB that fit into memory"
    case .writtenSize: "it would be larger than 4 GB"
    case .torchArchive: "it is a zip archive, as torch.save writes"
    case .npyVersion(let version): "version \(version) of .npy is unknown"
    case .elementType(let type):
      "elements of type '\(InterchangeError.shown(type))' are not supported"
    case .wholeNumber(let number):
      "it has the whole number \(number); the largest supported one is \(Int64.max)"
    case .pictureKind: "it is not grey or RGB of eight bits a channel"
    case .pictureSize(let width, let height): "it has \(width) x \(height) pixels"
    case .unnumberedImages: "it does not say which test images it was made from"
    case .unnamedRun: "its first line has no column 'run'"
    case .unnumberedStep(let line, let metric):
      "line \(line) has '\(InterchangeError.shown(metric))' again and no step"
    }
  }
}
