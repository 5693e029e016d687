/// An error of a study.
public enum StudyError: Error, Sendable, CustomStringConvertible {
  /// The user asked to stop; all finished work is recorded.
  case interrupted
  /// The user asked to stop work that records nothing before its end.
  case stopped
  /// The trial that the work belongs to was given up early.
  case pruned
  /// The selection asks for more images than there are.
  case selectionTooLarge(wanted: Int, available: Int)
  /// The crops do not fit into the images.
  case cropTooLarge(side: Int, available: Int)
  /// The images are too small for the network.
  case imagesTooSmall(rows: Int, columns: Int)
  /// A whole study measures by dropout, which the network has none of.
  case studyNeedsDropout(network: String)
  /// A run's records cannot be read back.
  case damagedRecord(run: String, problem: String)
  /// A run has another kind than the needed one.
  case wrongKind(run: String, kind: String, needed: String)
  /// Nothing of the kind has been recorded yet.
  case nothingRecorded(kind: String)
  /// The thresholds were chosen for another model.
  case thresholdsOfAnotherModel(thresholds: String)
  /// The model is served by another program, which keeps its weights.
  case hasNoWeights(run: String)
  /// The data on disk is not what the model was trained on.
  case differentData(dataset: String)
  /// The data that a model was trained on are the user's own, and nobody says where they are.
  case unknownPlace(dataset: String, run: String)
  /// Training diverged: the loss or a weight is not finite.
  case diverged(step: Int, epoch: Int)
  /// A network has weights that are not finite.
  case weightsNotFinite(run: String)
  /// A network with finite weights gives an image logits that are not finite.
  case logitsNotFinite(run: String, image: Int)
  /// A measure is the same for all images of a measurement, which leaves nothing to choose.
  case constantMeasure(String, measurement: String)
  /// There are not enough images to choose thresholds on.
  case tooFewImages(measurement: String)
  /// A set cannot be called like an attack of Assay's own.
  case takenName(String)
  /// A set's name differs from another's in capitals or punctuation alone.
  case similarName(String, String)
  /// Work needs more memory than there is, in bytes.
  case memoryShort(work: String, needed: Int, available: Int)
  /// There is no study of that name.
  case unknownStudy(String, known: [String])
  /// What was dropped of a run came out differently when it was computed again.
  case notReproduced(run: String, part: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .interrupted: "interrupted; all finished work is recorded"
    case .stopped: "interrupted; nothing was written"
    case .pruned: "the trial was given up early"
    case .selectionTooLarge(let wanted, let available):
      "selection.size and selection.heldout_size ask for \(wanted) test images; there are \(available)"
    case .cropTooLarge(let side, let available):
      "measurement.crop_side is \(side); the images have a side of \(available)"
    case .imagesTooSmall(let rows, let columns):
      "images of \(rows) x \(columns) are too small for LeNet; it needs 16 x 16 or more"
    case .studyNeedsDropout(let network):
      "a study measures by Monte Carlo dropout, and the network '\(network)' has no dropout"
    case .damagedRecord(let run, let problem):
      "run \(run) cannot be used: \(problem)"
    case .wrongKind(let run, let kind, let needed):
      "run \(run) is of kind \(kind); a run of kind \(needed) is needed"
    case .nothingRecorded(let kind):
      "there is no finished run of kind \(kind) in this database"
    case .thresholdsOfAnotherModel(let thresholds):
      "the thresholds of run \(thresholds.prefix(8)) were chosen for another model"
    case .differentData(let dataset):
      "the files of \(dataset) are not the ones that the model was trained on"
    case .unknownPlace(let dataset, let run):
      "run \(run.prefix(8)) was trained on a data set of your own, '\(dataset)', which is needed here"
    case .diverged(let step, let epoch):
      "training diverged: the loss is not a number at step \(step), in epoch \(epoch)"
    case .hasNoWeights(let run):
      "model \(run.prefix(8)) is served by another program, which keeps its weights"
    case .weightsNotFinite(let run):
      "the weights of model \(run.prefix(8)) are not all finite: its training diverged"
    case .logitsNotFinite(let run, let image):
      "model \(run.prefix(8)) gives test image \(image) logits that are not finite"
    case .constantMeasure(let measure, let measurement):
      "\(measure) is the same for all images of measurement \(measurement.prefix(8)), so there are no "
        + "thresholds to choose"
    case .tooFewImages(let measurement):
      "measurement \(measurement.prefix(8)) has too few images whose clean partner the network "
        + "classifies correctly to choose thresholds on"
    case .takenName(let name): "'\(name)' is an attack of Assay's own"
    case .similarName(let name, let other):
      "there is a set '\(other)' of this model, which reports could not tell from '\(name)'"
    case .memoryShort(let work, let needed, let available):
      "\(work) needs about \(needed >> 20) MB of memory, and \(available >> 20) MB are free"
    case .unknownStudy(let name, let known):
      "there is no study '\(name)'; there are: \(known.joined(separator: ", "))"
    case .notReproduced(let run, let part):
      "the dropped \(part) of run \(run.prefix(8)) come out differently here; only the same build on the "
        + "same kind of processor gives the same bits"
    }
  }
}
