extension Query {
  /// The SHA-256 of the query's text, which reports name so that readers know what was asked.
  public var sha256: String { Digest.sha256(Array(sql.utf8)) }
}
