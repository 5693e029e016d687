import Report

extension ReportError: Reportable {
  var status: ExitStatus {
    switch self {
    case .mixedData, .sameMacro: .badData
    case .seedsOfModel, .wrongKind, .severalTables, .unknownMeasure: .usage
    case .oneSeed, .noSets, .noHeldoutHalf, .noVotes, .noRows, .nothingToReport, .noStudyOfTrial,
      .noStudy, .noEvaluation, .deleted:
      .missingInput
    }
  }

  var remedy: String? {
    let files = GivenFiles.database
    return switch self {
    case .mixedData(let model, _, isModel: true):
      "assay query provenance --study \(model.prefix(8))\(files) shows them, and "
        + "assay runs delete RUN\(files) leaves one out"
    case .mixedData:
      "run it anew on one (assay reproduce\(files)), or name another study with --study"
    case .oneSeed: "run it with others: assay reproduce --seed N\(files)"
    case .noSets(let model):
      "attack it (assay attack fgsm --model \(model.prefix(8))\(files)) or import a set "
        + "(assay sets import\(files)), then assay measure --set RUN\(files) and "
        + "assay thresholds\(files)"
    case .seedsOfModel:
      "the seeds of a study are compared: assay report seeds --study RUN\(files)"
    case .noHeldoutHalf: "leave --protocol heldout out"
    case .noVotes(_, let model):
      "the measures alone: assay report ablations --model \(model.prefix(8))\(files)"
    case .nothingToReport:
      "run the study first: assay reproduce\(files); or report a trial (--trial N --sweep NAME), or "
        + "a model by sets that have thresholds: assay measure --set RUN\(files), "
        + "assay thresholds\(files)"
    case .deleted(_, let run): "bring it back: assay runs restore \(run.prefix(8))\(files)"
    case .noStudy(let name): "run it: assay reproduce --study \(name)\(files)"
    case .noEvaluation: "run one: assay evaluate\(files)"
    case .severalTables: "name one table, and where it has two protocols, --protocol"
    case .sameMacro:
      "import one of the sets under another name, and delete the one of the old name: "
        + "assay runs delete RUN --with-descendants\(files)"
    case .noStudyOfTrial(let number, let sweep):
      "assay sweep show \(ShellWord(sweep)) --trial \(number)\(files) shows how it went"
    case .unknownMeasure(let name, let known):
      Suggestions.near(name, among: known).first.map { "did you mean \($0)?" }
    case .noRows: "with --full and without a part, all tables that it has are printed"
    case .wrongKind: nil
    }
  }
}

extension FigureError: Reportable {
  var status: ExitStatus {
    switch self {
    case .nothingToDraw, .libraryMissing, .fontMissing: .missingInput
    case .noSingleSweep, .unknownSweep, .unknownObjective, .onlySVG: .usage
    case .notRendered: .defect
    }
  }

  var remedy: String? {
    switch self {
    case .noSingleSweep(let names) where !names.isEmpty: "name one with --sweep"
    case .onlySVG: "name a file that ends in .svg, or build Assay with its trait Figures"
    case .libraryMissing: "install it (Debian: apt-get install librsvg2-2), or write SVG"
    case .fontMissing: "install it (Debian: apt-get install fonts-liberation), or write SVG"
    case .unknownObjective(let name, _, let names):
      Suggestions.near(name, among: names).first.map { "did you mean \($0)?" }
    case .nothingToDraw, .noSingleSweep, .unknownSweep, .notRendered: nil
    }
  }
}
