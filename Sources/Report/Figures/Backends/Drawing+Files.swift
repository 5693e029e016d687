extension Figure {
  /// Whether this build draws PDF and PNG; one without the trait Figures draws SVG alone.
  public static var drawsPagesAndPixels: Bool {
    #if Figures
      true
    #else
      false
    #endif
  }
}

extension Drawing {
  /// The drawing as a PDF of one page that is as large as it.
  ///
  /// - Returns: The file; the same drawing has the same bytes on one machine.
  /// - Throws: ``FigureError/onlySVG``, ``FigureError/fontMissing(_:)`` or
  ///   ``FigureError/notRendered(reason:)``.
  package func pdf() throws(FigureError) -> [UInt8] {
    #if Figures
      // Readers of PDF show a subject on one line.
      try SVGRenderer(self).pdf(
        title: summary, subject: provenance.replacing("\n", with: "; "))
    #else
      throw .onlySVG
    #endif
  }

  /// The drawing as a picture.
  ///
  /// - Parameter scale: How many pixels a point has.
  /// - Returns: The file; the same drawing has the same bytes on one machine.
  /// - Throws: ``FigureError/onlySVG``, ``FigureError/fontMissing(_:)`` or
  ///   ``FigureError/notRendered(reason:)``.
  package func png(scale: Double = 3) throws(FigureError) -> [UInt8] {
    #if Figures
      PNG.described(
        try SVGRenderer(self).png(scale: scale), provenance, pixelsPerPoint: scale)
    #else
      throw .onlySVG
    #endif
  }
}
