internal import Synchronization

/// The attacks that have names.
///
/// Another attack is another file and an entry here.
public enum AttackCatalogue {
  private static let builtIn: [AttackKind] = [
    FGSM.kind,
    BIM.kind(.firstMisclassified),
    BIM.kind(.last),
    JSMA.kind,
    FGSM.minimalKind,
    GradientValue.kind,
    GradientValue.minimalKind,
    HotCold.kind,
    HotCold.minimalKind,
    RandomNoise.kind,
    PGD.kind,
    AutoPGD.kind(.crossEntropy),
    AutoPGD.kind(.logitsRatio),
    AutoPGD.kind(.targetedLogitsRatio),
    SquareAttack.kind,
    HopSkipJump.kind,
    DeepFool.kind,
    FAB.kind,
    CarliniWagnerL2.kind,
    CarliniWagnerLinf.kind,
    CarliniWagnerL0.kind,
    CarliniWagnerMasks.kind,
    CarliniWagnerDensity.kind,
    ScoreDescent.selective,
    ScoreDescent.orthogonal,
    ScoreDescent.lagrangian,
    LogitMatching.kind,
  ]

  private static let registered = Mutex<[AttackKind]>([])

  /// All of them, in the order in which lists and reports show them.
  public static var kinds: [AttackKind] { builtIn + registered.withLock { $0 } }

  /// Adds a kind for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No kind has that name.
  public static func register(_ kind: AttackKind) {
    precondition(
      !kinds.contains { $0.name == kind.name }, "there is an attack '\(kind.name)' already")
    registered.withLock { $0.append(kind) }
  }

  /// The names of those that a study makes unless its configuration says otherwise: the papers'.
  public static let study = ["fgsm", "bim-a", "bim-b", "jsma"]

  /// The attack of a name.
  ///
  /// - Throws: ``AttackError/unknownAttack(_:known:)``.
  public static func kind(named name: String) throws(AttackError) -> AttackKind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownAttack(name, known: kinds.map(\.name))
    }
    return kind
  }
}
