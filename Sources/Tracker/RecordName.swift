/// What names of records must be.
///
/// SQLite takes a NUL character for the end of a text in places, and for a part of it in others.
package enum RecordName {
  /// Makes sure that a name can be recorded.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - what: What bears it, such as "metric".
  ///   - longest: How many characters it may have.
  /// - Throws: ``TrackerError/unusableName(_:of:)``.
  package static func check(_ name: String, of what: String, longest: Int = .max) throws {
    guard !name.isEmpty, !name.utf8.contains(0),
      longest == .max || name.unicodeScalars.count <= longest
    else { throw TrackerError.unusableName(name, of: what) }
  }

  /// A text as it can be recorded, with U+FFFD in the place of NUL.
  package static func withoutNUL(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}
