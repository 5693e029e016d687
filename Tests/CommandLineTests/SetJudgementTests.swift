import Foundation
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
}
