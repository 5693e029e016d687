import Attack
import Dataset
import Detection
import Foundation
import SQLite
import Study
import Tracker

/// What shells offer when a user asks for the rest of a word.
///
/// Shells show what they are given, so only what begins as the word does is given. A database that
/// cannot be read offers nothing: a completion is no place for errors.
package enum Completions {
  /// Runs by the first digits of their UUID, the newest first.
  static func runs(
    _ words: [String], kind: String? = nil, or others: [String] = []
  ) -> [String] {
    beginning(others, words)
      + names(
        words,
        """
        SELECT substr(run, 1, 8) FROM runs WHERE ?1 IS NULL OR kind = ?1
        ORDER BY record_number DESC LIMIT 200
        """, kind.map { [.text($0)] } ?? [.null])
  }

  /// Sweeps by name.
  static func sweeps(_ words: [String]) -> [String] {
    names(words, "SELECT sweep_name FROM sweeps ORDER BY record_number DESC LIMIT 200")
  }

  /// Numbers of trials: those of the sweeps that are named before, or else of all.
  static func trials(_ words: [String]) -> [String] {
    names(
      words,
      """
      WITH named (sweep_name) AS (
        SELECT sweep_name FROM sweeps WHERE sweep_name IN (SELECT value FROM json_each(?1)))
      SELECT CAST(trial AS TEXT) FROM trials
      WHERE sweep_name IN named OR NOT EXISTS (SELECT 1 FROM named)
      GROUP BY trial ORDER BY trial LIMIT 1000
      """, [.text(JSONValue.array(words.map(JSONValue.string)).canonical)])
  }

  /// Measures by name, the last of a list: the catalogue's, and those that the database has.
  package static func measures(_ words: [String]) -> [String] {
    list(
      words, of: MeasureCatalogue.standard,
      "SELECT measure FROM measures ORDER BY measure_number"
    )
  }

  /// Transforms, which vote, and the voters that the database has, the last of a list.
  package static func voters(_ words: [String]) -> [String] {
    let known = TransformCatalogue.kinds.map(\.name)
    return list(words, of: known, "SELECT voter FROM voters ORDER BY voter_number")
  }

  /// Transforms by name.
  static func transforms(_ words: [String]) -> [String] {
    beginning(TransformCatalogue.kinds.map(\.name), words)
  }

  /// Attacks of the catalogue by name.
  package static func attackKinds(_ words: [String]) -> [String] {
    beginning(AttackCatalogue.kinds.map(\.name) + ["bim"], words)
  }

  /// Voter sets by name.
  package static func voterSets(_ words: [String]) -> [String] {
    list(
      words, of: VoterSetCatalogue.sets.map(\.name),
      "SELECT voter_set FROM voter_sets ORDER BY voter_set")
  }

  /// Learned detectors by name.
  static func detectors(_ words: [String]) -> [String] {
    names(words, "SELECT detector_name FROM detectors ORDER BY detector_name")
  }

  /// What attacks may evade: learned detectors, and measures with a gradient.
  static func evadedDetectors(_ words: [String]) -> [String] {
    beginning([DetectorChoice.wangZhang] + MeasureCatalogue.standard, words) + detectors(words)
  }

  /// Attacks of the catalogue, the last of a list.
  static func attackList(_ words: [String]) -> [String] {
    let word = words.last ?? ""
    let head = word.lastIndex(of: ",").map { word[...$0] } ?? ""
    return beginning(AttackCatalogue.kinds.map(\.name), [String(word.dropFirst(head.count))])
      .map { head + $0 }
  }

  /// Attacks that a model's sets are of, the last of a list.
  static func attacks(_ words: [String]) -> [String] {
    list(words, of: [], "SELECT DISTINCT attack FROM adversarial_sets ORDER BY attack")
  }

  /// Names for the last place of a list with commas, behind what stands before it.
  private static func list(_ words: [String], of known: [String], _ sql: String) -> [String] {
    let word = words.last ?? ""
    let head = word.lastIndex(of: ",").map { word[...$0] } ?? ""
    let rest = words.dropLast() + [String(word.dropFirst(head.count))]
    let recorded = names(Array(rest), sql)
    let all = beginning(known + ["all"], Array(rest)) + recorded
    var found: [String] = []
    for name in all where !found.contains(name) { found.append(name) }
    return found.map { head + $0 }
  }

  /// Kinds of runs.
  static func kinds(_ words: [String]) -> [String] {
    names(words, "SELECT DISTINCT kind FROM runs ORDER BY kind")
  }

  /// Data sets by name, and directories that may hold one.
  static func datasets(_ words: [String]) -> [String] {
    let word = words.last ?? ""
    let folder =
      word.contains("/") ? word.prefix(through: word.lastIndex(of: "/") ?? word.startIndex) : ""
    let found = try? FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: folder.isEmpty ? "." : String(folder)),
      includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles)
    let directories = (found ?? []).filter(\.hasDirectoryPath).map(\.lastPathComponent).sorted()
    return beginning(
      DatasetCatalogue.all.map(\.name)
        // A data set of one's own is told from the known ones by its slash.
        + directories.map { (folder.isEmpty ? "./" : folder) + $0 }, words)
  }

  /// Queries by name; where one is named already, its parameters as options, or values of one.
  static func queries(_ words: [String]) -> [String] {
    let folder = QueryCommand.folder(value(of: "--queries", in: words))
    guard let catalogue = try? QueryCatalogue(folder: folder) else { return [] }
    guard
      let query = catalogue.queries.first(where: { words.dropFirst(2).dropLast().contains($0.name) }
      )
    else { return beginning(catalogue.queries.map(\.name), words) }
    let options = query.parameters.map { "--" + $0.name.replacing("_", with: "-") }
    if let last = words.dropLast().last, let place = options.firstIndex(of: last) {
      return values(of: query.parameters[place], words)
    }
    return beginning(options, words)
  }

  private static func values(of parameter: QueryParameter, _ words: [String]) -> [String] {
    switch parameter.kind {
    case .run(let kinds): return runs(words, kind: kinds.count == 1 ? kinds[0] : nil)
    case .choice(let texts): return beginning(texts, words)
    default: break
    }
    return switch parameter.name {
    case "attack": names(words, "SELECT DISTINCT attack FROM adversarial_sets ORDER BY attack")
    case "measure": names(words, "SELECT measure FROM measures ORDER BY measure_number")
    case "voters": voterSets(words)
    case "dataset": names(words, "SELECT DISTINCT dataset FROM training_runs ORDER BY dataset")
    case "objective":
      names(words, "SELECT DISTINCT objective FROM sweep_objectives ORDER BY objective")
    case "sweep": sweeps(words)
    case "trial": trials(words)
    case "kind": kinds(words)
    default: []
    }
  }

  private static func beginning(_ names: [String], _ words: [String]) -> [String] {
    names.filter { $0.hasPrefix(words.last ?? "") }
  }

  private static func names(
    _ words: [String], _ sql: String, _ values: [SQLValue] = []
  ) -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let path = value(of: "--db", in: words) ?? environment["ASSAY_DB"] ?? "assay.db"
    guard let tracker = try? Tracker(reading: path) else { return [] }
    let found = try? tracker.read { try $0.rows(sql, values) { try $0.text(0) } }
    return beginning(found ?? [], words)
  }

  private static func value(of option: String, in words: [String]) -> String? {
    guard let place = words.firstIndex(of: option), words.indices.contains(place + 1) else {
      return nil
    }
    return words[place + 1]
  }
}
