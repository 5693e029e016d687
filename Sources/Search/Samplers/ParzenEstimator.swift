#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A density over a search space: a mixture of one kernel around each of some points and one broad
/// one over the whole space.
///
/// A kernel is a product over the parameters, in the unit interval: a normal distribution cut off at
/// its ends, or, for choices, most of the weight on the point's own. A parameter that a point does
/// not have is uniform in its kernel.
package struct ParzenEstimator {
  private let space: SearchSpace
  /// Places in the unit interval, or numbers of choices; nil where a point has no value.
  private let centres: [[Double?]]
  /// The share of each kernel in the mixture, the broad one's last; they sum to one.
  private let weights: [Double]
  /// The width of each kernel in each parameter.
  private let widths: [[Double]]

  /// Joins the kernels around points, the oldest first.
  package init(space: SearchSpace, points: [SearchPoint]) {
    self.space = space
    centres = points.map { point in
      space.parameters.map { parameter in point[parameter.name].map(parameter.range.unit) }
    }
    let counts = Self.weights(count: points.count) + [1]
    let sum = counts.reduce(0, +)
    weights = counts.map { $0 / sum }
    widths = Self.widths(centres, dimensions: space.parameters.count)
  }

  /// A kernel reaches as far as the farther of its neighbours, parameter by parameter, as Bergstra
  /// and others have it (2011), and no less than its share of the interval.
  private static func widths(_ centres: [[Double?]], dimensions: Int) -> [[Double]] {
    var widths = [[Double]](
      repeating: [Double](repeating: .infinity, count: dimensions), count: centres.count)
    let narrowest = 1 / min(100, Double(centres.count + 2))
    for dimension in 0..<dimensions {
      let placed = centres.indices.compactMap { index in
        centres[index][dimension].map { (index: index, place: $0) }
      }.sorted { ($0.place, $0.index) < ($1.place, $1.index) }
      for (rank, member) in placed.enumerated() {
        let below = rank > 0 ? member.place - placed[rank - 1].place : nil
        let above = rank + 1 < placed.count ? placed[rank + 1].place - member.place : nil
        // A single point has only the ends of the interval as neighbours.
        let reach =
          max(below ?? 0, above ?? 0) > 0 || placed.count > 1
          ? max(below ?? 0, above ?? 0) : max(member.place, 1 - member.place)
        widths[member.index][dimension] = min(max(reach, narrowest), 1)
      }
    }
    return widths
  }

  /// The newest 25 points count fully, older ones the less the older they are (Bergstra, Yamins, Cox:
  /// Making a Science of Model Search, 2013).
  private static func weights(count: Int) -> [Double] {
    let old = max(0, count - 25)
    return (0..<count).map { index in
      guard index < old, old > 1 else { return 1 }
      let first = 1 / Double(count)
      return first + (1 - first) * Double(index) / Double(old - 1)
    }
  }

  /// The kernel that a share of the mixture's weight falls into.
  private func kernel(at share: Double) -> Int {
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if share < sum { return index }
    }
    return weights.count - 1
  }

  /// Draws a point.
  ///
  /// - Parameter unit: Gives a number from 0..<1 for each use; use 0 chooses the kernel, use i + 1 the
  ///   value of parameter i.
  /// - Returns: The point.
  package func draw(_ unit: (Int) -> Double) -> SearchPoint {
    let kernel = kernel(at: unit(0))
    return space.point { index, parameter in
      let uniform = unit(index + 1)
      let centre = kernel < centres.count ? centres[kernel][index] : nil
      if parameter.range.isOrdered {
        let width = kernel < centres.count ? widths[kernel][index] : 1
        return parameter.range.value(
          at: CutNormal(centre: centre ?? 0.5, width: width).quantile(uniform))
      }
      return parameter.range.value(at: drawChoice(parameter.range, centre: centre, uniform))
    }
  }

  /// The logarithm of the density at a point, over the parameters that the point has.
  package func logDensity(of point: SearchPoint) -> Double {
    let places = space.parameters.map { parameter in
      point[parameter.name].map(parameter.range.unit)
    }
    var terms: [Double] = []
    terms.reserveCapacity(centres.count + 1)
    for (index, centre) in centres.enumerated() {
      terms.append(log(weights[index]) + logKernel(centre, widths: widths[index], at: places))
    }
    terms.append(log(weights[centres.count]) + logKernel(nil, widths: nil, at: places))
    let largest = terms.max() ?? 0
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }

  /// The logarithm of one kernel's density; of the broad one's without a centre.
  private func logKernel(_ centre: [Double?]?, widths: [Double]?, at places: [Double?]) -> Double {
    var total = 0.0
    for (index, parameter) in space.parameters.enumerated() {
      guard let place = places[index] else { continue }
      let middle = centre.map { $0[index] } ?? nil
      if parameter.range.isOrdered {
        total += CutNormal(centre: middle ?? 0.5, width: widths?[index] ?? 1).logDensity(at: place)
      } else {
        total += log(choiceProbability(parameter.range, place, centre: middle))
      }
    }
    return total
  }

  /// The part of a kernel's weight that is spread over all choices: the broader, the fewer points.
  private var spread: Double { 1 / (1 + Double(centres.count + 1)) }

  private func choiceProbability(
    _ range: SearchRange, _ place: Double, centre: Double?
  ) -> Double {
    let even = 1 / Double(range.count ?? 1)
    guard let centre else { return even }
    return spread * even + (place == centre ? 1 - spread : 0)
  }

  /// The place of a choice: the centre's own with most of the weight.
  private func drawChoice(_ range: SearchRange, centre: Double?, _ uniform: Double) -> Double {
    guard let centre else { return uniform }
    return uniform < spread ? uniform / spread : centre
  }
}

/// A normal distribution cut off at 0 and 1; uniform if its width is infinite.
package struct CutNormal {
  let centre: Double
  let width: Double

  package init(centre: Double, width: Double) {
    self.centre = centre
    self.width = width
  }

  /// The logarithm of the density at a place in 0...1.
  package func logDensity(at place: Double) -> Double {
    guard width.isFinite else { return 0 }
    let distance = (place - centre) / width
    let mass = Self.cumulative((1 - centre) / width) - Self.cumulative(-centre / width)
    return -0.5 * distance * distance - log(width * (2 * Double.pi).squareRoot() * mass)
  }

  /// The place below which a share of the mass lies.
  package func quantile(_ share: Double) -> Double {
    guard width.isFinite else { return share }
    let low = Self.cumulative(-centre / width)
    let high = Self.cumulative((1 - centre) / width)
    let target = low + share * (high - low)
    // Bisection: certain, and fast enough for some dozens of candidates.
    var (below, above) = (0.0, 1.0)
    for _ in 0..<50 {
      let middle = (below + above) / 2
      if Self.cumulative((middle - centre) / width) < target {
        below = middle
      } else {
        above = middle
      }
    }
    return (below + above) / 2
  }

  private static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}
