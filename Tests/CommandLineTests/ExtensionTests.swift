import ArgumentParser
import Attack
import Dataset
import Detection
import Foundation
import Classifier
import Study
import Tensor
import TestSupport
import Testing
import Tracker
import assay

/// One of each that is open: an attack, a measure, a transform, which is a voter and a measure, a voter
/// set and a learner, each registered by this process as a program that uses the targets as libraries would.
private enum Additions {
  static let all: Void = {
    TransformCatalogue.register(
      TransformKind(
        name: "negative", title: "Negative", summary: "white for black", source: "this test"
      ) { _, setting in Negative(size: setting.size) })
    MeasureCatalogue.register(
      MeasureKind(
        pattern: "brightness_mean", title: "Mean brightness", summary: "mean of the pixels",
        source: "this test", standard: ["brightness_mean"]
      ) { $0 == "brightness_mean" ? BrightnessMean() : nil })
    let voters = ["negative", "negative+binarisation_0.5"].compactMap {
      try? TransformSpecification($0)
    }
    VoterSetCatalogue.register(
      VoterSet(
        name: "negatives", title: "Negatives", summary: "the negative, grey or not", voters: voters)
    )
    DetectorCatalogue.register(FirstInput())
    AttackCatalogue.register(
      AttackKind(
        name: "fade", title: "Fading", summary: "every pixel times what is left",
        source: "this test",
        threat: ThreatModel(
          norm: .linf, budget: "lost_share", knowledge: .none, isIterative: false),
        parameters: [
          AttackParameter(
            name: "lost_share", domain: .number(0...1), defaultValue: .number(0.5),
            summary: "the share of brightness that is lost")
        ]
      ) { values in
        guard case .number(let share)? = values["lost_share"] else { return Fade(left: 1) }
        return Fade(left: Float(1 - share))
      })
  }()
}

private struct Fade: Attack {
  let name = "fade"
  let left: Float

  func perturb(_ batch: AttackBatch) {
    for place in 0..<batch.count * batch.size { batch.adversarial[place] *= left }
    for member in 0..<batch.count { batch.record("left", Double(left), of: member) }
  }
}

private struct Negative: Transform {
  let size: Int

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    for pixel in 0..<size { result[pixel] = 1 - image[pixel] }
  }
}

private struct BrightnessMean: Measure, PreparedMeasure {
  let description = MeasureDescription(
    name: "brightness_mean", orientation: .high, unit: "1", title: "Mean brightness",
    summary: "mean of the pixels", source: "this test")

  func prepare(_ material: MeasureMaterial) -> any PreparedMeasure { self }

  func values(of batch: ImageBatch) -> [Double] {
    let size = batch.pixels.count / max(1, batch.count)
    return (0..<batch.count).map { image in
      batch.pixels[image * size..<(image + 1) * size].reduce(0) { $0 + Double($1) } / Double(size)
    }
  }
}

/// Takes the first input for the score.
private struct FirstInput: DetectorLearner {
  let name = "first-input"
  let title = "First input"
  let summary = "the first input as it is"
  let source = "this test"

  func fit(
    _ examples: DetectorExamples, seed: UInt64, parallelism: Parallelism,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) throws(DetectionError) -> any FittedDetector {
    if isCancelled() { throw .cancelled }
    return Fitted(inputs: examples.inputs)
  }

  func decode(_ encoded: [UInt8]) throws(DetectionError) -> any FittedDetector {
    do {
      let record = try JSONDecoder().decode(Record.self, from: Data(encoded))
      return Fitted(inputs: record.inputs)
    } catch {
      throw .damagedDetector(problem: "\(error)")
    }
  }

  struct Record: Codable {
    let learner: String
    let inputs: [String]
  }

  struct Fitted: FittedDetector {
    let learner = "first-input"
    let inputs: [String]
    let settings: [String: Double] = ["places": 1]

    var terms: [DetectorTerm] {
      inputs.enumerated().map { DetectorTerm(input: $1, weight: $0 == 0 ? 1 : 0) }
    }

    var encoded: [UInt8] {
      (try? JSONEncoder().encode(Record(learner: learner, inputs: inputs))).map { Array($0) } ?? []
    }

    func score(_ values: [Double]) -> Double { values[0] }
  }
}

private struct Silence: ProgressReporter {
  func plan(stages: Int) {}
  func nextStage() {}
  func begin(_ stage: String, done: Int, total: Int, unit: String) {}
  func advance(to done: Int, detail: String) {}
  func end(_ stage: String, reused: Bool) {}
  func note(_ message: String) {}
}

