public import Classifier
internal import Foundation

/// What training minimises, where that isn't the cross-entropy of hard labels.
///
/// Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network (2015). A temperature above 1
/// divides the logits before the softmax, in training alone.
public struct TrainingObjective: Sendable, Equatable {
  /// The divisor of the logits, T, above 0.
  public let temperature: Float
  /// What the network is to answer for each image; nil takes the images' own labels.
  public let targets: SoftLabels?

  /// Creates an objective.
  ///
  /// - Precondition: The temperature is positive.
  public init(temperature: Float = 1, targets: SoftLabels? = nil) {
    precondition(temperature > 0, "a temperature is positive, got \(temperature)")
    self.temperature = temperature
    self.targets = targets
  }
}

/// A distribution over classes for each image.
public struct SoftLabels: Sendable, Equatable {
  /// The number of classes.
  public let classes: Int
  /// The distributions, [images, classes]; each sums to 1.
  public let probabilities: [Float]

  /// Joins the distributions of images.
  ///
  /// - Precondition: There is a whole number of distributions.
  public init(classes: Int, probabilities: [Float]) {
    precondition(
      classes > 0 && probabilities.count.isMultiple(of: classes),
      "\(probabilities.count) probabilities are not distributions of \(classes)")
    self.classes = classes
    self.probabilities = probabilities
  }

  /// Softens logits: their softmax at a temperature.
  ///
  /// - Parameters:
  ///   - logits: [images, classes].
  ///   - classes: The number of classes.
  ///   - temperature: The divisor of the logits, above 0.
  public init(logits: [Float], classes: Int, temperature: Float) {
    var probabilities = logits.map { $0 / temperature }
    probabilities.withUnsafeMutableBufferPointer { probabilities in
      guard let base = probabilities.baseAddress else { return }
      for first in stride(from: 0, to: probabilities.count, by: classes) {
        softmax(base + first, into: base + first, count: classes)
      }
    }
    self.init(classes: classes, probabilities: probabilities)
  }

  /// Gives each image its own class with a probability, and the rest to one more class.
  ///
  /// - Parameters:
  ///   - labels: The images' classes, below `classes`.
  ///   - classes: The number of classes, K. The outlier class is number K.
  ///   - outlier: The outlier class's share of each image, 0...1.
  public init(labels: [UInt8], classes: Int, outlier: [Float]) {
    precondition(labels.count == outlier.count, "each image needs its share of the outlier class")
    let width = classes + 1
    var probabilities = [Float](repeating: 0, count: labels.count * width)
    for (image, label) in labels.enumerated() {
      probabilities[image * width + Int(label)] = 1 - outlier[image]
      probabilities[image * width + classes] = outlier[image]
    }
    self.init(classes: width, probabilities: probabilities)
  }

  /// The number of images.
  public var count: Int { probabilities.count / classes }
}

extension CrossEntropy {
  /// Adds one image whose answer is a distribution, and writes its gradient.
  ///
  /// The softmax is that of the logits divided by the temperature: p. The loss is -sum t ln p.
  ///
  /// - Parameters:
  ///   - logits: The image's logits, one per class.
  ///   - target: The distribution t that the network is to answer, one number per class.
  ///   - label: The image's class, by which the answer counts as correct.
  ///   - temperature: The divisor of the logits.
  ///   - count: The number of classes.
  ///   - scale: The factor of the gradient, such as 1 / batch size.
  ///   - gradient: Room for the gradient with respect to the logits, (p - t) * scale / temperature.
  public mutating func add(
    logits: UnsafePointer<Float>, target: UnsafePointer<Float>, label: Int, temperature: Float,
    count: Int, scale: Float, gradient: UnsafeMutablePointer<Float>
  ) {
    let winner = indexOfMaximum(logits, count: count)
    if winner == label { correct += 1 }
    let largest = Double(logits[winner])
    let divisor = Double(temperature)
    var sum: Double = 0
    for index in 0..<count { sum += exp((Double(logits[index]) - largest) / divisor) }
    for index in 0..<count where target[index] > 0 {
      loss += Double(target[index]) * (log(sum) - (Double(logits[index]) - largest) / divisor)
    }
    for index in 0..<count { gradient[index] = logits[index] / temperature }
    softmax(gradient, into: gradient, count: count)
    let factor = scale / temperature
    for index in 0..<count { gradient[index] = (gradient[index] - target[index]) * factor }
  }

  /// Adds the images of a forward pass, and writes their gradients for the backward pass.
  mutating func add(
    _ members: ArraySlice<Int>, of images: LabeledImages, objective: TrainingObjective,
    from propagation: Propagation, scale: Float, classes: Int
  ) {
    func addImage(_ image: Int, row: Int, target: UnsafePointer<Float>) {
      add(
        logits: propagation.output + row * classes, target: target,
        label: Int(images.labels[image]), temperature: objective.temperature, count: classes,
        scale: scale, gradient: propagation.outputGradient + row * classes)
    }
    if let targets = objective.targets {
      targets.probabilities.withUnsafeBufferPointer { probabilities in
        guard let base = probabilities.baseAddress else { return }
        for (row, image) in members.enumerated() {
          addImage(image, row: row, target: base + image * classes)
        }
      }
    } else {
      var target = [Float](repeating: 0, count: classes)
      for (row, image) in members.enumerated() {
        target[Int(images.labels[image])] = 1
        addImage(image, row: row, target: target)
        target[Int(images.labels[image])] = 0
      }
    }
  }
}
