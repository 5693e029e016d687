import Dataset
import Foundation
import SQLite
import Study
import Synchronization
import Tensor
import TestSupport
import Testing
import Tracker

/// Scores are committed a thousand images at a time: more images than that are scored here.
@Suite struct ScoreResumptionTests {
  private static let images = 1200
  private static let measures = ["energy", "softmax_variance", "binarisation_0.5_l1"]
  private static let voters = ["binarisation_0.5", "noise_0.1"]

  /// Progress that says how many images are scored.
  private final class Scored: ProgressReporter {
    private let done = Mutex(0)

    var count: Int { done.withLock { $0 } }

    func plan(stages: Int) {}
    func nextStage() {}
    func begin(_ stage: String, done: Int, total: Int, unit: String) {}
    func advance(to done: Int, detail: String) { self.done.withLock { $0 = done } }
    func end(_ stage: String, reused: Bool) {}
    func note(_ message: String) {}
  }

  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try Self.writeImages(to: directory.path("images"))
  }

  /// A data set whose test images are the sample's training images, then its test images.
  private static func writeImages(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func read(_ name: String) throws -> IDXArray {
      try IDXArray(contentsOf: DistillationTests.sample + "/\(name).gz")
    }
    for kind in ["images-idx3-ubyte", "labels-idx1-ubyte"] {
      let (many, few) = (try read("train-\(kind)"), try read("t10k-\(kind)"))
      let all = IDXArray(
        dimensions: [many.dimensions[0] + few.dimensions[0]] + many.dimensions.dropFirst(),
        elements: many.elements + few.elements)
      try Data(all.encoded()).write(to: URL(filePath: folder + "/t10k-\(kind)"))
      try Data(few.encoded()).write(to: URL(filePath: folder + "/train-\(kind)"))
    }
  }

  private var configuration: StudyConfiguration {
    var configuration = DistillationTests.configuration
    configuration.dataset = directory.path("images")
    configuration.training.epochs = 1
    configuration.selection.method = .first
    configuration.selection.size = Self.images - 100
    configuration.selection.heldoutSize = 100
    return configuration
  }

  private func context(_ database: String) throws -> StudyContext {
    StudyContext(
      tracker: try Tracker(
        writing: directory.path(database), environment: RunEnvironment(version: "test")),
      dataDirectory: DataDirectory(path: directory.path("none")),
      parallelism: Parallelism(threads: 2), progress: Scored(), isCancelled: { false })
  }

  private func score(_ measurement: Run, in context: StudyContext) throws -> Run {
    try Detectors(configuration, in: context).score(
      [measurement], measures: Self.measures, voters: Self.voters, sets: [])
  }

  private func values(in context: StudyContext) throws -> [String] {
    try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT measure_id, image_index, printf('%!.17g', value) FROM image_score
        UNION ALL SELECT voter_id, image_index, class FROM image_vote
        ORDER BY 1, 2, 3
        """
      ) { "\(try $0.int(0)) \(try $0.int(1)) \($0.value(2))" }
    }
  }

  @Test("scores that are stopped between two commits go on there, to the same bits")
  func resume() throws {
    let undisturbed = try context("undisturbed.db")
    let stages = try SingleStages(configuration, in: undisturbed)
    _ = try stages.train()
    let measurement = try stages.measure(set: nil, model: nil)
    let copy = try TestSupport.run(
      "sqlite3", [directory.path("undisturbed.db"), ".backup '\(directory.path("stopped.db"))'"])
    try #require(copy.status == 0, "\(copy.error)")
    _ = try score(measurement, in: undisturbed)

    let stopped = try context("stopped.db")
    let scored = Scored()
    let stopping = StudyContext(
      tracker: stopped.tracker, dataDirectory: stopped.dataDirectory,
      parallelism: stopped.parallelism, progress: scored, isCancelled: { scored.count >= 1000 })
    #expect(throws: StudyError.self) { try score(measurement, in: stopping) }
    let half = try values(in: stopped)
    #expect(half.count == 1000 * (Self.measures.count + Self.voters.count))
    // Nothing is shown of scores that are not whole.
    let shown = try stopped.tracker.read {
      try $0.rows("SELECT count(*) FROM image_scores WHERE measure = 'energy'") { try $0.int(0) }
    }
    #expect(shown == [0])
    _ = try score(measurement, in: stopped)
    #expect(try values(in: stopped) == values(in: undisturbed))
    #expect(try values(in: stopped).count == Self.images * half.count / 1000)
  }
}
