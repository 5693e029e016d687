import Detection

/// What help texts say of the catalogues' entries.
package enum CatalogueHelp {
  /// A line a learner: its name and what it is.
  package static var learners: String {
    DetectorCatalogue.learners.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
  }
}
