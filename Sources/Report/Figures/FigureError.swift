/// Why a figure cannot be drawn.
public enum FigureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The database has nothing for it.
  case nothingToDraw(figure: String, reason: String)
  /// There are several sweeps to choose from, or none.
  case noSingleSweep(names: [String])
  /// There is no sweep of this name.
  case unknownSweep(String, names: [String])
  /// The sweep has no objective of this name.
  case unknownObjective(String, sweep: String, names: [String])
  /// This build was made without the trait Figures.
  case onlySVG
  /// What draws pages and pixels is not installed, in the words of the dynamic loader.
  case libraryMissing(reason: String)
  /// The font of figures is not among the machine's fonts.
  case fontMissing(String)
  /// The library that draws gave up.
  case notRendered(reason: String)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .nothingToDraw(let figure, let reason): "there is nothing to draw as \(figure): \(reason)"
    case .noSingleSweep(let names):
      names.isEmpty
        ? "the database has no sweep"
        : "the database has several sweeps: \(names.joined(separator: ", "))"
    case .onlySVG: "this build draws figures as SVG alone"
    case .libraryMissing(let reason): "librsvg, which draws PDF and PNG, does not load: \(reason)"
    case .fontMissing(let family): "the font \(family) is not installed"
    case .notRendered(let reason): "the figure could not be drawn: \(reason)"
    case .unknownSweep(let name, let names):
      "there is no sweep '\(name)'"
        + (names.isEmpty ? "" : "; there are: \(names.joined(separator: ", "))")
    case .unknownObjective(let name, let sweep, let names):
      "the sweep '\(sweep)' has no objective '\(name)'; there are: "
        + names.joined(separator: ", ")
    }
  }
}
