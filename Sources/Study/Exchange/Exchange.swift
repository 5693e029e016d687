internal import Attack
public import Dataset
internal import Detection
internal import Foundation
internal import Interchange
internal import Classifier
internal import NeuralNetwork
internal import SQLite
internal import Tensor
public import Tracker

/// Imports and exports models and images, in the files of other programs.
public struct Exchange: Sendable {
  private let configuration: StudyConfiguration
  private let context: StudyContext
  private let stages: SingleStages

  /// Joins a configuration, which says data set, instruments and seed, and what to work with.
  ///
  /// - Throws: ``ConfigurationError`` if a value is impossible.
  public init(_ configuration: StudyConfiguration, in context: StudyContext) throws {
    self.configuration = configuration
    self.context = context
    stages = try SingleStages(configuration, in: context)
  }

  /// The format of a model's file.
  public enum ModelFormat: Sendable {
    /// The weights, with PyTorch's names and layout.
    case safetensors
    /// The network without dropout.
    case onnx
  }

  /// The file of a model.
  ///
  /// - Parameters:
  ///   - model: A training run; the newest finished one if nil.
  ///   - format: The format.
  /// - Returns: The file.
  /// - Throws: the errors of the tracker and of reading data.
  public func exportModel(_ model: Run?, as format: ModelFormat) throws -> [UInt8] {
    let (run, model) = try load(model)
    let network = try model.network(of: run)
    switch format {
    case .onnx: return network.onnx.bytes
    case .safetensors:
      return Safetensors.bytes(of: network.exchangedWeights, metadata: ["format": "pt"])
    }
  }

  /// Imports the weights of a LeNet.
  ///
  /// - Parameters:
  ///   - model: The LeNet, as read from its file.
  ///   - name: What the user calls it.
  /// - Returns: The finished run, of now or of before.
  /// - Throws: `InterchangeError` if the weights are not of a network for the data set.
  public func importModel(_ model: ForeignModel, name: String?) throws -> Run {
    let data = try StudyData(of: configuration, in: context)
    return try ImportedModelStage(
      name: name, data: data, networkConfiguration: model.configuration,
      network: model.network(for: data)
    ).perform(in: context)
  }

  /// The .npz file of an adversarial set, with the channels of images where a layout says.
  ///
  /// - Throws: ``StudyError/wrongKind(run:kind:needed:)``, and the errors of the tracker and of reading data.
  public func exportSet(
    _ set: Run, layout: ImageLayout = .channelsFirst
  ) throws -> [UInt8] {
    guard [AttackStage.kind, NoisySetStage.kind].contains(set.kind) else {
      throw StudyError.wrongKind(run: set.uuid, kind: set.kind, needed: AttackStage.kind)
    }
    guard let model = try context.tracker.parents(of: set)["model"] else {
      throw StudyError.damagedRecord(run: set.uuid, problem: "its lineage is incomplete")
    }
    return try Npz.bytes(
      of: ExportedSet(
        of: set, shape: imageShape(of: set, model: model), layout: layout, in: context
      ).arrays,
      file: "the output")
  }

