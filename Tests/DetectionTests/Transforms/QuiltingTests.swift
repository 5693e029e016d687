import Detection
import Classifier
import Tensor
import Testing

/// Quilting against a search through all patches and through all seams.
@Suite struct QuiltingTests {
  let examples: TransformExamples
  private static let places = [0, 3, 6, 9, 12, 15, 18, 21, 23]

  init() throws {
    examples = try TransformExamples()
  }

  /// The patch of bytes at a place of an image.
  private func patch(_ bytes: ArraySlice<UInt8>, top: Int, left: Int) -> [Int] {
    (0..<25).map {
      Int(bytes[bytes.startIndex + (top + $0 / 5) * 28 + left + $0 % 5])
    }
  }

  /// The patches that the store draws.
  private func drawnPatches(_ count: Int, seed: UInt64) -> [[Int]] {
    let stream = RandomStream(seed: seed, stream: RandomPurpose.patches << 8)
    return (0..<count).map { draw in
      let image = stream.integer(below: examples.count, image: UInt32(draw), pass: 0)
      let top = stream.integer(below: 24, image: UInt32(draw), pass: 0, block: 1)
      let left = stream.integer(below: 24, image: UInt32(draw), pass: 0, block: 2)
      return patch(examples.bytes[image * 784..<(image + 1) * 784], top: top, left: left)
    }
  }

  /// Joins a patch with what is there by the cheapest of all choices.
  private func join(_ new: [Int], into canvas: inout [Int], top: Int, left: Int) {
    let old = (0..<25).map { canvas[(top + $0 / 5) * 28 + left + $0 % 5] }
    let (hasAbove, hasLeft) = (top > 0, left > 0)
    // From the lower end of the left overlap to the right end of the upper one.
    var line = hasLeft ? (hasAbove ? 1..<5 : 0..<5).reversed().map { $0 * 5 + 1 } : []
    if hasAbove { line += ((hasLeft ? 2 : 0)..<5).map { 5 + $0 } }
    let stays = (0..<25).filter { hasAbove && $0 < 5 || hasLeft && $0 % 5 == 0 }
    var best = (cost: Int.max, preference: 0, isNew: [Bool](repeating: true, count: 25))
    for choice in 0..<1 << line.count {
      var isNew = [Bool](repeating: true, count: 25)
      for pixel in stays { isNew[pixel] = false }
      for (place, pixel) in line.enumerated() { isNew[pixel] = choice >> place & 1 == 1 }
      var cost = 0
      for pixel in 0..<25 {
        for next in [pixel % 5 < 4 ? pixel + 1 : nil, pixel < 20 ? pixel + 5 : nil] {
          guard let next, isNew[pixel] != isNew[next] else { continue }
          cost += isNew[pixel] ? abs(new[pixel] - old[next]) : abs(new[next] - old[pixel])
        }
      }
      var preference = 0
      for place in line.indices.reversed() {
        let isLast = place == line.count - 1
        let preferred = isLast ? isNew[line[place]] : isNew[line[place]] == isNew[line[place + 1]]
        preference = preference * 2 + (preferred ? 1 : 0)
      }
      if (cost, -preference) < (best.cost, -best.preference) { best = (cost, preference, isNew) }
    }
    for pixel in 0..<25 where best.isNew[pixel] {
      canvas[(top + pixel / 5) * 28 + left + pixel % 5] = new[pixel]
    }
  }

  @Test("patches are the nearest ones and seams the cheapest", arguments: [1, 10])
  func exhaustive(neighbours: Int) throws {
    let transform = try examples.transform("quilting_\(neighbours)_400", seed: 2)
    let store = drawnPatches(400, seed: 2)
    let stream = RandomStream(seed: 2, stream: RandomPurpose.transforms << 8)
    for index in 0..<examples.count {
      let bytes = examples.bytes[index * 784..<(index + 1) * 784]
      var canvas = [Int](repeating: 0, count: 784)
      for (y, top) in Self.places.enumerated() {
        for (x, left) in Self.places.enumerated() {
          let query = patch(bytes, top: top, left: left)
          let distances = store.map {
            zip($0, query).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          }
          let nearest = store.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
          let choice = stream.integer(
            below: neighbours, image: UInt32(index), pass: 0, block: UInt32(y * 9 + x))
          join(store[nearest[choice]], into: &canvas, top: top, left: left)
        }
      }
      let ours = apply(transform, to: examples.image(index), index: index)
      #expect(ours.map { Int(($0 * 255).rounded()) } == canvas, "image \(index)")
    }
  }
}
