import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct ReportDirectoryTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .threeSeeds)
  }

  @Test(
    "a directory holds everything, the same each time, and passes its check until it is touched")
  func check() throws {
    let written = try assay.run("report", "-o", "results/")
    #expect(written.status == 0 && written.output.isEmpty)
    #expect(written.error == "wrote results/\n")
    let folder = assay.directory.path("results")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    for name in [
      "manifest.json", "table1.csv", "table2.tex", "seeds.md", "measures.json", "tables.txt",
      "macros.tex", "figure1.svg", "roc.pdf", "gallery.png", "report.html",
    ] {
      #expect(names.contains(name))
    }
    let manifest = try #require(
      JSONSerialization.jsonObject(with: Data(try assay.text("results/manifest.json").utf8))
        as? [String: Any])
    let files = try #require(manifest["files"] as? [[String: Any]])
    #expect(files.count == names.count - 1)
    #expect(files.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
    _ = try assay.run("report", "--all", "again")
    for name in names {
      #expect(try assay.data("again/" + name) == assay.data("results/" + name), "\(name)")
    }

    let good = try assay.run("report", "--check", "results")
    #expect(good.status == 0 && good.error.isEmpty, "\(good.output)")
    #expect(good.output == "results: \(files.count) files checked, no number differs\n")

    // A table and a drawing are touched at once: each is told by itself.
    let table2 = try assay.text("results/table2.tex")
    let drawing = try assay.text("results/figure1.svg")
    let redrawn = drawing.replacing("Histograms", with: "Bars")
    let changed = ["table2.tex": table2 + "%", "figure1.svg": redrawn]
    #expect(changed["figure1.svg"] != drawing)
    for (name, text) in changed { try assay.write(text, to: "results/" + name) }
    let touched = try assay.run("report", "--check", "results")
    #expect(touched.status == 65)
    for name in changed.keys { #expect(touched.output.contains("\(name): the file, SHA-256: ")) }
    // What another version of the program wrote or drew in other words, untouched since, says the
    // same.
    let manifestText = try assay.text("results/manifest.json")
    var otherManifest = manifestText
    for name in changed.keys {
      let digests = try ["again/", "results/"].map { folder in
        try TestSupport.run("sha256sum", [assay.directory.path(folder + name)]).output.prefix(64)
      }
      otherManifest = otherManifest.replacing(digests[0], with: digests[1])
    }
    try assay.write(otherManifest, to: "results/manifest.json")
    let otherwise = try assay.run("report", "--check", "results")
    #expect(otherwise.status == 0, "\(otherwise.output)")
    #expect(
      otherwise.error.contains("table2.tex: the same numbers, but from other queries or runs"))
    #expect(otherwise.error.contains("figure1.svg: the same numbers, "))
    try assay.write(drawing, to: "results/figure1.svg")
    try assay.write(manifestText, to: "results/manifest.json")
    try assay.write(table2, to: "results/table2.tex")

    let table = try assay.text("results/table1.csv")
    let number = try #require(table.firstMatch(of: /0\.[0-9]+/)?.0)
    try assay.write(table.replacing(number, with: "0.123"), to: "results/table1.csv")
    try FileManager.default.removeItem(atPath: folder + "/seeds.md")
    try assay.write("mine", to: "results/notes.txt")
    let bad = try assay.run("report", "--check", "results")
    #expect(bad.status == 65)
    #expect(bad.output.contains("table1.csv: row "))
    #expect(bad.output.contains(": 0.123 → \(number)"))
    #expect(bad.output.contains("seeds.md: the file: nothing → there"))
    #expect(bad.error.contains("results/notes.txt is not a file of the report"))
    #expect(bad.error.contains("differs from the database in"))
  }

  @Test("what cannot be checked or written is said in one line")
  func errors() throws {
    try FileManager.default.createDirectory(
      atPath: assay.directory.path("empty"), withIntermediateDirectories: false)
    for (arguments, status, words) in [
      (["--check", "nowhere"], 66, "there is no directory nowhere"),
      (["--check", "empty"], 65, "no manifest.json"),
      (["--check", "empty", "-o", "x.csv"], 64, "--check takes everything"),
      (["table1", "-o", "results/"], 64, "a directory gets the whole report"),
      (["macros", "--format", "csv"], 64, "only as latex"),
      (["figure1", "-o", "x.tex"], 64, "only as svg"),
    ] as [([String], Int32, String)] {
      let result = try assay.run(["report"] + arguments)
      #expect(result.status == status, "\(arguments)")
      #expect(result.error.hasPrefix("assay: ") && result.error.contains(words), "\(result.error)")
    }
  }

  @Test("a file's ending is a table's format")
  func endings() throws {
    for (name, start) in [
      ("t.tex", "% "), ("t.tsv", "study\t"), ("t.md", "**Table 2"), ("t.html", "<!DOCTYPE html>"),
      ("t.json", "{\n\"table2\": ["), ("t.jsonl", "{\"study\": "), ("t.csv", "study,"),
      ("t.txt", "Table 2"),
    ] {
      #expect(try assay.run("report", "table2", "-o", name).status == 0)
      #expect(try assay.text(name).hasPrefix(start), "\(name)")
    }
    #expect(try assay.run("report", "macros", "-o", "m.tex").status == 0)
    #expect(try assay.text("m.tex").contains("\\newcommand{\\assayFgsmUndefendedAccuracy}"))
  }

  @Test("mean and deviation over the seeds are those of the studies")
  func seeds() throws {
    let studies = try assay.ask("SELECT run FROM runs WHERE kind = 'reproduce';")
      .split(separator: "\n").map(String.init)
    #expect(studies.count == 3)
    let values = try studies.map { study in
      let csv = try assay.run("report", "table2", "--study", study, "--format", "csv").output
      let row = csv.split(separator: "\r\n").first {
        $0.contains(",heldout,fgsm,detection_accuracy,")
      }
      return Double(row?.split(separator: ",", omittingEmptySubsequences: false)[6] ?? "") ?? .nan
    }
    let mean = values.reduce(0, +) / 3
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2).squareRoot()
    let csv = try assay.run("report", "seeds", "--format", "csv").output
    let row = try #require(
      csv.split(separator: "\r\n").first {
        $0.contains(",fgsm,heldout,hybrid,softmax_std,detection_accuracy,3,")
      }
    ).split(separator: ",")
    #expect(abs((Double(row[7]) ?? .nan) - mean) < 1e-12)
    #expect(abs((Double(row[8]) ?? .nan) - deviation) < 1e-12)
    let shown = try assay.run("report", "seeds").output
    #expect(shown.contains(String(format: "%.2f ± %.2f%%", mean * 100, deviation * 100)))

    let alone = try Assay(copyOf: .study).run("report", "seeds")
    #expect(alone.status == 66 && alone.error.contains("--seed"))
  }
}
