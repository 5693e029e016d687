import Classifier
import Tensor

/// A model with its dropout on: logits and gradients are means over new draws each time that an image
/// is asked about.
///
/// Athalye, Engstrom, Ilyas, Kwok: Synthesizing Robust Adversarial Examples (2018), expectation over
/// transformation.
final class DrawnModel: AttackedModel {
  private let pass: any ClassifierDrawnPass
  private let draws: Int
  private let size: Int
  private let classes: Int
  private let drawn: Scratch<Float>
  private let means: Scratch<Float>
  private let gradients: Scratch<Float>
  private var asked: [AskedImage] = []
  /// The rows that were last asked about, by the number of their question, so that an image has the
  /// same draws whatever else is in its batch.
  private var groups: [(question: Int, rows: [Int])] = []

  init(
    _ pass: any ClassifierDrawnPass, draws: Int, capacity: Int, of classifier: any Classifier
  ) {
    self.pass = pass
    self.draws = draws
    size = classifier.input.count
    classes = classifier.classCount
    drawn = Scratch(capacity * draws * classes)
    means = Scratch(capacity * classes)
    gradients = Scratch(capacity * size)
  }

  func logits(of images: [AskedImage]) throws -> UnsafePointer<Float> {
    asked = images
    groups = Dictionary(grouping: images.indices) { images[$0].question }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    for group in groups {
      let logits = try forward(group)
      for (place, row) in group.rows.enumerated() {
        let width = draws * classes
        (drawn.base + row * width).update(from: logits + place * width, count: width)
        mean(
          of: logits + place * width, rows: draws, count: classes, into: means.base + row * classes)
      }
    }
    return UnsafePointer(means.base)
  }

  func inputGradient(
    from logits: UnsafePointer<Float>, rows: Int, of logitGradient: LogitGradient
  ) throws -> UnsafePointer<Float> {
    for group in groups {
      // The pass knows its last question alone.
      if groups.count > 1 { _ = try forward(group) }
      for (place, row) in group.rows.enumerated() {
        for draw in 0..<draws {
          let weights = pass.logitGradient + (place * draws + draw) * classes
          logitGradient(row, drawn.base + (row * draws + draw) * classes, weights)
          for output in 0..<classes { weights[output] /= Float(draws) }
        }
      }
      let gradient = try pass.backward()
      for (place, row) in group.rows.enumerated() {
        (gradients.base + row * size).update(from: gradient + place * size, count: size)
      }
    }
    return UnsafePointer(gradients.base)
  }

  private func forward(_ group: (question: Int, rows: [Int])) throws -> UnsafePointer<Float> {
    for (place, row) in group.rows.enumerated() {
      (pass.input + place * size).update(from: asked[row].pixels, count: size)
    }
    return try pass.forward(
      images: group.rows.map { asked[$0].index }, firstDraw: group.question * draws)
  }
}
