import Bytes
import Dataset
import Foundation
import Subprocess

/// A data set of three images to train on and two to test on, 2 x 2 pixels each.
enum TinyDataset {
  static let arrays: [DatasetPart: IDXArray] = [
    .trainImages: IDXArray(
      dimensions: [3, 2, 2], elements: [0, 51, 102, 153, 204, 255, 0, 1, 2, 3, 4, 5]),
    .trainLabels: IDXArray(dimensions: [3], elements: [0, 1, 1]),
    .testImages: IDXArray(dimensions: [2, 2, 2], elements: [9, 8, 7, 6, 5, 4, 3, 2]),
    .testLabels: IDXArray(dimensions: [2], elements: [1, 0]),
  ]

  static func specification(sources: [any DatasetSource] = []) -> DatasetSpecification {
    DatasetSpecification(
      name: "tiny", title: "Tiny", classNames: ["even", "odd"], imageSize: (rows: 2, columns: 2),
      digest: String(repeating: "0", count: 64),
      files: DatasetPart.idxFiles.map { part in
        let content = content(part)
        return DatasetFile(
          part: part, name: part.rawValue, byteCount: content.count,
          sha256: ContentDigest.sha256(content))
      },
      sources: sources)
  }

  static func content(_ part: DatasetPart) -> [UInt8] {
    arrays[part]?.encoded() ?? []
  }
}

/// A directory of a test's own, removed when the test lets go of it.
final class Scratch {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "assay-dataset-tests-\(UUID().uuidString)")
    path = url.path(percentEncoded: false)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, with the folders on its way, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return path + "/" + name
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  /// Removes a file; false when there was none.
  func remove(_ name: String) -> Bool {
    (try? FileManager.default.removeItem(atPath: path + "/" + name)) != nil
  }

  func names(in folder: String = "") -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
    return (names ?? []).sorted()
  }
}

/// Bytes packed by the system's gzip.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let scratch = try Scratch()
  let input = try scratch.write(bytes, to: "plain")
  var gzip = Subprocess("gzip", ["-c"])
  gzip.input = .file(input)
  return try gzip.run(outputLimit: 1 << 24, secondsAllowed: 60) { false }
}
