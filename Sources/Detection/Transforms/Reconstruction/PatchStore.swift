internal import CKernels
internal import NeuralNetwork
internal import Tensor

/// Square patches of training images, and the search for those nearest to given ones.
final class PatchStore: Sendable {
  /// The side of a patch in pixels.
  static let side = 5
  /// The number of pixels of a patch.
  static let size = side * side
  /// A row holds a patch and the square of its length, so that one product gives distances.
  private static let rowSize = size + 1
  /// How many patches are compared at a time, so that the products stay in the cache.
  private static let chunk = 1024

  /// The patches, [patches, size + 1], with no more black ones than anyone asks for.
  private let rows: [Float]
  /// The number of black patches in the store.
  private let blackCount: Int
  private var count: Int { rows.count / Self.rowSize }

  /// Draws patches at random places of random images.
  ///
  /// - Parameters:
  ///   - images: Images of one channel, none smaller than a patch.
  ///   - draws: The number of patches to draw.
  ///   - neighbours: The largest number of nearest patches that is asked for. Black patches beyond
  ///     that number change no answer and are left out.
  ///   - seed: The seed of the draw.
  init(images: LabeledImages, draws: Int, neighbours: Int, seed: UInt64) {
    let random = RandomStream(seed: seed, stream: RandomPurpose.patches << 8)
    let (height, width) = (images.shape.height, images.shape.width)
    var rows: [Float] = []
    rows.reserveCapacity(draws * Self.rowSize)
    var blackCount = 0
    images.pixels.withUnsafeBufferPointer { pixels in
      for draw in 0..<draws {
        let image = random.integer(below: images.count, image: UInt32(draw), pass: 0)
        let top = random.integer(
          below: height - Self.side + 1, image: UInt32(draw), pass: 0, block: 1)
        let left = random.integer(
          below: width - Self.side + 1, image: UInt32(draw), pass: 0, block: 2)
        let corner = (image * height + top) * width + left
        var sum = 0
        for place in 0..<Self.size {
          let byte = Int(pixels[corner + place / Self.side * width + place % Self.side])
          rows.append(Float(byte) / 255)
          sum += byte * byte
        }
        rows.append(Float(Double(sum) / (255 * 255)))
        guard sum == 0 else { continue }
        if blackCount < neighbours {
          blackCount += 1
        } else {
          rows.removeLast(Self.rowSize)
        }
      }
    }
    self.rows = rows
    self.blackCount = blackCount
  }

  /// Writes the pixels of a patch.
  func copy(_ patch: Int, into destination: UnsafeMutablePointer<Float>) {
    for place in 0..<Self.size { destination[place] = rows[patch * Self.rowSize + place] }
  }

  /// Whether a patch is black and so has only black ones nearest to it.
  func hasBlackNeighbours(_ patch: UnsafePointer<Float>, neighbours: Int) -> Bool {
    blackCount >= neighbours && (0..<Self.size).allSatisfy { patch[$0] == 0 }
  }

  /// Finds the patches nearest to each query by Euclidean distance, exactly.
  ///
  /// - Parameters:
  ///   - queries: Patches, [count, size].
  ///   - neighbours: How many to find for each.
  /// - Returns: Patches of the store, [count, neighbours], the nearest first, or as many as there
  ///   are.
  func nearest(to queries: [Float], neighbours: Int) -> [[Int]] {
    let count = queries.count / Self.size
    let factors = Scratch<Float>(count * Self.rowSize)
    for query in 0..<count {
      let factor = factors.base + query * Self.rowSize
      for place in 0..<Self.size { factor[place] = -2 * queries[query * Self.size + place] }
      factor[Self.size] = 1
    }
    let distances = Scratch<Float>(count * Self.chunk)
    var lists = [NearestList](repeating: NearestList(capacity: neighbours), count: count)
    rows.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress, count > 0 else { return }
      for first in stride(from: 0, to: self.count, by: Self.chunk) {
        let patches = min(Self.chunk, self.count - first)
        // The distance of two patches, squared, but for the query's own square.
        MatrixProduct.multiply(
          factors.base, .plain, rows + first * Self.rowSize, .transposed, into: distances.base,
          m: count, n: patches, k: Self.rowSize)
        for query in lists.indices {
          lists[query].add(distances.base + query * patches, count: patches, first: first)
        }
      }
    }
    return lists.map(\.patches)
  }
}

/// The patches with the smallest distances so far, in order; of equal ones the first seen.
private struct NearestList {
  private(set) var patches: [Int] = []
  private var distances: [Float] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func add(_ values: UnsafePointer<Float>, count: Int, first: Int) {
    var place: Int64 = 0
    while true {
      let bound = distances.count < capacity ? Float.infinity : distances[capacity - 1]
      place = kernels_next_below(values, place, Int64(count), bound)
      guard place < count else { return }
      let value = values[Int(place)]
      var position = distances.count
      while position > 0 && distances[position - 1] > value { position -= 1 }
      if distances.count == capacity {
        distances.removeLast()
        patches.removeLast()
      }
      distances.insert(value, at: position)
      patches.insert(first + Int(place), at: position)
      place += 1
    }
  }
}
