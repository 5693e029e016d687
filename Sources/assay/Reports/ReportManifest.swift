import Foundation
import Report
import Tracker

/// What a directory's manifest says.
struct ReportManifest {
  /// What the report is about.
  let request: ReportRequest
  let protocolName: String?
  let options: ReportOptions
  /// The sweeps that it shows.
  let sweeps: [String]
  /// Their objective; nil for each one's first.
  let objective: String?
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
    request =
      if let study = manifest["study"]?.string {
        .study(study)
      } else if let model = manifest["model"]?.string {
        .model(model)
      } else {
        .sweeps
      }
    protocolName = manifest["protocol"]?.string
    objective = manifest["objective"]?.string
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
    // Manifests of earlier versions name the sweeps at their figures alone, and no options.
    sweeps =
      Self.strings(manifest["sweeps"])
      ?? self.files.compactMap(\.entry.sweep).reduce(into: []) { names, name in
        if !names.contains(name) { names.append(name) }
      }
    options = ReportOptions(
      showsPublished: manifest["published"] != .bool(false),
      latex: LaTeXStyle(
        columns: manifest["columns"]?.string.flatMap(LaTeXStyle.Columns.init(rawValue:)) ?? .text),
      seedStudies: Self.strings(manifest["seed_studies"]))
  }

  private static func strings(_ value: JSONValue?) -> [String]? {
    guard case .array(let elements)? = value else { return nil }
    return elements.compactMap(\.string)
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
  case damaged(Int)

  var description: String {
    switch self {
    case .noDirectory(let path): "there is no directory \(path)"
    case .noManifest(let path):
      "\(path) has no \(ReportDirectory.manifestName) that can be read"
    case .differs(let path, let places, let files):
      "\(path) differs from the database in \(places) place\(places == 1 ? "" : "s") of "
        + "\(files) file\(files == 1 ? "" : "s")"
    case .damaged(let count):
      "the database has changed in \(count) place\(count == 1 ? "" : "s") since it was written"
    }
  }

  var status: ExitStatus {
    switch self {
    case .noDirectory: .missingInput
    case .noManifest, .differs, .damaged: .badData
    }
  }

  var remedy: String? {
    switch self {
    case .noDirectory(let path):
      "write a report there: assay report -o \(ShellWord(path + "/"))\(GivenFiles.database)"
    case .noManifest(let path):
      "write the report anew: assay report -o \(ShellWord(path + "/"))\(GivenFiles.database)"
    case .differs: nil
    case .damaged: "restore a copy"
    }
  }
}
