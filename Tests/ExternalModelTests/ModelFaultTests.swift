import Classifier
import ExternalModel
import Foundation
import Subprocess
import TestSupport
import Testing

/// What becomes of programs that do wrong.
@Suite struct ModelFaultTests {
  private static let shape = "shape=1,4,2"

  /// The problem that the second request for logits ends with.
  private func problem(_ settings: String...) throws -> ExternalModelError.Problem {
    let served = ServedModel(settings: [Self.shape, "classes=3", "after=1"] + settings)
    let model = try served.open()
    _ = try model.logits(of: model.pixels(rows: 2))
    let error = try #require(throws: ExternalModelError.self) {
      try model.logits(of: model.pixels(rows: 2))
    }
    #expect(!error.description.contains("\n"))
    return error.problem
  }

  @Test("a process that dies, prints or answers wrongly is told apart from one that works")
  func faults() throws {
    #expect(try problem("fault=dies") == .ended(.exited(status: 3), request: "logits"))
    #expect(try problem("fault=killed") == .ended(.signalled(9), request: "logits"))
    #expect(try problem("fault=prints") == .printed(text: "epoch 1"))
    #expect(
      try problem("fault=shape")
        == .wrongArrays(
          request: "logits", expected: "logits float32 [2, 3]", found: "logits float32 [2, 2]"))
    #expect(
      try problem("fault=nan") == .notFinite(request: "logits", array: "logits", row: 1))
    #expect(
      try problem("fault=garbage")
        == .malformed(request: "logits", problem: "its header is not the JSON of an answer"))
  }

  @Test("a process that says why it cannot answer lives on")
  func refusal() throws {
    let directory = try TemporaryDirectory()
    let model = try ServedModel(
      Self.shape, "fault=refuses", "once=\(directory.path("once"))"
    ).open()
    let error = try #require(throws: ExternalModelError.self) {
      try model.logits(of: model.pixels(rows: 1))
    }
    #expect(error.problem == .refused(request: "logits", message: "out of memory at line 2"))
    #expect(try model.logits(of: model.pixels(rows: 1)).count == 10)
  }

  @Test("a process that died is started again when it is asked again")
  func restart() throws {
    let directory = try TemporaryDirectory()
    let model = try ServedModel(
      Self.shape, "fault=dies", "once=\(directory.path("once"))"
    ).open()
    #expect(throws: ExternalModelError.self) { try model.logits(of: model.pixels(rows: 1)) }
    #expect(try model.logits(of: model.pixels(rows: 1)).count == 10)
  }

  @Test("a process that hangs is given up after the time that is allowed")
  func hanging() throws {
    var served = ServedModel(Self.shape, "fault=hangs")
    served.secondsAllowed = 2
    let model = try served.open()
    let start = ContinuousClock.now
    let error = try #require(throws: ExternalModelError.self) {
      try model.logits(of: model.pixels(rows: 1))
    }
    #expect(error.problem == .timedOut(request: "logits", seconds: 2))
    #expect(.now - start < .seconds(20))
  }

  @Test("whoever waits for an answer can be called off")
  func cancellation() throws {
    let directory = try TemporaryDirectory()
    let log = directory.path("log")
    var served = ServedModel(Self.shape, "fault=hangs", "log=\(log)")
    served.isCancelled = {
      (try? String(contentsOfFile: log, encoding: .utf8))?.contains("logits") ?? false
    }
    let model = try served.open()
    let error = try #require(throws: ExternalModelError.self) {
      try model.logits(of: model.pixels(rows: 1))
    }
    #expect(error.problem == .cancelled)
  }

  @Test("a program that isn't there, or speaks another version, is told at once")
  func starting() throws {
    func problem(_ words: [String]) throws -> ExternalModelError.Problem {
      try #require(throws: ExternalModelError.self) {
        try ExternalModel(ModelCommand(words: words, directory: "/"))
      }.problem
    }
    #expect(try problem(["assay-no-such-program"]) == .notFound(program: "assay-no-such-program"))
    #expect(try problem(["true"]) == .ended(.exited(status: 0), request: "hello"))
    #expect(try problem(["echo", "hi"]) == .printed(text: "hi"))
    #expect(
      try problem(["python3", "-B", ServedModel.program, "fault=version"])
        == .otherVersion(found: 2, known: 1))
    #expect(
      try problem(["python3", "-B", ServedModel.program, "classes=1"])
        == .wrongIdentity(problem: "it has not 2 to 1000000 classes"))
  }

  @Test("a model that was recorded is refused where its weights have changed")
  func digest() throws {
    let digest = try ServedModel(Self.shape).open().identity.digest
    let command = ModelCommand(
      words: ["python3", "-B", ServedModel.program, Self.shape, "seed=1"], directory: "/")
    let error = try #require(throws: ExternalModelError.self) {
      try ExternalModel(command, digest: digest, limits: ModelLimits())
    }
    guard case .otherModel(what: "digest", expected: digest, _) = error.problem else {
      Issue.record("\(error)")
      return
    }
  }
}
