import Attack
import Classifier
import Tensor
import Testing

@Suite struct LogitLossTests {
  /// A loss, a number of classes and whether one of them is the outlier class.
  struct Case: CustomTestStringConvertible {
    let form: LogitLoss.Form
    var classes = 10
    var outlierClass: Int?
    var isTargeted = false
    var testDescription: String {
      "\(form), \(classes) classes" + (isTargeted ? ", targeted" : "")
        + (outlierClass == nil ? "" : ", outliers")
    }

    static let all: [Case] = [
      Case(form: .crossEntropy), Case(form: .logitsRatio),
      Case(form: .logitsRatio, isTargeted: true),
      Case(form: .logitsRatio, outlierClass: 9),
      Case(form: .logitsRatio, outlierClass: 9, isTargeted: true),
      Case(form: .logitsRatio, classes: 2), Case(form: .logitsRatio, classes: 3),
      Case(form: .logitsRatio, classes: 3, isTargeted: true),
      Case(form: .logitsRatio, classes: 4, isTargeted: true),
    ]
  }

  @Test("gradients are the central differences of the loss", arguments: Case.all)
  func differences(test: Case) {
    let loss = LogitLoss(
      form: test.form, classes: test.classes, outlierClass: test.outlierClass)
    let stream = RandomStream(seed: 5, stream: 0)
    for trial in 0..<30 {
      let logits = stream.uniform(count: test.classes, bound: 5, pass: UInt32(trial))
      // Where two logits are this near, the order may change between the two sides.
      let sorted = logits.sorted()
      guard zip(sorted, sorted.dropFirst()).allSatisfy({ $1 - $0 > 0.02 }) else { continue }
      let label = trial % (test.outlierClass ?? test.classes)
      let target = test.isTargeted ? (label + 1) % (test.outlierClass ?? test.classes) : nil
      func value(_ logits: [Float]) -> Double {
        var unused = logits
        return loss.evaluate(logits, label: label, target: target, gradient: &unused)
      }
      var gradient = logits
      loss.evaluate(logits, label: label, target: target, gradient: &gradient)
      for index in logits.indices {
        var (above, below) = (logits, logits)
        above[index] += 0.005
        below[index] -= 0.005
        let slope = (value(above) - value(below)) / Double(above[index] - below[index])
        #expect(abs(slope - Double(gradient[index])) < 1e-3 * max(1, abs(slope)))
      }
    }
  }

  @Test("the ratio is the authors' formula")
  func formula() {
    let loss = LogitLoss(form: .logitsRatio, classes: 5, outlierClass: nil)
    let logits: [Float] = [1, 4, -2, 3.5, 0]
    var gradient = logits
    func value(label: Int, target: Int? = nil) -> Double {
      loss.evaluate(logits, label: label, target: target, gradient: &gradient)
    }
    #expect(abs(value(label: 1) - (3.5 - 4) / (4 - 1)) < 1e-9)
    #expect(abs(value(label: 2) - (4 + 2) / (4 - 1)) < 1e-9)
    #expect(abs(value(label: 1, target: 2) - (-2 - 4) / (4 - (1 + 0) / 2)) < 1e-9)
  }

  @Test("the ratio minds neither the scale nor the level of the logits")
  func invariance() {
    let loss = LogitLoss(form: .logitsRatio, classes: 10, outlierClass: nil)
    let stream = RandomStream(seed: 6, stream: 0)
    for trial in 0..<20 {
      let logits = stream.uniform(count: 10, bound: 3, pass: UInt32(trial))
      var gradient = logits
      let value = loss.evaluate(logits, label: 3, gradient: &gradient)
      let moved = loss.evaluate(logits.map { 64 * $0 + 32 }, label: 3, gradient: &gradient)
      #expect(abs(value - moved) < 1e-4)
    }
  }

  @Test("an answer 'outlier' counts as the true class does")
  func outliers() {
    let loss = LogitLoss(form: .logitsRatio, classes: 4, outlierClass: 3)
    #expect(loss.margin([0, 1, 2, 5], label: 0) == 3)
    #expect(loss.margin([4, 1, 2, 3], label: 0) == 2)
    #expect(loss.margin([0, 1, 2, 1], label: 0) == -1)
    #expect(loss.wrongClasses([0, 1, 2, 5], label: 0) == [2, 1])
  }
}
