/// Which images of a set a page lists, and in which order; all of it is in the page's address.
struct ImageFilter {
  /// In which order.
  enum Order: String, CaseIterable {
    /// By the index in the test set.
    case index
    /// By the measure, the highest first.
    case falling
    /// By the measure, the lowest first.
    case rising
  }

  var set: String?
  var measurement: String?
  /// The true class.
  var label: Int64?
  /// The class that the network sees.
  var seen: Int64?
  /// Whether the attack succeeded.
  var success: Bool?
  /// The name of who judges.
  var judge: String?
  /// Whether the judge declares it adversarial.
  var isFlagged: Bool?
  /// A measure, or a distance such as "distance.l2".
  var measure: String?
  var low: Double?
  var high: Double?
  var order = Order.index
  /// The last image of the page before: its value and its index.
  var after: (value: Double?, index: Int64)?

  /// Reads an address.
  ///
  /// - Throws: ``HTTPFailure`` of status 400 if a value is none of its kind.
  init(_ request: HTTPRequest) throws(HTTPFailure) {
    // Forms send what was left empty.
    func text(_ name: String) -> String? { request.value(name).flatMap { $0.isEmpty ? nil : $0 } }
    func refusal(_ name: String, _ value: String, _ kind: String) -> HTTPFailure {
      HTTPFailure(.badRequest, "\(name) in the address is \(value.prefix(40)), which is no \(kind)")
    }
    func number(_ name: String) throws(HTTPFailure) -> Double? {
      guard let value = text(name) else { return nil }
      guard let number = Double(value), !number.isNaN else { throw refusal(name, value, "number") }
      return number
    }
    func label(_ name: String) throws(HTTPFailure) -> Int64? {
      guard let value = text(name) else { return nil }
      guard let number = Int64(value) else { throw refusal(name, value, "class") }
      return number
    }
    func choice(_ name: String, _ yes: String, _ no: String) throws(HTTPFailure) -> Bool? {
      switch text(name) {
      case nil: return nil
      case yes: return true
      case no: return false
      case let value?: throw refusal(name, value, "'\(yes)' or '\(no)'")
      }
    }
    set = text("set")
    measurement = text("measurement")
    self.label = try label("class")
    seen = try label("seen")
    success = try choice("outcome", "misled", "withstood")
    judge = text("judge")
    isFlagged = try choice("declared", "adversarial", "clean")
    measure = text("measure")
    low = try number("low")
    high = try number("high")
    if let value = text("order") {
      guard let order = Order(rawValue: value) else { throw refusal("order", value, "order") }
      self.order = order
    }
    if let value = text("after") {
      let parts = value.split(separator: "/")
      guard let last = parts.last, let index = Int64(last), parts.count <= 2,
        parts.count == 1 || Double(parts[0]) != nil
      else { throw refusal("after", value, "place in this list") }
      after = (parts.count == 2 ? Double(parts[0]) : nil, index)
    }
  }

  /// The values that an address of the same list has.
  var query: [(String, String?)] {
    [
      ("set", set), ("measurement", measurement), ("class", label.map(String.init)),
      ("seen", seen.map(String.init)), ("outcome", success.map { $0 ? "misled" : "withstood" }),
      ("judge", judge), ("declared", isFlagged.map { $0 ? "adversarial" : "clean" }),
      ("measure", measure), ("low", low.map { "\($0)" }), ("high", high.map { "\($0)" }),
      ("order", order == .index ? nil : order.rawValue),
      (
        "after",
        after.map { after in (after.value.map { "\($0)/" } ?? "") + "\(after.index)" }
      ),
    ]
  }

  /// Whether it leaves anything out.
  var isNarrow: Bool {
    label != nil || seen != nil || success != nil || isFlagged != nil || low != nil || high != nil
  }
}
