import Attack
import Dataset
import Foundation
import SQLite
import Study
import Tensor
import TestSupport
import Testing
import Tracker

@Suite struct CataloguedStudyTests {
  let directory: TemporaryDirectory
  let context: StudyContext

  init() throws {
    directory = try TemporaryDirectory()
    context = StudyContext(
      tracker: try Tracker(
        writing: directory.path("assay.db"), environment: RunEnvironment(version: "test")),
      dataDirectory: DataDirectory(path: directory.path("none")),
      parallelism: Parallelism(threads: 2), progress: SilentProgress(), isCancelled: { false })
  }

  /// A network that knows something, on few images.
  static let configuration = {
    var configuration = DistillationTests.configuration.quickened()
    configuration.network.conv1 = 4
    configuration.network.conv2 = 6
    configuration.network.dense1 = 20
    configuration.training.epochs = 3
    configuration.training.batchSize = 20
    configuration.measurement.passes = 10
    return configuration
  }()

  private func numbers(_ sql: String) throws -> [Int] {
    try context.tracker.read { try $0.rows(sql) { try $0.int(0) } }
  }

  @Test("Feinman's study fits each regression on both parts and on one, and finds it again")
  func feinman() throws {
    var configuration = Self.configuration
    configuration.selection.size = 60
    configuration.selection.heldoutSize = 60
    configuration.attacks["jsma"] = AttackConfiguration(["gamma": .number(0.02)])
    let kind = try StudyCatalogue.kind(named: "feinman")
    let study = try kind.run(configuration, in: context)
    let parents = try context.tracker.parents(of: study)
    // Two attacks together and each for itself.
    let detectors = parents.filter { $0.key.hasPrefix("detector.") }
    #expect(detectors.count == 6)
    #expect(detectors.values.allSatisfy { $0.kind == "fit" })
    #expect(parents["noisy.lenet.jsma"]?.kind == "measure")
    #expect(try numbers("SELECT count(*) FROM detector GROUP BY part ORDER BY part") == [3, 3])
    #expect(
      try numbers(
        """
        SELECT count(DISTINCT measurement_id) FROM scored_measure
        JOIN measure ON measure.id = measure_id WHERE name = 'kernel_density'
        """) == [5])
    // No detector stands beside noise as beside an attack.
    let ranked = try context.tracker.query(.detectorRanking, ["study": .text(study.uuid)])
    let attack = try #require(ranked.columns.firstIndex(of: "attack"))
    #expect(Set(ranked.rows.compactMap { $0[attack].text }) == ["fgsm", "jsma"])
    let runs = try numbers("SELECT count(*) FROM run")
    #expect(try kind.run(configuration, in: context).uuid == study.uuid)
    #expect(try numbers("SELECT count(*) FROM run") == runs)
  }

  @Test("Feinman's own network is trained as he did, after the study's network")
  func feinmanNetwork() throws {
    var configuration = Self.configuration
    configuration.quick = false
    configuration.selection.size = 60
    configuration.selection.heldoutSize = 60
    configuration.attacks = ["fgsm": AttackConfiguration(["epsilon": .number(0.3)])]
    // Stopped as soon as his network is trained.
    let own = """
      SELECT configuration -> '$.training' ->> 'optimizer', configuration -> '$.training' ->> 'epochs'
      FROM run WHERE kind = 'train' AND configuration -> '$.training' ->> 'optimizer' = 'adadelta'
      """
    let tracker = context.tracker
    let stopped = StudyContext(
      tracker: tracker, dataDirectory: context.dataDirectory, parallelism: context.parallelism,
      progress: SilentProgress(),
      isCancelled: { (try? tracker.read { try $0.rows(own) { _ in true } })?.isEmpty == false })
    #expect(throws: StudyError.self) {
      try StudyCatalogue.kind(named: "feinman").run(configuration, in: stopped)
    }
    #expect(
      try tracker.read { try $0.rows(own) { "\(try $0.text(0)) \(try $0.int(1))" } } == [
        "adadelta 10"
      ])
  }

  @Test("studies of transformations record every vote", arguments: ["graese", "guo"])
  func transformations(name: String) throws {
    var configuration = Self.configuration
    configuration.selection.size = 4
    configuration.selection.heldoutSize = 4
    let study = try StudyCatalogue.kind(named: name).run(configuration, in: context)
    guard case .array(let voters)? = study.configuration["settings"]?["voters"] else {
      Issue.record("no voters are recorded")
      return
    }
    #expect(voters.count > 5)
    #expect(try numbers("SELECT count(*) FROM image_vote") == [2 * 8 * voters.count])
    let shares = try context.tracker.query(.transformShares, ["study": .text(study.uuid)])
    #expect(shares.rows.count == 2 * voters.count)
  }
}
