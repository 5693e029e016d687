internal import Bytes
import Foundation

/// Looks for files by what they may hold, whatever they are called: data sets are handed on under
/// several names, in several folders.
enum ContentSearch {
  /// How many folders deep it looks.
  private static let deepest = 3
  /// How many files and folders it looks at.
  private static let most = 10_000

  /// The files below a directory that may be a data set's by their length, plain or as .gz, by path.
  static func files(that file: DatasetFile, mayBeBelow directory: String) -> [String] {
    let count = file.byteCount
    var found: [String] = []
    var seen = 0
    func visit(_ folder: String, depth: Int) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where !name.hasPrefix(".") && seen < most {
        seen += 1
        let path = folder + "/" + name
        var status = stat()
        guard stat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if depth < deepest { visit(path, depth: depth + 1) }
        } else if status.st_mode & S_IFMT == S_IFREG {
          let size = Int(status.st_size)
          let mayBe =
            file.packing == .gzip && name.lowercased().hasSuffix(".gz")
            ? size <= DataFile.packedLimit(unpacked: count) && unpackedSize(path) == count
            : size == count
          if mayBe { found.append(path) }
        }
      }
    }
    visit(directory, depth: 0)
    return found
  }

  /// What gzip says at a file's end that its content has.
  private static func unpackedSize(_ path: String) -> Int? {
    guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return nil }
    defer { try? handle.close() }
    guard let end = try? handle.seekToEnd(), end >= 18,
      (try? handle.seek(toOffset: end - 4)) != nil,
      let bytes = try? handle.read(upToCount: 4)
    else { return nil }
    return Array(bytes).littleEndian(at: 0, as: UInt32.self).map { Int($0) }
  }

  /// The names in a directory, in order; none where there is no such directory.
  ///
  /// - Throws: ``DatasetError/inputOutput(path:action:detail:)`` if it is there and cannot be listed.
  static func list(_ directory: String) throws(DatasetError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory),
        isDirectory.boolValue
      else { return [] }
      throw DatasetError.inputOutput(
        path: directory, action: "list the directory", detail: DataFile.reason(error))
    }
  }

  /// Makes sure that a directory outside the catalogue has everything that its format needs.
  ///
  /// - Parameters:
  ///   - names: What the format needs.
  ///   - directory: The directory's path.
  ///   - isThere: Whether the directory has one of the names; nil asks for files of these names.
  /// - Throws: ``DatasetError``: `missingFiles`, or `inputOutput` if the system can't list it.
  static func require(
    _ names: [String], in directory: String, isThere: ((_ name: String) -> Bool)? = nil
  ) throws(DatasetError) {
    let present = try list(directory)
    let lacking = names.filter { !(isThere?($0) ?? present.contains($0)) }
    guard lacking.isEmpty else {
      throw .missingFiles(
        dataset: nil, directory: directory, files: lacking, present: present)
    }
  }

  /// The names in a directory, for a message that says what is there instead.
  static func names(in directory: String) -> [String] { (try? list(directory)) ?? [] }
}
