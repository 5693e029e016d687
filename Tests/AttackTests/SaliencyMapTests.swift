import Attack
import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct SaliencyMapTests {
  /// The rows of the softmax's Jacobian at an image, [classes][pixels], one backward pass each.
  func jacobian(_ image: [Float]) -> [[Float]] {
    let propagation = Propagation(
      architecture: Target.network.architecture, capacity: 1, dropout: false, gradients: true)
    return (0..<4).map { row in
      propagation.input.update(from: image, count: image.count)
      propagation.forward(rows: 1, parameters: Target.network.parameters)
      var probabilities = [Float](repeating: 0, count: 4)
      softmax(propagation.output, into: &probabilities, count: 4)
      for column in 0..<4 {
        propagation.outputGradient[column] =
          probabilities[row] * ((row == column ? 1 : 0) - probabilities[column])
      }
      propagation.backward(
        rows: 1, parameters: Target.network.parameters, toInput: true)
      return (0..<256).map { propagation.inputGradient[$0] }
    }
  }

  @Test(
    "one backward pass finds the pair that the whole Jacobian gives", arguments: [Float(1), -1])
  func onePass(theta: Float) {
    for index in 0..<20 {
      let image = Target.clean(index)
      let rows = jacobian(image)
      let target = (Int(Target.images.labels[index]) + 1) % 4
      let others = (0..<256).map { pixel in
        rows.indices.filter { $0 != target }.reduce(Float(0)) { $0 + rows[$1][pixel] }
      }
      let domain = SearchDomain(image, count: 256, theta: theta)
      let general = SaliencyMap.bestPair(
        targetGradient: rows[target], otherGradient: others, domain: domain, theta: theta)
      let fast = SaliencyMap.bestPair(
        targetGradient: rows[target], domain: domain, theta: theta)
      #expect(general != nil)
      #expect(general == fast)
    }
  }

  @Test("the first step of the attack moves that pair")
  func firstStep() throws {
    // A budget of two pixels: 2 / 256.
    let attack = JSMA(theta: 1, gamma: 0.0079)
    let runner = try AttackRunner(attack: attack, classifier: Target.network, seed: 0)
    let (results, pixels) = try runner.run(
      on: Target.images, indices: Array(0..<30)[...], parallelism: Parallelism(threads: 1))
    var moved = 0
    for index in 0..<30 where results[index].iterations == 1 {
      let image = Target.clean(index)
      let rows = jacobian(image)
      let target = try #require(results[index].target)
      let pair = try #require(
        SaliencyMap.bestPair(
          targetGradient: rows[target], otherGradient: rows[target].map { -$0 },
          domain: SearchDomain(image, count: 256, theta: 1), theta: 1))
      let changed = (0..<256).filter { pixels[index * 256 + $0] != image[$0] }
      #expect(changed == [pair.first, pair.second])
      moved += 1
    }
    #expect(moved > 20)
  }

  @Test("random gradients with ties: the general search agrees with all pairs by definition")
  func definition() {
    let stream = RandomStream(seed: 4, stream: 0)
    for trial in 0..<200 {
      let image = (0..<12).map { _ in Float(0.5) }
      func gradient(_ pass: UInt32) -> [Float] {
        (0..<12).map {
          Float(stream.integer(below: 7, image: UInt32($0), pass: pass) - 3)
        }
      }
      let alpha = gradient(UInt32(trial * 2))
      let beta = gradient(UInt32(trial * 2 + 1))
      var best: (Float, Int, Int)?
      for p in 0..<12 {
        for q in p + 1..<12 where alpha[p] + alpha[q] > 0 && beta[p] + beta[q] < 0 {
          let salience = -(alpha[p] + alpha[q]) * (beta[p] + beta[q])
          if best.map({ salience > $0.0 }) ?? true { best = (salience, p, q) }
        }
      }
      let pair = SaliencyMap.bestPair(
        targetGradient: alpha, otherGradient: beta,
        domain: SearchDomain(image, count: 12, theta: 1), theta: 1)
      #expect(pair?.first == best?.1)
      #expect(pair?.second == best?.2)
    }
  }

  @Test("saturated pixels leave the search domain")
  func saturated() {
    #expect(SearchDomain([0, 0.5, 1], count: 3, theta: 1).pixels == [0, 1])
    #expect(SearchDomain([0, 0.5, 1], count: 3, theta: -1).pixels == [1, 2])
  }
}
