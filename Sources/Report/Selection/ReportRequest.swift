public import Tracker

/// The subject that a report was requested for.
public enum ReportRequest: Sendable, Equatable {
  /// The study of the user's own that was recorded last, no trial's; for want of any, the model of the
  /// user's own with thresholds that was recorded last.
  case newest
  /// A study, by the beginning of its run's UUID.
  case study(String)
  /// A model and all of its sets, by the beginning of its training's UUID.
  case model(String)
  /// The study that a trial of a sweep computed or found.
  case trial(Int, sweep: String)
  /// No study and no model, but the database's sweeps.
  case sweeps

  /// The kind of the runs that join a study's results.
  public static let studyKind = "reproduce"

  /// Finds the requested subject.
  ///
  /// - Parameter tracker: The record.
  /// - Returns: The subject, whose numbers belong to one data set.
  /// - Throws: ``ReportError`` or `TrackerError`.
  public func subject(in tracker: Tracker) throws -> ReportSubject {
    switch self {
    case .newest:
      if let study = try tracker.ownRuns(kind: Self.studyKind, limit: 1).first {
        return try ReportSubject(study, in: tracker)
      }
      guard let model = try Run.newestReportedModel(in: tracker) else {
        throw ReportError.nothingToReport
      }
      return try ReportSubject(model, isStandIn: true, in: tracker)
    case .study(let prefix):
      return try ReportSubject(
        Self.run(matching: prefix, kind: Self.studyKind, in: tracker), in: tracker)
    case .model(let prefix):
      let model = try Self.run(matching: prefix, kind: Run.modelKind, in: tracker)
      // A model that nobody named stands for want of any study, and is said to.
      let isStandIn =
        try tracker.ownRuns(kind: Self.studyKind, limit: 1).isEmpty
        && Run.newestReportedModel(in: tracker)?.uuid == model.uuid
      return try ReportSubject(model, isStandIn: isStandIn, in: tracker)
    case .trial(let number, let sweep):
      guard let study = try tracker.run(kind: Self.studyKind, sweep: sweep, trial: number) else {
        throw ReportError.noStudyOfTrial(number, sweep: sweep)
      }
      return try ReportSubject(study, trial: (sweep, number), in: tracker)
    case .sweeps: return ReportSubject()
    }
  }

  /// What a report of everything is about: the requested subject, or sweeps alone where nobody
  /// named a study and there are only sweeps.
  ///
  /// A model that stands for want of a study gives way to sweeps.
  ///
  /// - Parameters:
  ///   - subject: The requested subject, as ``subject(in:)`` finds it.
  ///   - sweeps: The sweeps that the report shows.
  ///   - mayBeEmpty: Whether it may be about nothing yet, without so much as a sweep.
  /// - Returns: The subject.
  /// - Throws: What `subject` and `sweeps` throw; not ``ReportError/nothingToReport`` where there
  ///   are sweeps instead or it may be empty.
  public func wholeSubject(
    _ subject: @autoclosure () throws -> ReportSubject,
    sweeps: @autoclosure () throws -> [String], mayBeEmpty: Bool = false
  ) throws -> ReportSubject {
    let sweepsDo = try self == .newest && !sweeps().isEmpty
    do {
      let found = try subject()
      return sweepsDo && found.isStandIn ? ReportSubject() : found
    } catch ReportError.nothingToReport where sweepsDo || mayBeEmpty {
      return ReportSubject()
    }
  }

  private static func run(
    matching prefix: String, kind: String, in tracker: Tracker
  ) throws -> Run {
    let run = try tracker.run(matching: prefix)
    guard run.kind == kind else {
      throw ReportError.wrongKind(run: run.uuid, kind: run.kind, needed: kind)
    }
    // Queries leave its numbers out, so that its report would be of nothing.
    guard try tracker.hiding(of: run) != .deleted else {
      throw ReportError.deleted(run.reportedName, run: run.uuid)
    }
    return run
  }
}

/// What a report is about.
public struct ReportSubject: Sendable {
  /// The run that joins a study's results, or a model's training; nil for sweeps alone.
  public let run: Run?
  /// Whether a model is reported because there is no study.
  public let isStandIn: Bool
  /// The sweep and the trial by which the study was requested, or whose it is; nil for a study of the
  /// user's own.
  public let trial: (sweep: String, number: Int)?

  /// Sweeps alone.
  public init() {
    run = nil
    isStandIn = false
    trial = nil
  }

  init(
    _ run: Run, isStandIn: Bool = false, trial: (sweep: String, number: Int)? = nil,
    in tracker: Tracker
  ) throws {
    self.run = run
    self.isStandIn = isStandIn
    let computing = try tracker.isOwn(run) ? nil : tracker.trial(computing: run)
    self.trial = trial ?? computing
    let report = StudyReport(tracker: tracker, study: run, protocolName: nil, attackOrder: [])
    try report.refuseModelWithoutSets()
    try report.refuseMixedData()
  }
}
