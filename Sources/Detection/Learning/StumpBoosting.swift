internal import CKernels
internal import Foundation
package import Tensor

/// The state of boosting stumps on some examples: one step adds one stump.
package struct StumpBoosting {
  /// The log-odds of an adversarial image among the examples.
  package let base: Double

  /// The sums of a bin: slope and curvature.
  private static let sumsPerBin = 2
  private static let bins = 256
  /// What is added to each sum of curvatures.
  private static let penalty = 1.0

  private let rate: Double
  /// The cuts of each input, ascending; a value's bin is the number of cuts below it.
  private let cuts: [[Double]]
  /// The bin of each value, [inputs, examples].
  private let binned: [UInt8]
  private let targets: [Bool]
  /// The examples' weights, 1 in the mean.
  private let weights: [Double]
  private var scores: [Double]

  package init(_ examples: DetectorExamples, rows: [Int], rate: Double) {
    self.rate = rate
    let width = examples.inputs.count
    targets = rows.map { examples.isAdversarial[$0] }
    let total = rows.reduce(0) { $0 + examples.weights[$1] }
    weights = rows.map { examples.weights[$0] * Double(rows.count) / total }
    let adversarial = zip(targets, weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
    // Half an image more of each kind, for examples that are all of one.
    base = log((adversarial + 0.5) / (Double(rows.count) - adversarial + 0.5))
    scores = [Double](repeating: base, count: rows.count)
    var (cuts, binned) = ([[Double]](), [UInt8]())
    binned.reserveCapacity(width * rows.count)
    for input in 0..<width {
      let values = rows.map { examples.values[$0 * width + input] }
      let own = Self.cuts(values.sorted())
      cuts.append(own)
      for value in values { binned.append(UInt8(Self.bin(value, own))) }
    }
    self.cuts = cuts
    self.binned = binned
  }

  /// Adds the stump that lowers the loss most: of equal ones that of the first input, at the lowest
  /// cut.
  ///
  /// - Parameter parallelism: The threads to use.
  /// - Returns: The stump, with the learning rate in its values.
  package mutating func step(_ parallelism: Parallelism) -> Stump {
    let count = targets.count
    var slopes = [Double](repeating: 0, count: count)
    var curvatures = slopes
    for row in 0..<count {
      let probability = 1 / (1 + exp(-scores[row]))
      slopes[row] = weights[row] * (probability - (targets[row] ? 1 : 0))
      curvatures[row] = weights[row] * probability * (1 - probability)
    }
    let candidates = candidates(slopes, curvatures, parallelism)
    let best = candidates.reduce(candidates[0]) { $1.gain > $0.gain ? $1 : $0 }
    for row in 0..<count {
      let bin = Int(binned[best.input * count + row])
      let isHigh = bin > 0 && cuts[best.input][bin - 1] >= best.cut
      scores[row] += isHigh ? best.high : best.low
    }
    return best
  }

  /// The best stump of each input.
  private func candidates(
    _ slopes: [Double], _ curvatures: [Double], _ parallelism: Parallelism
  ) -> [Stump] {
    let count = targets.count
    var candidates = [Stump?](repeating: nil, count: cuts.count)
    candidates.withUnsafeMutableBufferPointer { candidates in
      let candidates = candidates
      parallelism.forEachShard(cuts.count) { input, _ in
        var sums = [Double](repeating: 0, count: Self.bins * Self.sumsPerBin)
        binned.withUnsafeBufferPointer { binned in
          guard let base = binned.baseAddress else { return }
          kernels_histogram(base + input * count, Int64(count), slopes, curvatures, &sums)
        }
        candidates[input] = self.candidate(input, sums)
      }
    }
    return candidates.compactMap { $0 }
  }

  private func candidate(_ input: Int, _ sums: [Double]) -> Stump {
    var (slope, curvature) = (0.0, 0.0)
    for bin in 0...cuts[input].count {
      slope += sums[bin * Self.sumsPerBin]
      curvature += sums[bin * Self.sumsPerBin + 1]
    }
    // Without a cut that helps, all values are low.
    var best = Stump(
      input: input, cut: .greatestFiniteMagnitude, low: leaf(slope, curvature), high: 0, gain: 0)
    let whole = gain(slope, curvature)
    var (lowSlope, lowCurvature) = (0.0, 0.0)
    for (bin, cut) in cuts[input].enumerated() {
      lowSlope += sums[bin * Self.sumsPerBin]
      lowCurvature += sums[bin * Self.sumsPerBin + 1]
      let (highSlope, highCurvature) = (slope - lowSlope, curvature - lowCurvature)
      let gain = gain(lowSlope, lowCurvature) + gain(highSlope, highCurvature) - whole
      guard gain > best.gain else { continue }
      best = Stump(
        input: input, cut: cut, low: leaf(lowSlope, lowCurvature),
        high: leaf(highSlope, highCurvature), gain: gain)
    }
    return best
  }

  private func gain(_ slope: Double, _ curvature: Double) -> Double {
    slope * slope / (curvature + Self.penalty) / 2
  }

  private func leaf(_ slope: Double, _ curvature: Double) -> Double {
    -rate * slope / (curvature + Self.penalty)
  }

  /// Up to 255 cuts between sorted values: between all different ones, or at quantiles.
  private static func cuts(_ sorted: [Double]) -> [Double] {
    var cuts: [Double] = []
    let isFew = zip(sorted, sorted.dropFirst()).reduce(1) { $0 + ($1.0 < $1.1 ? 1 : 0) } <= bins
    let places =
      isFew ? Array(1..<max(1, sorted.count)) : (1..<bins).map { $0 * sorted.count / bins }
    for place in places {
      // A quantile among equal values is moved up to their end.
      guard let upper = isFew ? place : firstAbove(sorted[place - 1], in: sorted, from: place),
        sorted[upper - 1] < sorted[upper]
      else { continue }
      let middle = sorted[upper - 1] / 2 + sorted[upper] / 2
      let cut = middle < sorted[upper] && middle >= sorted[upper - 1] ? middle : sorted[upper - 1]
      if cuts.last.map({ $0 < cut }) ?? true { cuts.append(cut) }
    }
    return cuts
  }

  private static func firstAbove(_ value: Double, in sorted: [Double], from place: Int) -> Int? {
    var (low, high) = (place, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low < sorted.count ? low : nil
  }

  /// The number of cuts below a value.
  private static func bin(_ value: Double, _ cuts: [Double]) -> Int {
    var (low, high) = (0, cuts.count)
    while low < high {
      let middle = (low + high) / 2
      if cuts[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
