import Detection
import Foundation
import Classifier
import Tensor
import Testing

@Suite struct TransformTests {
  let examples: TransformExamples

  init() throws {
    examples = try TransformExamples()
  }

  /// Every kind with its defaults, but with few patches to quilt from.
  static let names = TransformCatalogue.kinds.map {
    $0.name == "quilting" ? "quilting_10_1000" : $0.name
  }

  @Test("transforms agree with SciPy, scikit-image and Pillow")
  func otherPrograms() throws {
    #expect(examples.expected.count == 30)
    for (name, expected) in examples.expected {
      let transform = try examples.transform(name)
      for index in 0..<examples.count {
        let ours = apply(transform, to: examples.image(index), index: index)
        let theirs = Array(expected[index * 784..<(index + 1) * 784])
        #expect(distance(ours, theirs) < 2e-6, "\(name), image \(index)")
      }
    }
  }

  @Test(
    "settings that change nothing give the image back",
    arguments: [
      "shift_0_0", "rotation_0", "contrast_1_0", "brightness_0", "noise_0", "crop_28_0_0",
      "crop_centre_28", "resampling_28", "bit_truncation_8", "bit_squeezing_8", "five_crops_28",
    ])
  func identity(name: String) throws {
    let transform = try examples.transform(name)
    for index in 0..<examples.count {
      let image = examples.image(index)
      for copy in 0..<transform.copies {
        #expect(distance(apply(transform, to: image, index: index, copy: copy), image) < 1e-6)
      }
    }
  }

  @Test(
    "what a transform makes of an image lies in 0...1 and depends on no thread", arguments: names)
  func boundsAndThreads(name: String) throws {
    let transform = try examples.transform(name)
    let images = (0..<examples.count).map(examples.image)
    let copies = min(transform.copies, 3)
    let alone = images.indices.flatMap { index in
      (0..<copies).map { apply(transform, to: images[index], index: index, copy: $0) }
    }
    #expect(alone.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
    let again = try examples.transform(name)
    var shared = [[Float]](repeating: [], count: alone.count)
    shared.withUnsafeMutableBufferPointer { shared in
      let shared = shared
      Parallelism(threads: 4).forEachShard(alone.count) { shard, _ in
        let place = alone.count - 1 - shard
        let (index, copy) = place.quotientAndRemainder(dividingBy: copies)
        shared[place] = apply(again, to: images[index], index: index, copy: copy)
      }
    }
    #expect(shared == alone)
  }

  @Test(
    "random transforms differ by image and seed",
    arguments: ["noise_0.1", "random_crops_20_3", "total_variation", "quilting_10_1000"])
  func randomness(name: String) throws {
    let image = examples.image(0)
    let transform = try examples.transform(name)
    let first = apply(transform, to: image, index: 7)
    #expect(apply(transform, to: image, index: 8) != first)
    #expect(apply(try examples.transform(name, seed: 4), to: image, index: 7) != first)
    if transform.copies > 1 {
      #expect(apply(transform, to: image, index: 7, copy: 1) != first)
    }
  }

  @Test("noise is normal with the deviation that its name says")
  func noise() throws {
    let transform = try examples.transform("noise_0.05")
    let grey = [Float](repeating: 0.5, count: 784)
    let values = (0..<100).flatMap { index in
      apply(transform, to: grey, index: index).map { Double($0 - 0.5) / 0.05 }
    }
    let count = Double(values.count)
    let moments = (1...4).map { power in
      values.reduce(0) { $0 + pow($1, Double(power)) } / count
    }
    // Five standard errors of each mean.
    for (moment, (expected, variance)) in zip(moments, [(0, 1), (1, 2), (0, 15), (3, 96)]) {
      #expect(abs(moment - Double(expected)) < 5 * (Double(variance) / count).squareRoot())
    }
  }

