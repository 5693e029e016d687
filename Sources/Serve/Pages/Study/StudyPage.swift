internal import Report
internal import Tracker

extension Visit {
  /// A study's pages, and which of them is shown.
  enum StudyTab: String, CaseIterable {
    case report
    case thresholds
    case detectors

    var title: String {
      switch self {
      case .report: "Report"
      case .thresholds: "Thresholds and ROC"
      case .detectors: "Detectors"
      }
    }
  }

  /// The study that the address names, or a model or an evaluation.
  ///
  /// - Throws: ``HTTPFailure`` of status 404 if the run is of another kind; `TrackerError`.
  func study(in tracker: Tracker) throws -> Run {
    let run = try tracker.run(matching: request.parameter("study"))
    let kinds = [
      ReportRequest.studyKind, Run.modelKind, DetectorReport.Subject.studyKind,
      DetectorReport.Subject.evaluationKind,
    ]
    guard kinds.contains(run.kind) else {
      throw HTTPFailure(
        .notFound,
        "the run \(run.uuid.prefix(8)) is a \(run.kind), not a study, a model or an evaluation")
    }
    return run
  }

  /// What the page of a study is called.
  static func title(of study: Run) -> String {
    let kind =
      study.kind == Run.modelKind
      ? "Model" : study.kind == DetectorReport.Subject.evaluationKind ? "Evaluation" : "Study"
    return "\(kind) \(study.name ?? String(study.uuid.prefix(8)))"
  }

  /// Links to a study's other pages.
  func tabs(of study: Run, _ shown: StudyTab) -> HTML {
    // An evaluation's verdicts are by thresholds that an attack knew: there is nothing to move.
    let isEvaluation = study.kind == DetectorReport.Subject.evaluationKind
    let tabs = isEvaluation ? [StudyTab.report] : StudyTab.allCases
    let links = tabs.map { tab -> HTML in
      let mark: HTML = tab == shown ? " aria-current=\"page\"" : ""
      let address =
        tab == .report
        ? link("studies", study.uuid) : link("studies", study.uuid, tab.rawValue)
      return "<a href=\"\(address)\"\(mark)>\(tab.title)</a>"
    }
    return """
      \(HTML.recordsStyle)\(HTML.reportStyle)
      <nav class="tabs" aria-label="Pages of the study">\(HTML(joining: links, separator: " ")) \
      <a href="\(link("runs", study.uuid))">Its run</a></nav>
      """
  }

  /// The report's own page of a study.
  func studyReport() throws -> HTTPResponse {
    let study = try read { try self.study(in: $0) }
    return streamedPage(title: Self.title(of: study), head: tabs(of: study, .report)) {
      try site.reports.report(study.uuid, of: database) {
        try read { tracker in try report(of: study, in: tracker) }
      }
    }
  }

  private func report(of study: Run, in tracker: Tracker) throws -> HTML {
    if study.kind == DetectorReport.Subject.studyKind
      || study.kind == DetectorReport.Subject.evaluationKind
    {
      return try detectorReport(of: study, in: tracker)
    }
    let request =
      study.kind == Run.modelKind
      ? ReportRequest.model(study.uuid) : ReportRequest.study(study.uuid)
    let subject = try request.subject(in: tracker)
    let order = site.material.attackOrder
    let figures = FigureSubject(
      tracker: tracker, study: study, attackOrder: order,
      cleanImages: cleanImages(of: study))
    let report = StudyReport(
      tracker: tracker, study: study, protocolName: nil, attackOrder: order,
      isStandIn: subject.isStandIn, trial: subject.trial)
    return html(of: try ReportPage(subject: figures, report: report, sweeps: []).parts())
  }

  /// What the clean images of a study are, which its report checks against the record.
  private func cleanImages(of study: Run) -> CleanImages? {
    guard case .found(let images)? = site.cleanImages.search(for: study, within: 20) else {
      return nil
    }
    return images
  }

  /// The measures and detectors of a study beside each other.
  func studyDetectors() throws -> HTTPResponse {
    let study = try read { try self.study(in: $0) }
    return streamedPage(title: Self.title(of: study), head: tabs(of: study, .detectors)) {
      try site.reports.report("detectors " + study.uuid, of: database) {
        try read { tracker in
          html(
            of: try DetectorReport(
              .detectors, of: study, in: tracker, attackOrder: site.material.attackOrder
            ).pageParts())
        }
      }
    }
  }

  /// The report of a study of another detection system, or of an evaluation.
  private func detectorReport(of study: Run, in tracker: Tracker) throws -> HTML {
    let name = study.configuration["study"]?.string ?? ""
    guard
      let subject = study.kind == DetectorReport.Subject.evaluationKind
        ? .evaluation : DetectorReport.Subject(rawValue: name)
    else { throw HTTPFailure(.notFound, "there is no report on a study of the name '\(name)'") }
    let source = try subject == .evaluation ? study.sourceOfCleanImages(in: tracker) : nil
    return html(
      of: try DetectorReport(
        subject, of: study, in: tracker, attackOrder: site.material.attackOrder,
        cleanImages: source.flatMap { cleanImages(of: $0) }
      ).pageParts())
  }

  private func html(of parts: PageParts) -> HTML {
    """
    <p class="lead">\(parts.title)</p>
    <div class="report">
    \(HTML(trusted: parts.html))</div>
    <script src="\(ReportAsset.script.address)" defer></script>
    """
  }
}
