internal import Classifier
internal import Tensor

/// What HopSkipJump keeps of a batch: for each image the place of its walk, beyond the boundary.
///
/// Each question is put about the whole batch, also about images whose own search has ended, so that no
/// image's last bits depend on how far the others have got. Only questions that an image needs count.
final class BoundaryWalk {
  private let batch: AttackBatch
  private let norm: Ball.Norm
  private let members: [Int]
  private let stream: RandomStream
  /// How near to the boundary a search ends, as a share of the way or of the distance.
  private let precision: Double
  // All [count, size]: where the walks are, the nearest image of each, the sums of the random changes,
  // the same with the sign of their answers, and the directions of the next steps.
  private let places: Scratch<Float>
  private let nearest: Scratch<Float>
  private let sums: Scratch<Float>
  private let votes: Scratch<Float>
  private var distances: [Double]
  private var leastDistances: [Double]
  private var queries: [Int]
  /// Whether a member has a place beyond the boundary to walk from.
  private var isWalking: [Bool]
  /// The number of random changes so far, which addresses the next one's numbers.
  private var drawn: UInt32 = 0

  init(_ batch: AttackBatch, norm: Ball.Norm) {
    self.batch = batch
    self.norm = norm
    members = Array(0..<batch.count)
    stream = RandomStream(seed: batch.seed, stream: RandomPurpose.attackQueries << 8 | 1)
    let size = Double(batch.size)
    precision = norm == .l2 ? 1 / (size * size.squareRoot()) : 1 / (size * size)
    let elements = batch.count * batch.size
    (places, nearest) = (Scratch(elements), Scratch(elements))
    (sums, votes) = (Scratch(elements), Scratch(elements))
    distances = Array(repeating: .infinity, count: batch.count)
    leastDistances = distances
    queries = Array(repeating: 0, count: batch.count)
    isWalking = Array(repeating: false, count: batch.count)
  }

  /// Whether an image walks at all.
  var isOnItsWay: Bool { isWalking.contains(true) }

  /// Finds a random image of another class for each clean one that is classified correctly, and goes
  /// from it to the boundary.
  func begin(starts: Int) throws {
    nearest.base.update(from: batch.clean, count: batch.count * batch.size)
    let isWrong = try ask { _ in true }
    var isMissing = isWrong.map { !$0 }
    for attempt in 0..<starts where isMissing.contains(true) {
      for member in members where isMissing[member] { writeStart(member, attempt: attempt) }
      let isMisled = try ask { isMissing[$0] }
      for member in members where isMissing[member] && isMisled[member] {
        image(places, member).update(from: image(batch.adversarial, member), count: batch.size)
        (isMissing[member], isWalking[member]) = (false, true)
      }
    }
    // Random images are so far away that the way to the clean image comes first, in any norm.
    try search(.l2, endingWithin: members.map { _ in 0.001 })
    try approach()
  }

  /// Goes from the places back to the boundary, and keeps those that are nearer than any before.
  func approach() throws {
    try search(
      norm,
      endingWithin: members.map { norm == .l2 ? precision : min(distances[$0], 1) * precision })
    for member in members where isWalking[member] && distances[member] < leastDistances[member] {
      leastDistances[member] = distances[member]
      image(nearest, member).update(from: image(places, member), count: batch.size)
    }
  }

  /// Asks about random changes of the places, to learn in which direction the boundary falls back.
  func estimateDirections(step: Int, questions: Int) throws {
    let elements = batch.count * batch.size
    sums.base.update(repeating: 0, count: elements)
    votes.base.update(repeating: 0, count: elements)
    var yes = [Int](repeating: 0, count: batch.count)
    for _ in 0..<questions {
      for member in members where isWalking[member] { writeChanged(member, isFirst: step == 1) }
      drawn += 1
      let isMisled = try ask { isWalking[$0] }
      for member in members where isWalking[member] {
        if isMisled[member] { yes[member] += 1 }
        let (place, changed) = (image(places, member), image(batch.adversarial, member))
        let (sum, vote) = (image(sums, member), image(votes, member))
        for index in 0..<batch.size {
          let change = changed[index] - place[index]
          sum[index] += change
          vote[index] += isMisled[member] ? change : -change
        }
      }
    }
    for member in members where isWalking[member] {
      let (sum, vote) = (image(sums, member), image(votes, member))
      // Where all answers are the same, less their mean they would say nothing.
      let isMixed = yes[member] > 0 && yes[member] < questions
      let mean = isMixed ? 2 * Float(yes[member]) / Float(questions) - 1 : 0
      for index in 0..<batch.size { vote[index] -= mean * sum[index] }
    }
  }

  /// Takes one step of each walk, half as long as before until it stays beyond the boundary.
  func move(step: Int) throws {
    let ball = Ball(norm, radius: 0)
    var lengths = distances.map { $0 / Double(step).squareRoot() }
    var isOpen = isWalking
    for _ in 0..<Self.halvings where isOpen.contains(true) {
      for member in members where isOpen[member] {
        let moved = image(batch.adversarial, member)
        moved.update(from: image(places, member), count: batch.size)
        ball.step(
          moved, along: image(votes, member), by: Float(lengths[member]), count: batch.size)
        for index in 0..<batch.size { moved[index] = min(max(moved[index], 0), 1) }
      }
      let isMisled = try ask { isOpen[$0] }
      for member in members where isOpen[member] {
        guard isMisled[member] else {
          lengths[member] /= 2
          continue
        }
        image(places, member).update(from: image(batch.adversarial, member), count: batch.size)
        isOpen[member] = false
      }
    }
    for member in members where isWalking[member] {
      batch.iterations[member] = step
      distances[member] = distance(of: member)
    }
  }

