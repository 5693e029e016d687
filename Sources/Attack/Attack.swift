public import Classifier

/// An attack: turns images into adversarial ones, by what the classifier tells it.
///
/// An attack is a rule that moves pixels. Clipping to [0, 1], the final predictions, norms and success
/// are ``AttackRunner``'s, the same for all attacks.
public protocol Attack: Sendable {
  /// The attack's name, such as "fgsm".
  var name: String { get }
  /// Whether the attack aims at a class of its choice for each image.
  var isTargeted: Bool { get }
  /// How many classes after the true one the target is, counted around; 0 draws it at random.
  var targetOffset: Int { get }

  /// Moves the images of a batch.
  ///
  /// Computes the same for the same batch, whichever thread it runs on. What it decides, it decides
  /// image by image, so that an image's result depends on the others of its batch in the last bits
  /// only.
  ///
  /// - Throws: What keeps the model from answering and ``AttackError/cancelled``, which end the work.
  func perturb(_ batch: AttackBatch) throws
}

extension Attack {
  /// False by default.
  public var isTargeted: Bool { false }
  /// 0 by default: targets are drawn at random.
  public var targetOffset: Int { 0 }
}

/// The images of one batch under attack, with the classifier they are attacked on.
public struct AttackBatch {
  /// The number of images.
  public let count: Int
  /// The images' indices in their data set, which address random numbers.
  public let images: [Int]
  /// The shape of an image.
  public let shape: ImageShape
  /// The number of elements of an image.
  public let size: Int
  /// The number of classes.
  public let classes: Int
  /// The clean images, [count, size], pixels in 0...1.
  public let clean: UnsafePointer<Float>
  /// The images to move, [count, size]; they start as the clean ones.
  public let adversarial: UnsafeMutablePointer<Float>
  /// The true class of each image.
  public let labels: UnsafePointer<Int>
  /// The class the attack aims at for each image; meaningless if the attack is untargeted.
  public let targets: UnsafePointer<Int>
  /// The number of steps taken on each image so far; 0 at first.
  public let iterations: UnsafeMutablePointer<Int>
  /// The seed of the set.
  ///
  /// Random numbers come from `RandomStream(seed: seed, stream: RandomPurpose.x << 8 | site)`, by the
  /// image's index and the number of the draw, so that an image has the same ones in any batch.
  public let seed: UInt64
  /// The output that stands for outliers instead of a class; nil if the classifier has none.
  public let outlierClass: Int?
  /// The thread's memory, which leads to the model.
  let worker: AttackWorker
  /// What the attack has asked and noted of the batch's images.
  let log: AttackLog
  /// Returns true to stop.
  let isCancelled: @Sendable () -> Bool

  /// The attacked classifier.
  public var classifier: any Classifier { worker.classifier }
  /// The largest number of images that a batch of this thread has.
  public var capacity: Int { worker.capacity }

  /// Something that the attack keeps from batch to batch of this thread, such as memory for another
  /// way to the model.
  ///
  /// - Parameters:
  ///   - name: What it is; an attack's things of one name are of one type.
  ///   - make: Makes it the first time.
  /// - Returns: The thing.
  public func kept<Thing: AnyObject>(_ name: String, make: () throws -> Thing) rethrows -> Thing {
    try worker.kept(name, make: make)
  }

  /// Ends the attack if the user has asked for it.
  ///
  /// Attacks that ask the model at least once a second need not call it: ``logits(of:)`` does.
  ///
  /// - Throws: ``AttackError/cancelled``.
  public func checkCancelled() throws {
    if isCancelled() { throw AttackError.cancelled }
  }

  /// Notes something of an image that is kept with it, such as the number of its queries.
  ///
  /// - Parameters:
  ///   - name: What it is, a word such as "queries". An attack's numbers of one name mean the same.
  ///   - value: The number, finite; a later one of the same name replaces it.
  ///   - member: A position in the batch.
  public func record(_ name: String, _ value: Double, of member: Int) {
    log.details[member][name] = value
  }

  /// Whether an answer is another class than a member's true one; an outlier is no class.
  public func isMisled(_ member: Int, answer: Int) -> Bool {
    answer != labels[member] && answer != outlierClass
  }

  /// Computes the logits of some of the batch's images as they stand.
  ///
  /// This and ``inputGradient(from:rows:of:)`` are the only ways to the model, behind which there may
  /// be draws and transforms: then logits are means over them, over new ones each time.
  ///
  /// - Parameter members: Positions in the batch.
  /// - Returns: Logits, [members, classes], valid until the next forward pass.
  /// - Throws: What the pass throws; ``AttackError/cancelled``.
  public func logits(of members: [Int]) throws -> UnsafePointer<Float> {
    try checkCancelled()
    let logits = try worker.model.logits(
      of: members.map { member in
        AskedImage(
          pixels: UnsafePointer(adversarial + member * size), index: images[member],
          question: log.question(member))
      })
    if let trace = log.trace {
      for (row, member) in members.enumerated() {
        let own = logits + row * classes
        trace.note(
          own, of: member, label: labels[member], taken: iterations[member], classes: classes,
          isMisled: isMisled(member, answer: indexOfMaximum(own, count: classes)))
      }
    }
    return logits
  }

  /// The first draw that a score takes at a step: new ones at each, unless the attack is against one
  /// fixed draw.
  func firstDraw(step: Int, of draws: Int) -> Int { log.firstDraw(step: step, of: draws) }

  /// Notes the detector's score that the attack was given of a member as it stands.
  func note(score: Double, of member: Int) { log.trace?.note(score: score, of: member) }

  /// Computes the gradient of a function of the logits with respect to the images of the last
  /// forward pass.
  ///
  /// - Parameters:
  ///   - logits: What that pass returned.
  ///   - rows: How many images it had.
  ///   - logitGradient: Writes the function's gradient with respect to the logits of one row; called
  ///     for each draw, with the logits of that draw, where there are any.
  /// - Returns: Gradients, [rows, size], valid until the next pass.
  /// - Throws: What the pass throws.
  public func inputGradient(
    from logits: UnsafePointer<Float>, rows: Int,
    of logitGradient: (
      _ row: Int, _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) -> Void
  ) throws -> UnsafePointer<Float> {
    try worker.model.inputGradient(from: logits, rows: rows, of: logitGradient)
  }

  /// Computes the gradient of the cross-entropy at the true labels with respect to some images.
  ///
  /// - Parameters:
  ///   - members: Positions in the batch, the rows of the last forward pass.
  ///   - logits: What that pass returned.
  /// - Returns: Gradients, [members, size], valid until the next pass.
  /// - Throws: What the pass throws.
  public func crossEntropyGradient(
    of members: [Int], logits: UnsafePointer<Float>
  ) throws -> UnsafePointer<Float> {
    try inputGradient(from: logits, rows: members.count) { row, logits, gradient in
      var loss = CrossEntropy()
      loss.add(
        logits: logits, label: labels[members[row]], count: classes, scale: 1, gradient: gradient)
    }
  }
}

/// The class with the largest of each row's logits.
func predictions(_ logits: UnsafePointer<Float>, rows: Int, classes: Int) -> [Int] {
  (0..<rows).map { indexOfMaximum(logits + $0 * classes, count: classes) }
}
