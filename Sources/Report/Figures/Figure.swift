internal import SQLite
public import Tracker

/// The figures that there are, by the names that commands use.
public enum Figure: String, Sendable, CaseIterable {
  /// Histograms of uncertainty.
  case figure1
  /// ROC curves of the measures.
  case roc
  /// Detection accuracy over the thresholds.
  case thresholds
  /// Loss and accuracy of training.
  case training
  /// Images by where Algorithm 1 sent them.
  case gallery
  /// A sweep's best value so far.
  case sweepHistory = "sweep-history"
  /// A sweep's trials across its parameters.
  case sweepParameters = "sweep-parameters"
  /// What a sweep's parameters do.
  case sweepEffects = "sweep-effects"
  /// Measures and detectors by their worst attack.
  case ranking
  /// ROC curves of chosen measures and detectors.
  case detectorROC = "detector-roc"
  /// What transformations restore and keep, by value.
  case transformShares = "transform-shares"
  /// What becomes of images before networks that may refuse them.
  case outcomes
  /// Attack success against the budget.
  case evaluationCurve = "evaluation-curve"
  /// ROC curves of a detector under attacks that know it and that don't.
  case evaluationROC = "evaluation-roc"
  /// How attacks fare step by step.
  case evaluationLosses = "evaluation-losses"
  /// How far attacks move images.
  case evaluationDistortion = "evaluation-distortion"
  /// Images that attacks bring through.
  case evaluationGallery = "evaluation-gallery"

  /// Whether it is about a sweep, rather than about a study.
  public var isOfSweep: Bool {
    switch self {
    case .sweepHistory, .sweepParameters, .sweepEffects: true
    default: false
    }
  }

  /// Whether every study's report has it.
  public var isOfStudy: Bool {
    switch self {
    case .figure1, .roc, .thresholds, .training, .gallery: true
    default: false
    }
  }

  /// Whether it shows images, clean ones among them.
  public var showsImages: Bool { self == .gallery || self == .evaluationGallery }

  /// Whether a terminal can show it.
  public var isForTerminals: Bool {
    switch self {
    case .figure1, .roc, .training, .gallery, .sweepHistory, .detectorROC, .evaluationCurve,
      .evaluationROC, .evaluationLosses, .evaluationGallery:
      true
    default: false
    }
  }

  /// What it shows, in one line.
  public var summary: String {
    switch self {
    case .figure1: "Figure 1: uncertainty of clean and adversarial images"
    case .roc: "ROC curves of the measures of uncertainty"
    case .thresholds: "Detection accuracy over L and H, for each C"
    case .training: "Training: loss and accuracy by epoch"
    case .gallery: "Adversarial images by where Algorithm 1 sent them"
    case .sweepHistory: "Best value so far"
    case .sweepParameters: "Trials across the parameters"
    case .sweepEffects: "What each parameter does"
    case .ranking: "Detection accuracy by attack, the best at its worst attack first"
    case .detectorROC: "ROC curves of measures and detectors"
    case .transformShares: "Adversarial images restored and clean ones kept, by value"
    case .outcomes: "What becomes of images before each network"
    case .evaluationCurve: "Attack success against the budget"
    case .evaluationROC: "ROC curves under attacks that know the detector and that don't"
    case .evaluationLosses: "What attacks reach step by step"
    case .evaluationDistortion: "How far attacks move images"
    case .evaluationGallery: "Images that attacks bring through"
    }
  }

