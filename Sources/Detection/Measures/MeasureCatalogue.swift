internal import Synchronization

/// Measures whose names follow one pattern.
public struct MeasureKind: Sendable {
  /// The pattern of the names, such as "kernel_density[_BANDWIDTH][@LAYER]", which names the kind.
  public let pattern: String
  /// What tables print for the kind.
  public let title: String
  /// One line on what the measures are, for help texts.
  public let summary: String
  /// The paper that they are from.
  public let source: String
  /// The canonical names that "all measures" stands for.
  public let standard: [String]
  private let build: @Sendable (String) throws(DetectionError) -> (any Measure)?

  /// Describes a kind of measures.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the names.
  ///   - title: What tables print for the kind.
  ///   - summary: One line on what the measures are.
  ///   - source: The paper that they are from.
  ///   - standard: The canonical names that "all measures" stands for.
  ///   - make: Makes the measure of a name, or gives nil for a name of another kind.
  public init(
    pattern: String, title: String, summary: String, source: String, standard: [String],
    make: @escaping @Sendable (String) throws(DetectionError) -> (any Measure)?
  ) {
    self.pattern = pattern
    self.title = title
    self.summary = summary
    self.source = source
    self.standard = standard
    build = make
  }

  /// Makes the measure of a name, or gives nil for a name of another kind.
  ///
  /// - Throws: ``DetectionError`` if the name is of this kind and a value in it is impossible.
  public func make(_ name: String) throws(DetectionError) -> (any Measure)? { try build(name) }
}

/// The measures that have names.
///
/// Another measure is another file and an entry here.
public enum MeasureCatalogue {
  private static let builtIn: [MeasureKind] =
    MonteCarloMeasure.kinds + [
      SoftmaxVariance.kind, Energy.kind, KernelDensity.kind, Mahalanobis.kind,
      IntrinsicDimension.kind, TransformDistance.kind, Disagreement.kind,
    ]
  private static let registered = Mutex<[MeasureKind]>([])

  /// All kinds, in the order in which lists show them.
  public static var kinds: [MeasureKind] { builtIn + registered.withLock { $0 } }

  /// The names that "all measures" stands for, the Monte Carlo ones of every measurement first.
  public static var standard: [String] { kinds.flatMap(\.standard) }

  /// The measure of a name.
  ///
  /// - Throws: ``DetectionError`` if there is no such measure or a value in the name is impossible.
  public static func measure(named name: String) throws(DetectionError) -> any Measure {
    for kind in kinds {
      if let measure = try kind.make(name) { return measure }
    }
    throw .unknownMeasure(name, known: kinds.map(\.pattern))
  }

  /// Adds a kind of measures for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No kind has that pattern.
  public static func register(_ kind: MeasureKind) {
    precondition(
      !kinds.contains { $0.pattern == kind.pattern },
      "there are measures '\(kind.pattern)' already")
    registered.withLock { $0.append(kind) }
  }
}
