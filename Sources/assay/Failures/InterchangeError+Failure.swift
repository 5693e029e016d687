import Interchange

extension InterchangeError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unreadable: .missingInput
    case .cancelled: .interrupted
    default: .badData
    }
  }

  var remedy: String? {
    if case .unsupported(_, let feature) = self { feature.remedy } else { nil }
  }
}

extension UnsupportedFeature {
  /// How a file without the feature is made.
  fileprivate var remedy: String? {
    switch self {
    case .encryption: "save it without a password"
    case .packing: "save it with numpy.savez or numpy.savez_compressed"
    case .unpackedSize, .fileSize: "save fewer images at a time"
    case .textSize: "import it in parts, or where there is more memory"
    case .writtenSize: "ask for fewer images at a time"
    case .torchArchive: "save the weights with safetensors.torch.save_file"
    case .npyVersion: "save it with numpy.save"
    case .elementType: "save it as float32, float64, uint8 or int64"
    case .wholeNumber: nil
    case .pictureKind:
      "save it as a grey or RGB picture without alpha channel, palette or interlacing"
    case .pictureSize: "save it in the size of the data set's images"
    case .unknownLayout: "--layout channels_first or channels_last says which"
    case .unnumberedImages:
      "add an array 'indices' to a .npz file, or give the clean images with --clean"
    case .otherDelimiter(let sign):
      sign == "\t"
        ? "--delimiter \"$(printf '\\t')\" reads it so" : "--delimiter '\(sign)' reads it so"
    case .unnamedRun: "--name gives the run a name"
    case .unnumberedStep: "--step names the column that numbers the steps"
    }
  }
}
