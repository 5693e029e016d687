internal import Classifier
internal import Foundation
internal import Tensor

/// The Square attack: moves random squares of the image to its bounds, by the logits alone.
///
/// A change is kept if it narrows the true class's margin.
///
/// Andriushchenko, Croce, Flammarion, Hein: Square Attack (2020), for L-infinity, by the constants of
/// AutoAttack. Each image has squares of its own, and a square may lie at the image's last row and
/// column; the authors draw one place for all images of a batch, and not that row and column.
package struct SquareAttack: Attack {
  /// The largest change of a pixel, in units of the pixel range 0...1.
  package let epsilon: Float
  /// The largest number of questions about an image, the one about its stripes included.
  package let queries: Int
  /// The share of the image that the first squares cover.
  package let initialShare: Double

  /// The questions after which the squares' share is halved.
  private static let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]

  /// Creates the attack.
  package init(epsilon: Float, queries: Int, initialShare: Double) {
    self.epsilon = epsilon
    self.queries = queries
    self.initialShare = initialShare
  }

  /// "square".
  package var name: String { "square" }

  /// Asks about one change of each image at a time; an image leaves the batch once it is misled.
  package func perturb(_ batch: AttackBatch) throws {
    let stream = RandomStream(seed: batch.seed, stream: RandomPurpose.attackQueries << 8)
    let loss = LogitLoss(.logitsRatio, of: batch)
    let kept = Scratch<Float>(batch.count * batch.size)
    var margins = [Double](repeating: .infinity, count: batch.count)
    var members = Array(0..<batch.count)
    for query in 0..<queries where !members.isEmpty {
      let squares = members.map { member in
        propose(query, member: member, of: batch, stream: stream)
      }
      let logits = try batch.logits(of: members)
      let answers = predictions(logits, rows: members.count, classes: batch.classes)
      var misled = Set<Int>()
      for (row, member) in members.enumerated() {
        batch.iterations[member] = query + 1
        if batch.isMisled(member, answer: answers[row]) { misled.insert(member) }
        let margin = loss.margin(logits + row * batch.classes, label: batch.labels[member])
        if query == 0 { batch.record("margin_first", margin, of: member) }
        if margin < margins[member] || misled.contains(member) {
          squares[row].copy(from: batch.adversarial, to: kept.base, member: member, of: batch)
          margins[member] = margin
        } else {
          squares[row].copy(from: kept.base, to: batch.adversarial, member: member, of: batch)
        }
      }
      members.removeAll { misled.contains($0) }
    }
    for member in 0..<batch.count {
      batch.record("queries", Double(batch.iterations[member]), of: member)
      batch.record("margin_last", margins[member], of: member)
    }
  }

  /// Changes an image: to vertical stripes at first, then by one more square.
  ///
  /// - Returns: What was changed.
  private func propose(
    _ query: Int, member: Int, of batch: AttackBatch, stream: RandomStream
  ) -> Patch {
    let shape = batch.shape
    let image = batch.adversarial + member * batch.size
    let clean = batch.clean + member * batch.size
    let (number, pass) = (UInt32(truncatingIfNeeded: batch.images[member]), UInt32(query))
    func isUp(_ place: Int) -> Bool {
      // The first two blocks of a question say where its square is.
      let words = stream.words(image: number, pass: pass, block: UInt32(2 + place / 128))
      return words[place / 32 % 4] >> UInt32(place % 32) & 1 == 1
    }
    guard query > 0 else {
      let signs = (0..<shape.width * shape.channels).map { isUp($0) ? epsilon : -epsilon }
      for index in 0..<batch.size {
        image[index] = min(max(clean[index] + signs[index % signs.count], 0), 1)
      }
      return Patch(top: 0, left: 0, height: shape.height, width: shape.width)
    }
    let side = side(query: query - 1, of: shape.height, by: shape.width)
    let patch = Patch(
      top: stream.integer(below: shape.height - side + 1, image: number, pass: pass, block: 0),
      left: stream.integer(below: shape.width - side + 1, image: number, pass: pass, block: 1),
      height: side, width: side)
    let changes = (0..<shape.channels).map { 2 * (isUp($0) ? epsilon : -epsilon) }
    patch.forEachRow(of: shape) { first, count in
      for index in first..<first + count {
        let moved = image[index] + changes[index % shape.channels]
        let near = min(max(moved, clean[index] - epsilon), clean[index] + epsilon)
        image[index] = min(max(near, 0), 1)
      }
    }
    return patch
  }

  /// The side of a question's square, in pixels; the first square's question is number 0.
  package func side(query: Int, of height: Int, by width: Int) -> Int {
    let halved = Self.halvings.count { query > $0 }
    let share = initialShare / pow(2, Double(halved))
    let side = Int((share * Double(height * width)).squareRoot().rounded(.toNearestOrEven))
    return min(max(1, side), height, width)
  }
}

/// A rectangle of an image.
private struct Patch {
  let top: Int
  let left: Int
  let height: Int
  let width: Int

  /// Calls `body` with the first element and the number of elements of each row.
  func forEachRow(of shape: ImageShape, _ body: (_ first: Int, _ count: Int) -> Void) {
    for row in top..<top + height {
      body((row * shape.width + left) * shape.channels, width * shape.channels)
    }
  }

  /// Copies the rectangle of a member from one array of images to another.
  func copy(
    from source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, member: Int,
    of batch: AttackBatch
  ) {
    forEachRow(of: batch.shape) { first, count in
      let place = member * batch.size + first
      (destination + place).update(from: source + place, count: count)
    }
  }
}

extension SquareAttack {
  static let kind = AttackKind(
    name: "square", title: "Square attack",
    summary: "Square attack: random squares, by the logits alone",
    source: "Andriushchenko, Croce, Flammarion, Hein: Square Attack: a Query-efficient Black-box "
      + "Adversarial Attack via Random Search (2020)",
    threat: ThreatModel(
      norm: .linf, budget: "epsilon", knowledge: .scores, isIterative: true),
    chunk: 100,
    parameters: [
      .epsilon(0.3),
      AttackParameter(
        name: "queries", domain: .integer(1...1_000_000), defaultValue: .number(5000),
        summary: "the largest number of questions about an image"),
      AttackParameter(
        name: "initial_share", domain: .number(0...1), defaultValue: .number(0.8),
        summary: "the share of the image that the first squares cover"),
    ]
  ) { values in
    SquareAttack(
      epsilon: Float(values.number("epsilon")), queries: Int(values.number("queries")),
      initialShare: values.number("initial_share"))
  }
}
