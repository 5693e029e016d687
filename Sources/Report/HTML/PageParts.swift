internal import Tracker

/// A report's page without its frame, for a site that has one of its own.
///
/// It belongs into an element of the class `report`, and needs the style ``PageStyle/embedded`` and the
/// script ``PageScript/text``.
package struct PageParts: Sendable {
  /// The title, as text.
  package let title: String
  /// All that is below it.
  package let html: String
}

extension ReportPage {
  /// The page without its frame.
  ///
  /// - Throws: What the queries throw.
  package func parts() throws -> PageParts { try page.parts }
}

extension DetectorReport {
  /// The page without its frame.
  ///
  /// - Throws: ``ReportError``, and what the queries throw.
  package func pageParts() throws -> PageParts {
    try Page.of(
      self, DetectorMaterial(of: self),
      ReportProvenance(of: run, in: tracker, queries: subject.queries)
    ).parts
  }
}

extension Figure {
  /// The panels of the figure, for a page.
  ///
  /// - Parameter subject: What it is drawn of.
  /// - Returns: HTML for an element of the class `report`; nil where the database has nothing for it.
  /// - Throws: What the queries throw.
  package func html(of subject: FigureSubject) throws -> String? {
    do {
      return try drawn(of: subject).sheet.html
    } catch FigureError.nothingToDraw, FigureError.unknownSweep {
      // A sweep without a finished trial is none that there are figures of.
      return nil
    }
  }
}
