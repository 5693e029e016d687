import Bytes
import Interchange
import Testing

@Suite struct MetricFileTests {
  typealias Point = MetricFile.Point

  func csv(_ text: String, name: String? = nil, delimiter: UInt8? = nil) throws -> MetricFile {
    try MetricFile(
      csv: Array(text.utf8), delimiter: delimiter, as: .init(kind: "external", name: name),
      file: "a.csv")
  }

  func json(_ text: String, name: String? = nil) throws -> MetricFile {
    try MetricFile(
      jsonLines: Array(text.utf8), as: .init(kind: "external", name: name), file: "a.jsonl")
  }

  static let expected = [
    Point(name: "loss", step: 1, value: 0.5), Point(name: "loss", step: 2, value: 0.25),
  ]

  @Test("lines end as on any system, and empty ones are none", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let table = ["run,step,loss", "a,1,0.5", "", "a,2,0.25", "", ""].joined(separator: end)
    #expect(try csv(table).runs.map(\.points) == [Self.expected])
    let objects = [
      #"{"run": "a", "step": 1, "loss": 0.5}"#, "", #"{"run": "a", "step": 2, "loss": 0.25}"#, "",
    ].joined(separator: end)
    #expect(try json(objects).runs.map(\.points) == [Self.expected])
  }

  @Test("a text in UTF-16 is read by its mark")
  func encodings() throws {
    let text = "run,step,loss\na,1,0.5\na,2,0.25\n"
    let units = [0xFF, 0xFE] + littleEndianBytes(Array(text.utf16))
    let file = try MetricFile(csv: units, as: .init(kind: "external"), file: "a.csv")
    #expect(file.runs.map(\.points) == [Self.expected])
  }

  @Test("files that begin with marks are one file when they are put together")
  func marks() throws {
    let objects = [
      #"{"run": "a", "step": 1, "loss": 0.5}"#, #"{"run": "a", "step": 2, "loss": 0.25}"#, "",
    ].map { "\u{FEFF}" + $0 }.joined(separator: "\n")
    #expect(try json(objects).runs.map(\.points) == [Self.expected])
  }

