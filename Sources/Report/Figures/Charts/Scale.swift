internal import Foundation

/// How values become places along an axis.
struct Scale: Sendable, Equatable {
  /// How places grow with values.
  enum Kind: Sendable {
    /// Evenly.
    case linear
    /// With the square root: counts of all sizes can be seen, and zero is at the end of the axis.
    case squareRoot
    /// With the logarithm.
    case logarithmic
  }

  let kind: Kind
  let lower: Double
  let upper: Double

  /// A scale from one value to another; where they are one, it is widened, and the greatest values,
  /// whose distances would be infinite, are beyond its ends.
  init(_ lower: Double, _ upper: Double, _ kind: Kind = .linear) {
    let (lower, upper) = (Self.drawable(lower), Self.drawable(upper))
    self.kind = kind
    self.lower = lower
    self.upper = upper > lower ? upper : lower + max(abs(lower) * 0.1, 1e-9)
  }

  private static func drawable(_ value: Double) -> Double {
    value.isNaN ? 0 : min(max(value, -1e300), 1e300)
  }

  /// A scale that holds values with a little room around them; logarithmic where they span decades.
  init(holding values: [Double]) {
    let values = values.filter(\.isFinite)
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 1)
    if lowest > 0, highest / lowest > 30 {
      let room = pow(highest / lowest, 0.04)
      self.init(lowest / room, highest * room, .logarithmic)
    } else {
      let room = highest > lowest ? (highest - lowest) * 0.06 : max(abs(highest) * 0.05, 0.5)
      self.init(lowest - room, highest + room)
    }
  }

  /// Where a value lies, from 0 to 1 within the scale.
  func share(_ value: Double) -> Double {
    let (from, to) = (transformed(lower), transformed(upper))
    return (transformed(value) - from) / (to - from)
  }

  /// The value within the scale that is nearest to one.
  func nearest(to value: Double) -> Double { min(max(value, lower), upper) }

  private func transformed(_ value: Double) -> Double {
    switch kind {
    case .linear: value
    case .squareRoot: max(0, value).squareRoot()
    case .logarithmic: log10(max(value, .leastNormalMagnitude))
    }
  }

  /// Round values along the scale, some `count` of them.
  func ticks(_ count: Int) -> [Double] {
    switch kind {
    case .linear:
      let step = Self.roundStep((upper - lower) / Double(max(1, count)))
      let first = Int((lower / step - 1e-9).rounded(.up))
      let last = Int((upper / step + 1e-9).rounded(.down))
      return first <= last ? (first...last).map { Double($0) * step } : []
    case .squareRoot, .logarithmic:
      var chosen: [Double] = []
      for value in candidates.sorted(by: { $0.weight > $1.weight }).map(\.value) {
        let isFree = chosen.allSatisfy { abs(share($0) - share(value)) > 0.8 / Double(count) }
        if isFree { chosen.append(value) }
      }
      return chosen.sorted()
    }
  }

  /// Values with one leading digit, the rounder the weightier.
  private var candidates: [(value: Double, weight: Int)] {
    let start = kind == .logarithmic ? Int(log10(lower).rounded(.down)) : 0
    let end = max(start, Int(log10(max(upper, 1e-300)).rounded(.up)))
    let decades = (start...end).flatMap { power in
      [(1.0, 2), (5.0, 1), (2.0, 0)].map { digit, weight in
        (value: Self.scaled(digit, by: power), weight: weight)
      }
    }
    let all = kind == .squareRoot ? [(value: 0.0, weight: 3)] + decades.reversed() : decades
    return all.filter { $0.value >= lower * (1 - 1e-9) && $0.value <= upper * (1 + 1e-9) }
  }

  private static func scaled(_ digit: Double, by power: Int) -> Double {
    power < 0 ? digit / pow(10, Double(-power)) : digit * pow(10, Double(power))
  }

  /// The least of 1, 2 and 5 times a power of ten that is not much below a length, so that there are
  /// at most two fifths more ticks than asked for.
  private static func roundStep(_ length: Double) -> Double {
    let power = Int(log10(length).rounded(.down))
    return [1.0, 2, 5, 10].map { scaled($0, by: power) }.first { $0 >= length / 1.4 } ?? length
  }

  /// How a tick is written, with no more digits than its neighbours need.
  func label(of tick: Double, among ticks: [Double]) -> String {
    let gap = zip(ticks, ticks.dropFirst()).map { $1 - $0 }.min() ?? abs(tick)
    return AxisNumber.text(tick, resolution: kind == .linear ? gap : abs(tick))
  }
}

/// Numbers along axes and beside marks.
enum AxisNumber {
  /// A number as exact as a difference that matters.
  static func text(_ value: Double, resolution: Double) -> String {
    guard value.isFinite else { return missing(value) }
    guard value != 0 else { return "0" }
    let magnitude = max(abs(value), resolution)
    if magnitude >= 1e6 || magnitude < 1e-4 { return power(value) }
    let digits = resolution > 0 ? max(0, Int((-log10(resolution) - 1e-9).rounded(.up))) : 0
    guard digits > 0 else { return Typesetting.grouped(Int64(value.rounded())) }
    return minus(String(format: "%.\(min(digits, 8))f", value))
  }

  /// A number with this number of significant digits.
  static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return missing(value) }
    return minus(String(format: "%.\(digits)g", value))
  }

  private static func missing(_ value: Double) -> String {
    value.isNaN ? Typesetting.missing : value < 0 ? "−∞" : "∞"
  }

  private static func power(_ value: Double) -> String {
    minus(String(format: "%.2g", value).replacing("e-0", with: "e-").replacing("e+0", with: "e"))
  }

  private static func minus(_ text: String) -> String { text.replacing("-", with: "−") }
}
