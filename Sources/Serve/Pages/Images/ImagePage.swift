internal import Report
internal import SQLite
internal import Tracker

extension Visit {
  /// All that is known of one image.
  func image() throws -> HTTPResponse {
    let name = request.parameter("set")
    guard let index = Int64(request.parameter("index")) else {
      throw HTTPFailure(
        .notFound, "an image has a number, not \(request.parameter("index").prefix(40))")
    }
    let before = try request.value("before").map { text throws(HTTPFailure) -> Int64 in
      guard let number = Int64(text) else {
        throw HTTPFailure(.badRequest, "before in the address is no number of a record")
      }
      return number
    }
    return try read { tracker in
      guard
        let set = try ShownSet(
          named: name, measurement: request.value("measurement"), in: tracker),
        let image = try ImageRecords([index], of: set, judge: nil, in: tracker).images.first
      else { throw HTTPFailure(.notFound, "the set \(name.prefix(8)) has no image \(index)") }
      let history = try ImageHistory(index, of: set, setsBefore: before, in: tracker)
      let clean = try cleanImages(of: set.model, digest: set.dataDigest, within: 0.02, in: tracker)
      let names = try MeasureNames(of: tracker)
      let sheet = ImageSheet(
        visit: self, set: set, image: image, history: history, names: names, clean: clean.images,
        problem: clean.problem)
      return page(
        title: "Test image \(index) of \(PrintedName.ofDataset(set.dataset))", sheet.html)
    }
  }
}

/// The page of one image.
struct ImageSheet {
  let visit: Visit
  let set: ShownSet
  let image: ImageRecords.Image
  let history: ImageHistory
  let names: MeasureNames
  let clean: CleanImages?
  /// Why clean images are not shown.
  let problem: String?

  var html: HTML {
    """
    \(HTML.recordsStyle)
    <p class="lead">\(summary)</p>
    <div class="more">\(turns)</div>
    <div class="image-head">
    \(visit.pictures(of: image, set, clean, areNamed: true))
    \(facts)
    </div>
    \(note)
    \(measures)
    \(votes)
    \(decisions)
    \(verdicts)
    \(sets)
    \(trials)
    """
  }

  private func text(_ value: SQLValue, _ digits: Int = 5) -> String {
    Typesetting.text(of: value, as: .real(digits: digits))
  }

  private func word(_ value: SQLValue) -> String {
    Typesetting.text(of: value, as: .text)
  }

  private var summary: HTML {
    let row = image.row
    let (label, seen) = (word(row["true_label"]), word(row["deterministic_prediction"]))
    let target = row["target_label"].integer.map { ", aimed at \($0)" } ?? ""
    let result = row["success"].integer == 1 ? "succeeded" : "did not succeed"
    return """
      A \(label), which the network takes for a \(seen) in \
      <a href="\(visit.link("images", query: [("set", set.uuid)]))">\(set.title)</a>\(target): the attack \
      \(result).
      """
  }

  private var turns: HTML {
    func link(_ index: Int64?, _ title: String, _ relation: String) -> HTML {
      guard let index else { return .empty }
      return """
        <a rel="\(relation)" href="\(visit.link("images", set.uuid, String(index)))">\(title)</a>
        """
    }
    let (before, behind) = (
      link(history.neighbours.before, "Image before", "prev"),
      link(history.neighbours.behind, "Next image", "next")
    )
    return "\(before) \(behind)"
  }

  private var note: HTML {
    let pixels: HTML =
      image.version == nil
      ? "<p class=\"muted\">The adversarial image's pixels are not kept in the file.</p>\n" : .empty
    let missing = problem.map { reason -> HTML in
      "<p class=\"muted\">The clean image is not shown: \(reason).</p>\n"
    }
    return "\(pixels)\(missing ?? .empty)"
  }

