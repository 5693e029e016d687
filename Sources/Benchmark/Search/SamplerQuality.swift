import Foundation
import Search

/// How near samplers come to the least value of known functions.
enum SamplerQuality {
  static let trials = 100
  static let seeds = 0..<100

  /// A row for each function and sampler: the mean and the median regret over the seeds.
  static func rows() -> [String] {
    [TestFunction.branin, .hartmann6].flatMap { function in
      let samplers: [(String, (UInt64) -> any Sampler)] = [
        ("random", { RandomSampler(space: function.space, seed: $0) }),
        ("halton", { HaltonSampler(space: function.space, seed: $0) }),
        ("tpe", { TPESampler(space: function.space, seed: $0) }),
      ]
      return samplers.map { name, make in
        let regrets = seeds.map { seed in
          function.regret(make(UInt64(seed)), trials: trials)
        }.sorted()
        let mean = regrets.reduce(0, +) / Double(regrets.count)
        return String(
          format: "%@  %@  mean regret %.4f  median %.4f", function.name as NSString,
          name as NSString, mean, regrets[regrets.count / 2])
      }
    }
  }
}
