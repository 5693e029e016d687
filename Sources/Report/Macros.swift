internal import SQLite
internal import Tracker

/// Every number of a study as a macro of LaTeX, for prose.
struct Macros {
  private(set) var definitions: [(name: String, value: String, exact: String)] = []
  /// The words behind each name.
  private var taken: [String: String] = [:]

  /// Adds a number under the words that say what it is; a missing number has no macro.
  ///
  /// - Throws: ``ReportError/sameMacro(_:first:second:)`` if another number has these letters.
  mutating func add(_ words: [String?], _ value: SQLValue, _ format: ColumnFormat) throws {
    guard value.real != nil else { return }
    try add(
      words, LaTeX.escaped(Typesetting.text(of: value, as: format)), exactly: Self.exact(value))
  }

  /// Adds a text that is set already.
  ///
  /// - Throws: ``ReportError/sameMacro(_:first:second:)`` if another number has these letters.
  mutating func add(_ words: [String?], _ text: String, exactly exact: String) throws {
    let words = words.compactMap(\.self)
    let name = Self.name(words)
    let meaning = words.joined(separator: ", ")
    if let first = taken[name] {
      throw ReportError.sameMacro(name, first: first, second: meaning)
    }
    taken[name] = meaning
    definitions.append((name, text, exact))
  }

  private static func exact(_ value: SQLValue) -> String {
    value.integer.map(String.init) ?? value.real.map { "\($0)" } ?? ""
  }

  private static let digits = [
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
  ]

  /// A name of letters only: "bim-a", "mean_l0" becomes assayBimAMeanLZero, "fgsm 0.1" becomes
  /// assayFgsmZeroPointOne.
  static func name(_ words: [String]) -> String {
    let parts = words.flatMap { word in
      // Few words have a point, and the expression would be compiled for each.
      let spelled =
        word.contains(".")
        ? word.replacing(/([0-9])\.([0-9])/) { "\($0.1)-point-\($0.2)" } : word
      return spelled.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    }
    return parts.reduce("assay") { name, part in
      let letters = part.map { $0.wholeNumberValue.map { digits[$0] } ?? String($0) }.joined()
      return name + letters.prefix(1).uppercased() + letters.dropFirst()
    }
  }

  /// The definitions, one a line, the exact number behind each as a comment.
  var text: String {
    definitions.map { "\\newcommand{\\\($0.name)}{\($0.value)}% \($0.exact)\n" }.joined()
  }
}

extension StudyReport {
  /// A file of LaTeX that defines a macro for every number of the report.
  ///
  /// - Returns: The text, to be read by `\input` before the document begins.
  /// - Throws: ``ReportError``, and what the queries throw.
  public func macros() throws -> String {
    let explanation = [
      "The numbers of \(study.isModel ? "model" : "study") \(study.uuid.prefix(8)) for use in prose: \\input this file before",
      "\\begin{document} and write, say, \\assayFgsmHeldoutDetectionAccuracy{}.",
      "A name is assay, then attack, protocol, then detector and method, or measure, where the number",
      "has them, then what it is; Low and High end the two ends of its 95% interval (Wilson's, that of",
      "Auroc DeLong's), Reproduction and Original the published numbers. Digits are spelled out.",
      "Behind each definition stands the exact number.", "",
    ]
    let lines = try provenance(of: allParts).lines
    return LaTeX.comment(explanation + lines) + "\n" + (try definitions().text)
  }

  func definitions() throws -> Macros {
    var macros = Macros()
    for row in try ask(.networks).records {
      try macros.add(["test_images"], row["test_images"], .integer)
      try macros.add(["epochs"], row["epochs"], .integer)
      try Self.addInterval(&macros, [], "test_accuracy", row)
    }
    for part in [Part.table1, .table2, .table3] { try addPaperNumbers(&macros, part) }
    for row in try ask(.ablations).records {
      let words = ["attack", "protocol", "detector", "method"].map { row[$0].text }
      try macros.add(words + ["low_threshold"], row["low_threshold"], .real(digits: 4))
      try macros.add(words + ["high_threshold"], row["high_threshold"], .real(digits: 4))
      try macros.add(words + ["agreement_threshold"], row["agreement_threshold"], .integer)
      try macros.add(words + ["sent_to_crops"], row["sent_to_crops"], .integer)
      try Self.addInterval(&macros, words, "detection_accuracy", row)
      try Self.addInterval(&macros, words, "classification_accuracy", row)
    }
    for row in try ask(.measures).records {
      let words = ["attack", "measure"].map { row[$0].text }
      try Self.addInterval(&macros, words, "auroc", row, .decimal(places: 4))
      for name in protocols.flatMap({ ["uncertainty_\($0)", "hybrid_\($0)"] }) {
        try Self.addInterval(&macros, words, name, row)
      }
    }
    for row in try ask(.attacks).records {
      try macros.add([row["attack"].text, "images"], row["images"], .integer)
      try Self.addInterval(&macros, [row["attack"].text], "success_rate", row)
      for (name, digits) in [("mean_l0", 4), ("mean_l2", 3), ("mean_linf", 3)] {
        try macros.add([row["attack"].text, name], row[name], .real(digits: digits))
      }
    }
    for row in try study.isModel ? [] : ask(.seeds).records { try addSeeds(&macros, row) }
    return macros
  }

  private func addPaperNumbers(_ macros: inout Macros, _ part: Part) throws {
    for row in try ask(part).records {
      let words = ["attack", "protocol", "quantity"].map { row[$0].text }
      let format = row.text("unit") == "fraction" ? ColumnFormat.percent : .integer
      try macros.add(words, row["ours"], format)
      try macros.add(words + ["low"], row["ours_low"], format)
      try macros.add(words + ["high"], row["ours_high"], format)
      // The published numbers are the same for both protocols.
      guard row["protocol"].text == nil || row["protocol"].text == protocols[0] else { continue }
      for source in ["reproduction", "original"] {
        try macros.add([words[0], words[2], source], row[source], format)
      }
    }
  }

  private func addSeeds(_ macros: inout Macros, _ row: Record) throws {
    guard row["protocol"].text.map(protocols.contains) ?? true else { return }
    let words = ["attack", "protocol", "detector", "measure", "metric"].map { row[$0].text }
    let format = row.text("metric") == "auroc" ? ColumnFormat.decimal(places: 4) : .percent
    try macros.add(words + ["seeds"], row["seeds"], .integer)
    try macros.add(
      words + ["over_seeds"],
      LaTeX.escaped(
        Typesetting.spread(mean: row["mean"], deviation: row["deviation"], as: format)),
      exactly: "\(row.number("mean")), deviation \(row.number("deviation"))")
  }

  /// A number and the two ends of its interval.
  private static func addInterval(
    _ macros: inout Macros, _ words: [String?], _ name: String, _ row: Record,
    _ format: ColumnFormat = .percent
  ) throws {
    try macros.add(words + [name], row[name], format)
    try macros.add(words + [name, "low"], row[name + "_low"], format)
    try macros.add(words + [name, "high"], row[name + "_high"], format)
  }
}
