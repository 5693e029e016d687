package import Tracker

/// A plot that readers zoom, smooth and read values off, by mouse and by keys.
///
/// plot.js draws it from JSON, either in the page itself (``html(id:drawn:)``) or at an address
/// (``html(id:title:source:drawn:)``), which is asked when the plot comes into sight, and again whenever
/// the database changes. Where no script runs, readers see what the server drew. Pages with plots name
/// ``scripts``; ``controls(_:)`` adds smoothing and logarithmic scales for all plots of a page.
package struct PlotFigure: Sendable {
  /// One of the two axes.
  package struct Axis: Sendable {
    /// What is along it.
    package var label: String
    /// Whether it is logarithmic; nil: as the reader chooses in the page's controls.
    package var isLogarithmic: Bool?
    /// Its ends; nil: those of the values.
    package var range: ClosedRange<Double>?

    /// Describes an axis.
    package init(
      _ label: String, isLogarithmic: Bool? = nil, range: ClosedRange<Double>? = nil
    ) {
      (self.label, self.isLogarithmic, self.range) = (label, isLogarithmic, range)
    }
  }

  /// How a series is drawn.
  package enum Style: String, Sendable {
    case line
    case points
    /// A line that keeps its height until the next value.
    case step
  }

  /// Values that belong together: one colour, one entry of the legend.
  package struct Series: Sendable {
    /// What the legend calls it.
    package var name: String
    /// How it is drawn.
    package var style = Style.line
    /// Places along the horizontal axis; nil: has none.
    package var x: [Double?]
    /// Values there, as many; nil and what is not finite are gaps.
    package var y: [Double?]
    /// Lower ends of a band around the values, as many; empty: there is none.
    package var low: [Double?] = []
    /// Upper ends.
    package var high: [Double?] = []
    /// What readers are told of each value beside its number; empty: nothing.
    package var notes: [String] = []
    /// Where a click on each value leads; empty: nowhere.
    package var links: [String] = []
    /// The number of its colour; nil: its place among the series.
    package var color: Int?
    /// Whether its line is dashed.
    package var isDashed = false

    /// Describes a series.
    package init(_ name: String, style: Style = .line, x: [Double?], y: [Double?]) {
      (self.name, self.style, self.x, self.y) = (name, style, x, y)
    }
  }

  /// A line across the plot at a value.
  package struct Mark: Sendable {
    /// Whether the value is of the vertical axis, and the line level.
    package var isLevel: Bool
    /// The value.
    package var value: Double
    /// What is written beside it.
    package var label: String

    /// Describes a line.
    package init(_ label: String, at value: Double, isLevel: Bool = false) {
      (self.label, self.value, self.isLevel) = (label, value, isLevel)
    }
  }

  /// What it shows.
  package var title: String
  /// The horizontal axis.
  package var x: Axis
  /// The vertical axis.
  package var y: Axis
  /// The values.
  package var series: [Series]
  /// Lines across.
  package var marks: [Mark] = []
  /// Whether both axes are as long as each other, as for ROC curves.
  package var isSquare = false
  /// Whether a broken line joins both corners, as chance does in ROC curves.
  package var hasDiagonal = false
  /// Whether the page's smoothing applies.
  package var isSmoothable = true

  /// Describes a plot.
  package init(title: String, x: Axis, y: Axis, series: [Series]) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
  }

  /// What pages with plots run.
  package static let scripts: [AssetFile] = [.plotScript]

  /// What plot.js takes.
  package var json: JSONValue {
    var members: [String: JSONValue] = [
      "title": .string(title), "x": x.json, "y": y.json, "series": .array(series.map(\.json)),
    ]
    if !marks.isEmpty {
      members["marks"] = .array(
        marks.map {
          .object([
            "axis": .string($0.isLevel ? "y" : "x"), "at": .finite($0.value),
            "label": .string($0.label),
          ])
        })
    }
    if isSquare { members["square"] = .bool(true) }
    if hasDiagonal { members["diagonal"] = .bool(true) }
    if !isSmoothable { members["smooth"] = .bool(false) }
    return .object(members)
  }

  /// The figure with its values in the page.
  ///
  /// - Parameters:
  ///   - id: Names it in the page.
  ///   - drawn: What is shown where no script runs, such as a drawing of Report's or a table.
  /// - Returns: The figure.
  package func html(id: String, drawn: HTML = .empty) -> HTML {
    """
    <figure class="plot" id="\(id)"><figcaption><span>\(title)</span></figcaption>
    <script type="application/json" id="\(id)-data" data-live>\(HTML(json: json))</script>
    <div class="drawn">\(drawn)</div></figure>

    """
  }

  /// The figure of values that are at an address.
  ///
  /// - Parameters:
  ///   - id: Names it in the page.
  ///   - title: What it shows.
  ///   - source: The address of ``json``.
  ///   - drawn: What is shown where no script runs.
  /// - Returns: The figure.
  package static func html(id: String, title: String, source: String, drawn: HTML) -> HTML {
    """
    <figure class="plot" id="\(id)" data-source="\(source)"><figcaption><span>\(title)</span></figcaption>
    <noscript>\(drawn)</noscript></figure>

    """
  }

  /// The controls of all plots of a page.
  ///
  /// They work by the address: `smooth` is 0 to 0.99, `log` and `logx` are 1.
  package static func controls(_ visit: Visit) -> HTML {
    let smoothing = min(max(visit.given("smooth").flatMap(Double.init) ?? 0, 0), 0.99)
    return """
      <form class="plot-controls filters" method="get" aria-label="Plots">
      \(visit.carriedFields(without: ["smooth", "log", "logx"]))
      <label>Smoothing <input type="range" name="smooth" min="0" max="0.99" step="0.01" \
      value="\(smoothing)"> <output>\(smoothing == 0 ? "0.00" : "\(smoothing)")</output></label>
      \(HTML.tick("Logarithmic values", name: "log", value: "1", isOn: visit.given("log") != nil))
      \(HTML.tick("Logarithmic steps", name: "logx", value: "1", isOn: visit.given("logx") != nil))
      <button>Apply</button>
      </form>
      """
  }
}

extension PlotFigure.Axis {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["label": .string(label)]
    if let isLogarithmic { members["log"] = .bool(isLogarithmic) }
    if let range {
      members["range"] = .array([.finite(range.lowerBound), .finite(range.upperBound)])
    }
    return .object(members)
  }
}

extension PlotFigure.Series {
  fileprivate var json: JSONValue {
    func list(_ values: [Double?]) -> JSONValue { .array(values.map(JSONValue.finite)) }
    var members: [String: JSONValue] = ["name": .string(name), "x": list(x), "y": list(y)]
    if style != .line { members["style"] = .string(style.rawValue) }
    if !low.isEmpty { (members["low"], members["high"]) = (list(low), list(high)) }
    if !notes.isEmpty { members["notes"] = .array(notes.map(JSONValue.string)) }
    if !links.isEmpty { members["links"] = .array(links.map(JSONValue.string)) }
    if let color { members["color"] = .integer(Int64(color)) }
    if isDashed { members["dash"] = .bool(true) }
    return .object(members)
  }
}

extension JSONValue {
  /// A number; null where there is none that JSON can say.
  static func finite(_ value: Double?) -> JSONValue {
    value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }
}
