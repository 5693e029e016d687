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

    /// Whether the font was found; it is looked for once.
    private static let isFound: Bool = {
      guard let configuration = FcConfigCreate(),
        FcConfigParseAndLoadFromMemory(configuration, places, FcBool(FcTrue)) != 0,
        FcConfigBuildFonts(configuration) != 0, FcConfigSetCurrent(configuration) != 0,
        let pattern = FcNameParse(FontMetrics.family)
      else { return false }
      defer { FcPatternDestroy(pattern) }
      FcConfigSubstitute(configuration, pattern, FcMatchPattern)
      FcDefaultSubstitute(pattern)
      var result = FcResultNoMatch
      guard let match = FcFontMatch(configuration, pattern, &result) else { return false }
      defer { FcPatternDestroy(match) }
      var family: UnsafeMutablePointer<FcChar8>?
      return FcPatternGetString(match, FC_FAMILY, 0, &family) == FcResultMatch
        && family.map { String(cString: $0) } == FontMetrics.family
    }()

    /// Makes the font known to what draws.
    ///
    /// - Throws: ``FigureError/fontMissing(_:)`` if the machine does not have it.
    static func prepare() throws(FigureError) {
      guard isFound else { throw .fontMissing(FontMetrics.family) }
    }
  }
#elseif Figures
  /// The font of figures, which the system chooses where fontconfig does not.
  enum FigureFont {
    static func prepare() throws(FigureError) {}
  }
#endif