  /// Makes the nearest images the batch's.
  func end() {
    batch.adversarial.update(from: nearest.base, count: batch.count * batch.size)
    for member in members { batch.record("queries", Double(queries[member]), of: member) }
  }

  /// A step that is halved this often moves nothing.
  private static let halvings = 40

  /// Asks about the batch's images as they stand.
  ///
  /// - Parameter isAsked: Whether the answer about a member is needed, and counts.
  /// - Returns: Whether each is misled.
  /// - Throws: What the pass throws; ``AttackError/cancelled``.
  private func ask(_ isAsked: (Int) -> Bool) throws -> [Bool] {
    let logits = try batch.logits(of: members)
    let answers = predictions(logits, rows: members.count, classes: batch.classes)
    return members.map { member in
      if isAsked(member) { queries[member] += 1 }
      return batch.isMisled(member, answer: answers[member])
    }
  }

  /// Halves the way from each place to its clean image until the boundary is found, and goes to the
  /// side beyond it.
  private func search(_ norm: Ball.Norm, endingWithin ends: [Double]) throws {
    for member in members where isWalking[member] { distances[member] = distance(of: member) }
    var low = members.map { _ in 0.0 }
    var high = members.map { norm == .l2 ? 1 : distances[$0] }
    func isOpen(_ member: Int) -> Bool {
      isWalking[member] && high[member] - low[member] > ends[member]
    }
    while members.contains(where: isOpen) {
      let middles = members.map { (low[$0] + high[$0]) / 2 }
      let open = members.map(isOpen)
      for member in members where open[member] {
        write(member, norm, at: middles[member], into: image(batch.adversarial, member))
      }
      let isMisled = try ask { open[$0] }
      for member in members where open[member] {
        if isMisled[member] {
          high[member] = middles[member]
        } else {
          low[member] = middles[member]
        }
      }
    }
    for member in members where isWalking[member] {
      let whole = norm == .l2 ? 1 : distances[member]
      // What nobody was asked about is left as it is, to the last bit.
      if high[member] < whole {
        write(member, norm, at: high[member], into: image(places, member))
      }
      distances[member] = distance(of: member)
    }
  }

  /// Writes the image at a share of the way from a member's clean image to its place, or within a
  /// distance of the clean image.
  private func write(
    _ member: Int, _ norm: Ball.Norm, at reach: Double, into result: UnsafeMutablePointer<Float>
  ) {
    let (clean, place) = (batch.clean + member * batch.size, image(places, member))
    let reach = Float(reach)
    for index in 0..<batch.size {
      switch norm {
      case .l2: result[index] = (1 - reach) * clean[index] + reach * place[index]
      case .linf:
        result[index] = min(max(place[index], clean[index] - reach), clean[index] + reach)
      }
    }
  }

  /// Writes random squares of any brightness, of 1, 2, 4 or 8 pixels a side in turn.
  private func writeStart(_ member: Int, attempt: Int) {
    let start = RandomStream(seed: batch.seed, stream: RandomPurpose.attackStart << 8 | 3)
    let (shape, side) = (batch.shape, 1 << (attempt % 4))
    let columns = (shape.width + side - 1) / side
    let result = image(batch.adversarial, member)
    for index in 0..<batch.size {
      let (pixel, channel) = index.quotientAndRemainder(dividingBy: shape.channels)
      let (row, column) = pixel.quotientAndRemainder(dividingBy: shape.width)
      let cell = (row / side * columns + column / side) * shape.channels + channel
      let words = start.words(
        image: UInt32(truncatingIfNeeded: batch.images[member]), pass: UInt32(attempt),
        block: UInt32(cell / 4))
      result[index] = Float(words[cell % 4] >> 8) * 0x1p-24
    }
  }

  /// Writes a place with a random change of a small length.
  private func writeChanged(_ member: Int, isFirst: Bool) {
    let size = batch.size
    let (place, result) = (image(places, member), image(batch.adversarial, member))
    let number = UInt32(truncatingIfNeeded: batch.images[member])
    switch norm {
    case .linf: stream.fillUniform(result, count: size, image: number, pass: drawn)
    case .l2: stream.fillNormal(result, count: size, image: number, pass: drawn)
    }
    // The square root of the size times the precision times the distance, as the authors have it for
    // L2, and the size times it for L-infinity, are the same.
    let reach = isFirst ? 0.1 : distances[member] / Double(size)
    let scale = Float(reach / euclideanLength(result, count: size))
    for index in 0..<size {
      result[index] = min(max(place[index] + scale * result[index], 0), 1)
    }
  }

  /// How far a member's place is from its clean image.
  private func distance(of member: Int) -> Double {
    let (clean, place) = (batch.clean + member * batch.size, image(places, member))
    var (squares, largest) = (0.0, 0.0)
    for index in 0..<batch.size {
      let change = Double(place[index]) - Double(clean[index])
      squares += change * change
      largest = max(largest, abs(change))
    }
    return norm == .l2 ? squares.squareRoot() : largest
  }

  private func image(_ images: Scratch<Float>, _ member: Int) -> UnsafeMutablePointer<Float> {
    images.base + member * batch.size
  }

  private func image(
    _ images: UnsafeMutablePointer<Float>, _ member: Int
  ) -> UnsafeMutablePointer<Float> {
    images + member * batch.size
  }
}
