import Attack
import Classifier
import Tensor
import TestSupport
import Testing

/// HopSkipJump on classifiers whose boundaries are known.
@Suite struct DecisionAttackTests {
  typealias Shared = IterativeAttackTests

  static func classifier(_ classes: Int) -> LinearClassifier {
    var classifier = LinearClassifier(input: Shared.shape, classes: classes, seed: 3)
    classifier.capabilities = []
    return classifier
  }

  @Test("it comes near to the smallest change there is", arguments: Ball.Norm.allCases)
  func nearest(norm: Ball.Norm) throws {
    let classifier = Self.classifier(4)
    let images = try Shared.known(by: classifier, count: 16)
    let (results, _) = try Shared.run(
      HopSkipJump(norm: norm, iterations: 14, firstQuestions: 40), on: classifier, images: images)
    var (checked, near) = (0, 0)
    for (index, result) in results.enumerated() {
      let image = Shared.image(index, of: images)
      let nearest = try #require(
        Shared.distances(classifier, image, label: Int(images.labels[index]), norm: norm).min())
      guard nearest < (norm == .l2 ? 0.3 : 0.1) else { continue }
      #expect(result.success)
      let found = norm == .l2 ? result.l2 : result.linf
      #expect(found >= nearest - 1e-4, "\(found), \(nearest)")
      checked += 1
      if found <= 1.15 * nearest + 1e-3 { near += 1 }
    }
    // A walk may end at a boundary that is not the nearest one.
    #expect(checked > 5 && near * 10 >= checked * 8, "\(near) of \(checked)")
  }

  @Test("more steps never lead further away, and every question an image needs is counted")
  func effort() throws {
    let classifier = Self.classifier(4)
    let images = try Shared.known(by: classifier, count: 8)
    let (few, many) = try (
      Shared.run(
        HopSkipJump(norm: .l2, iterations: 2, firstQuestions: 10), on: classifier, images: images),
      Shared.run(
        HopSkipJump(norm: .l2, iterations: 6, firstQuestions: 10), on: classifier, images: images)
    )
    for (less, more) in zip(few.results, many.results) {
      #expect(less.success && more.success && more.l2 <= less.l2)
      #expect(less.iterations == 2 && more.iterations == 6)
      let (asked, later) = (less.details["queries"] ?? 0, more.details["queries"] ?? 0)
      // The clean image, a start, and 10 + 14 questions for two directions; then 17 + 20 + 22 + 24.
      #expect(asked > 26 && later > asked + 83)
    }
  }

  @Test("what is misclassified already stays as it is, and costs one question")
  func misclassified() throws {
    let classifier = Self.classifier(3)
    let known = try Shared.known(by: classifier, count: 6)
    let wrong = Shared.greys(6, labels: known.labels.map { ($0 + 1) % 3 })
    let (results, _) = try Shared.run(
      HopSkipJump(norm: .l2, iterations: 3, firstQuestions: 5), on: classifier, images: wrong)
    #expect(results.allSatisfy { $0.success && $0.l2 == 0 && $0.details["queries"] == 1 })
  }

  @Test("an image that no start misleads stays as it is, which is no success")
  func noStart() throws {
    // Every random image is brighter than an image that is nearly black.
    let images = LabeledImages(
      shape: Shared.shape, pixels: Array(repeating: 9, count: Shared.size), labels: [0])
    let (results, _) = try Shared.run(
      HopSkipJump(norm: .linf, iterations: 3, firstQuestions: 5, starts: 7),
      on: LinearClassifier(input: Shared.shape, classes: 1, seed: 3), images: images)
    #expect(results.map(\.success) == [false])
    #expect(results.map(\.l2) == [0])
    #expect(results.map { $0.details["queries"] } == [8])
  }

  @Test("no image's result depends on its batch", arguments: Ball.Norm.allCases)
  func batches(norm: Ball.Norm) throws {
    let classifier = Self.classifier(4)
    let images = try Shared.known(by: classifier, count: 9)
    let attack = HopSkipJump(norm: norm, iterations: 4, firstQuestions: 10)
    let whole = try Shared.run(attack, on: classifier, images: images)
    let parts = try Shared.run(attack, on: classifier, images: images, batch: 2)
    #expect(whole.results == parts.results)
    #expect(whole.pixels == parts.pixels)
  }
}
