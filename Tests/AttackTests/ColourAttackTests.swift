import Attack
import Classifier
import NeuralNetwork
import Tensor
import Testing

/// Attacks on images in colour.
@Suite struct ColourAttackTests {
  private static let shape = ImageShape(height: 16, width: 17, channels: 3)

  private let network: Network
  private let images: LabeledImages

  init() {
    let architecture = Architecture.leNet(
      LeNetConfiguration(conv1: 3, conv2: 4, dense1: 12), input: Self.shape, classes: 4)
    network = Network(
      architecture: architecture, parameters: architecture.initialParameters(seed: 5))
    let stream = RandomStream(seed: 4, stream: 0)
    let pixels = (0..<6 * Self.shape.count).map {
      UInt8(stream.integer(below: 256, image: UInt32($0), pass: 0))
    }
    images = LabeledImages(shape: Self.shape, pixels: pixels, labels: [0, 1, 2, 3, 0, 1])
  }

  @Test(
    "norms count changed pixels and changed values apart",
    arguments: [
      FGSM(epsilon: 0.05),
      BIM(epsilon: 0.05, stepSize: 0.02, iterations: 4, form: .last),
      JSMA(theta: 1, gamma: 0.05),
    ] as [any Attack])
  func norms(attack: any Attack) throws {
    let (results, pixels) = try AttackRunner(attack: attack, classifier: network, seed: 1).run(
      on: images, indices: Array(0..<images.count)[...], parallelism: Parallelism(threads: 2))
    #expect(results.count == images.count)
    var sawPartOfAPixel = false
    for (image, result) in results.enumerated() {
      var clean = [Float](repeating: 0, count: Self.shape.count)
      images.copyPixels(of: image, into: &clean)
      let moved = pixels[image * clean.count..<(image + 1) * clean.count]
      let changes = zip(moved, clean).map { abs(Double($0) - Double($1)) }
      let changed = stride(from: 0, to: changes.count, by: 3).count { pixel in
        changes[pixel..<pixel + 3].contains { $0 > 0 }
      }
      #expect(result.l0 == changed)
      #expect(result.l0Elements == changes.count { $0 > 0 })
      #expect(result.linf == changes.max())
      if result.l0Elements < 3 * result.l0 { sawPartOfAPixel = true }
      #expect(result.l0Elements <= 3 * result.l0 && result.l0 <= result.l0Elements)
    }
    #expect(sawPartOfAPixel || attack.name != "jsma")
  }
}
