internal import Search
internal import Tracker

/// How a sweep's trials are proposed.
package enum SweepSampler: Sendable, Equatable {
  case grid
  case random
  case halton
  case tpe(startup: Int, candidates: Int)

  /// Its name in sweep files.
  var name: String {
    switch self {
    case .grid: "grid"
    case .random: "random"
    case .halton: "halton"
    case .tpe: "tpe"
    }
  }

  /// Reads {"name", "startup", "candidates"}.
  init(_ json: JSONValue) throws(ConfigurationError) {
    let fields = try SweepFields(
      json, setting: "sampler", known: ["name", "startup", "candidates"])
    let name = try fields.text("name")
    switch name {
    case "grid": self = .grid
    case "random": self = .random
    case "halton": self = .halton
    case "tpe":
      self = .tpe(
        startup: try fields.count("startup", default: 10),
        candidates: try fields.count("candidates", default: 64))
    default:
      throw ConfigurationError(
        setting: "sampler", problem: "is '\(name)'; there are grid, random, halton and tpe")
    }
    if name != "tpe", let field = ["startup", "candidates"].first(where: { fields[$0] != nil }) {
      throw ConfigurationError(setting: "sampler.\(field)", problem: "is a setting of tpe alone")
    }
  }

  /// The sampler over a space.
  ///
  /// - Throws: ``ConfigurationError`` if there is no grid of it.
  func make(space: SearchSpace, seed: Int64) throws(ConfigurationError) -> any Sampler {
    let seed = UInt64(bitPattern: seed)
    switch self {
    case .random: return RandomSampler(space: space, seed: seed)
    case .halton: return HaltonSampler(space: space, seed: seed)
    case .tpe(let startup, let candidates):
      return TPESampler(space: space, seed: seed, startupTrials: startup, candidates: candidates)
    case .grid:
      do throws(GridSampler.Failure) {
        return try GridSampler(space: space)
      } catch {
        throw Self.explain(error)
      }
    }
  }

  private static func explain(_ failure: GridSampler.Failure) -> ConfigurationError {
    switch failure {
    case .uncountable(let parameter):
      ConfigurationError(
        setting: "space.\(parameter)",
        problem: "has no end of values; a grid needs 'points: N' to take so many of them")
    case .tooLarge:
      ConfigurationError(
        setting: "space",
        problem: "has more than \(GridSampler.largestGrid) combinations; take another sampler")
    }
  }
}
