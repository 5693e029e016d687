/// Goes through all combinations of values, the last parameter varying fastest.
public struct GridSampler: Sampler {
  /// More combinations than this are a mistake.
  public static let largestGrid = 1_000_000

  private let points: [SearchPoint]

  /// Why there is no grid of a space.
  public enum Failure: Error, Equatable, Sendable {
    /// A parameter's values cannot be counted.
    case uncountable(parameter: String)
    /// There are more than ``GridSampler/largestGrid`` combinations.
    case tooLarge
  }

  /// Creates the sampler of a space.
  ///
  /// - Throws: ``Failure`` if a range of numbers does not say how many of them to take, or there are
  ///   too many combinations.
  public init(space: SearchSpace) throws(Failure) {
    var points: [SearchPoint] = [[:]]
    for parameter in space.parameters {
      guard let values = parameter.range.grid else {
        throw .uncountable(parameter: parameter.name)
      }
      var longer: [SearchPoint] = []
      for point in points {
        guard parameter.isActive(in: point) else {
          longer.append(point)
          continue
        }
        guard longer.count + values.count <= Self.largestGrid else { throw .tooLarge }
        for value in values { longer.append(point.merging([parameter.name: value]) { $1 }) }
      }
      points = longer
    }
    self.points = points
  }

  /// False: trials are proposed independently of each other.
  public var usesHistory: Bool { false }
  /// The number of combinations.
  public var trialCount: Int? { points.count }

  /// The combination of a number.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint { points[number] }
}
