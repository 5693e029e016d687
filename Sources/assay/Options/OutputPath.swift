import ArgumentParser

/// Where results are to be written, as options name it.
enum OutputPath {
  /// The path that was given, so that no work begins whose results could go nowhere.
  ///
  /// - Throws: `ValidationError` if it is empty, as a variable of a shell may be.
  static func given(_ path: String) throws -> String {
    guard !path.isEmpty else { throw ValidationError("-o needs a path, not an empty text") }
    return path
  }
}
