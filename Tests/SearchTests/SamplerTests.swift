import Search
import Testing

@Suite struct SamplerTests {
  let space = SearchSpace([
    .init("optimizer", .choices([.text("adam"), .text("sgd")])),
    .init(
      "momentum", .real(0.5...0.99), when: .init(parameter: "optimizer", values: [.text("sgd")])),
    .init("rate", .real(1e-4...1e-1, isLogarithmic: true)),
    .init("width", .integer(4...64, isLogarithmic: true)),
    .init("side", .integer(20...26, step: 2)),
  ])

  func samplers(_ seed: UInt64) -> [any Sampler] {
    [
      RandomSampler(space: space, seed: seed), HaltonSampler(space: space, seed: seed),
      TPESampler(space: space, seed: seed),
    ]
  }

  /// Trials of a made-up objective, judged as they are proposed.
  func trials(_ sampler: any Sampler, count: Int) -> [SearchPoint] {
    var history = SearchHistory()
    for number in 0..<count {
      let point = sampler.propose(number, history: history)
      guard case .real(let rate)? = point["rate"] else { continue }
      history.observations.append(.init(point: point, losses: [abs(rate - 0.01)]))
    }
    return history.observations.map(\.point)
  }

  @Test("proposals keep to the space, conditions included, and use all of it")
  func bounds() {
    for sampler in samplers(3) {
      let points = trials(sampler, count: 200)
      #expect(points.count == 200)
      for point in points {
        #expect((point["momentum"] != nil) == (point["optimizer"] == .text("sgd")))
        guard case .real(let rate)? = point["rate"], case .integer(let width)? = point["width"],
          case .integer(let side)? = point["side"]
        else {
          Issue.record("\(point)")
          continue
        }
        #expect((1e-4...1e-1).contains(rate) && (4...64).contains(width))
        #expect([20, 22, 24, 26].contains(side))
      }
      #expect(Set(points.map { $0["side"] }).count == 4)
      #expect(Set(points.map { $0["optimizer"] }).count == 2)
    }
  }

  @Test("a proposal is a function of seed, number and history, and of nothing else")
  func pure() {
    for (sampler, again) in zip(samplers(1), samplers(1)) {
      #expect(trials(sampler, count: 40) == trials(again, count: 40))
    }
    for (sampler, other) in zip(samplers(1), samplers(2)) {
      #expect(trials(sampler, count: 5) != trials(other, count: 5))
    }
    let halton = HaltonSampler(space: space, seed: 1)
    let late = halton.propose(17, history: SearchHistory())
    #expect(trials(halton, count: 18)[17] == late)
  }

  @Test("half of a logarithmic range's trials lie below its geometric mean")
  func logarithm() {
    let points = trials(RandomSampler(space: space, seed: 5), count: 2000)
    let below = points.count { point in
      if case .real(let rate)? = point["rate"] { rate < 3.1623e-3 } else { false }
    }
    #expect(abs(below - 1000) < 100)
  }

