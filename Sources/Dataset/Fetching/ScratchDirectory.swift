import Foundation

/// A directory for what a source downloads and unpacks, gone when the source is done.
enum ScratchDirectory {
  /// Runs a closure with the path of a new, empty directory that only this user can enter.
  static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "assay-\(UUID().uuidString)")
    let path = url.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw DatasetError.inputOutput(
        path: path, action: "create the directory", detail: DataFile.reason(error))
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  /// The path of the only file of a scratch directory whose name has an ending; nil if none.
  static func file(endingIn suffix: String, in directory: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.first { $0.hasSuffix(suffix) }.map { directory + "/" + $0 }
  }
}
