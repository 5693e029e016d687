import Dataset

extension DatasetError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownDataset, .notEmpty: .usage
    case .missingFiles, .noFormat: .missingInput
    case .malformed, .malformedIDX, .countMismatch, .labelOutOfRange, .wrongChecksum,
      .truncatedGzip, .damagedGzip, .tooLarge, .refusedPickle:
      .badData
    case .program(let error): error.status
    case .inputOutput: .inputOutput
    case .downloadFailed, .absentFromSource, .allSourcesFailed: .tryAgain
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    switch self {
    case .missingFiles(let dataset?, _, _, _): "run 'assay data fetch \(dataset)\(GivenFiles.data)'"
    case .missingFiles(nil, _, let files, _):
      "put \(files.count == 1 ? "it" : "them") there, plain or as .gz"
    case .allSourcesFailed(_, let directory, let missing, _):
      "put "
        + missing.map { $0.packing == .gzip ? "\($0.name) (plain or .gz)" : $0.name }
        .joined(separator: ", ") + " into \(directory)"
    case .notEmpty: "name a directory that is empty or not there yet"
    case .noFormat: "see 'assay data --help'"
    default: nil
    }
  }
}
