internal import SQLite

/// A query's rows as a plot, by columns that the address chooses.
struct SQLChart {
  private let answer: SQLAnswer
  private let x: Int?
  private let y: Int?
  private let by: Int?
  private let isOfPoints: Bool

  /// As many series are told apart.
  private static let mostSeries = 40

  init(_ visit: Visit, _ answer: SQLAnswer) {
    self.answer = answer
    func column(_ name: String) -> Int? {
      visit.given(name).flatMap { answer.columns.firstIndex(of: $0) }
    }
    let numbers = answer.numericColumns
    x = column("x") ?? (numbers.count > 1 ? numbers.first : nil)
    let first = x
    y = column("y") ?? numbers.first { $0 != first }
    by = column("series")
    isOfPoints = visit.given("style") == "points"
  }

  /// The form that chooses columns, and the plot.
  func html(_ visit: Visit) -> HTML {
    let names = answer.columns.map { ($0, $0) }
    let place = "number of the row"
    let form: HTML = """
      <form class="filters quick" method="get" action="\(visit.link("sql"))" aria-label="Chart">
      \(visit.carriedFields(without: ["x", "y", "series", "style"]))
      \(HTML.choice("Across", name: "x", names, value: x.map { answer.columns[$0] }, none: place))
      \(HTML.choice("Upwards", name: "y", names, value: y.map { answer.columns[$0] }))
      \(HTML.choice("A series for each", name: "series", names, value: by.map { answer.columns[$0] }, none: "all together"))
      \(HTML.choice("Drawn as", name: "style", [("line", "lines"), ("points", "points")], value: isOfPoints ? "points" : "line"))
      <div class="field"><button>Draw</button></div></form>
      """
    guard let y else {
      return "\(form)<p class=\"card empty\">No column holds numbers alone.</p>"
    }
    var order: [String] = []
    var points: [String: [(Double?, Double?)]] = [:]
    for (index, row) in answer.rows.enumerated() {
      let name = by.map { Self.name(of: row[$0]) } ?? answer.columns[y]
      if points[name] == nil { order.append(name) }
      points[name, default: []].append((x.map { row[$0].real } ?? Double(index + 1), row[y].real))
    }
    let series = order.prefix(Self.mostSeries).map { name in
      let own = points[name] ?? []
      return PlotFigure.Series(
        name, style: isOfPoints ? .points : .line, x: own.map(\.0), y: own.map(\.1))
    }
    let plot = PlotFigure(
      title: answer.columns[y], x: .init(x.map { answer.columns[$0] } ?? place),
      y: .init(answer.columns[y]), series: Array(series))
    let more: HTML =
      order.count > Self.mostSeries
      ? "<p class=\"muted\">The first \(Self.mostSeries) of \(order.count) series.</p>" : .empty
    return """
      \(form)\(PlotFigure.controls(visit))
      \(plot.html(id: "chart", drawn: "<p class=\"muted\">Charts of queries are drawn by a script.</p>"))\(more)
      """
  }

  private static func name(of value: SQLValue) -> String {
    switch value {
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .null: "none"
    case .blob: "bytes"
    }
  }
}