  @Test("crops that are averaged are the crops of that name")
  func ensembles() throws {
    let image = examples.image(1)
    func copies(_ name: String) throws -> [[Float]] {
      let transform = try examples.transform(name)
      return (0..<transform.copies).map { apply(transform, to: image, copy: $0) }
    }
    func crops(_ side: Int, _ corners: [(Int, Int)]) throws -> [[Float]] {
      try corners.flatMap { try copies("crop_\(side)_\($0.0)_\($0.1)") }
    }
    let five = try crops(24, [(0, 0), (4, 0), (0, 4), (4, 4), (2, 2)])
    #expect(try copies("five_crops_24") == five)
    #expect(
      try ["top_left", "bottom_left", "top_right", "bottom_right", "centre"].flatMap {
        try copies("crop_\($0)_24")
      } == five)
    #expect(try copies("ten_crops_24_26") == five + copies("five_crops_26"))
    #expect(
      try copies("grid_crops_20_3")
        == crops(20, [0, 4, 8].flatMap { top in [0, 4, 8].map { (top, $0) } }))
    #expect(try copies("grid_crops_24_1") == crops(24, [(2, 2)]))
    let random = try copies("random_crops_26_30")
    let places = try crops(26, (0...2).flatMap { top in (0...2).map { (top, $0) } })
    #expect(random.count == 30 && random.allSatisfy(places.contains))
    #expect(Set(random).count > 5)
  }

  @Test("a chain applies one transform after the other, and copies every copy")
  func chains() throws {
    let image = examples.image(2)
    let chain = try examples.transform("five_crops_24+random_crops_26_2+jpeg_30")
    #expect(chain.copies == 10)
    let (crops, jpeg) = (try examples.transform("five_crops_24"), try examples.transform("jpeg_30"))
    let places = try (0...2).flatMap { top in
      try (0...2).map { try examples.transform("crop_26_\(top)_\($0)") }
    }
    for copy in 0..<10 {
      let first = apply(crops, to: image, copy: copy / 2)
      let possible = places.map { apply(jpeg, to: apply($0, to: first)) }
      #expect(possible.contains(apply(chain, to: image, index: 5, copy: copy)))
    }
    // Two of a kind draw numbers of their own: the same ones would double the deviation.
    let grey = [Float](repeating: 0.5, count: 784)
    let twice = apply(try examples.transform("noise_0.05+noise_0.05"), to: grey)
    let variance = twice.reduce(0) { $0 + pow(Double($1) - 0.5, 2) } / 784
    #expect(abs(variance / 0.005 - 1) < 0.25)
  }

  @Test("images that do not suit a transform are refused in one line")
  func refusals() throws {
    func message(_ name: String, _ setting: TransformSetting) throws -> String {
      let specification = try TransformSpecification(name)
      return String(
        describing: #expect(throws: DetectionError.self) {
          _ = try specification.make(setting)
        }.map(\.description) ?? "")
    }
    let two = examples.setting(shape: ImageShape(height: 32, width: 32, channels: 2))
    #expect(
      try message("otsu", two)
        == "otsu takes grey or RGB images, of one or three channels; these have 2")
    #expect(
      try message("quilting", two)
        == "quilting copies from training images with 1 channels; the images have 2")
    let small = examples.setting(shape: ImageShape(height: 12, width: 16, channels: 1))
    #expect(
      try message("crop_centre_14", small)
        == "a crop of side 14 does not fit images of 12 x 16 pixels")
    #expect(
      try message("crop_10_3_0", small) == "crop_10_3_0 does not fit images of 12 x 16 pixels")
    #expect(
      try message("median_2+shift_12_0", small)
        == "shift_12_0 does not fit images of 12 x 16 pixels")
    #expect(
      try message("resampling_14", small)
        == "resampling_14 does not fit images of 12 x 16 pixels")
    #expect(
      try message("quilting", examples.setting(trained: false))
        == "quilting needs training images, which are not at hand")
  }

  @Test("images need not be square, and may have any sides")
  func shapes() throws {
    let shape = ImageShape(height: 11, width: 17, channels: 1)
    let image = RandomStream(seed: 1, stream: 0).uniform(count: shape.count, bound: 0.5, pass: 0)
      .map { $0 + 0.5 }
    for name in Self.names {
      let small = name == "resampling" || name.contains("crop") ? name + "_9" : name
      let specification = try TransformSpecification(name == "ten_crops" ? small + "_10" : small)
      let transform = try specification.make(examples.setting(shape: shape))
      let result = apply(transform, to: image)
      #expect(result.allSatisfy { (0...1).contains($0) }, "\(specification.name)")
    }
  }
}
