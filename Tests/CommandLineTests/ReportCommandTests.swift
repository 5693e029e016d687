import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct ReportCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  /// A file that was written.
  func bytes(_ name: String) throws -> [UInt8] {
    Array(try assay.data(name))
  }

  @Test("a figure's file is in the format that its name says, and the same each time")
  func files() throws {
    for (name, start) in [
      ("figure.svg", "<svg xmlns"), ("figure.pdf", "%PDF-"), ("figure.png", "\u{89}PNG"),
    ] {
      let result = try assay.run("report", "figure1", "-o", name)
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(result.error == "wrote \(name)\n")
      let first = try bytes(name)
      #expect(
        String(decoding: first.prefix(12), as: UTF8.self).dropFirst().hasPrefix(start.dropFirst()))
      _ = try assay.run("report", "figure1", "-o", name)
      #expect(try bytes(name) == first)
    }
    let printed = try assay.run("report", "figure1")
    #expect(try Array(printed.output.utf8) == bytes("figure.svg"))
    #expect(try assay.run("report", "thresholds").output.hasPrefix("<svg xmlns"))
  }

  @Test("the gallery shows the data's own images beside the adversarial ones")
  func gallery() throws {
    _ = try assay.run("report", "gallery", "-o", "gallery.svg")
    let images = String(decoding: try bytes("gallery.svg"), as: UTF8.self).matches(of: /<image/)
    #expect(images.count >= 3 && images.count.isMultiple(of: 3))
  }

  @Test("the page is one file, the same each time")
  func page() throws {
    let result = try assay.run("report", "--format", "html", "-o", "report.html")
    #expect(result.status == 0 && result.error == "wrote report.html\n")
    let first = try bytes("report.html")
    let html = String(decoding: first, as: UTF8.self)
    #expect(html.hasPrefix("<!DOCTYPE html>"))
    for part in ["Table 1", "Table 3", "Figure 1", "ROC curves", "id=\"runs\""] {
      #expect(html.contains(part))
    }
    #expect(!html.contains("http-equiv=\"refresh\""))
    _ = try assay.run("report", "-o", "report.html")
    #expect(try bytes("report.html") == first)
  }

  @Test("without a file, tables and drawings are for the terminal")
  func terminal() throws {
    let result = try assay.run("report", "--full", environment: ["COLUMNS": "100"])
    #expect(result.status == 0)
    for part in ["Table 2", "Figure 1", "ROC curves", "└───"] {
      #expect(result.output.contains(part))
    }
    #expect(!result.output.contains("\u{1B}"))
    let digits = try assay.run("report", "gallery", "--format", "text")
    #expect(digits.output.contains("█") || digits.output.contains("▓"))
  }

  @Test("without anything a summary of at most twelve lines is printed, and --full has the rest")
  func summary() throws {
    let short = try assay.run("report")
    #expect(short.status == 0)
    let lines = short.output.split(separator: "\n")
    #expect(lines.count <= 12)
    #expect(lines.first?.hasPrefix("Study ") == true)
    #expect(lines.contains { $0.hasPrefix("FGSM ") && $0.contains("%") })
    #expect(lines.last?.hasPrefix("Next: assay report --full") == true)
    #expect(!short.output.contains("Table 1"))
    #expect(try assay.run("report", "summary").output == short.output)
    let full = try assay.run("report", "--full")
    #expect(full.output.contains("Table 1") && full.output.contains("Figure 1"))
    #expect(try assay.run("report", "--format", "text").output == full.output)
  }

  @Test("what cannot be reported is said in one line")
  func errors() throws {
    for (arguments, status, words) in [
      (["nonsense"], 64, "there is no table or figure 'nonsense'"),
      (["table1", "--format", "png"], 64, "only as text"),
      (["figure1", "-o", "nowhere/figure.svg"], 74, "figure.svg"),
      (["figure1", "-o", "figure.gif"], 64, ".gif; name one with --format"),
      (["--watch"], 64, "--watch needs a file"),
      (["table2", "--full"], 64, "--full prints everything"),
      (["summary", "-o", "summary.pdf"], 64, "only as text"),
      (["sweep-history"], 64, "no sweep"),
      (["thresholds", "--format", "text"], 64, "assay report thresholds -o"),
    ] as [([String], Int32, String)] {
      let result = try assay.run(["report"] + arguments)
      #expect(result.status == status, "\(arguments)")
      #expect(result.error.hasPrefix("assay: "))
      #expect(result.error.contains(words), "\(result.error)")
    }
  }

  @Test("of a deleted study it is said that it is, and its directory is checked when it is back")
  func deleted() throws {
    let study = try assay.onlyRun("reproduce")
    try assay.succeed("report", "-o", "results/")
    try assay.succeed("runs", "delete", study)
    for arguments in [["--check", "results"], ["--study", study], ["table1", "--study", study]] {
      let result = try assay.run(["report"] + arguments)
      #expect(result.status == 66 && result.output.isEmpty, "\(arguments)")
      #expect(
        result.error
          == "assay: study \(study.prefix(8)) is deleted; bring it back: assay runs restore "
          + "\(study.prefix(8))\n")
    }
    try assay.succeed("runs", "restore", study)
    let check = try assay.run("report", "--check", "results")
    #expect(check.status == 0, "\(check.output) \(check.error)")
  }

  @Test("all measures are beside each other, as tables and as figures")
  func detectors() throws {
    let table = try assay.run("report", "detectors")
    #expect(table.status == 0, "\(table.error)")
    #expect(table.output.contains("softmax deviation") && table.output.contains("TPR at 1%"))
    let one = try assay.run(
      "report", "detectors", "--measures", "margin", "--format", "csv", "--without-published")
    #expect(one.output.contains(",margin,") && !one.output.contains("softmax_std"))
    for figure in ["ranking", "detector-roc"] {
      let drawn = try assay.run("report", figure, "-o", "\(figure).svg")
      #expect(drawn.status == 0, "\(drawn.error)")
    }
    let none = try assay.run("report", "guo")
    #expect(none.status == 66)
    #expect(none.error.contains("assay reproduce --study guo"))
    for (arguments, words) in [
      (["table1", "--measures", "margin"], "assay report detectors, feinman, detector-roc"),
      (["graese", "--measures", "margin"], "assay report detectors, feinman, detector-roc"),
      (["detectors", "--measures", ","], "--measures names none"),
      (["detectors", "--measures", "margin,nope"], "'nope' was judged; there are: "),
      (["detector-roc", "--measures", "margn", "-o", "no.svg"], "; did you mean margin?"),
    ] {
      let refused = try assay.run(["report"] + arguments)
      #expect(refused.status == 64 && refused.error.contains(words), "\(refused.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("no.svg")))
  }

  @Test("--watch writes the page again when the database changes, and ends with 130")
  func watch() throws {
    let program = try assay.start("report", "-o", "live.html", "--watch")
    let path = assay.directory.path("live.html")
    try waitUntil("the page", of: program) { FileManager.default.fileExists(atPath: path) }
    let first = String(decoding: try bytes("live.html"), as: UTF8.self)
    #expect(first.contains("http-equiv=\"refresh\""))
    // A second study, of another name, is newer and takes the page.
    try assay.write(Assay.configuration + "seed: 1\n", to: "other.yaml")
    #expect(try assay.run("reproduce", "--config", "other.yaml", "--quiet").status == 0)
    let study = try assay.ask(
      "SELECT run FROM runs WHERE kind = 'reproduce' ORDER BY created DESC LIMIT 1;")
    let digits = study.prefix(8)
    try waitUntil("the new study's page", of: program) {
      String(decoding: try bytes("live.html"), as: UTF8.self).contains(
        "<span>Study \(digits)</span>")
    }
    program.send(SIGINT)
    let result = try program.wait()
    #expect(result.status == 130)
    #expect(result.error.contains("wrote live.html"))
    #expect(!String(decoding: try bytes("live.html"), as: UTF8.self).contains("\"refresh\""))
  }
}
