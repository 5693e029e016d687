/// A part of a format that the library does not read or write.
public enum UnsupportedFeature: Equatable, Sendable {
  /// An archive encrypts one of its members.
  case encryption(member: String)
  /// An archive compresses a member by a method other than deflate, numbered as in ZIP.
  case packing(member: String, method: Int)
  /// The unpacked content of an archive exceeds a limit in bytes.
  case unpackedSize(limit: Int)
  /// The file itself exceeds a limit in bytes.
  case fileSize(limit: Int)
  /// A text exceeds a limit in bytes, since much more is made of it.
  case textSize(limit: Int)
  /// The content to write does not fit into an archive of 4 GB.
  case writtenSize
  /// The file is a zip archive, as torch.save writes for weights.
  case torchArchive
  /// A .npy file has an unknown version.
  case npyVersion(Int)
  /// Elements have an unsupported type, named as NumPy writes it.
  case elementType(String)
  /// A whole number exceeds the range of signed 64-bit integers.
  case wholeNumber(UInt64)
  /// A picture is neither grey nor RGB with eight bits per channel.
  case pictureKind
  /// A picture has too many pixels to unpack.
  case pictureSize(width: Int, height: Int)
  /// The lengths of an array's axes do not say which of them is the axis of channels.
  case unknownLayout([Int])
  /// The file does not say which test images its images come from.
  case unnumberedImages
  /// The first line of a CSV file is one column with a character that may delimit several.
  case otherDelimiter(String)
  /// The file does not say which run its metrics belong to.
  case unnamedRun
  /// A line repeats a metric without a step that would distinguish the two values.
  case unnumberedStep(line: Int, metric: String)
}

extension UnsupportedFeature: CustomStringConvertible {
  /// A few words on the feature, to follow the file's name.
  public var description: String {
    switch self {
    case .encryption(let member): "'\(InterchangeError.shown(member))' is encrypted"
    case .packing(let member, let method):
      "'\(InterchangeError.shown(member))' is compressed by method \(method)"
    case .unpackedSize(let limit):
      "unpacked it is larger than the \(limit >> 20) MB that fit into memory"
    case .fileSize(let limit): "it is larger than the \(limit >> 20) MB that fit into memory"
    case .textSize(let limit):
      "it is larger than the \(limit >> 20) MB whose lines fit into memory"
    case .writtenSize: "it would be larger than 4 GB"
    case .torchArchive: "it is a zip archive, as torch.save writes"
    case .npyVersion(let version): "version \(version) of .npy is unknown"
    case .elementType(let type):
      "elements of type '\(InterchangeError.shown(type))' are not supported"
    case .wholeNumber(let number):
      "it has the whole number \(number); the largest supported one is \(Int64.max)"
    case .pictureKind: "it is not grey or RGB of eight bits a channel"
    case .pictureSize(let width, let height): "it has \(width) x \(height) pixels"
    case .unknownLayout(let sides):
      "'images' of shape \(sides) may have the channels first or last"
    case .unnumberedImages: "it does not say which test images it was made from"
    case .otherDelimiter(let sign):
      "its first line has a '\(InterchangeError.shown(sign))' and nothing else between columns"
    case .unnamedRun: "its first line has no column 'run'"
    case .unnumberedStep(let line, let metric):
      "line \(line) has '\(InterchangeError.shown(metric))' again and no step"
    }
  }
}