  /// Imports adversarial images.
  ///
  /// - Parameters:
  ///   - path: A .npz or .npy file.
  ///   - name: The set's name, shown wherever attacks are.
  ///   - model: The model that they are judged by; the newest finished one if nil.
  ///   - clean: A file of the clean images that they were made from, in the same order.
  ///   - layout: Where images in colour have their channels; nil if their shape says so.
  /// - Returns: The finished run, of now or of before.
  /// - Throws: `InterchangeError` for what is wrong with the files; ``StudyError``.
  public func importSet(
    _ path: String, name: String, model: Run?, clean: String?, layout: ImageLayout? = nil
  ) throws -> Run {
    // Headings are set in capitals, and macros of LaTeX have letters only.
    func heading(_ name: String) -> String {
      name.lowercased().filter { $0.isLetter || $0.isNumber }
    }
    let own = AttackCatalogue.kinds.map(\.name) + ["bim"]
    guard !own.contains(where: { heading($0) == heading(name) }) else {
      throw StudyError.takenName(name)
    }
    let (model, data) = try stages.load(model)
    let others = try context.tracker.query(.sets, ["model": .text(model.uuid)])
    let attack = others.columns.firstIndex(of: "attack") ?? 0
    if let similar = others.rows.lazy.compactMap({ $0[attack].text }).first(where: {
      $0 != name && heading($0) == heading(name)
    }) {
      throw StudyError.similarName(name, similar)
    }
    let shape = data.test.shape
    let images = try ImportedImages(
      ImageFile(
        reading: path, shape: shape, layout: layout, isCancelled: context.isCancelled),
      clean: try clean.map { path in
        try ImageFile(
          reading: path, shape: shape, layout: layout, isCancelled: context.isCancelled)
      }, test: data.test, classes: data.classes, isCancelled: context.isCancelled)
    let selection = try GivenSelectionStage(
      dataset: (data.name, data.digest), images: images.selected
    ).findOrPerform(knowsHalves: images.isHeldout != nil, in: context)
    let set = try ImportedSetStage(
      attack: name, images: images, model: model, selection: selection, data: data
    ).perform(in: context)
    context.progress.note(try judgement(of: set, by: model))
    return set
  }

  /// Who judges a set and to what effect, in one line.
  private func judgement(of set: Run, by model: Run) throws -> String {
    let found = try context.tracker.query(.sets, ["model": .text(model.uuid)])
    func percent(_ column: String) -> String? {
      guard let index = found.columns.firstIndex(of: column),
        let row = found.rows.first(where: { $0.first?.text == set.uuid })
      else { return nil }
      return row[index].real.map { String(format: "%.1f%%", 100 * $0) }
    }
    let name = model.name.map { " (\($0))" } ?? ""
    let judged =
      "model \(model.uuid.prefix(8))\(name) judges the images: "
      + "\(percent("success_rate") ?? "none") succeed"
    return percent("file_success_rate").map { own in
      own == percent("success_rate")
        ? judged + ", as the predictions in the file say"
        : judged + "; by the predictions in the file \(own) do"
    } ?? judged
  }

  /// Classifies a file's images and asks the detector about them.
  ///
  /// - Parameters:
  ///   - path: A .npy, .npz or .png file. If it has 'indices', they address the random numbers, so
  ///     an exported set gives the uncertainties of its measurement.
  ///   - model: A training run; the newest finished one if nil.
  ///   - thresholds: A thresholds' run; the newest one for the model if nil.
  ///   - name: A learned detector, which then judges alone; nil for none.
  ///   - layout: Where images in colour have their channels; nil if their shape says so.
  /// - Returns: The predictions, in the order of the file.
  /// - Throws: `InterchangeError` for what is wrong with the file; ``StudyError``; ``ScoreError`` if
  ///   the learned detector cannot judge them.
  public func predict(
    _ path: String, model: Run?, thresholds: Run?, learned name: String? = nil,
    layout: ImageLayout? = nil
  ) throws -> Predictions {
    let judge = try name.map { try learnedJudge(named: $0, model: model) }
    let (run, loaded) = try load(judge?.model ?? model)
    let classifier = loaded.classifier
    let shape = classifier.input
    let settings = try configuration.measurement.settings(for: shape)
    let file = try ImageFile(
      reading: path, shape: shape, layout: layout, isCancelled: context.isCancelled)
    let numbers = try file.indices(isCancelled: context.isCancelled)
    if let index = numbers?.first(where: { $0 < 0 || $0 > Int(UInt32.max) }) {
      throw InterchangeError.wrongValue(
        file: file.name, name: "indices", problem: "has \(index), which numbers no image")
    }
    let detector =
      judge == nil ? try StoredDetector(thresholds, model: run, in: context.tracker) : nil
    if let thresholds, detector == nil {
      throw StudyError.thresholdsOfAnotherModel(thresholds: thresholds.uuid)
    }
    let instruments = try Instruments(
      classifier: classifier, measurement: settings,
      seed: UInt64(bitPattern: configuration.seed), parallelism: context.parallelism)
    let need = MemoryNeed.measuring(
      classifier, passes: configuration.measurement.passes, images: file.count,
      threads: context.parallelism.threads)
    try (need + MemoryNeed.readings(file.count, classes: classifier.classCount))
      .require(for: "predict")
    try file.checkPixels(isCancelled: context.isCancelled)
    var (readings, logits): ([Reading], [Float]) = ([], [])
    var scores: [Double] = []
    let chunkSize = imagesPerChunk(passes: configuration.measurement.passes)
    try file.forEachChunk(of: chunkSize, isCancelled: context.isCancelled) { rows, pixels in
      let indices = numbers.map { Array($0[rows]) } ?? Array(rows)
      let images = pixels.of(0..<rows.count)
      let read = try instruments.read(indices, pixels: images)
      readings += read
      if let judge = judge?.judge {
        scores += try judge.scores(indices, pixels: images, readings: read)
      }
      logits += try classifier.logits(count: rows.count, parallelism: context.parallelism) {
        pixels.copy(row: $0, into: $1)
      }
    }
    return try Predictions(
      numbers, settings, classes: classifier.classCount, readings: readings, logits: logits,
      detector: detector,
      learned: judge.map { ($0.judge.name, $0.judge.threshold, scores) })
  }

