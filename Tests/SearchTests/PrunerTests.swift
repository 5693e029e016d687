import Search
import Testing

@Suite struct PrunerTests {
  @Test("the median pruner gives up what is worse than the median, once it knows enough")
  func median() {
    let pruner = Pruner.median(warmup: 2, startup: 3)
    #expect(!pruner.judges(step: 2) && pruner.judges(step: 3))
    #expect(!pruner.givesUp(loss: 9, others: [1, 2]))
    #expect(pruner.givesUp(loss: 2.1, others: [3, 1, 2]))
    #expect(!pruner.givesUp(loss: 2, others: [3, 1, 2]))
    #expect(!pruner.givesUp(loss: 2.5, others: [4, 1, 2, 3]))
    #expect(pruner.givesUp(loss: .nan, others: [3, 1, 2]))
  }

  @Test("successive halving lets one in eta pass each rung")
  func halving() {
    let pruner = Pruner.successiveHalving(minimum: 1, eta: 3)
    #expect((1...30).filter(pruner.judges) == [1, 3, 9, 27])
    func passing(_ losses: [Double]) -> [Double] {
      losses.indices.filter { index in
        !pruner.givesUp(loss: losses[index], others: Array(losses[..<index]))
      }.map { losses[$0] }
    }
    let losses = (0..<27).map(Double.init)
    // Each later one is worse than the first, or better than all before it.
    #expect(passing(losses) == [0])
    #expect(passing(losses.reversed()) == losses.reversed())
    #expect(!pruner.givesUp(loss: 8, others: losses))
    #expect(pruner.givesUp(loss: 9.5, others: losses))
    #expect(pruner.givesUp(loss: .nan, others: losses))
  }
}
