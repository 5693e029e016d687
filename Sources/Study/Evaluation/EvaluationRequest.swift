public import Tracker

/// What an evaluation attacks, by what, and how far.
public struct EvaluationRequest: Sendable {
  /// The norm that attacks with a budget keep small.
  public enum Norm: String, Sendable, CaseIterable {
    /// The largest change of a value.
    case linf
    /// The Euclidean length of the change.
    case l2

    /// The budgets that it may have.
    public var budgets: ClosedRange<Double> { self == .linf ? 0...1 : 0...100 }
    /// The main budget where none is given.
    public var usualEpsilon: Double { self == .linf ? 0.3 : 2 }
  }

  /// The attacker's own network, whose adversarial images are tried on the model.
  public enum Surrogate: Sendable {
    /// None: nothing is transferred.
    case none
    /// One like the model, trained on half of the training images.
    case trained
    /// One that is recorded.
    case run(Run)
  }

  /// The detector that is attacked; nil for the network alone.
  public var detector: DetectorChoice?
  /// The attacks, by their names; nil for the usual ones, as far as model and detector admit them.
  public var attacks: [String]?
  /// The norm of the budgets.
  public let norm: Norm
  /// The main budget.
  public let epsilon: Double
  /// All budgets, ascending, the main one among them.
  public let epsilons: [Double]
  /// The most images.
  public var images = 200
  /// How many draws of a model's dropout attacks that know the detector average over.
  public var draws = 10
  /// The attacker's own network; nil: one is trained, unless attacks are named.
  public var surrogate: Surrogate?
  /// How many random draws of noise to make on each of a few images; nil: 10,000, or none if attacks are
  /// named.
  public var noiseDraws: Int?
  /// The number of those images, at most.
  static let noiseImages = 10
  /// The usual number of draws on each.
  public static let usualNoiseDraws = 10_000

  /// Asks for an evaluation.
  ///
  /// - Parameters:
  ///   - norm: The norm of the budgets.
  ///   - epsilon: The main budget; nil for the norm's usual one.
  ///   - epsilons: Other budgets of the curve; nil for four thirds, two thirds and a third of the main
  ///     one.
  /// - Precondition: All budgets are above 0 and among ``Norm/budgets``.
  public init(norm: Norm = .linf, epsilon: Double? = nil, epsilons: [Double]? = nil) {
    let main = Self.rounded(epsilon ?? norm.usualEpsilon)
    let others = epsilons ?? [1, 2, 4].map { min($0 * main / 3, norm.budgets.upperBound) }
    let all = Set((others + [main]).map(Self.rounded)).sorted()
    precondition(
      all.allSatisfy { $0 > 0 && norm.budgets.contains($0) }, "budgets \(all) of \(norm)")
    self.norm = norm
    self.epsilon = main
    self.epsilons = all
  }

  /// The attacker's own network.
  var chosenSurrogate: Surrogate { surrogate ?? (attacks == nil ? .trained : .none) }

  /// The number of random draws of noise on each of a few images.
  var chosenNoiseDraws: Int { noiseDraws ?? (attacks == nil ? Self.usualNoiseDraws : 0) }

  /// A budget as people write it, so that a set that they made by it is found again.
  static func rounded(_ budget: Double) -> Double { (budget * 1e9).rounded() / 1e9 }
}

/// Why an evaluation cannot be made.
public enum EvaluationError: Error, Sendable, CustomStringConvertible {
  /// The attack keeps another norm small than the evaluation.
  case otherNorm(attack: String, norm: String)
  /// The baseline is the model itself.
  case sameBaseline(model: String)
  /// The attacker's own network is the model itself.
  case sameSurrogate(model: String)
  /// The selection has no images to report on.
  case noImages(selection: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .otherNorm(let attack, let norm): "\(attack) cannot keep the norm \(norm) small"
    case .sameBaseline(let model):
      "the baseline is model \(model.prefix(8)), the one that is evaluated"
    case .sameSurrogate(let model):
      "the surrogate is model \(model.prefix(8)), the one that is evaluated"
    case .noImages(let selection):
      "selection \(selection.prefix(8)) has no images that are not held out"
    }
  }
}