  @Test("numbers that JSON has no words for are read as Python and SQLite write them")
  func infinities() throws {
    let file = try json(
      #"{"run": "a", "a": NaN, "b": Infinity, "c": -Infinity, "d": 9e999, "e": -9e999, "f": null}"#)
    let values = file.runs[0].points.map(\.value)
    #expect(values.count == 5)
    #expect(values[0].isNaN)
    #expect(values[1...] == [.infinity, -.infinity, .infinity, -.infinity])
    let table = try csv("run,step,name,value\na,1,x,\na,2,x,NaN\na,3,x,-Inf\na,4,x,NA\n")
    #expect(table.runs[0].points.map(\.value.isNaN) == [true, true, false, true])
    #expect(table.runs[0].points[2].value == -.infinity)
  }

  @Test("steps may be written as floats are, if they are whole")
  func steps() throws {
    #expect(try csv("run,step,loss\na,1.0,0.5\na,2e0,0.25\n").runs[0].points == Self.expected)
    #expect(
      try json(#"{"run": "a", "step": 1.0, "loss": 1}"#).runs[0].points.map(\.step) == [1])
    for step in ["1.5", "x", "1e30"] {
      let error = #expect(throws: InterchangeError.self) {
        try csv("run,step,loss\na,\(step),0.5\n")
      }
      #expect(error?.description.contains("line 2 has a step that is no whole number") == true)
    }
  }

  @Test("words become parameters where they stay the same, and are left out otherwise, both said")
  func words() throws {
    let file = try csv(
      "run,step,loss,optimizer,host\na,1,0.5,adam,n1\na,2,0.25,adam,n2\nb,1,1,sgd,n1\n")
    #expect(file.runs.map(\.parameters) == [["optimizer": "adam"], ["optimizer": "sgd"]])
    #expect(file.runs[0].points == Self.expected)
    #expect(file.notes.count == 2)
    #expect(file.notes.contains { $0.contains("parameters: optimizer") })
    #expect(file.notes.contains { $0.contains("left out") && $0.hasSuffix("host") })
    let nested = try json(#"{"run": "a", "loss": 1, "config": {"a": [1, {}]}, "tags": ["x"]}"#)
    #expect(nested.runs[0].points.map(\.name) == ["loss"])
    #expect(nested.notes.count == 1)
    let mixed = #expect(throws: InterchangeError.self) {
      try csv("run,step,loss\na,1,0.5\na,2,diverged\n")
    }
    #expect(
      mixed?.description.contains("line 3 has 'diverged' for 'loss', which is no number") == true)
    let thousands = #expect(throws: InterchangeError.self) {
      try csv("run,step,loss\na,1,0.5\na,2,\"1,000\"\n")
    }
    #expect(
      thousands?.description.contains("line 3 has '1,000' for 'loss', which is no number") == true)
    #expect(try csv("run,step,loss\na,1,0.5\na,2,n/a\n").runs[0].points.count == 1)
  }

  @Test("words are parameters also where each metric has a line of its own")
  func wordsByName() throws {
    let lines = [
      ("loss", "1", "0.5"), ("opt", "1", "adam"), ("host", "1", "n1"), ("loss", "2", "0.25"),
      ("host", "2", "n2"), ("rate", "2", ""),
    ]
    let table = "run,name,step,value\n" + lines.map { "a,\($0),\($1),\($2)\n" }.joined()
    let objects = lines.map { name, step, value in
      #"{"run": "a", "name": "\#(name)", "step": \#(step), "value": "\#(value)"}"#
    }
    for file in [try csv(table), try json(objects.joined(separator: "\n"))] {
      #expect(file.runs.map(\.parameters) == [["opt": "adam"]])
      #expect(file.runs[0].points.filter { $0.name == "loss" } == Self.expected)
      #expect(Set(file.runs[0].points.map(\.name)) == ["loss", "rate"])
      #expect(file.notes.contains { $0.hasSuffix("parameters: opt") })
      #expect(file.notes.contains { $0.contains("left out") && $0.hasSuffix("host") })
    }
    let mixed = #expect(throws: InterchangeError.self) {
      try csv("run,name,step,value\na,loss,1,0.5\na,loss,2,adam\n")
    }
    #expect(
      mixed?.description.contains("line 3 has 'adam' for 'loss', which is no number") == true)
    #expect(throws: InterchangeError.self) { try csv("run,name,value\na,opt,adam\n") }
  }

  @Test("of values that come again for a step the later one counts; without steps they are refused")
  func doubled() throws {
    let file = try csv("run,step,loss\na,1,9\na,1,0.5\na,2,0.25\n")
    #expect(file.runs[0].points == Self.expected)
    #expect(file.notes.count == 1)
    #expect(file.notes[0].contains("1 value comes again"))
    let error = #expect(throws: InterchangeError.self) { try csv("run,loss\na,1\na,2\n") }
    #expect(error?.description.contains("line 3 has 'loss' again and no step") == true)
  }

  @Test(
    "semicolons and tabs delimit where the first line has them, and numbers have a decimal comma",
    arguments: [
      "run;step;loss\na;1;0,5\na;2;0,25\n", "run\tstep\tloss\na\t1\t0.5\na\t2\t0.25\n",
      "sep=;\nrun;step;loss\na;1;0,5\na;2;0,25\n", "\"run\"; step ;loss\n\"a\";1;0,5\na;2; 0,25 \n",
    ])
  func delimiters(text: String) throws {
    #expect(try csv(text).runs.map(\.points) == [Self.expected])
  }

  @Test("decimal commas beside decimal points are refused, since a point may part thousands then")
  func decimalSigns() throws {
    for text in [
      "run;step;loss\na;1;1.234\na;2;2.345\na;3;1,5\n",
      "run;step;loss;other\na;1;;2\na;2;1.234;\na;3;7;\na;4;;1,5\n",
    ] {
      let error = #expect(throws: InterchangeError.self) { try csv(text) }
      let lines = text.split(separator: "\n")
      let point = (lines.firstIndex { $0.contains("1.234") } ?? 0) + 1
      #expect(
        error?.description == "a.csv is not a valid CSV file: line \(lines.count) has a decimal "
          + "comma in '1,5', and line \(point) a point in '1.234'")
    }
    #expect(throws: InterchangeError.self) { try csv("run;step;loss\na;1;1.234,5\n") }
    // What is no number of a metric is not read as one.
    let named = try csv("run;step;version;loss\n1.5;1;1.2.3;0,5\n1.5;2;1.2.3;0,25\n")
    #expect(named.runs.map(\.name) == ["1.5"] && named.runs[0].points == Self.expected)
    #expect(named.runs[0].parameters == ["version": "1.2.3"])
    var interpretation = MetricFile.Interpretation(kind: "external")
    interpretation.parameters = ["lr"]
    let given = try MetricFile(
      csv: Array("run;step;lr;loss\na;1;0.1;0,5\na;2;0.1;0,25\n".utf8), as: interpretation,
      file: "a.csv")
    #expect(given.runs[0].points == Self.expected)
    #expect(given.runs[0].parameters == ["lr": "0.1"])
  }

  @Test("a delimiter may be given, and a name where no column says it")
  func given() throws {
    let file = try csv("step|loss\n1|0.5\n2|0.25\n", name: "mine", delimiter: UInt8(ascii: "|"))
    #expect(file.runs.map(\.name) == ["mine"])
    #expect(file.runs[0].points == Self.expected)
    #expect(try json(#"{"loss": 1}"#, name: "mine").runs.map(\.name) == ["mine"])
    #expect(throws: InterchangeError.self) { try csv("step,loss\n1,0.5\n") }
    for name in [nil, "mine"] {
      let other = #expect(throws: InterchangeError.self) {
        try csv("run|step|loss\na|1|0.5\n", name: name)
      }
      #expect(other == .unsupported(file: "a.csv", feature: .otherDelimiter("|")))
    }
  }

  @Test("another column may number the steps, and numbers may be parameters")
  func columns() throws {
    var interpretation = MetricFile.Interpretation(kind: "external", name: "a")
    interpretation.step = "epoch"
    interpretation.parameters = ["lr"]
    func read(_ text: String) throws -> MetricFile {
      try MetricFile(csv: Array(text.utf8), as: interpretation, file: "a.csv")
    }
    let file = try read("epoch,loss,lr\n1,0.5,0.001\n2,0.25,0.001\n")
    #expect(file.runs.map(\.points) == [Self.expected])
    #expect(file.runs.map(\.parameters) == [["lr": "0.001"]])
    let changing = #expect(throws: InterchangeError.self) {
      try read("epoch,loss,lr\n1,0.5,0.001\n2,0.25,0.002\n")
    }
    #expect(changing?.description.contains("'lr' changes within a run") == true)
    let missing = #expect(throws: InterchangeError.self) { try read("epoch,loss\n1,0.5\n") }
    #expect(missing?.description.contains("no column 'lr'") == true)
  }

  @Test(
    "a value without a step is of step 0, which is said where other lines have one",
    arguments: [
      "run,step,loss,score\na,1,0.5,\na,2,0.25,\na,,,9\n",
      "run,step,name,value\na,1,loss,0.5\na,2,loss,0.25\na,,score,9\n",
      #"{"run": "a", "step": null, "score": 9}"#, #"{"run": "a", "score": 9}"#,
    ])
  func missingStep(text: String) throws {
    let numbered = (1...2).map { #"{"run": "a", "step": \#($0), "loss": \#(1 / Double($0 * 2))}"# }
    let file =
      text.hasPrefix("{")
      ? try json((numbered + [text]).joined(separator: "\n")) : try csv(text)
    #expect(file.runs[0].points == Self.expected + [Point(name: "score", step: 0, value: 9)])
    #expect(file.notes.count == 1)
    #expect(
      file.notes[0].hasSuffix("1 value has no step, where other lines have one; 0 is taken"))
    #expect(try json(#"{"run": "a", "score": 9}"#).notes.isEmpty)
  }

  @Test("a member that an object has twice is refused by line")
  func doubledMember() {
    let error = #expect(throws: InterchangeError.self) {
      try json("{\"run\": \"a\", \"loss\": 1}\n" + #"{"run": "a", "loss": 1, "l\u006fss": 2}"#)
    }
    #expect(error?.description.contains("line 2 has 'loss' twice") == true)
  }

  @Test("a column with a name that no parameter can have is left out, or refused if asked for")
  func reservedParameters() throws {
    var interpretation = MetricFile.Interpretation(
      kind: "external", reservedParameters: ["imported"])
    func read(_ text: String) throws -> MetricFile {
      try MetricFile(csv: Array(text.utf8), as: interpretation, file: "a.csv")
    }
    let file = try read(
      "run,step,loss,imported,imported.run,importer\na,1,0.5,x,y,z\na,2,0.25,x,y,z\n")
    #expect(file.runs.map(\.parameters) == [["importer": "z"]])
    #expect(file.runs[0].points == Self.expected)
    #expect(file.notes.contains { $0.hasSuffix("can have the name: imported, imported.run") })
    interpretation.parameters = ["imported.run"]
    let asked = #expect(throws: InterchangeError.self) {
      try read("run,step,loss,imported.run\na,1,0.5,2\n")
    }
    #expect(asked?.description.contains("'imported.run' is a name that no parameter") == true)
  }

  @Test(
    "what is no JSON object is refused by line",
    arguments: [
      "[1]", "{", #"{"a" 1}"#, #"{"a": 1,}"#, #"{"a": 01e}"#, #"{"a": nan}"#, #"{"a": "x}"#,
      #"{"a": "\x"}"#, #"{"a": "\u12"}"#, #"{"a": 1} 2"#, #"{"a": +1}"#, "1", "{\"a\": \"\u{1}\"}",
    ])
  func noObject(line: String) {
    let error = #expect(throws: InterchangeError.self) {
      try json("{\"run\": \"a\", \"loss\": 1}\n" + line)
    }
    #expect(error?.description.contains("line 2 is no JSON object") == true)
  }

  @Test("lists within each other without end are refused, not followed")
  func deep() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: InterchangeError.self) { try json("{\"run\": \"a\", \"x\": \(deep)") }
  }

  @Test("texts may be escaped")
  func escapes() throws {
    let line = #"{"run": "\u00fc\ud83d\ude00\ud83d\n\"\/", "loss": 1}"#
    #expect(try json(line).runs[0].name == "ü😀\u{FFFD}\n\"/")
  }

  @Test("a name with a NUL character, which SQL would cut, is refused")
  func zero() {
    for line in [
      #"{"run": "a\u0000b", "loss": 1}"#, #"{"run": "a", "lo\u0000ss": 1}"#,
      #"{"run": "a", "name": "x\u0000", "value": 1}"#,
    ] {
      let error = #expect(throws: InterchangeError.self) { try json(line) }
      #expect(error?.description.contains("NUL") == true)
    }
  }
}
