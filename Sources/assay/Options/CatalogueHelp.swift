import ArgumentParser
import Detection

/// What help texts say of the catalogues' entries.
package enum CatalogueHelp {
  /// The help of `assay attack`, with the attacks and their options.
  package static var attack: String { AssayCommand.helpMessage(for: AttackCommand.self) }

  /// A line a learner: its name and what it is.
  package static var learners: String {
    DetectorCatalogue.learners.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
  }
}
