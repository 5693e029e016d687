internal import CKernels
internal import Classifier
internal import Tensor

/// Square patches of training images, and the search for those nearest to given ones.
///
/// Values count in whole steps of a byte, so that sums of their products are exact and equal
/// distances are equal: up to 128 values a patch, hence up to five channels.
final class PatchStore: Sendable {
  /// The side of a patch in pixels.
  static let side = 5
  /// The number of values of a patch.
  let size: Int
  /// A column holds a patch and the square of its length, so that one product gives distances.
  private var depth: Int { size + 1 }
  private static let block = Int(KERNELS_BLOCK)
  /// How many blocks are searched before the bounds are drawn closer.
  private static let blocksAtATime = 16

  /// The patches' bytes, [patches, size], with no more black ones than anyone asks for.
  private let bytes: [UInt8]
  /// The same as columns, [blocks, depth, block]; those that are left over are infinitely far.
  private let blocks: [Float]
  /// The number of black patches in the store.
  private let blackCount: Int

  /// Draws patches at random places of random images.
  ///
  /// - Parameters:
  ///   - images: Images that are not smaller than a patch.
  ///   - draws: The number of patches to draw.
  ///   - neighbours: The largest number of nearest patches that is asked for. Black patches beyond
  ///     that number change no answer and are left out.
  ///   - seed: The seed of the draw.
  init(images: LabeledImages, draws: Int, neighbours: Int, seed: UInt64) {
    let random = RandomStream(seed: seed, stream: RandomPurpose.patches << 8)
    let (height, width) = (images.shape.height, images.shape.width)
    let line = Self.side * images.shape.channels
    let size = Self.side * line
    self.size = size
    var bytes: [UInt8] = []
    bytes.reserveCapacity(draws * size)
    var blackCount = 0
    images.pixels.withUnsafeBufferPointer { pixels in
      for draw in 0..<draws {
        let image = random.integer(below: images.count, image: UInt32(draw), pass: 0)
        let top = random.integer(
          below: height - Self.side + 1, image: UInt32(draw), pass: 0, block: 1)
        let left = random.integer(
          below: width - Self.side + 1, image: UInt32(draw), pass: 0, block: 2)
        let corner = ((image * height + top) * width + left) * images.shape.channels
        var isBlack = true
        for place in 0..<size {
          let byte = pixels[
            corner + place / line * width * images.shape.channels + place % line]
          bytes.append(byte)
          if byte > 0 { isBlack = false }
        }
        if isBlack && blackCount == neighbours {
          bytes.removeLast(size)
        } else if isBlack {
          blackCount += 1
        }
      }
    }
    self.bytes = bytes
    self.blackCount = blackCount
    blocks = Self.blocks(of: bytes, size: size)
  }

  private static func blocks(of bytes: [UInt8], size: Int) -> [Float] {
    let depth = size + 1
    let count = bytes.count / size
    let blockCount = (count + block - 1) / block
    var blocks = [Float](repeating: 0, count: blockCount * depth * block)
    bytes.withUnsafeBufferPointer { bytes in
      blocks.withUnsafeMutableBufferPointer { blocks in
        for patch in 0..<blockCount * block {
          let column = patch / block * depth * block + patch % block
          var sum = patch < count ? 0 : Float.infinity
          for place in 0..<size where patch < count {
            let value = Float(bytes[patch * size + place])
            blocks[column + place * block] = value
            sum += value * value
          }
          blocks[column + size * block] = sum
        }
      }
    }
    return blocks
  }

  /// Writes the values of a patch.
  func copy(_ patch: Int, into destination: UnsafeMutablePointer<Float>) {
    for place in 0..<size {
      destination[place] = Float(bytes[patch * size + place]) / 255
    }
  }

  /// Whether a patch is black and so has only black ones nearest to it.
  func hasBlackNeighbours(_ patch: UnsafePointer<Float>, neighbours: Int) -> Bool {
    blackCount >= neighbours && (0..<size).allSatisfy { patch[$0] == 0 }
  }

  /// Finds the patches nearest to each query by Euclidean distance, exactly.
  ///
  /// - Parameters:
  ///   - queries: Patches, [count, size].
  ///   - neighbours: How many to find for each.
  /// - Returns: Patches of the store, [count, neighbours], the nearest first and of equal ones the
  ///   first drawn, or as many as there are.
  func nearest(to queries: [Float], neighbours: Int) -> [[Int]] {
    let count = queries.count / size
    let rows = rows(of: queries)
    let rowCount = rows.count / depth
    // A row that is only there to fill up is near to nothing.
    var bounds = [Float](repeating: -.infinity, count: rowCount)
    for query in 0..<count { bounds[query] = .infinity }
    var lists = [NearestList](repeating: NearestList(capacity: neighbours), count: count)
    let found = Scratch<kernels_near>(rowCount * Self.blocksAtATime * Self.block)
    let blockCount = blocks.count / (depth * Self.block)
    blocks.withUnsafeBufferPointer { blocks in
      guard let base = blocks.baseAddress, count > 0 else { return }
      for first in stride(from: 0, to: blockCount, by: Self.blocksAtATime) {
        let foundCount = kernels_find_near(
          base + first * depth * Self.block,
          Int64(min(Self.blocksAtATime, blockCount - first)), Int64(depth), rows,
          Int64(rowCount), bounds, found.base)
        for near in UnsafeBufferPointer(start: found.base, count: Int(foundCount)) {
          let query = Int(near.row)
          lists[query].add(first * Self.block + Int(near.column), distance: near.product)
          bounds[query] = lists[query].bound
        }
      }
    }
    return lists.map(\.patches)
  }

  /// The factors of queries in products that are distances, squared, but for the query's own square;
  /// rows in fours.
  private func rows(of queries: [Float]) -> [Float] {
    let count = queries.count / size
    var rows = [Float](repeating: 0, count: (count + 3) / 4 * 4 * depth)
    for query in 0..<count {
      for place in 0..<size {
        let steps = queries[query * size + place] * 255
        let whole = steps.rounded()
        rows[query * depth + place] = -2 * (abs(steps - whole) < 0.001 ? whole : steps)
      }
      rows[query * depth + size] = 1
    }
    return rows
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

  /// What a distance must be below to matter.
  var bound: Float { distances.count < capacity ? .infinity : distances[capacity - 1] }

  mutating func add(_ patch: Int, distance: Float) {
    guard distance < bound else { return }
    var position = distances.count
    while position > 0 && distances[position - 1] > distance { position -= 1 }
    if distances.count == capacity {
      distances.removeLast()
      patches.removeLast()
    }
    distances.insert(distance, at: position)
    patches.insert(patch, at: position)
  }
}
