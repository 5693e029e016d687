import Attack
import Dataset
import Foundation
import SQLite
import Study
import Synchronization
import Tensor
import TestSupport
import Testing
import Tracker

/// Progress that nobody watches.
struct SilentProgress: ProgressReporter {
  func plan(stages: Int) {}
  func nextStage() {}
  func begin(_ stage: String, done: Int, total: Int, unit: String) {}
  func advance(to done: Int, detail: String) {}
  func end(_ stage: String, reused: Bool) {}
  func note(_ message: String) {}
}

@Suite struct DistillationTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// The sample of MNIST that tests have.
  static let sample = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path

  static let configuration = {
    var configuration = StudyConfiguration()
    configuration.dataset = sample
    configuration.network.conv1 = 2
    configuration.network.conv2 = 3
    configuration.network.dense1 = 8
    configuration.training.epochs = 2
    configuration.training.batchSize = 100
    configuration.selection.size = 20
    configuration.selection.heldoutSize = 20
    configuration.measurement.passes = 3
    configuration.attacks = ["fgsm": AttackConfiguration(["epsilon": .number(0.3)])]
    return configuration
  }()

  /// Counts how often work asks whether to stop, and stops it at one of those times.
  final class Stop: Sendable {
    let asked = Mutex(0)
    let limit: Int

    init(at limit: Int) {
      self.limit = limit
    }

    func isTime() -> Bool {
      asked.withLock { asked in
        asked += 1
        return asked >= limit
      }
    }
  }

  func context(_ database: String, stop: Stop = Stop(at: .max)) throws -> StudyContext {
    StudyContext(
      tracker: try Tracker(
        writing: directory.path(database), environment: RunEnvironment(version: "test")),
      dataDirectory: DataDirectory(path: directory.path("none")),
      parallelism: Parallelism(threads: 2), progress: SilentProgress(), isCancelled: stop.isTime)
  }

  /// What every network of a database weighs, and what it learnt.
  func networks(_ database: String) throws -> [[String]] {
    try Tracker(reading: directory.path(database)).read { connection in
      try connection.rows(
        """
        SELECT targets, temperature, outputs, test_correct, sha256
        FROM training_run
        JOIN artifact ON artifact.run_id = training_run.run_id AND artifact.name = 'weights'
        JOIN blob ON blob.id = blob_id ORDER BY targets, temperature, sha256
        """
      ) { row in (0..<5).map { "\(row.value($0))" } }
    }
  }

  @Test("the networks of the study learn what they are recorded for, and resume to the same bits")
  func resumes() throws {
    let kind = try StudyCatalogue.kind(named: "distillation")
    let undisturbed = try context("whole.db")
    let study = try kind.run(Self.configuration, in: undisturbed)
    #expect(study.kind == "study")
    #expect(study.configuration["study"] == .string("distillation"))

    // Stopped again and again, each time a little later than where it goes on.
    var interruptions = 0
    while interruptions < 90 {
      do {
        _ = try kind.run(Self.configuration, in: context("parts.db", stop: Stop(at: 8)))
        break
      } catch StudyError.interrupted {
        interruptions += 1
      }
    }
    #expect((8..<90).contains(interruptions))
    let networks = try networks("whole.db")
    #expect(try self.networks("parts.db") == networks)
    #expect(
      networks.map { $0[0] } == [
        "text(\"labels\")", "text(\"labels\")", "text(\"labels\")", "text(\"outlier_class\")",
        "text(\"outlier_class\")", "text(\"outlier_class\")", "text(\"outlier_class\")",
        "text(\"soft_labels\")",
      ])
    #expect(networks.map { $0[1] }.count { $0 == "real(100.0)" } == 2)
    #expect(networks.map { $0[2] }.count { $0 == "integer(11)" } == 4)
    #expect(Set(networks.map { $0[4] }).count == 8)
  }

  @Test("no attack aims at the outlier class or counts it as its success")
  func attacks() throws {
    let context = try context("attacks.db")
    var configuration = Self.configuration
    configuration.attacks["jsma"] = AttackConfiguration(["gamma": .number(0.02)])
    configuration.attacks["bim-a"] = AttackConfiguration(["iterations": .number(3)])
    let study = try StudyCatalogue.kind(named: "distillation").run(configuration, in: context)
    let counts = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT count(*), sum(target_label = 10), sum(prediction = 10 AND success), sum(prediction = 10)
        FROM adversarial_image
        JOIN adversarial_set ON adversarial_set.run_id = adversarial_set_id
        JOIN training_run ON training_run.run_id = model_id
        WHERE outputs = 11
        """
      ) { row in try (0..<4).map { try row.int($0) } }
    }
    // Four networks, three attacks, forty images.
    let row = try #require(counts.first)
    #expect(row[0] == 480)
    #expect(row[1] == 0)
    #expect(row[2] == 0)
    #expect(row[3] > 0)
    #expect(try context.tracker.parents(of: study)["attack.outlier_max.jsma"]?.kind == "attack")
  }

  @Test("the outlier class's shares follow the uncertainties")
  func shares() {
    let uncertainties = (0..<200).map { Float($0) / 10 } + [1000]
    let largest = OutlierNormalisation.max.shares(of: uncertainties, alpha: 0.9)
    #expect(abs(largest[100] - 0.009) < 1e-6)
    #expect(abs(largest[200] - 0.9) < 1e-6)
    // The 199th of 201 is 19.8.
    let shares = OutlierNormalisation.percentile.shares(of: uncertainties, alpha: 0.9)
    #expect(abs(shares[99] - 0.9 * 9.9 / 19.8) < 1e-6)
    #expect(shares[200] == shares[198])
    #expect(OutlierNormalisation.percentile.shares(of: [0, 0], alpha: 0.9) == [0, 0])
  }

  @Test("noise has the mean norm of the attack, and flips are as many pixels at most")
  func noise() throws {
    let context = try context("noise.db")
    var configuration = CataloguedStudyTests.configuration
    configuration.selection.size = 60
    configuration.selection.heldoutSize = 60
    configuration.attacks["jsma"] = AttackConfiguration(["gamma": .number(0.02)])
    let study = try StudyCatalogue.kind(named: "feinman").run(configuration, in: context)
    let parents = try context.tracker.parents(of: study)
    for attack in ["fgsm", "jsma"] {
      let measured = try #require(parents["noisy.lenet.\(attack)"])
      #expect(measured.state == .finished)
      let run = try #require(try context.tracker.parents(of: measured)["adversarial_set"])
      #expect(run.kind == "noise")
      let rows = try context.tracker.read { connection in
        try connection.rows(
          """
          SELECT noisy.mean_l2, attacked.mean_l2, method, scale, noisy.attack,
            (SELECT count(*) FROM adversarial_image AS noise
             JOIN adversarial_image AS change USING (image_index)
             WHERE noise.adversarial_set_id = noisy.run_id
               AND change.adversarial_set_id = attacked.run_id AND noise.l0 > change.l0)
          FROM noisy_set
          JOIN adversarial_set AS noisy ON noisy.run_id = noisy_set.run_id
          JOIN adversarial_set AS attacked ON attacked.run_id = matches_id
          WHERE noisy_set.run_id = ?
          """, [.integer(run.id)]
        ) { row in (0..<6).map { row.value($0) } }
      }
      let row = try #require(rows.first)
      let norms = (try #require(row[0].real), try #require(row[1].real))
      #expect(row[4] == .text("noisy-\(attack)"))
      if attack == "jsma" {
        #expect(row[2] == .text("flips"))
        #expect(row[3] == .null)
        #expect(row[5] == .integer(0))
      } else {
        #expect(row[2] == .text("gaussian"))
        #expect(abs(norms.0 / norms.1 - 1) < 1e-4)
      }
    }
  }

  @Test("a study that does not exist is refused")
  func unknown() {
    #expect(throws: StudyError.self) { try StudyCatalogue.kind(named: "wang") }
    #expect(StudyCatalogue.standard.name == "wang-zhang")
  }
}
