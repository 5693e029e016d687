import Detection
import Foundation
import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct PassMeasureTests {
  let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  @Test("softmax variance is Feinman's formula on the passes of MC dropout")
  func softmaxVariance() throws {
    let passes = 3
    let logits: [Float] = [1, 2, 0.5, 0, -1, 1, 3, 3, 2]
    let measured = logits.withUnsafeBufferPointer { Uncertainty(logits: $0, classes: 3) }
    let softmax = (0..<passes).map { pass -> [Double] in
      let powers = (0..<3).map { exp(Double(logits[pass * 3 + $0])) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let mean = (0..<3).map { column in softmax.reduce(0) { $0 + $1[column] } / Double(passes) }
    let expected = softmax.reduce(0) { $0 + dot($1, $1) } / Double(passes) - dot(mean, mean)
    #expect(abs(measured.softmaxVariance - expected) < 1e-12)

    let material = try fixture.material()
    let pixels = try fixture.floats("queries")
    let direct = try MCDropout(classifier: fixture.network(), passes: 8, seed: 3).measure(
      Array(0..<70), parallelism: Parallelism(threads: 1)
    ) { image, destination in
      for pixel in 0..<12 { destination[pixel] = pixels[image * 12 + pixel] }
    }
    let batch = try fixture.batch(material)
    #expect(try batch.uncertainties() == direct)
    #expect(try fixture.values("softmax_variance") == direct.map(\.softmaxVariance))
    #expect(try fixture.values("softmax_std") == direct.map(\.softmaxStd))
    #expect(try fixture.values("margin") == direct.map(\.margin))
    let softmaxOff = try batch.softmax
    let probabilities = (0..<70).map { softmaxOff[$0 * 4..<($0 + 1) * 4].max().map(Double.init) }
    #expect(try fixture.values("deterministic_max_probability") == probabilities)
  }

  @Test("a transform's distance and a set's disagreement are those of the transformed images")
  func transforms() throws {
    let voter = try TransformSpecification("binarisation_0.4")
    let material = try fixture.material(threads: 2)
    let batch = try fixture.batch(material)
    let binary = try fixture.floats("queries").map { (pixel: Float) -> Float in
      pixel > 0.4 ? 1 : 0
    }
    let transformed = ImageBatch(indices: Array(0..<70), pixels: binary, material: material)
    let (before, after) = try (batch.softmax, transformed.softmax)
    #expect(try batch.softmax(after: voter) == after)
    #expect(try batch.classes(after: voter) == transformed.classes)
    let distances = (0..<70).map { image in
      (0..<4).reduce(0) { sum, column in
        sum
          + abs(
            Double(before[image * 4 + column])
              - Double(after[image * 4 + column]))
      }
    }
    #expect(try fixture.values("binarisation_0.4_l1") == distances)
    #expect(distances.contains { $0 > 0.01 })

    let set = try VoterSetCatalogue.named("shifts")
    let votes = try set.voters.map { try batch.classes(after: $0) }
    let classes = try batch.classes
    let expected = (0..<70).map { image in
      Double(votes.count { $0[image] != classes[image] })
    }
    #expect(try fixture.values("disagreement_shifts") == expected)
    #expect(expected.contains { $0 > 0 })
    let measure = try MeasureCatalogue.measure(named: "disagreement_shifts")
    #expect(measure.dependencies.voters == set.voters)
  }

  @Test("passes of a network without dropout are refused")
  func noDropout() throws {
    let shape = ImageShape(height: 1, width: 2, channels: 1)
    let architecture = Architecture(
      name: "plain", layers: [Dense(name: "output", input: shape, outputs: 2)])
    let material = MeasureMaterial(
      classifier: Network(architecture: architecture, parameters: [1, 0, 0, 1, 0, 0]), seed: 0,
      passes: 3, trainingImages: nil, parallelism: Parallelism(threads: 1))
    let batch = ImageBatch(indices: [4], pixels: [0.5, 1], material: material)
    #expect(try batch.logits == [0.5, 1] && batch.classes == [1])
    #expect(
      throws: ClassifierError.missing(.draws, model: "plain", neededBy: "Monte Carlo dropout")
    ) { try batch.uncertainties() }
    #expect(architecture.defaultFeatureLayer == "output")
  }
}
