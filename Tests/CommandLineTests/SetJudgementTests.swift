import Foundation
import Interchange
import TestSupport
import Testing

@Suite(.startsPrograms) struct SetJudgementTests {
  @Test("an imported set says which network judges it, and how it did by its own predictions")
  func imported() throws {
    let assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
    let attacked = try assay.stage("train")
    let set = try assay.stage("attack", "fgsm")
    _ = try assay.run("sets", "export", set, "-o", "fgsm.npz", "--config", "study.yaml", "--quiet")
    let judge = try assay.stage("train", "--seed", "5")
    #expect(judge != attacked)
    let result = try assay.run(
      "sets", "import", "fgsm.npz", "--name", "theirs", "--model", judge, "--config", "study.yaml")
    #expect(result.status == 0, "\(result.error)")
    let list = try assay.run("sets", "list", "--format", "json")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    let own = try #require(rows.first { $0["run"] as? String == set })
    let imported = try #require(rows.first { $0["attack"] as? String == "theirs" })
    #expect(own["file_success_rate"] is NSNull)
    #expect(imported["model"] as? String == judge)
    let (claimed, judged) = (
      try #require(imported["file_success_rate"] as? Double),
      try #require(imported["success_rate"] as? Double)
    )
    #expect(claimed == own["success_rate"] as? Double)
    #expect(claimed != judged)
    func percent(_ rate: Double) -> String { String(format: "%.1f%%", 100 * rate) }
    #expect(
      result.error.contains(
        "model \(judge.prefix(8)) judges the images: \(percent(judged)) succeed; "
          + "by the predictions in the file \(percent(claimed)) do"), "\(result.error)")
  }

  @Test("predictions may be scores or a column; what is no class for each image is refused")
  func shapes() throws {
    let assay = try Assay(copyOf: .training)
    let set = try assay.stage("attack", "fgsm")
    let export = ["sets", "export", set, "-o", "fgsm.npz", "--config", "study.yaml", "--quiet"]
    #expect(try assay.run(export).status == 0)
    let arrays = try Npz.arrays(from: [UInt8](assay.data("fgsm.npz")), file: "fgsm.npz")
    let classes = try #require(arrays["predictions"]?.integers)
    let count = classes.count
    func importing(
      _ predictions: NumericArray, as name: String, _ more: String...
    ) throws -> ProgramResult {
      let others = arrays.filter { $0.key != "predictions" }.map { (name: $0.key, array: $0.value) }
      let bytes = try Npz.bytes(of: others + [("predictions", predictions)], file: "theirs.npz")
      try Data(bytes).write(to: assay.directory.url.appending(path: "theirs.npz"))
      return try assay.run(
        ["sets", "import", "theirs.npz", "--name", name, "--config", "study.yaml"] + more)
    }
    func rows(_ shape: [Int], _ values: [Int]) -> NumericArray {
      NumericArray(shape: shape, .int64(values.map(Int64.init)))
    }
    let scores = classes.flatMap { found in (0..<10).map { Float($0 == found ? 0.4 : 0.1) } }
    for (name, predictions) in [
      ("column", rows([count, 1], classes)),
      ("scores", NumericArray(shape: [count, 10], .float32(scores))),
    ] {
      let result = try importing(predictions, as: name)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.error.contains("as the predictions in the file say"), "\(result.error)")
    }
    #expect(
      try assay.ask(
        "SELECT count(*), count(DISTINCT value) FROM metrics WHERE metric = 'file_success_rate';")
        == "2|1\n")
    let before = try assay.ask("SELECT count(*) FROM runs;")
    for (predictions, mention) in [
      (rows([100], Array(classes.prefix(100))), "has the shape [100]; expected: [250]"),
      (rows([count], classes.map { $0 + 100 }), "; classes are 0...9"),
      (rows([count, 5], Array(repeating: 0, count: 5 * count)), "has the shape [250, 5]"),
      (
        NumericArray(shape: [count], .float32(Array(repeating: 0.5, count: count))),
        "expected: whole numbers"
      ),
      (
        NumericArray(shape: [count, 10], .float32([.nan] + scores.dropFirst())),
        "has a score that is no number"
      ),
    ] {
      let result = try importing(predictions, as: "wrong", "--quiet")
      #expect(result.status == 65, "\(mention): \(result.error)")
      #expect(result.error.contains(mention), "\(mention): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
    #expect(try assay.ask("SELECT count(*) FROM runs;") == before)
  }
}