  /// What the attack recorded.
  private var facts: HTML {
    let row = image.row
    let part = row["part"].text.map { $0 == "heldout" ? "held-out half" : "selection" }
    var facts: [(String, String)] = [
      ("True class", word(row["true_label"])),
      ("Seen as", word(row["deterministic_prediction"])),
      ("Target", row["target_label"] == .null ? "none" : word(row["target_label"])),
      ("Attack", row["success"].integer == 1 ? "succeeded" : "did not succeed"),
      ("Changed pixels (L0)", word(row["l0"])),
      ("L2 distance", text(row["l2"])), ("L∞ distance", text(row["linf"])),
      ("Steps", word(row["steps"])), ("Part", part ?? "not recorded"),
    ]
    if row["l0_elements"] != row["l0"] {
      facts.append(("Changed values", word(row["l0_elements"])))
    }
    facts += history.details.map { ($0["detail"].text ?? "", text($0["value"], 6)) }
    let items = facts.map { name, value -> HTML in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
    return "<dl class=\"facts\">\(items)</dl>"
  }

  /// A table in a box that scrolls.
  func table(_ title: String, _ heads: [String], _ rows: [[HTML]], note: String = "") -> HTML {
    let lines = rows.map { cells -> HTML in
      "<tr>\(cells.map { cell -> HTML in "<td>\(cell)</td>" })</tr>\n"
    }
    let remark: HTML = note.isEmpty ? .empty : "<p class=\"muted\">\(note)</p>\n"
    let table = PageTable(heads.map { PageTable.Head($0) })
    return """
      <section><h2>\(title)</h2>
      \(remark)<div class="card flush">\(table.html(visit, label: title, rows: lines))</div></section>
      """
  }

  private func missing(_ title: String, _ words: String) -> HTML {
    "<section><h2>\(title)</h2>\n<p class=\"muted\">\(words)</p></section>"
  }

  private var measures: HTML {
    guard let measurement = set.measurement else {
      return missing(
        "Predictions and measures",
        "Nothing has measured this set yet: assay measure does. Logits are not recorded.")
    }
    var rows: [[HTML]] = history.scores.map { row in
      let unit = row["unit"].text ?? ""
      return [
        "\(row["title"].text ?? "")\(unit.isEmpty ? "" : " (\(unit))")", "\(text(row["clean"]))",
        "\(text(row["adversarial"]))", "\(row["orientation"].text ?? "")",
      ]
    }
    func side(_ column: String, isAdversarial: Bool) -> HTML {
      let row = history.sides.first { ($0["adversarial_set"] != .null) == isAdversarial }
      return row.map { "\(word($0[column]))" } ?? "not recorded"
    }
    let predictions: [(String, String)] = [
      ("Class, dropout off", "deterministic_prediction"),
      (
        measurement.hasPasses ? "Class by the mean logits of all passes" : "Class",
        "prediction"
      ),
      ("Crops that agree, of 5", "agreement"),
    ]
    rows =
      predictions.filter { $0.1 != "agreement" || measurement.hasPasses }.map { title, column in
        [
          "\(title)", side(column, isAdversarial: false), side(column, isAdversarial: true), "",
        ]
      } + rows
    return table(
      "Predictions and measures", ["", "Clean", "Adversarial", "Means adversarial"], rows,
      note:
        "By the measurement \(measurement.uuid.prefix(8)). Logits are not recorded; the largest "
        + "probability and the margin are among the measures, where they were measured."
        + (measurement.isPaired ? "" : " The set's clean images are others than those attacked."))
  }

  private var votes: HTML {
    let crops = ["top_left", "bottom_left", "top_right", "bottom_right", "centre"].map {
      name -> [HTML] in
      let classes = [false, true].map { isAdversarial -> HTML in
        let row = history.sides.first { ($0["adversarial_set"] != .null) == isAdversarial }
        return "\(word(row?["crop_" + name] ?? .null))"
      }
      return ["crop, \(name.replacing("_", with: " "))"] + classes
    }
    let others = history.votes.map { row -> [HTML] in
      ["\(row["title"].text ?? "")", "\(word(row["clean"]))", "\(word(row["adversarial"]))"]
    }
    let rows = (set.measurement?.hasPasses == true ? crops : []) + others
    guard !rows.isEmpty else { return missing("Votes", "No voter has classified this image.") }
    return table("Votes: the classes of changed copies", ["Voter", "Clean", "Adversarial"], rows)
  }

  private var decisions: HTML {
    guard !history.decisions.isEmpty else {
      return missing("Detectors", "No thresholds were chosen for this set, or it is in no mix.")
    }
    func declared(_ route: SQLValue, _ isClean: SQLValue) -> HTML {
      guard let route = route.text else { return "not in the mix" }
      return """
        \(Self.declaration(isFlagged: isClean.integer != 1)) \
        <span class="muted">\(route.replacing("crops", with: "voters"))</span>
        """
    }
    let rows = history.decisions.map { row -> [HTML] in
      [
        "\(row["detector"].text ?? "") on \(names.title(row["measure"].text ?? ""))",
        "\(PrintedName.of(row["method"].text ?? "")), \(row["protocol"].text ?? "")",
        "\(text(row["low_threshold"])) / \(text(row["high_threshold"])) / \(word(row["agreement_threshold"]))",
        declared(row["clean"], row["clean_declared_clean"]),
        declared(row["adversarial"], row["adversarial_declared_clean"]),
      ]
    }
    return table(
      "Detectors with thresholds", ["Detector", "Thresholds", "L / H / C", "Clean", "Adversarial"],
      rows)
  }

  private static func declaration(isFlagged: Bool) -> HTML {
    isFlagged
      ? "<span class=\"verdict flagged\">adversarial</span>"
      : "<span class=\"verdict passed\">clean</span>"
  }

  private var verdicts: HTML {
    guard !history.verdicts.isEmpty else {
      return missing(
        "Verdicts of whole systems", "No whole detection system has judged this set.")
    }
    let rows = history.verdicts.map { row -> [HTML] in
      let isFlagged = row["is_flagged"].integer == 1
      return [
        "\(row["detector"].text ?? "")",
        Self.declaration(isFlagged: isFlagged),
        "\(word(row["prediction"]))", "\(text(row["score"]))", "\(text(row["excess"]))",
        "\(word(row["agreement"]))", "\(row["is_adaptive"].integer == 1 ? "yes" : "no")",
      ]
    }
    return table(
      "Verdicts of whole systems",
      [
        "Detector", "Declared", "Class", "Score", "Above its threshold by", "Votes that agree",
        "Attack knew it",
      ], rows)
  }

  private var sets: HTML {
    let rows = history.sets.map { row -> [HTML] in
      let (uuid, isOwn) = (row["uuid"].text ?? "", row["uuid"].text == set.uuid)
      let title =
        (row["is_noisy"].integer == 1 ? "noise, " : "")
        + ShownSet.title(row["attack"].text ?? "", row["parameters"].text)
      let link: HTML =
        isOwn
        ? "<b>\(title)</b>"
        : "<a href=\"\(visit.link("images", uuid, String(image.index)))\">\(title)</a>"
      return [
        link, "\(row["model_name"].text ?? "")", "\(word(row["prediction"]))",
        "\(row["success"].integer == 1 ? "misled" : "withstood")", "\(text(row["l2"], 4))",
        "\(text(row["linf"], 4))", "\(word(row["l0"]))", "\(text(row["softmax_std"], 4))",
        "\(text(row["max_probability"], 4))", "\(word(row["agreement"]))",
        "\(row["trial"].text ?? "")",
      ]
    }
    let further: HTML =
      history.hasMoreSets
      ? """
      <div class="more"><a rel="next" href="\(visit.link(
        "images", set.uuid, String(image.index), query: [
          ("before", history.sets.last?["record_number"].integer.map(String.init))
        ]))">Older sets</a></div>
      """ : .empty
    let list = table(
      "The same test image in every set of these data",
      [
        "Set", "Model", "Seen as", "Outcome", "L2", "L∞", "L0", names.title("softmax_std"),
        names.title("max_probability"), "Crops agree", "Trial",
      ], rows)
    return "\(list)\(further)"
  }

  private var trials: HTML {
    guard !history.trials.isEmpty else { return .empty }
    let rows = history.trials.map { row -> [HTML] in
      let sweep = row["sweep_name"].text ?? ""
      return [
        "<a href=\"\(visit.link("sweeps", sweep))\">\(sweep)</a>", "\(word(row["trial"]))",
        "\(row["computed"].integer == 1 ? "computed the set" : "found it finished")",
      ]
    }
    return table("Trials of sweeps that used the set", ["Sweep", "Trial", ""], rows)
  }
}
