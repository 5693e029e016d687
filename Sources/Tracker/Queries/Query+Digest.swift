extension Query {
  /// The SHA-256 of the file's text, which says exactly what was asked.
  public var sha256: String { Digest.sha256(Array(sql.utf8)) }
}
