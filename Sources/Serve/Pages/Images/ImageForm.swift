internal import Report
internal import SQLite
internal import Tracker

/// The form that says which images are listed, and in which order.
struct ImageForm {
  let filter: ImageFilter
  let set: ShownSet
  let listing: ImageListing
  /// The sets to choose from.
  let sets: [QueryRow]
  /// The classes of the set's images, with how many there are and how many mislead.
  let classes: [QueryRow]

  func html(in visit: Visit) -> HTML {
    let rest = Self.cleared(filter)
    return """
      <form class="filters quick" method="get" action="\(visit.link("images"))">
      \(HTML.choice("Set", name: "set", setChoices, value: set.uuid))
      \(measurementField)
      \(HTML.choice("Class", name: "class", classChoices, value: filter.label.map(String.init), none: "all"))
      \(HTML.choice("Seen as", name: "seen", seenChoices, value: filter.seen.map(String.init), none: "any class"))
      \(HTML.choice("Attack", name: "outcome", [
        ("misled", "misled the network"), ("withstood", "did not"),
      ], value: filter.success.map { $0 ? "misled" : "withstood" }, none: "any outcome"))
      \(judgeField)
      \(HTML.choice("Declared", name: "declared", [
        ("adversarial", "adversarial"), ("clean", "clean"),
      ], value: filter.isFlagged.map { $0 ? "adversarial" : "clean" }, none: "anything"))
      \(HTML.choice("Measure", name: "measure", measureChoices, value: listing.measure?.name, none: "none"))
      \(number("low", "From", filter.low))
      \(number("high", "To", filter.high))
      \(HTML.choice("Order", name: "order", [
        ("index", "by number"), ("falling", "highest measure first"),
        ("rising", "lowest measure first"),
      ], value: filter.order.rawValue))
      <button>Show</button>
      <a class="button" href="\(visit.link("images", query: rest.query))">Clear</a>
      </form>
      """
  }

  /// The set alone.
  private static func cleared(_ filter: ImageFilter) -> ImageFilter {
    var filter = filter
    (filter.label, filter.seen, filter.success, filter.isFlagged) = (nil, nil, nil, nil)
    (filter.measure, filter.low, filter.high, filter.after) = (nil, nil, nil, nil)
    filter.order = .index
    return filter
  }

  private func number(_ name: String, _ title: String, _ value: Double?) -> HTML {
    HTML.field(title, name: name, value: value.map { "\($0)" }, type: "text")
  }

  private var setChoices: [(String, String)] {
    let entries = sets.map { row -> (String, String) in
      let kind =
        (row["is_own"].integer == 1 ? "" : "a trial's, ")
        + (row["is_noisy"].integer == 1 ? "noise, " : "")
      let title = ShownSet.title(row["attack"].text ?? "", row["parameters"].text)
      return (
        row["uuid"].text ?? "",
        "\(kind)\(title) · \(row["model"].text ?? "") · \(row["created"].text ?? "")"
      )
    }
    return entries.contains { $0.0 == set.uuid } ? entries : [(set.uuid, set.title)] + entries
  }

  /// Which measurement of the set is meant, where there are several.
  private var measurementField: HTML {
    guard set.measurements.count > 1 else { return .empty }
    return HTML.choice(
      "Measured by", name: "measurement",
      set.measurements.map { ($0, String($0.prefix(8))) },
      value: set.measurement?.uuid)
  }

  private var classChoices: [(String, String)] {
    classes.map { row in
      let (images, misled) = (row["images"].integer ?? 0, row["misled"].integer ?? 0)
      let label = "\(row["true_label"].integer ?? 0)"
      return (label, "\(label) (\(misled) of \(Typesetting.grouped(images)) misled)")
    }
  }

  private var seenChoices: [(String, String)] {
    let known = classes.compactMap { $0["true_label"].integer }
    let highest = known.last ?? 0
    // Of very many classes the true ones are offered alone.
    let offered = (0..<1000).contains(highest) ? Array(0...highest) : known
    return offered.map { ("\($0)", "\($0)") }
  }

  private var judgeField: HTML {
    guard !set.judges.isEmpty else { return .empty }
    return HTML.choice(
      "Judge", name: "judge", set.judges.map { ($0.name, $0.title) }, value: listing.judge?.name)
  }

  private var measureChoices: [(String, String)] {
    self.set.measures.map { ($0.name, $0.title) }
      + ImageListing.distances.map { ($0.name, $0.title) }
  }
}
