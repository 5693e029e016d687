import Detection
import Foundation
import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct FeatureMeasureTests {
  let fixture: DetectorFixture

  init() throws { fixture = try DetectorFixture() }

  @Test(
    "measures of features are those of scikit-learn and the papers' formulas",
    arguments: [
      ("energy", "energy", 1e-5), ("kernel_density_0.3", "density", 1e-4),
      ("kernel_density_0.3@rectifier", "density", 1e-4), ("mahalanobis", "mahalanobis", 1e-3),
      ("lid_6", "lid", 1e-3),
    ])
  func peers(measure: String, expected: String, tolerance: Double) throws {
    let expected = try fixture.doubles(expected)
    let values = try fixture.values(measure)
    #expect(values.count == 70 && expected.count == 70)
    for (value, peer) in zip(values, expected) {
      #expect(abs(value - peer) <= tolerance * max(1, abs(peer)), "\(measure)")
    }
  }

  @Test("the classes are the deterministic network's, one of them without training images")
  func classes() throws {
    let batch = try fixture.batch(try fixture.material())
    let expected = try fixture.integers("predictions")
    #expect(try batch.classes == expected)
    #expect(expected.contains(3))
  }

  @Test("threads and the bounds of batches change no bit of any standard measure")
  func reproducible() throws {
    for name in MeasureCatalogue.standard where !name.contains("_l1") && !name.contains("disagr") {
      let measure = try MeasureCatalogue.measure(named: name)
      let material = try fixture.material()
      let whole = try measure.prepare(material).values(of: fixture.batch(material))
      let threaded = try fixture.material(threads: 3)
      let prepared = try measure.prepare(threaded)
      var cut: [Double] = []
      for part in [0..<1, 1..<34, 34..<35, 35..<70] {
        cut += try prepared.values(of: fixture.batch(threaded, part))
      }
      #expect(cut == whole, "\(name)")
      #expect(whole.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test("the bandwidth is the candidate with the highest held-out likelihood")
  func bandwidth() throws {
    let material = try fixture.material()
    let training = try material.trainingFeatures(nil)
    let width = training.width
    let candidates = BandwidthSearch.candidates
    #expect(candidates.count == 20)
    #expect(abs(candidates[0] - 0.05) < 1e-12 && abs(candidates[19] - 5) < 1e-12)
    var likelihoods = [Double](repeating: 0, count: candidates.count)
    for number in 0..<3 {
      let rows = training.rows[number]
      let order = RandomStream(seed: material.seed, stream: RandomPurpose.bandwidthImages)
        .permutation(count: rows.count, pass: UInt32(number)).map { rows.lowerBound + $0 }
      func distance(_ a: Int, _ b: Int) -> Double {
        (0..<width).reduce(0) { sum, column in
          let difference =
            Double(training.values[a * width + column])
            - Double(training.values[b * width + column])
          return sum + difference * difference
        }
      }
      for (index, bandwidth) in candidates.enumerated() {
        for (place, row) in order.enumerated() {
          let others = order.indices.filter { $0 % 5 != place % 5 }.map { order[$0] }
          let exponents = others.map { -distance(row, $0) / (2 * bandwidth * bandwidth) }
          let largest = exponents.max() ?? 0
          likelihoods[index] +=
            largest + log(exponents.reduce(0) { $0 + exp($1 - largest) } / Double(others.count))
            - Double(width) * log(bandwidth)
        }
      }
    }
    let best = try #require(likelihoods.max())
    let chosen = try BandwidthSearch(training, material: material).best()
    let index = try #require(candidates.firstIndex(of: chosen))
    #expect(likelihoods[index] > best - 1e-3 * abs(best) && likelihoods[index] == best)
    let prepared = try MeasureCatalogue.measure(named: "kernel_density").prepare(material)
    #expect(prepared.fitted == ["bandwidth": chosen])
    let given = TransformParameter.text(chosen)
    let tuned = try fixture.values("kernel_density")
    #expect(try fixture.values("kernel_density_\(given)") == tuned)
  }

  @Test("features of maps are averaged over positions for the Mahalanobis distance, by channel")
  func maps() throws {
    let architecture = Architecture.leNet(
      LeNetConfiguration(conv1: 3, conv2: 4, dense1: 20),
      input: ImageShape(height: 16, width: 16, channels: 1), classes: 3)
    let pixels = RandomStream(seed: 1, stream: 0).uniform(count: 40 * 256, bound: 127, pass: 0)
    let material = MeasureMaterial(
      classifier: Network(
        architecture: architecture, parameters: architecture.initialParameters(seed: 2)),
      seed: 0, passes: 2,
      trainingImages: LabeledImages(
        shape: architecture.input, pixels: pixels.map { UInt8($0 + 128) },
        labels: (0..<40).map { UInt8($0 % 3) }), parallelism: Parallelism(threads: 1))
    let prepared = try MeasureCatalogue.measure(named: "mahalanobis@conv1").prepare(material)
    let batch = ImageBatch(
      indices: [0, 1], pixels: pixels.prefix(512).map { ($0.rounded(.down) + 128) / 255 },
      material: material)
    // With three channels the distance is at most a few times three for an image of the sample.
    #expect(try prepared.values(of: batch).allSatisfy { $0 > 0 && $0 < 30 })
  }

  @Test("names say what is wrong with them")
  func names() throws {
    for (name, canonical) in [
      ("kernel_density_1.20", "kernel_density_1.2"), ("lid_07@x", "lid_7@x"),
      ("mahalanobis@conv1", "mahalanobis@conv1"), ("bit_depth_l1", "bit_depth_3_l1"),
    ] {
      #expect(try MeasureCatalogue.measure(named: name).description.name == canonical)
    }
    for name in MeasureCatalogue.standard {
      #expect(try MeasureCatalogue.measure(named: name).description.name == name)
    }
    #expect(Set(MeasureCatalogue.standard).count == MeasureCatalogue.standard.count)
    for name in [
      "", "density", "kernel_density_", "kernel_density_0", "kernel_density_nan", "lid_1",
      "lid_2.5", "mahalanobis_3", "nonsense_l1", "disagreement_nobody", "kernel_densities",
    ] {
      let error = #expect(throws: DetectionError.self) {
        try MeasureCatalogue.measure(named: name)
      }
      #expect(error.map { !$0.description.contains("\n") } ?? false)
    }
    let material = try fixture.material()
    let error = #expect(throws: DetectionError.self) {
      try MeasureCatalogue.measure(named: "mahalanobis@dropout").prepare(material)
    }
    #expect(
      error?.description
        == "small has no layer 'dropout'; it has: hidden, rectifier, output")
  }

  @Test("without training images, or cancelled, preparing throws")
  func refusals() throws {
    let network = try fixture.network()
    let bare = MeasureMaterial(
      classifier: network, seed: 0, passes: 2, trainingImages: nil,
      parallelism: Parallelism(threads: 1))
    let full = try fixture.material()
    let cancelled = MeasureMaterial(
      classifier: network, seed: 0, passes: 2, trainingImages: full.trainingImages,
      parallelism: Parallelism(threads: 1), isCancelled: { true })
    for name in ["kernel_density", "mahalanobis", "lid"] {
      let measure = try MeasureCatalogue.measure(named: name)
      #expect(measure.dependencies.trainingImages)
      #expect(throws: DetectionError.self) { try measure.prepare(bare) }
      #expect(throws: DetectionError.cancelled) { try measure.prepare(cancelled) }
    }
  }
}
