internal import Foundation
internal import Subprocess

/// A process that serves a model, and what it was asked last.
///
/// Only one thread at a time may use it, for which ``ModelPool`` cares.
final class ModelProcess: @unchecked Sendable {
  private static let grace = 5.0

  let command: ModelCommand
  let identity: ModelIdentity
  /// The request whose graph the process keeps; nil: none.
  private(set) var keptRequest: Int?
  private let limits: ModelLimits
  private let process: CommandProcess
  private let channel: ModelChannel
  private var requestCount = 0

  /// Starts a process and has it say what it serves.
  ///
  /// - Parameters:
  ///   - command: What is started.
  ///   - number: Which of the model's processes it is, from 0.
  ///   - limits: How many there are, and how long answers may take.
  /// - Throws: ``ExternalModelError``.
  init(_ command: ModelCommand, number: Int, limits: ModelLimits) throws {
    self.command = command
    self.limits = limits
    // A process that dies while it is written to is an error of that write.
    signal(SIGPIPE, SIG_IGN)
    let (started, channel) = try Self.start(command, number: number, limits: limits)
    (process, self.channel) = (started, channel)
    do {
      var hello = FrameRequest("hello")
      hello.version = ModelIdentity.knownVersion
      let exchange = ModelExchange(
        command: command, limits: limits, process: process, channel: channel)
      let header = try exchange.ask(hello, id: 0, [])
      identity = try Self.identity(header, command)
      guard (header.answer.arrays ?? []).isEmpty else {
        throw ExternalModelError(
          command, .malformed(request: "hello", problem: "it has arrays"))
      }
    } catch {
      Self.kill(started)
      throw error
    }
  }

  deinit {
    channel.closeInput()
    let deadline = ContinuousClock.now + .seconds(Self.grace)
    while !process.hasEnded, ContinuousClock.now < deadline { usleep(5000) }
    Self.kill(process)
  }

  /// Ends the process at once.
  func kill() { Self.kill(process) }

  private static func kill(_ process: CommandProcess) {
    process.send(SIGKILL)
    while true {
      if case .ended = process.poll() { return }
      usleep(1000)
    }
  }

  private static func start(
    _ command: ModelCommand, number: Int, limits: ModelLimits
  ) throws(ExternalModelError) -> (CommandProcess, ModelChannel) {
    var environment = ProcessInfo.processInfo.environment
    environment["ASSAY_MODEL_PROTOCOL"] = "\(ModelIdentity.knownVersion)"
    environment["ASSAY_MODEL_PROCESS"] = "\(number)"
    environment["ASSAY_MODEL_PROCESSES"] = "\(limits.processes)"
    let path: String
    switch CommandProcess.find(
      command.words[0], in: command.directory, path: environment["PATH"])
    {
    case .executable(let found): path = found
    case .refused(let detail): throw ExternalModelError(command, .cannotStart(detail: detail))
    case .missing:
      throw ExternalModelError(command, .notFound(program: command.words[0]))
    }
    do throws(SubprocessError) {
      let input = try InputPipe()
      let output = try OutputPipe()
      var start = CommandProcess.Start(
        path: path, words: command.words, directory: command.directory, environment: environment)
      start.input = input.reading
      start.output = output.writing
      let process = try CommandProcess(start)
      return (
        process,
        ModelChannel(
          input: input.writing(), output: output.reading(), isCancelled: limits.isCancelled)
      )
    } catch {
      if case .cannotStart(_, _, let detail) = error {
        throw ExternalModelError(command, .cannotStart(detail: detail))
      }
      throw ExternalModelError(command, .cannotStart(detail: "\(error)"))
    }
  }

  private static func identity(
    _ header: ModelExchange.Header, _ command: ModelCommand
  ) throws(ExternalModelError) -> ModelIdentity {
    let answer: ModelIdentity.Answer
    do {
      answer = try JSONDecoder().decode(ModelIdentity.Answer.self, from: Data(header.bytes))
    } catch {
      throw ExternalModelError(
        command, .wrongIdentity(problem: "a member of its answer has another type"))
    }
    do throws(ModelIdentity.IdentityProblem) {
      return try ModelIdentity(answer)
    } catch {
      throw ExternalModelError(command, error.problem)
    }
  }

  /// Asks for an array of floats.
  ///
  /// The process is killed when its answer is none; it lives on where it says why it has none.
  ///
  /// - Parameters:
  ///   - request: What is asked.
  ///   - arrays: The arrays that go with it, in order.
  ///   - answer: The array that has to come.
  ///   - floats: Where its values go, all of them.
  ///   - keepsGraph: Whether the process keeps what a gradient needs.
  /// - Returns: The number of the request.
  /// - Throws: ``ExternalModelError``.
  @discardableResult
  func ask(
    _ request: FrameRequest, _ arrays: [(FrameArray, UnsafeRawBufferPointer)],
    for answer: FrameArray, into floats: UnsafeMutablePointer<Float>, keepsGraph: Bool = false
  ) throws(ExternalModelError) -> Int {
    requestCount += 1
    if request.request == "logits" { keptRequest = nil }
    let exchange = ModelExchange(
      command: command, limits: limits, process: process, channel: channel)
    do throws(ExternalModelError) {
      let header = try exchange.ask(request, id: requestCount, arrays)
      let found = header.answer.arrays ?? []
      guard found == [answer] else {
        throw ExternalModelError(
          command,
          .wrongArrays(
            request: request.request, expected: answer.shown, found: FrameArray.shown(found)))
      }
      let count = answer.shape.reduce(1, *)
      try exchange.read(
        UnsafeMutableRawBufferPointer(
          start: floats, count: count * MemoryLayout<Float>.stride), of: request.request)
      if let place = Self.firstNotFinite(floats, count) {
        let width = max(1, count / max(1, answer.shape[0]))
        throw ExternalModelError(
          command,
          .notFinite(request: request.request, array: answer.name, row: place / width))
      }
    } catch {
      if case .refused = error.problem { throw error }
      kill()
      throw error
    }
    if keepsGraph { keptRequest = requestCount }
    return requestCount
  }

  /// The place of the first value that is not finite; nil if there is none.
  private static func firstNotFinite(
    _ floats: UnsafeMutablePointer<Float>, _ count: Int
  ) -> Int? {
    (0..<count).first { !floats[$0].isFinite }
  }
}
