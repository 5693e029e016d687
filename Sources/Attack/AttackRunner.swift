public import Classifier
public import Tensor

/// One image after an attack.
public struct AdversarialImage: Sendable, Equatable {
  /// The class the attack aimed at; nil if it is untargeted.
  public let target: Int?
  /// The class that the undefended classifier gives the adversarial image.
  public let prediction: Int
  /// Whether the classifier answers the target or, if untargeted, a class that is not the true one.
  ///
  /// An answer "outlier" is no success: the classifier has detected the image.
  public let success: Bool
  /// The number of steps taken.
  public let iterations: Int
  /// The number of pixels that differ from the clean image.
  public let l0: Int
  /// The number of values that differ from the clean image: the same for grey images; in colour, each
  /// channel of a pixel counts.
  public let l0Elements: Int
  /// The Euclidean length of the difference, pixels in 0...1.
  public let l2: Double
  /// The largest difference of a pixel, in 0...1.
  public let linf: Double
  /// What the attack noted of the image, by name, such as "queries".
  public let details: [String: Double]
  /// What it was after no step, after one and so on; empty if the attack was not traced.
  public let steps: [TracedStep]

  /// Judges an image by the classifier's prediction.
  package init(
    target: Int?, prediction: Int, label: Int, iterations: Int, norms: Norms,
    outlierClass: Int? = nil, details: [String: Double] = [:], steps: [TracedStep] = []
  ) {
    self.target = target
    self.prediction = prediction
    success =
      target.map { $0 == prediction } ?? (prediction != label && prediction != outlierClass)
    self.iterations = iterations
    l0 = norms.l0
    l0Elements = norms.l0Elements
    l2 = norms.l2
    linf = norms.linf
    self.details = details
    self.steps = steps
  }
}

/// Runs an attack: cuts batches, draws targets, clips pixels, computes predictions and norms.
public struct AttackRunner: Sendable {
  /// The attack.
  public let attack: any Attack
  /// The attacked classifier.
  public let classifier: any Classifier
  /// The seed of targets and of what else the attack draws.
  public let seed: UInt64
  /// The output that stands for outliers, which is no target; nil if the classifier has none.
  public let outlierClass: Int?
  /// What stands between the attack and the classifier.
  private let access: AttackAccess
  /// What the attack needs of the classifier, beside its logits.
  private let needs: ClassifierCapabilities
  /// The number of images that the attack moves at a time.
  public let batchSize: Int
  /// Whether it notes how the images fare step by step.
  private let isTraced: Bool

  /// Joins an attack and a classifier.
  ///
  /// - Parameters:
  ///   - attack: The attack.
  ///   - classifier: The attacked classifier.
  ///   - seed: The seed of targets and of what else the attack draws.
  ///   - outlierClass: The output that stands for outliers; nil if the classifier has none.
  ///   - access: What stands between the attack and the classifier.
  ///   - needs: What the attack needs of the classifier beside its logits, see
  ///     ``ThreatModel/needs``.
  ///   - batchSize: The number of images that the attack moves at a time, unless the classifier says
  ///     what suits it; fewer, if the classifier computes many times for each.
  ///   - isTraced: Whether to note how the images fare step by step. It changes nothing else.
  /// - Throws: ``ClassifierError/missing(_:model:neededBy:)`` if the classifier lacks what is needed.
  /// - Precondition: The outlier class, if any, is the last output.
  public init(
    attack: any Attack, classifier: any Classifier, seed: UInt64, outlierClass: Int? = nil,
    access: AttackAccess = AttackAccess(), needs: ClassifierCapabilities = .gradient,
    batchSize: Int = 50, isTraced: Bool = false
  ) throws(ClassifierError) {
    precondition(
      outlierClass.map { $0 == classifier.classCount - 1 } ?? true,
      "the outlier class is the last output")
    let needs = access.needs(needs)
    try classifier.require(needs, for: "the attack '\(attack.name)'")
    self.access = access
    self.needs = needs
    let whole = classifier.batchSize ?? batchSize
    self.batchSize = access.isPlain ? whole : max(1, min(whole, 400 / access.factor))
    self.attack = attack
    self.classifier = classifier
    self.seed = seed
    self.outlierClass = outlierClass
    self.isTraced = isTraced
  }

