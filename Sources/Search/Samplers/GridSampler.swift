/// Goes through all combinations of values, the last parameter varying fastest.
public struct GridSampler: Sampler {
  /// The largest number of combinations; a larger grid is probably a mistake.
  public static let largestGrid = 1_000_000

  private let points: [SearchPoint]

  /// The reason why a space has no grid.
  public enum Failure: Error, Equatable, Sendable {
    /// A range of real numbers does not say how many of them the grid takes.
    case uncountable(parameter: String)
    /// There are more than ``GridSampler/largestGrid`` combinations.
    case tooLarge
  }

  /// Creates the sampler of a space and computes all its combinations.
  ///
  /// - Throws: ``Failure`` if a range of real numbers does not say how many of them to take, or if
  ///   the space has too many combinations.
  public init(space: SearchSpace) throws(Failure) {
    var points: [SearchPoint] = [[:]]
    for parameter in space.parameters {
      guard let count = parameter.range.count else {
        throw .uncountable(parameter: parameter.name)
      }
      // The values are counted before they are listed: a range may have more than memory holds.
      guard count <= Self.largestGrid, let values = parameter.range.grid else { throw .tooLarge }
      var longer: [SearchPoint] = []
      for point in points {
        guard parameter.isActive(in: point) else {
          longer.append(point)
          continue
        }
        guard longer.count + count <= Self.largestGrid else { throw .tooLarge }
        for value in values { longer.append(point.merging([parameter.name: value]) { $1 }) }
      }
      points = longer
    }
    self.points = points
  }

  /// False, because the combinations do not depend on other trials.
  public var usesHistory: Bool { false }
  /// The number of combinations, at most ``largestGrid``.
  public var trialCount: Int? { points.count }

  /// Returns the combination with this number, counted from 0.
  ///
  /// - Precondition: The number is below ``trialCount``.
  public func propose(_ number: Int, history: SearchHistory) -> SearchPoint { points[number] }
}
