import Foundation
import Synchronization
import TestSupport
import Tracker

/// The files that many tests begin with: made once in this process by the built command, and copied
/// for each test that asks for them with `Assay(copyOf:)`.
///
/// Where making them fails, every test that asks for them fails with the reason.
final class SharedStart: Sendable {
  private let prepare: @Sendable (Assay) throws -> Void
  private let made = Mutex<Result<Assay, any Error>?>(nil)

  /// Describes files that a test begins with.
  ///
  /// - Parameters:
  ///   - earlier: What they are made from; nil for an empty directory.
  ///   - prepare: Makes them.
  init(from earlier: SharedStart? = nil, _ prepare: @escaping @Sendable (Assay) throws -> Void) {
    self.prepare = { assay in
      if let earlier { try earlier.copyFiles(to: assay) }
      try prepare(assay)
    }
  }

  /// Copies the files into a test's directory.
  func copyFiles(to assay: Assay) throws {
    let shared = try made.withLock { made in
      let result = made ?? Result { try make() }
      made = result
      return try result.get()
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: shared.directory.path(".")) {
      try FileManager.default.copyItem(
        at: shared.directory.url.appending(path: name),
        to: assay.directory.url.appending(path: name))
    }
  }

  private func make() throws -> Assay {
    let assay = try Assay()
    Self.removeAtExit(assay.directory)
    try prepare(assay)
    // A journal that is left would have to be copied in the same instant as its database.
    let names = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("."))
    if let journal = names.first(where: { $0.hasSuffix("-wal") || $0.hasSuffix("-journal") }) {
      throw CommandFailure("the commands left \(journal) behind")
    }
    return assay
  }

  /// Directories that live as long as the process, whose globals are never released.
  private static let directories = Mutex<[TemporaryDirectory]>([])

  private static func removeAtExit(_ directory: TemporaryDirectory) {
    directories.withLock { directories in
      if directories.isEmpty { atexit { SharedStart.directories.withLock { $0 = [] } } }
      directories.append(directory)
    }
  }
}

extension SharedStart {
  /// A database without any record, whose schema takes longer to make than most commands take.
  static let empty = SharedStart { assay in
    _ = try Tracker(
      writing: assay.directory.path("assay.db"), environment: RunEnvironment(version: "test"))
  }

  /// A CSV file, and a database with the metrics that are in it.
  static func imported(_ metrics: String, as name: String) -> SharedStart {
    SharedStart(from: empty) { assay in
      try assay.write(metrics, to: name)
      try assay.succeed("import", "csv", name)
    }
  }

  /// study.yaml and a database in which its network is trained, and nothing else.
  static let training = SharedStart { assay in
    try assay.write(Assay.configuration, to: "study.yaml")
    try assay.succeed("train", "--config", "study.yaml", "--quiet")
  }

  /// The training, and a set of FGSM's that its network was attacked with.
  static let attacked = SharedStart(from: training) { assay in
    try assay.succeed("attack", "fgsm", "--config", "study.yaml", "--quiet")
  }

  /// The attacked network's set, written to fgsm.npz and taken back as art-fgsm; thresholds of both.
  static let importedSet = SharedStart(from: attacked) { assay in
    let attacked = try assay.onlyRun("attack")
    try assay.succeed("sets", "export", attacked, "-o", "fgsm.npz", "--quiet")
    let imported = try assay.stage("sets", "import", "fgsm.npz", "--name", "art-fgsm")
    for set in [attacked, imported] {
      _ = try assay.stage("thresholds", "--measurement", try assay.stage("measure", "--set", set))
    }
  }

  /// The trained network as lenet.safetensors, and a database that has only what it became when it
  /// was imported.
  static let importedModel = SharedStart(from: training) { assay in
    try assay.succeed("models", "export", "-o", "lenet.safetensors", "--quiet")
    try FileManager.default.removeItem(atPath: assay.directory.path("assay.db"))
    _ = try assay.stage("models", "import", "lenet.safetensors", "--dropout-rate", "0.4")
  }

  /// The whole study of study.yaml, finished on two threads; output.txt and progress.txt are what it printed.
  static let study = SharedStart { assay in
    try assay.write(Assay.configuration, to: "study.yaml")
    let result = try assay.succeed("reproduce", "--config", "study.yaml", "--threads", "2")
    try assay.write(result.output, to: "output.txt")
    try assay.write(result.error, to: "progress.txt")
  }

  /// The study with the seeds 0, 1 and 2; the last is the newest.
  static let threeSeeds = SharedStart(from: study) { assay in
    for seed in ["1", "2"] {
      try assay.succeed("reproduce", "--config", "study.yaml", "--seed", seed, "--quiet")
    }
  }

  /// The study, and in the same file a sweep of two small studies that ended after it.
  static let studyAndSweep = SharedStart(from: study) { assay in
    try assay.write(
      """
      configuration:
        dataset: \(Assay.sample)
        network: {conv1: 4, conv2: 6, dense1: 24}
        training: {epochs: 1, batch_size: 20}
        selection: {size: 30, heldout_size: 20}
        attacks: {bim-a: null, bim-b: null, jsma: null}
        detection: {measures: [margin]}
      space: {measurement.passes: [4, 5]}
      sampler: grid
      objective: {query: detection_score}
      budget: 2

      """, to: "sweep.yaml")
    try assay.succeed("sweep", "run", "sweep.yaml", "--quiet")
  }
}