@Suite(.startsPrograms) struct ExtensionTests {
  @Test("one file and one entry add a measure, a transform, a voter set or a learner everywhere")
  func everywhere() throws {
    Additions.all
    let assay = try Assay(copyOf: .study)
    let tracker = try Tracker(
      writing: assay.directory.path("assay.db"), creating: false,
      environment: RunEnvironment(version: "test"))
    let context = StudyContext(
      tracker: tracker, dataDirectory: DataDirectory(path: assay.directory.path("data")),
      parallelism: Parallelism(threads: 2), progress: Silence(), isCancelled: { false })
    var configuration = StudyConfiguration()
    configuration.dataset = Assay.sample
    let detectors = try Detectors(configuration, in: context)
    let sets = try tracker.ownRuns(kind: "measure")
    _ = try detectors.score(
      sets, measures: ["brightness_mean", "negative_l1", "disagreement_negatives"], voters: [],
      sets: ["negatives"])
    _ = try detectors.fit(
      Detectors.Fitting(
        name: "first", learner: "first-input", measures: ["brightness_mean", "negative_l1"],
        voters: ["negative"], part: .heldout, attacks: []), model: nil)

    // Queries and the views beneath them, as any other process sees them.
    for measure in ["brightness_mean", "negative_l1", "first"] {
      let answer = try assay.run(
        "query", "auroc", "--measure", measure, "--part", "selection", "--format", "csv")
      #expect(answer.output.split(separator: "\r\n").count == 4, "\(measure): \(answer.error)")
    }
    #expect(
      try assay.ask(
        """
        SELECT count(*) FROM image_votes WHERE voter = 'negative';
        SELECT voter_set, voters FROM voter_sets WHERE voter_set = 'negatives';
        SELECT learner, inputs FROM detectors;
        """) == "1000\nnegatives|2\nfirst-input|3\n")
    let sums = try assay.ask(
      """
      SELECT sum(abs(first.value - mean.value)) FROM image_scores AS first
      JOIN image_scores AS mean USING (measurement, image_index)
      WHERE first.measure = 'first' AND mean.measure = 'brightness_mean';
      """)
    #expect(sums == "0.0\n")

    // Reports of another process, which knows what is recorded.
    for format in ["text", "markdown", "csv"] {
      let report = try assay.run("report", "detectors", "--format", format)
      #expect(report.status == 0, "\(report.error)")
      let names =
        format == "csv"
        ? ["brightness_mean", "negative_l1", "disagreement_negatives", "first"]
        : ["Mean brightness", "distance behind Negative", "disagreement of Negatives", "first"]
      for name in names { #expect(report.output.contains(name), "\(format): \(name)") }
    }

    // Lists, help and what shells offer, in this process.
    #expect(
      CatalogueHelp.learners.contains(
        "first-input: the first input as it is"))
    #expect(
      Completions.measures(["--measures", "energy,brightness_m"]) == ["energy,brightness_mean"])
    #expect(Completions.voters(["--voters", "negati"]) == ["negative"])
    #expect(Completions.voterSets(["--voter-set", "negati"]) == ["negatives"])
    #expect(MeasureCatalogue.standard.contains("brightness_mean"))
    let listed = try assay.run("measures", "list", "--format", "csv")
    #expect(listed.output.contains("Mean brightness"), "\(listed.error)")
  }

  @Test("a measure that gives no gradient is refused by name to attacks, with those that have one")
  func withoutGradient() {
    Additions.all
    #expect {
      _ = try MeasureCatalogue.differentiable(named: "brightness_mean")
    } throws: { error in
      let text = "\(error)"
      return text.contains("'brightness_mean' has no gradient") && text.contains("softmax_std")
        && text.contains("TRANSFORM_l1") && text.contains("lid[")
    }
  }

  @Test("an attack that is registered has options, help, keys and views")
  func attack() throws {
    Additions.all
    let assay = try Assay(copyOf: .training)
    let tracker = try Tracker(
      writing: assay.directory.path("assay.db"), creating: false,
      environment: RunEnvironment(version: "test"))
    let context = StudyContext(
      tracker: tracker, dataDirectory: DataDirectory(path: assay.directory.path("data")),
      parallelism: Parallelism(threads: 2), progress: Silence(), isCancelled: { false })
    var configuration = StudyConfiguration()
    configuration.dataset = Assay.sample
    configuration.selection.size = 20
    configuration.selection.heldoutSize = 10
    let stages = try SingleStages(configuration, in: context)
    let half = try stages.attack("fade", values: [:], model: nil).set
    let again = try stages.attack("fade", values: ["lost_share": .number(0.5)], model: nil).set
    #expect(again.uuid == half.uuid)
    #expect(
      try stages.attack("fade", values: ["lost_share": .number(1)], model: nil).set.key != half.key)
    #expect(
      try assay.ask(
        """
        SELECT norm, budget, is_targeted, knowledge, is_iterative, round(mean_linf, 1)
        FROM adversarial_sets WHERE attack = 'fade' ORDER BY budget;
        SELECT title, source, budget_parameter, goal FROM attacks WHERE attack = 'fade';
        SELECT detail, min(value), max(value), count(*) FROM adversarial_details GROUP BY detail;
        """) == """
          linf|0.5|0|none|0|0.5
          linf|1|0|none|0|1.0
          Fading|this test|lost_share|untargeted
          left|0.0|0.5|60

          """)
    // Its options are the parser's, in this process.
    #expect(CatalogueHelp.attack.contains("--lost-share <lost-share>"))
    #expect(CatalogueHelp.attack.contains("fade: the share of brightness that is lost"))
    #expect(CatalogueHelp.attack.contains("fade: every pixel times what is left"))
    #expect(Completions.attackKinds(["attack", "fad"]) == ["fade"])
  }
}
