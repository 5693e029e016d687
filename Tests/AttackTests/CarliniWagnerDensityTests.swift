import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// Carlini and Wagner's attack on a detector's score, where the nearest image that evades both is known:
/// classifier and score are linear.
@Suite struct CarliniWagnerDensityTests {
  /// The sum of weighted pixels.
  private struct LinearScore: DifferentiableScore {
    let name = "linear"
    let weights: [Float]

    func makeWorker(capacity: Int) -> any DifferentiableScoreWorker { Worker(weights: weights) }

    private final class Worker: DifferentiableScoreWorker {
      let weights: [Float]

      init(weights: [Float]) { self.weights = weights }

      func score(
        _ images: UnsafePointer<Float>, indices: [Int], draw: Int,
        gradient: UnsafeMutablePointer<Float>?
      ) -> [Double] {
        indices.indices.map { row in
          if let gradient {
            (gradient + row * weights.count).update(from: weights, count: weights.count)
          }
          return weights.indices.reduce(0) {
            $0 + Double(weights[$1]) * Double(images[row * weights.count + $1])
          }
        }
      }
    }
  }

  @Test(
    "the nearest image that is misclassified and no more suspicious than the clean one is found")
  func nearest() throws {
    let size = CarliniWagnerTests.size
    let classifier = LinearClassifier(input: CarliniWagnerTests.shape, classes: 2, seed: 3)
    let images = try CarliniWagnerTests.images(classifier)
    let score = LinearScore(
      weights: RandomStream(seed: 9, stream: 0).uniform(count: size, bound: 1, pass: 0))
    let v = score.weights.map(Double.init)
    let attack = try AttackCatalogue.kind(named: "cw-l2-density").make(
      [
        "first_iterations": .number(100), "first_learning_rate": .number(0.02),
        "search_steps": .number(8), "iterations": .number(400), "initial_constant": .number(0.1),
      ], knowing: AttackedDefence(score: score, cleanImages: images))
    let (results, pixels) = try CarliniWagnerTests.run(attack, on: classifier, images)
    var bound = 0
    for (image, result) in results.enumerated() {
      let label = Int(images.labels[image])
      let logits = try CarliniWagnerTests.logits(of: image, images, classifier)
      let gap = logits[label] - logits[1 - label]
      let n = CarliniWagnerTests.normal(classifier, label, 1 - label)
      func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).map { $0 * $1 }.reduce(0, +)
      }
      // Straight to the boundary, unless that raises the score: then along it at right angles to v.
      let along = product(n, v)
      let rest = product(n, n) - (along < 0 ? along * along / product(v, v) : 0)
      let nearest = gap / rest.squareRoot()
      if along < 0 { bound += 1 }
      #expect(result.success)
      #expect(result.l2 >= nearest * 0.999)
      #expect(result.l2 <= nearest * 1.03, "image \(image): \(result.l2) beside \(nearest)")
      let change = (0..<size).reduce(0.0) {
        let clean = Float(images.pixels[image * size + $1]) / 255
        return $0 + v[$1] * (Double(pixels[image * size + $1]) - Double(clean))
      }
      #expect(change <= 1e-5)
    }
    #expect(bound > 0)
  }
}