  /// Attacks some images.
  ///
  /// - Parameters:
  ///   - images: The clean images.
  ///   - indices: Which of them to attack. An image's result depends on its batch in the last bits
  ///     only, and batches are cut from `indices` in order: as many images as suit the classifier
  ///     best, or 50.
  ///   - parallelism: The threads to use.
  ///   - isCancelled: Returns true to stop; called at least once a step of the attack.
  /// - Returns: The result for each of `indices`, and the adversarial images, [indices,
  ///   size].
  /// - Throws: What keeps a served model from answering; ``AttackError/cancelled``.
  public func run(
    on images: LabeledImages, indices: ArraySlice<Int>, parallelism: Parallelism,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> (results: [AdversarialImage], pixels: [Float]) {
    let (size, batchSize) = (classifier.input.count, batchSize)
    let batches = (indices.count + batchSize - 1) / batchSize
    let parallelism = classifier.workers(parallelism, shards: batches)
    let workers = try (0..<parallelism.threads).map { _ in try makeWorker() }
    var results = [AdversarialImage?](repeating: nil, count: indices.count)
    let pixels = try [Float](unsafeUninitializedCapacity: indices.count * size) {
      pixels, initialized in
      guard let pixels = pixels.baseAddress else { return }
      try results.withUnsafeMutableBufferPointer { results in
        let results = results
        try parallelism.forEachShard(batches) { batch, worker in
          let first = batch * batchSize
          let count = min(batchSize, indices.count - first)
          let members = indices[indices.startIndex + first..<indices.startIndex + first + count]
          let outcome = try attackBatch(
            members, of: images, into: pixels + first * size, worker: workers[worker],
            isCancelled: isCancelled)
          for (row, result) in outcome.enumerated() { results[first + row] = result }
        }
      }
      initialized = indices.count * size
    }
    return (results.compactMap { $0 }, pixels)
  }

  /// The target of an image: one of the other classes, drawn uniformly by seed and
  /// image, or the one that the attack's offset says.
  public func target(image: Int, label: Int) -> Int {
    let stream = RandomStream(seed: seed, stream: RandomPurpose.attackTargets << 8)
    let others = (outlierClass ?? classifier.classCount) - 1
    if attack.targetOffset > 0 {
      return (label + 1 + (attack.targetOffset - 1) % others) % (others + 1)
    }
    let draw = stream.integer(below: others, image: UInt32(image), pass: 0)
    return draw < label ? draw : draw + 1
  }

  /// Makes the memory of one thread.
  private func makeWorker() throws -> AttackWorker {
    guard !access.isPlain else {
      let pass = try classifier.makePass(
        capacity: batchSize, gradients: needs.contains(.gradient))
      return AttackWorker(
        classifier: classifier, capacity: batchSize, model: PlainModel(pass, of: classifier),
        judge: pass)
    }
    let capacity = batchSize * access.copies
    var model: any AttackedModel
    if access.modelDraws > 0 {
      model = DrawnModel(
        try classifier.makeDrawnPass(
          capacity: capacity, draws: access.modelDraws, seed: seed,
          purpose: RandomPurpose.attackDraws),
        draws: access.modelDraws, capacity: capacity, of: classifier)
    } else {
      let pass = try classifier.makePass(capacity: capacity, gradients: needs.contains(.gradient))
      model = PlainModel(pass, of: classifier)
    }
    if let transform = access.transform {
      model = TransformedModel(
        model, behind: transform, copies: access.copies, capacity: batchSize, of: classifier)
    }
    return AttackWorker(
      classifier: classifier, capacity: batchSize, model: model,
      judge: try classifier.makePass(capacity: batchSize, gradients: false))
  }

  private func attackBatch(
    _ indices: ArraySlice<Int>, of images: LabeledImages,
    into adversarial: UnsafeMutablePointer<Float>, worker: AttackWorker,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [AdversarialImage] {
    let (size, classes) = (classifier.input.count, classifier.classCount)
    let clean = Scratch<Float>(indices.count * size)
    for (row, index) in indices.enumerated() {
      images.copyPixels(of: index, into: clean.base + row * size)
    }
    adversarial.initialize(from: clean.base, count: indices.count * size)
    let labels = indices.map { Int(images.labels[$0]) }
    let targets = zip(indices, labels).map {
      attack.isTargeted ? target(image: $0, label: $1) : 0
    }
    var iterations = [Int](repeating: 0, count: indices.count)
    let log = AttackLog(
      count: indices.count, isTraced: isTraced, hasFixedDraws: access.isFixed)
    try labels.withUnsafeBufferPointer { labels in
      try targets.withUnsafeBufferPointer { targets in
        try iterations.withUnsafeMutableBufferPointer { iterations in
          guard let labels = labels.baseAddress, let targets = targets.baseAddress,
            let iterations = iterations.baseAddress
          else { return }
          let batch = AttackBatch(
            count: indices.count, images: Array(indices), shape: images.shape, size: size,
            classes: classes, clean: clean.base, adversarial: adversarial, labels: labels,
            targets: targets, iterations: iterations, seed: seed, outlierClass: outlierClass,
            worker: worker, log: log, isCancelled: isCancelled)
          try attack.perturb(batch)
          for pixel in 0..<indices.count * size {
            adversarial[pixel] = min(max(adversarial[pixel], 0), 1)
          }
          if !access.isPlain { try judgeDefended(batch) }
        }
      }
    }
    worker.judge.input.update(from: adversarial, count: indices.count * size)
    let logits = try worker.judge.forward(rows: indices.count)
    let predicted = predictions(logits, rows: indices.count, classes: classes)
    return indices.indices.enumerated().map { row, _ in
      let norms = Norms(
        from: clean.base + row * size, to: adversarial + row * size, shape: images.shape)
      let target = attack.isTargeted ? targets[row] : nil
      return AdversarialImage(
        target: target, prediction: predicted[row], label: labels[row],
        iterations: iterations[row], norms: norms, outlierClass: outlierClass,
        details: log.details[row], steps: log.trace?.steps[row] ?? [])
    }
  }

  /// Notes the class that the model gives each image behind what stands before it, by new draws.
  private func judgeDefended(_ batch: AttackBatch) throws {
    let logits = try batch.logits(of: Array(0..<batch.count))
    let answers = predictions(logits, rows: batch.count, classes: batch.classes)
    for (member, answer) in answers.enumerated() {
      batch.record("defended_prediction", Double(answer), of: member)
    }
  }
}

/// The distance of two images in three norms.
package struct Norms {
  /// The number of pixels that differ.
  package private(set) var l0 = 0
  /// The number of values that differ.
  package private(set) var l0Elements = 0
  /// The Euclidean length of the difference.
  package private(set) var l2 = 0.0
  /// The largest difference of a value.
  package private(set) var linf = 0.0

  /// Compares two images of a shape.
  package init(from a: UnsafePointer<Float>, to b: UnsafePointer<Float>, shape: ImageShape) {
    var squares = 0.0
    var lastPixel = -1
    for index in 0..<shape.count where a[index] != b[index] {
      let difference = abs(Double(a[index]) - Double(b[index]))
      l0Elements += 1
      let pixel = index / shape.channels
      if pixel != lastPixel { l0 += 1 }
      lastPixel = pixel
      squares += difference * difference
      linf = max(linf, difference)
    }
    l2 = squares.squareRoot()
  }
}
