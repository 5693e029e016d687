import Foundation
import Search
import Testing

@Suite struct DensityTests {
  @Test("a density over a number and a choice sums to one")
  func mass() {
    let space = SearchSpace([
      .init("x", .real(0...1)), .init("kind", .choices((0..<3).map { .integer($0) })),
    ])
    let points: [SearchPoint] = [
      ["x": .real(0.1), "kind": .integer(0)], ["x": .real(0.15), "kind": .integer(2)],
      ["x": .real(0.9)],
    ]
    let density = ParzenEstimator(space: space, points: points)
    var sum = 0.0
    for step in 0..<2000 {
      for kind in 0..<3 {
        let place = (Double(step) + 0.5) / 2000
        sum +=
          exp(density.logDensity(of: ["x": .real(place), "kind": .integer(kind)])) / 2000
      }
    }
    #expect(abs(sum - 1) < 1e-3)
  }

  @Test("points are drawn as often as the density says")
  func draws() {
    let space = SearchSpace([.init("x", .real(0...1))])
    let density = ParzenEstimator(
      space: space, points: [["x": .real(0.2)], ["x": .real(0.25)], ["x": .real(0.7)]])
    let steps = 400
    var below = 0
    for kernel in 0..<steps {
      for place in 0..<steps {
        let point = density.draw { (Double($0 == 0 ? kernel : place) + 0.5) / Double(steps) }
        if case .real(let x)? = point["x"], x < 0.4 { below += 1 }
      }
    }
    let mass = (0..<4000).reduce(0.0) { sum, step in
      let place = (Double(step) + 0.5) / 10_000
      return sum + exp(density.logDensity(of: ["x": .real(place)])) / 10_000
    }
    #expect(abs(Double(below) / Double(steps * steps) - mass) < 5e-3)
  }

  @Test("cut normals: the quantile undoes the mass")
  func quantiles() {
    for (centre, width) in [(0.5, 0.1), (0, 0.3), (0.95, 1), (0.3, 0.02)] {
      let normal = CutNormal(centre: centre, width: width)
      var mass = 0.0
      for step in 0..<20_000 {
        mass += exp(normal.logDensity(at: (Double(step) + 0.5) / 20_000)) / 20_000
        if step == 4_999 { #expect(abs(normal.quantile(mass) - 0.25) < 1e-3 || mass < 1e-6) }
      }
      #expect(abs(mass - 1) < 1e-4)
    }
  }

  @Test("values and their places in the unit interval belong to each other")
  func places() {
    let ranges: [SearchRange] = [
      .choices((0..<4).map { .integer($0) }), .integer(3...9, step: 3),
      .integer(1...100, isLogarithmic: true),
      .real(-2...3), .real(1e-4...1, isLogarithmic: true),
    ]
    for range in ranges {
      for step in 0...100 {
        let value = range.value(at: Double(step) / 100)
        let again = range.value(at: range.unit(of: value))
        if case (.real(let a), .real(let b)) = (value, again) {
          #expect(abs(a - b) <= 1e-9 * max(1, abs(a)))
        } else {
          #expect(value == again)
        }
      }
    }
  }
}
