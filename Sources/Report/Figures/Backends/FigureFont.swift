#if Figures && os(Linux)
  internal import CRsvg

  /// The font of figures, found among the machine's fonts whatever a user's own settings are.
  ///
  /// Names in scripts that it lacks are set in other fonts of the machine.
  enum FigureFont {
    /// Where distributions and administrators put fonts, and what was read of them before.
    private static let places = """
      <?xml version="1.0"?>
      <fontconfig>
      <dir>/usr/share/fonts</dir>
      <dir>/usr/local/share/fonts</dir>
      <cachedir>/var/cache/fontconfig</cachedir>
      </fontconfig>
      """

    private static let isFound: Result<Bool, FigureError> = {
      do throws(FigureError) {
        return .success(find(by: try DrawingLibraries.functions()))
      } catch {
        return .failure(error)
      }
    }()

    private static func find(by library: assay_drawing_functions) -> Bool {
      guard let configuration = library.FcConfigCreate(),
        library.FcConfigParseAndLoadFromMemory(configuration, places, 1) != 0,
        library.FcConfigBuildFonts(configuration) != 0,
        library.FcConfigSetCurrent(configuration) != 0,
        let pattern = library.FcNameParse(FontMetrics.family)
      else { return false }
      defer { library.FcPatternDestroy(pattern) }
      _ = library.FcConfigSubstitute(configuration, pattern, FcMatchPattern)
      library.FcDefaultSubstitute(pattern)
      var result: Int32 = 0
      guard let match = library.FcFontMatch(configuration, pattern, &result) else { return false }
      defer { library.FcPatternDestroy(match) }
      var family: UnsafeMutablePointer<UInt8>?
      return library.FcPatternGetString(match, FC_FAMILY, 0, &family) == FcResultMatch
        && family.map { String(cString: $0) } == FontMetrics.family
    }

    /// Makes the font known to what draws; it is looked for once.
    ///
    /// - Throws: ``FigureError/fontMissing(_:)`` if the machine does not have it, and
    ///   ``FigureError/libraryMissing(reason:)`` without what draws.
    static func prepare() throws(FigureError) {
      guard try isFound.get() else { throw .fontMissing(FontMetrics.family) }
    }
  }
#elseif Figures
  /// The font of figures, which the system chooses where fontconfig does not.
  enum FigureFont {
    static func prepare() throws(FigureError) {}
  }
#endif
