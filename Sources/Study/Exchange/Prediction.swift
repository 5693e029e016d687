internal import Detection
internal import Interchange
internal import Classifier

/// What a model and its detector say of one image.
public struct Prediction: Sendable {
  /// The image's number in the file, or in the test images where the file says it.
  public let image: Int
  /// The class with dropout off, and how sure the network is of it, 0...1.
  public let deterministic: (prediction: Int, probability: Double)
  /// The class by the mean logits of all stochastic passes.
  public let prediction: Int
  /// The mean over classes of the standard deviation of the passes' softmax.
  public let softmaxStd: Double
  /// The class of each crop: top left, bottom left, top right, bottom right, centre.
  public let crops: [Int]
  /// Whether Algorithm 1 declares the image adversarial; nil where there are no thresholds.
  public let isDeclaredAdversarial: Bool?

  /// Whether the network gives the image numbers; if not, it gives it no class either.
  public var isFinite: Bool { deterministic.probability.isFinite && softmaxStd.isFinite }

  /// How many crops agree with the prediction.
  public var agreement: Int { crops.count { $0 == prediction } }
}

/// The predictions and verdicts for the images of a file.
public struct Predictions: Sendable {
  /// The images, in the order of the file.
  public let images: [Prediction]
  /// The detector that declared them; nil if there are no thresholds for the model.
  public let detector: StoredDetector?
  /// The learned detector that declared them instead; nil if none was asked for.
  public let learnedDetector: String?
  /// The passes with dropout on and the side of the crops, in pixels, that they were made by.
  public let measuredBy: (passes: Int, cropSide: Int)
  /// All numbers as a .npz file.
  public let npz: [UInt8]

  init(
    _ numbers: [Int]?, _ settings: MeasurementSettings, classes: Int,
    readings: [Reading], logits: [Float], detector: StoredDetector?,
    learned: (name: String, threshold: Double, scores: [Double])?
  ) throws {
    self.detector = detector
    measuredBy = (settings.passes, settings.cropSide)
    learnedDetector = learned?.name
    images = zip(readings.indices, readings).map { row, reading in
      let agreement = reading.crops.count { $0 == reading.uncertainty.prediction }
      let verdict = detector.flatMap { detector in
        detector.score(reading).flatMap {
          $0.isNaN
            ? nil : detector.thresholds.declaresAdversarial(score: $0, agreement: agreement)
        }
      }
      let learnedVerdict = learned.map { $0.scores[row] > $0.threshold }
      return Prediction(
        image: numbers?[row] ?? row,
        deterministic: (reading.deterministic.prediction, reading.deterministic.probability),
        prediction: reading.uncertainty.prediction, softmaxStd: reading.uncertainty.softmaxStd,
        crops: reading.crops, isDeclaredAdversarial: learnedVerdict ?? verdict)
    }
    npz = try Npz.bytes(
      of: Self.arrays(images, readings, logits, classes: classes)
        + (learned.map { scores in
          [("detector_scores", NumericArray(shape: [scores.scores.count], .float64(scores.scores)))]
        } ?? []),
      file: "the output")
  }

  private static func arrays(
    _ images: [Prediction], _ readings: [Reading], _ logits: [Float], classes: Int
  ) -> [(name: String, array: NumericArray)] {
    let count = images.count
    func integers(_ values: [Int], _ shape: [Int]? = nil) -> NumericArray {
      NumericArray(shape: shape ?? [count], .int64(values.map(Int64.init)))
    }
    func reals(_ values: [Double]) -> NumericArray {
      NumericArray(shape: [count], .float64(values))
    }
    var probabilities = [Float](repeating: 0, count: logits.count)
    for first in stride(from: 0, to: logits.count, by: classes) {
      probabilities.withUnsafeMutableBufferPointer { probabilities in
        logits.withUnsafeBufferPointer { logits in
          guard let source = logits.baseAddress, let target = probabilities.baseAddress else {
            return
          }
          softmax(source + first, into: target + first, count: classes)
        }
      }
    }
    var arrays: [(name: String, array: NumericArray)] = [
      ("indices", integers(images.map(\.image))),
      ("logits", NumericArray(shape: [count, classes], .float32(logits))),
      ("probabilities", NumericArray(shape: [count, classes], .float32(probabilities))),
      ("deterministic_predictions", integers(images.map(\.deterministic.prediction))),
      ("predictions", integers(images.map(\.prediction))),
      ("softmax_variance", reals(readings.map(\.uncertainty.softmaxVariance))),
      ("crop_predictions", integers(images.flatMap(\.crops), [count, 5])),
      ("agreement", integers(images.map(\.agreement))),
    ]
    for measure in MonteCarloMeasure.allCases {
      let values = readings.map {
        measure.value($0.uncertainty, deterministicProbability: $0.deterministic.probability)
      }
      arrays.append((measure.rawValue, reals(values)))
    }
    let verdicts = images.compactMap(\.isDeclaredAdversarial)
    if verdicts.count == count {
      arrays.append(("declared_adversarial", integers(verdicts.map { $0 ? 1 : 0 })))
    }
    return arrays
  }
}
