public import Dataset
public import Tracker

/// A study that has a name: stages, and a run that joins their results.
public struct StudyKind: Sendable {
  /// The name, such as "wang-zhang".
  public let name: String
  /// The name for headings.
  public let title: String
  /// One line on what it does, for help texts.
  public let summary: String
  private let perform: @Sendable (StudyConfiguration, StudyContext, _ name: String?) throws -> Run

  init(
    name: String, title: String, summary: String,
    perform: @escaping @Sendable (StudyConfiguration, StudyContext, String?) throws -> Run
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.perform = perform
  }

  init(_ study: any CataloguedStudy.Type) {
    self.init(name: study.name, title: study.title, summary: study.summary) {
      configuration, context, name in
      try study.init(configuration).run(configuration, in: context, name: name)
    }
  }

  /// Whether this is the study that the tables of reports are about, "wang-zhang".
  public var isReproduction: Bool { name == StudyCatalogue.standard.name }

  /// Checks that the data set can be read, and that selection and crops fit it.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - directory: The directory of the data sets.
  ///   - isCancelled: Ends the reading.
  /// - Throws: What reading the data set throws, ``StudyError``, and ``ConfigurationError``.
  public func check(
    _ configuration: StudyConfiguration, dataIn directory: DataDirectory,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    try Reproduction(configuration).check(dataIn: directory, isCancelled: isCancelled)
  }

  /// Runs or resumes the study.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - context: Tracker, data and threads.
  ///   - name: The user's name for the study's run, unless that is finished.
  /// - Returns: The finished run that joins the study's results.
  /// - Throws: ``StudyError/interrupted`` when asked to stop, and the errors of tracker, data and
  ///   disk.
  public func run(
    _ configuration: StudyConfiguration, in context: StudyContext, name: String? = nil
  ) throws -> Run {
    try perform(configuration, context, name)
  }
}

/// The studies that have names.
///
/// Another study is another file and an entry here.
public enum StudyCatalogue {
  /// The study that is meant where none is named.
  public static let standard = StudyKind(
    name: "wang-zhang", title: "Toward Robust Image Classification",
    summary: "MC dropout and five crops with thresholds L, H, C (Wang, Zhang)"
  ) { configuration, context, name in
    try Reproduction(configuration).run(in: context, name: name)
  }

  /// All of them, in the order in which help texts show them.
  public static let kinds: [StudyKind] =
    [standard]
    + ([
      FeinmanStudy.self, GraeseStudy.self, GuoStudy.self, DistillationStudy.self,
    ] as [any CataloguedStudy.Type]).map { StudyKind($0) }

  /// The study of a name.
  ///
  /// - Throws: ``StudyError/unknownStudy(_:known:)``.
  public static func kind(named name: String) throws(StudyError) -> StudyKind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownStudy(name, known: kinds.map(\.name))
    }
    return kind
  }
}