  @Test("a Halton sequence fills the square more evenly than random points")
  func discrepancy() {
    let square = SearchSpace([.init("x", .real(0...1)), .init("y", .real(0...1))])
    func discrepancy(_ sampler: any Sampler) -> Double {
      let points = (0..<256).map { number -> (Double, Double) in
        let point = sampler.propose(number, history: SearchHistory())
        guard case .real(let x)? = point["x"], case .real(let y)? = point["y"] else {
          return (0, 0)
        }
        return (x, y)
      }
      // Warnock's formula for the squared L2 star discrepancy.
      let count = Double(points.count)
      let single = points.reduce(0) { $0 + (1 - $1.0 * $1.0) * (1 - $1.1 * $1.1) }
      let pairs = points.reduce(0.0) { sum, a in
        sum + points.reduce(0.0) { $0 + (1 - max(a.0, $1.0)) * (1 - max(a.1, $1.1)) }
      }
      return 1.0 / 9 - single / (2 * count) + pairs / (count * count)
    }
    for seed: UInt64 in 0..<5 {
      #expect(
        discrepancy(HaltonSampler(space: square, seed: seed))
          < discrepancy(RandomSampler(space: square, seed: seed)) / 4)
    }
  }

  @Test("a grid has every combination once, and no value where a condition is not met")
  func grid() throws {
    let space = SearchSpace([
      .init("optimizer", .choices([.text("adam"), .text("sgd")])),
      .init(
        "momentum", .real(0.5...0.9, gridPoints: 3),
        when: .init(parameter: "optimizer", values: [.text("sgd")])),
      .init("side", .integer(22...26, step: 2)),
    ])
    let sampler = try GridSampler(space: space)
    let points = try (0..<#require(sampler.trialCount)).map {
      sampler.propose($0, history: SearchHistory())
    }
    #expect(points.count == 3 + 3 * 3)
    #expect(Set(points).count == points.count)
    #expect(points.allSatisfy { ($0["momentum"] != nil) == ($0["optimizer"] == .text("sgd")) })
    #expect(points.contains { $0["momentum"] == .real(0.7) })
    #expect(throws: GridSampler.Failure.uncountable(parameter: "x")) {
      try GridSampler(space: SearchSpace([.init("x", .real(0...1))]))
    }
    let huge = SearchSpace((0..<7).map { .init("x\($0)", .choices((0..<10).map { .integer($0) })) })
    #expect(throws: GridSampler.Failure.tooLarge) { try GridSampler(space: huge) }
  }

  @Test(
    "a grid with more values than memory holds is refused before they are listed",
    arguments: [
      SearchRange.integer(0...(1 << 62)), .integer(Int.min...Int.max),
      .integer(1...Int.max, isLogarithmic: true), .real(0...1, gridPoints: 3_000_000_000),
    ])
  func hugeGrid(range: SearchRange) {
    #expect(throws: GridSampler.Failure.tooLarge) {
      try GridSampler(space: SearchSpace([.init("x", range)]))
    }
  }

  @Test("a grid reaches the ends of the integers")
  func farGrid() throws {
    func values(_ range: SearchRange) throws -> [ParameterValue?] {
      let sampler = try GridSampler(space: SearchSpace([.init("x", range)]))
      return try (0..<#require(sampler.trialCount)).map {
        sampler.propose($0, history: SearchHistory())["x"]
      }
    }
    #expect(
      try values(.integer(Int.max - 7...Int.max, step: 5))
        == [.integer(Int.max - 7), .integer(Int.max - 2)])
    #expect(
      try values(.integer(Int.min...Int.max, step: Int.max))
        == [.integer(Int.min), .integer(-1), .integer(Int.max - 1)])
  }

  @Test("TPE comes nearer to the best than random search")
  func learning() {
    let space = SearchSpace([
      .init("x", .real(-5...5)), .init("y", .real(-5...5)),
      .init("kind", .choices((0..<3).map { .integer($0) })),
    ])
    func best(_ sampler: any Sampler) -> Double {
      var history = SearchHistory()
      for number in 0..<60 {
        let point = sampler.propose(number, history: history)
        guard case .real(let x)? = point["x"], case .real(let y)? = point["y"],
          case .integer(let kind)? = point["kind"]
        else { continue }
        let loss = (x - 1) * (x - 1) + (y + 2) * (y + 2) + (kind == 2 ? 0 : 3)
        history.observations.append(.init(point: point, losses: [loss]))
      }
      return history.observations.compactMap(\.losses.first).min() ?? .infinity
    }
    let seeds: Range<UInt64> = 0..<10
    let random = seeds.reduce(0) { $0 + best(RandomSampler(space: space, seed: $1)) }
    let tpe = seeds.reduce(0) { $0 + best(TPESampler(space: space, seed: $1)) }
    #expect(tpe < random / 2)
  }

  @Test("TPE keeps away from trials under way")
  func liar() {
    let line = SearchSpace([.init("x", .real(0...1))])
    let sampler = TPESampler(space: line, seed: 0)
    var history = SearchHistory()
    for number in 0..<30 {
      let point = sampler.propose(number, history: history)
      guard case .real(let x)? = point["x"] else { continue }
      history.observations.append(.init(point: point, losses: [abs(x - 0.3)]))
    }
    func spread(_ isTold: Bool) -> Double {
      var told = history
      var places: [Double] = []
      for number in 30..<60 {
        let point = sampler.propose(number, history: told)
        if isTold { told.running.append(point) }
        if case .real(let x)? = point["x"] { places.append(x) }
      }
      let mean = places.reduce(0, +) / Double(places.count)
      return places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    #expect(spread(true) > 2 * spread(false))
  }
}
