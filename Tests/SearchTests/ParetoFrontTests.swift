import Search
import Testing

@Suite struct ParetoFrontTests {
  @Test("the front holds what nothing else is better than in every way")
  func front() {
    let losses = [[1, 5], [2, 2], [5, 1], [3, 3], [2, 2], [.nan, 0], [1, 6]]
    #expect(ParetoFront.front(losses) == [0, 1, 2, 4, 5])
    #expect(ParetoFront.front([]) == [])
  }

  @Test("one objective orders by its value, a NaN behind numbers, the unjudged last")
  func single() {
    #expect(ParetoFront.order([[3], [.nan], [], [1], [3]]) == [3, 0, 4, 1, 2])
  }

  @Test("several objectives order front by front, ends of a front first")
  func several() {
    let order = ParetoFront.order([[2, 2], [1, 5], [5, 1], [4, 4], [2.1, 1.9]])
    #expect(Set(order[..<2]) == [1, 2])
    #expect(order.last == 3)
  }
}
