import Foundation
import Search

/// A function whose least value is known, to compare samplers on.
struct TestFunction: Sendable {
  let name: String
  let space: SearchSpace
  let minimum: Double
  let value: @Sendable ([Double]) -> Double

  /// Branin's function; three equal minima.
  static let branin = TestFunction(
    name: "Branin", space: SearchSpace([.init("x", .real(-5...10)), .init("y", .real(0...15))]),
    minimum: 0.397887
  ) { x in
    let curve = x[1] - 5.1 / (4 * .pi * .pi) * x[0] * x[0] + 5 / .pi * x[0] - 6
    return curve * curve + 10 * (1 - 1 / (8 * .pi)) * cos(x[0]) + 10
  }

  /// Hartmann's function of six variables; one minimum among several valleys.
  static let hartmann6 = TestFunction(
    name: "Hartmann-6",
    space: SearchSpace((0..<6).map { .init("x\($0)", .real(0...1)) }),
    minimum: -3.32237
  ) { x in
    let heights = [1.0, 1.2, 3.0, 3.2]
    let scales: [[Double]] = [
      [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
      [17, 8, 0.05, 10, 0.1, 14],
    ]
    let centres: [[Double]] = [
      [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
      [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
      [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
    return -zip(heights, zip(scales, centres)).reduce(0) { sum, term in
      let (height, (scale, centre)) = term
      let distance = x.indices.reduce(0.0) { total, index in
        total + scale[index] * (x[index] - centre[index]) * (x[index] - centre[index])
      }
      return sum + height * exp(-distance)
    }
  }

  /// How far above the minimum the best of so many trials lies.
  func regret(_ sampler: any Sampler, trials: Int) -> Double {
    var history = SearchHistory()
    var best = Double.infinity
    for number in 0..<trials {
      let point = sampler.propose(number, history: history)
      let loss = value(
        space.parameters.map { parameter in
          if case .real(let number)? = point[parameter.name] { number } else { .nan }
        })
      history.observations.append(.init(point: point, losses: [loss]))
      best = min(best, loss)
    }
    return best - minimum
  }
}
