package import Report
package import Tracker

/// What pages show, or do, that no database holds.
package struct PageMaterial: Sendable {
  /// What came of looking for the clean images that a run was about.
  package enum CleanImageSearch: Sendable {
    /// They are there.
    case found(CleanImages)
    /// They are not; the words say what was looked for.
    case missing(String)
  }

  /// What whoever started the server can do about requests that are refused, in the words of what
  /// it was started with; empty: nothing is said.
  package struct Remedies: Sendable {
    /// Of a name by which the server isn't known.
    package var unknownName = ""
    /// Of something to record where clients may only read.
    package var onlyReading = ""

    /// Gathers the remedies.
    package init(unknownName: String = "", onlyReading: String = "") {
      (self.unknownName, self.onlyReading) = (unknownName, onlyReading)
    }
  }

  /// The attacks' names in the order in which they are shown.
  package var attackOrder: [String]
  /// Looks for the clean images of a study or a model, which may take a second.
  package var findCleanImages: @Sendable (Run) -> CleanImageSearch
  /// Ends what works on a sweep elsewhere, once the sweep is stopped in a database's file.
  package var endWork: @Sendable (_ sweep: Sweep, _ database: String) throws -> Void
  /// What is said behind a refusal.
  package var remedies: Remedies

  /// Gathers the material; what is left out is not there.
  package init(
    attackOrder: [String] = [],
    findCleanImages: @escaping @Sendable (Run) -> CleanImageSearch = { _ in
      .missing("this server knows no clean images")
    },
    endWork: @escaping @Sendable (Sweep, String) throws -> Void = { _, _ in },
    remedies: Remedies = Remedies()
  ) {
    self.attackOrder = attackOrder
    self.findCleanImages = findCleanImages
    self.endWork = endWork
    self.remedies = remedies
  }
}