  /// What a reader must know to read it.
  ///
  /// - Parameter isOfModel: Whether it is about a model and its sets, rather than about a study.
  /// - Returns: The text.
  public func caption(isOfModel: Bool) -> String {
    switch self {
    case .figure1:
      (isOfModel
        ? "100 bins of the measure of uncertainty that most sets are judged by"
        : "100 bins of the study's first measure of uncertainty")
        + ", negated where low values mean "
        + "adversarial; heights grow with the square root of the counts, so that rare values can be "
        + "seen. "
        + "Dashed lines are the thresholds L and H that were chosen exactly; the crops decide "
        + "between them. Pairs of the selection whose clean image the undefended network classifies "
        + "correctly."
    case .roc:
      "Positive means adversarial. The thick line is "
        + (isOfModel ? "the measure that most sets are judged by" : "the study's own measure")
        + "; areas (AUROC) are of the selection. TPR at 1% and at 5%, where the dotted lines are: "
        + "adversarial images detected by a threshold that declares at most so many clean images "
        + "adversarial. The broken line is chance."
    case .thresholds:
      "Each map is one C; only L ≤ H is possible. The exact optimum lies between the places of the "
        + "grid and may be better than the best place."
    case .training: "Accuracy on training images is of the epoch as it went on, with dropout."
    case .gallery:
      "Examples of different classes on each route, of a class the first in the test set. Below an "
        + "example: its true class, the class that the network sees, its uncertainty, and how many of "
        + "the five crops agree. In changes, blue is brighter and orange darker; half of the range has "
        + "full colour."
    case .sweepHistory: "Trials in the order in which they were judged; failed ones have no value."
    case .sweepParameters:
      "A line is a finished trial; the brighter, the better. Each row of axes ends with the objective."
    case .sweepEffects: "A dot is a finished trial; lines are means of trials with like settings."
    case .ranking:
      "A dot is an attack, its line the 95% interval. A measure's threshold is chosen on the held-out "
        + "half; a learned detector has the one that it was fitted with. The attacks know no detector."
    case .detectorROC:
      "Positive means adversarial. TPR at 1% and at 5%, where the dotted lines are: adversarial images "
        + "detected by a threshold that so many of the held-out clean images exceed. The broken line "
        + "is chance."
    case .transformShares:
      "Restored: of the adversarial images that fool the network, those that it classifies correctly "
        + "after the transformation. Kept: of the clean images that it classifies correctly, those that "
        + "it still does."
    case .outcomes:
      "Images whose clean original the network classifies correctly: recovered, put into the class of "
        + "outliers, or neither."
    case .evaluationCurve:
      "The shares of images that are lost: by at least one attack (thick), and by single attacks "
        + "(thin). With a detector, lost means misclassified and declared clean; the network alone and "
        + "the baseline have none. Worst cases begin with what is lost without an attack; bands are "
        + "95% intervals."
    case .evaluationROC:
      "Positive means an attacked image that misleads the system. Thick: of each image the attack "
        + "within the main budget by which it is least suspect; thin: single attacks. TPR at 1% and "
        + "at 5%, where the dotted lines are. The broken line is chance."
    case .evaluationLosses:
      "Means over the images after each step, at the main budget; an image that an attack has left "
        + "counts with its last step. Left and middle: the cross-entropy at the true class of the "
        + "logits that the attack was given, which grows the more they are misled. Right: the "
        + "detector's score that the attack lowers, of the images that it was asked of. What still "
        + "moves at the right end has not converged."
    case .evaluationDistortion:
      "Mean L2 distances of the images that each attack succeeds on, at the main budget or, without "
        + "one, as small as the attack finds."
    case .evaluationGallery:
      "Of each attack, images that evade the system come first, of different classes. Below an image: "
        + "its true class and the class that is seen; the detector's score of the clean and of the "
        + "adversarial image. In changes, blue is brighter and orange darker; half of the range has "
        + "full colour."
    }
  }
}

/// What figures are drawn of.
public struct FigureSubject: Sendable {
  /// The record.
  public let tracker: Tracker
  /// The run that joins a study's results, or a model's training; nil for a sweep's figures.
  public let study: Run?
  /// The protocol whose thresholds are drawn in: "paper" or "heldout".
  public let protocolName: String
  /// The attacks' names in the order in which they are shown.
  public let attackOrder: [String]
  /// Where clean images come from; without them, the gallery has adversarial ones only.
  public let cleanImages: CleanImages?
  /// The measures and detectors whose curves are drawn; nil takes the best.
  public let measures: [String]?
  /// The sweep's name, for its figures; nil takes the only one.
  public let sweep: String?
  /// The sweep's objective; nil takes its first one.
  public let objective: String?

  /// Says what figures are drawn of.
  public init(
    tracker: Tracker, study: Run? = nil, protocolName: String = "paper",
    attackOrder: [String] = [], cleanImages: CleanImages? = nil, measures: [String]? = nil,
    sweep: String? = nil, objective: String? = nil
  ) {
    self.measures = measures
    self.tracker = tracker
    self.study = study
    self.protocolName = protocolName
    self.attackOrder = attackOrder
    self.cleanImages = cleanImages
    self.sweep = sweep
    self.objective = objective
  }
}

/// A figure as it was made of the rows of queries.
public struct DrawnFigure: Sendable {
  /// Its panels.
  package let sheet: PanelSheet
  /// Where its data come from, which a file of its own says inside.
  package let provenance: String
  /// The queries that its data are from.
  package let sources: [Page.Source]
  /// The figure in characters, for those that can be drawn so.
  package let text: (@Sendable (TerminalStyle) -> String)?

  /// The panels as they are on paper.
  package var drawing: Drawing {
    var drawing = sheet.drawing
    drawing.provenance = provenance
    return drawing
  }

  /// The queries, each once.
  public var queries: [Query] {
    sources.map(\.query).reduce(into: []) { queries, query in
      if !queries.contains(query) { queries.append(query) }
    }
  }

  /// The figure as a file of SVG.
  public var svg: [UInt8] { Array(drawing.svg().utf8) }

  /// The figure as a file of PNG.
  ///
  /// - Returns: The file.
  /// - Throws: ``FigureError``, if this build or this machine cannot draw it.
  public func png() throws(FigureError) -> [UInt8] { try drawing.png() }

  /// The figure as a file of PDF, its fonts embedded.
  ///
  /// - Returns: The file.
  /// - Throws: ``FigureError``, if this build or this machine cannot draw it.
  public func pdf() throws(FigureError) -> [UInt8] { try drawing.pdf() }

  /// The figure in characters; nil if it needs more than a terminal has.
  public func rendered(for style: TerminalStyle) -> String? { text?(style) }
}
