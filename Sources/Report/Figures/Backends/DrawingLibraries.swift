#if Figures
  internal import CRsvg

  /// The functions of librsvg, cairo, GLib and fontconfig, loaded when a figure is first drawn.
  ///
  /// A command that draws nothing starts without them.
  enum DrawingLibraries {
    private static let loaded: Result<assay_drawing_functions, FigureError> =
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        buffer.initialize(repeating: 0)
        guard let reason = buffer.baseAddress else { return .failure(.libraryMissing(reason: "")) }
        guard let functions = assay_load_drawing_functions(reason, buffer.count) else {
          return .failure(.libraryMissing(reason: String(cString: reason)))
        }
        return .success(functions.pointee)
      }

    /// The functions.
    ///
    /// - Throws: ``FigureError/libraryMissing(reason:)`` if the machine does not have them.
    static func functions() throws(FigureError) -> assay_drawing_functions { try loaded.get() }
  }
#endif
