import Classifier
import ExternalModel
import Foundation
import TestSupport

/// A program of the tests that serves a linear model.
struct ServedModel {
  /// The settings of Tests/Fixtures/models/linear.py.
  let settings: [String]
  var secondsAllowed = 60.0
  var processes = 1
  var isCancelled: @Sendable () -> Bool = { false }

  static let program = packageRoot.appending(path: "Tests/Fixtures/models/linear.py").path

  init(_ settings: String...) {
    self.settings = settings
  }

  init(settings: [String]) {
    self.settings = settings
  }

  func open() throws -> ExternalModel {
    try ExternalModel(
      ModelCommand(words: ["python3", "-B", Self.program] + settings, directory: "/"),
      limits: ModelLimits(
        processes: processes, secondsAllowed: secondsAllowed, isCancelled: isCancelled))
  }
}

extension ExternalModel {
  /// The logits of some images, given one after the other.
  func logits(of pixels: [Float]) throws -> [Float] {
    let rows = pixels.count / input.count
    let pass = makePass(capacity: rows, gradients: false)
    for (place, value) in pixels.enumerated() { pass.input[place] = value }
    return Array(
      UnsafeBufferPointer(start: try pass.forward(rows: rows), count: rows * classCount))
  }

  /// Numbers in 0...1 that differ from pixel to pixel.
  func pixels(rows: Int) -> [Float] {
    (0..<rows * input.count).map { Float($0 * 37 % 101) / 101 }
  }
}
