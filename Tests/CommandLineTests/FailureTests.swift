import Foundation
import TestSupport
import Testing

/// What a command says of an error: the library's fact, then what the user can do about it.
@Suite(.startsPrograms) struct FailureTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  @Test("a fact is followed by its remedy, whose commands a shell can run")
  func remedies() throws {
    try assay.write("run,step,loss\na,1,0.5\n", to: "metrics.csv")
    #expect(try assay.run("import", "csv", "metrics.csv").status == 0)
    for (arguments, status, line) in [
      (
        ["report", "--check", "no 'such"], 66,
        #"there is no directory no 'such; write a report there: assay report -o 'no '\''such/'"#
      ),
      (["train", "--data", "nowhere"], 66, "; run 'assay data fetch mnist --data nowhere'"),
      (["runs", "show", "xyz"], 64, "there is no run 'xyz'; assay runs list shows them"),
      (["sweep", "best", "xyz"], 64, "there is no sweep 'xyz'; assay sweep list shows them"),
      (["query", "threshold"], 64, "there is no query 'threshold'; did you mean "),
      (["measure"], 66, "of kind train in this database; train a model first: assay train"),
    ] as [([String], Int32, String)] {
      let result = try TestSupport.run(
        Assay.executable ?? "assay", arguments, in: assay.directory.url, environment: [:])
      #expect(result.status == status, "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
      #expect(result.error.contains(line), "\(result.error)")
    }
  }
}