  /// A learned detector and the model that it defends.
  private func learnedJudge(
    named name: String, model: Run?
  ) throws -> (judge: LearnedJudge, model: Run) {
    let stored = try Detectors(configuration, in: context).stored(name)
    if let model, model.id != stored.model.id {
      throw ScoreError.otherModel(detector: name, model: stored.model.uuid)
    }
    let judge = try LearnedJudge(
      stored, passes: configuration.measurement.passes, seed: configuration.seed,
      data: stages.data(of: stored.model), in: context)
    return (judge, stored.model)
  }

  /// The .npz file of the gradients at the images of a file.
  ///
  /// - Parameters:
  ///   - path: A .npy, .npz or .png file; its 'labels' say where the cross-entropy is taken.
  ///   - model: A training run; the newest finished one if nil.
  ///   - ofSoftmax: Whether the Jacobian is of the probabilities rather than of the logits.
  ///   - layout: Where images in colour have their channels, in the file and in what is written; nil
  ///     if the file's shape says so, and channels are written first.
  /// - Returns: The file.
  /// - Throws: `InterchangeError` for what is wrong with the file.
  public func gradients(
    _ path: String, model: Run?, ofSoftmax: Bool, layout: ImageLayout? = nil
  ) throws -> [UInt8] {
    let classifier = try load(model).model.classifier
    let file = try ImageFile(
      reading: path, shape: classifier.input, layout: layout, isCancelled: context.isCancelled)
    let classes = classifier.classCount
    let labels = try file.labels(isCancelled: context.isCancelled)
    if let label = labels?.first(where: { !(0..<classes).contains($0) }) {
      throw InterchangeError.wrongValue(
        file: file.name, name: "labels", problem: "has \(label); classes are 0...\(classes - 1)")
    }
    // The gradients, an archive of them, and the parts that it is made of.
    try MemoryNeed.pixels(
      classifier.input, images: file.count, copies: 3 * (1 + classes)
    ).require(for: "gradients")
    try file.checkPixels(isCancelled: context.isCancelled)
    return try Npz.bytes(
      of: GradientFile(
        file, labels: labels, classifier: classifier, ofSoftmax: ofSoftmax,
        layout: layout ?? .channelsFirst, in: context
      ).arrays,
      file: "the output")
  }

  /// The shape of a set's images, which are attacked again if they were dropped.
  private func imageShape(of set: Run, model: Run) throws -> ImageShape {
    if let shape = try DataShape(of: model, in: context.tracker),
      try !AttackStage.lacksPixels(set, in: context)
    {
      return shape.image
    }
    let (_, data) = try stages.load(model)
    try AttackStage.restorePixels(of: set, data: data, in: context)
    return data.test.shape
  }

  /// A model by its record, or else with the data that it was trained on.
  private func load(_ model: Run?) throws -> (run: Run, model: Model) {
    let run = try stages.training(model)
    if let model = try Model(recordedBy: run, in: context) { return (run, model) }
    let (_, data) = try stages.load(run)
    return (run, try Model(run, data: data, in: context))
  }
}
