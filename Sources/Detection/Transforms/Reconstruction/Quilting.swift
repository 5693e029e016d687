internal import Classifier
internal import Tensor

/// Puts the image together from patches of training images.
///
/// Guo, Rana, Cisse, van der Maaten 2018, after Efros and Freeman 2001. Patches of side 5 overlap by
/// two pixels; each is one of those nearest to the image's own, at random, as Athalye, Carlini and
/// Wagner (2018) have it. The last row and column of patches end at the image's rim.
struct Quilting: Transform {
  private static let step = 3

  private let store: PatchStore
  private let neighbours: Int
  private let tops: [Int]
  private let lefts: [Int]
  private let shape: ImageShape
  private let random: RandomStream
  let isRandom = true
  /// By whether there is something above and something left.
  private let seams: [[Seam]]

  init(store: PatchStore, neighbours: Int, setting: TransformSetting) {
    self.store = store
    self.neighbours = neighbours
    tops = Self.places(setting.height)
    lefts = Self.places(setting.width)
    shape = setting.shape
    random = setting.random
    seams = [false, true].map { above in
      [false, true].map {
        Seam(left: $0, above: above, channels: setting.shape.channels)
      }
    }
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let patches = chosenPatches(image, index: index, copy: copy)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: store.size) { patch in
      guard let patch = patch.baseAddress else { return }
      for (y, top) in tops.enumerated() {
        for (x, left) in lefts.enumerated() {
          if let number = patches[y * lefts.count + x] {
            store.copy(number, into: patch)
          } else {
            patch.update(repeating: 0, count: store.size)
          }
          seams[y > 0 ? 1 : 0][x > 0 ? 1 : 0].join(
            patch, at: result + (top * shape.width + left) * shape.channels, width: shape.width)
        }
      }
    }
  }

  /// For each place one of the nearest patches, nil for a black one.
  private func chosenPatches(
    _ image: UnsafePointer<Float>, index: Int, copy: Int
  ) -> [Int?] {
    var patches = [Int?](repeating: nil, count: tops.count * lefts.count)
    var (queries, places): ([Float], [Int]) = ([], [])
    queries.reserveCapacity(patches.count * store.size)
    for (place, _) in patches.enumerated() {
      let pixel = tops[place / lefts.count] * shape.width + lefts[place % lefts.count]
      let corner = image + pixel * shape.channels
      for row in 0..<PatchStore.side {
        let line = corner + row * shape.width * shape.channels
        queries += UnsafeBufferPointer(start: line, count: PatchStore.side * shape.channels)
      }
      let isBlack = queries.withUnsafeBufferPointer { queries in
        queries.baseAddress.map {
          store.hasBlackNeighbours(
            $0 + queries.count - store.size, neighbours: neighbours)
        }
      }
      if isBlack == true {
        queries.removeLast(store.size)
      } else {
        places.append(place)
      }
    }
    for (place, nearest) in zip(places, store.nearest(to: queries, neighbours: neighbours)) {
      let choice = random.integer(
        below: nearest.count, image: UInt32(truncatingIfNeeded: index),
        pass: UInt32(truncatingIfNeeded: copy), block: UInt32(place))
      patches[place] = nearest[choice]
    }
    return patches
  }

  /// The places of patches along an axis: every third pixel, and the last that fits.
  private static func places(_ length: Int) -> [Int] {
    let last = length - PatchStore.side
    let places = Array(stride(from: 0, through: last, by: step))
    return places.last == last ? places : places + [last]
  }
}

extension Quilting {
  static let kind = TransformKind(
    name: "quilting", title: "Image quilting",
    summary: "Puts the image together from similar patches of training images",
    source: "Guo, Rana, Cisse, van der Maaten 2018",
    parameters: [
      TransformParameter(
        name: "neighbours", domain: .integer(1...100), defaultValue: 10,
        meaning: "nearest patches, of which one is drawn"),
      TransformParameter(
        name: "patches", domain: .integer(100...1_000_000), defaultValue: 200_000,
        meaning: "patches that are drawn from training images"),
    ],
    usesTrainingImages: true
  ) { values, setting in
    let neighbours = Int(values[0])
    guard let images = setting.trainingImages, images.count > 0 else {
      throw DetectionError.needsTrainingImages(transform: "quilting")
    }
    guard images.shape.channels == setting.shape.channels else {
      throw DetectionError.differentChannels(
        transform: "quilting", training: images.shape.channels, channels: setting.shape.channels)
    }
    for shape in [images.shape, setting.shape]
    where min(shape.height, shape.width) < PatchStore.side {
      throw DetectionError.doesNotFit(
        transform: "quilting", height: shape.height, width: shape.width)
    }
    let store = PatchStore(
      images: images, draws: Int(values[1]), neighbours: neighbours, seed: setting.seed)
    return Quilting(store: store, neighbours: neighbours, setting: setting)
  }
}
