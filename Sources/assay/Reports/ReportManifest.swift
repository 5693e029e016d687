import Foundation
import Report
import Tracker

/// What a directory's manifest says.
struct ReportManifest {
  let study: String?
  let model: String?
  let protocolName: String?
  let database: String?
  /// Whether the gallery was drawn with clean images.
  let hasCleanImages: Bool
  let files: [(entry: ReportEntry, sha256: String)]

  /// Reads the manifest of a directory.
  ///
  /// - Throws: ``ReportCheckError``.
  init(in directory: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory),
      isDirectory.boolValue
    else { throw ReportCheckError.noDirectory(directory) }
    let path = URL(fileURLWithPath: directory).appending(path: ReportDirectory.manifestName)
    guard let data = try? Data(contentsOf: path),
      let manifest = try? JSONValue(parsing: String(decoding: data, as: UTF8.self)),
      case .array(let files)? = manifest["files"]
    else { throw ReportCheckError.noManifest(directory) }
    study = manifest["study"]?.string
    model = manifest["model"]?.string
    protocolName = manifest["protocol"]?.string
    database = manifest["database"]?["uuid"]?.string
    hasCleanImages = manifest["clean_images"] == .bool(true)
    self.files = try files.map { file in
      guard let name = file["name"]?.string, let section = file["section"]?.string,
        let choice = section.isEmpty ? .everything : ReportChoice(named: section),
        let format = file["format"]?.string.flatMap(ReportFormat.init(rawValue:)),
        // A name of a file in this directory, not a path to somewhere else.
        name == URL(fileURLWithPath: name).lastPathComponent,
        let digest = file["sha256"]?.string
      else { throw ReportCheckError.noManifest(directory) }
      return (
        ReportEntry(name: name, choice: choice, format: format, sweep: file["sweep"]?.string),
        digest
      )
    }
  }

  /// A manifest as it is written: a member a line, sorted by name.
  static func bytes(of manifest: JSONValue) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(manifest)) + [10]
  }
}

/// Why a directory does not pass its check.
enum ReportCheckError: Reportable, CustomStringConvertible {
  case noDirectory(String)
  case noManifest(String)
  case differs(String, places: Int, files: Int)

  var description: String {
    switch self {
    case .noDirectory(let path): "there is no directory \(path)"
    case .noManifest(let path):
      "\(path) has no \(ReportDirectory.manifestName) that can be read"
    case .differs(let path, let places, let files):
      "\(path) differs from the database in \(places) place\(places == 1 ? "" : "s") of "
        + "\(files) file\(files == 1 ? "" : "s")"
    }
  }

  var status: ExitStatus {
    switch self {
    case .noDirectory: .missingInput
    case .noManifest, .differs: .badData
    }
  }

  var remedy: String? {
    switch self {
    case .noDirectory(let path):
      "write a report there: assay report -o \(ShellWord(path + "/"))"
    case .noManifest(let path):
      "write the report anew: assay report -o \(ShellWord(path + "/"))"
    case .differs: nil
    }
  }
}
