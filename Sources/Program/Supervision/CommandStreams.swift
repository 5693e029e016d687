internal import Bytes
internal import Foundation
internal import Subprocess

/// The streams of a command: what it is given, and what relays them.
final class CommandStreams {
  /// What the command is given; -1 stands for its terminal.
  let input: Int32
  let output: Int32
  let errors: Int32
  /// The terminal that is played for it; nil: this process has none that it uses.
  let terminal: Pseudoterminal?
  /// Whether this process's input is a terminal, whose keys go to the command's.
  let readsKeys: Bool

  private enum Stream { case output, errors, terminal }

  private struct Planned {
    let stream: Stream
    let source: Int32
    let destination: Int32?
    let isTerminal: Bool
    let keeper: OutputKeeper?
  }

  private var planned: [Planned] = []
  /// What will relay them, each in its turn.
  private var threads: [ReadyThread] = []
  /// Closed once the command has its own.
  private var given: [Int32] = []
  private var hasBegun = false
  private var outputRelay: OutputRelay?
  private var errorRelay: OutputRelay?
  private var terminalRelay: OutputRelay?

  /// Prepares the streams of an execution.
  ///
  /// - Throws: `SubprocessError.noPipe` or `Shortage`: then nothing has begun.
  init(_ streams: ProgramStreams, directory: RunDirectory, execution: Int, limit: Int) throws {
    let isPassedOn = streams == .passedOn
    let isTerminal = (0...2).map { isPassedOn && isatty(Int32($0)) == 1 }
    readsKeys = isTerminal[0]
    let model = [1, 2, 0].first { isTerminal[$0] }.map { Int32($0) }
    terminal = try model.map { try Pseudoterminal(like: $0) }
    let keepers = [
      OutputKeeper(directory.output(execution), limit: limit),
      OutputKeeper(directory.errors(execution), limit: limit),
    ]
    var writing: [Int32] = []
    for (stream, keeper) in zip([1, 2], keepers) {
      guard !isTerminal[stream] else {
        writing.append(-1)
        continue
      }
      let pipe = try OutputPipe()
      let end = fcntl(pipe.writing, F_DUPFD_CLOEXEC, 3)
      given.append(end)
      writing.append(end)
      planned.append(
        Planned(
          stream: stream == 1 ? .output : .errors, source: pipe.reading(),
          destination: isPassedOn ? Int32(stream) : nil,
          isTerminal: false, keeper: keeper))
    }
    if let model, let terminal {
      planned.append(
        Planned(
          stream: .terminal, source: terminal.descriptor, destination: model, isTerminal: true,
          keeper: isTerminal[1] ? keepers[0] : isTerminal[2] ? keepers[1] : nil))
    }
    if isTerminal[0] {
      input = -1
    } else if isPassedOn {
      input = 0
    } else {
      input = open("/dev/null", O_RDONLY | O_CLOEXEC)
      given.append(input)
    }
    (output, errors) = (writing[0], writing[1])
    for _ in planned { threads.append(try ReadyThread(stackBytes: OutputRelay.stackBytes)) }
  }

  deinit {
    close()
    // Relays close what they read.
    if !hasBegun {
      for plan in planned where !plan.isTerminal { _ = Foundation.close(plan.source) }
    }
  }

  /// Begins to relay, once the command has its ends.
  ///
  /// - Parameter scraper: Reads metrics in what the command writes; nil: nothing does.
  func begin(scraper: MetricScraper?) {
    close()
    hasBegun = true
    var scrape: (@Sendable (ArraySlice<UInt8>) -> Void)?
    if let scraper { scrape = { bytes in scraper.take(bytes) } }
    for (plan, thread) in zip(planned, threads) {
      let relay = OutputRelay(
        plan.source, to: plan.destination, isTerminal: plan.isTerminal, keeper: plan.keeper,
        on: thread, scrape: scrape)
      switch plan.stream {
      case .output: outputRelay = relay
      case .errors: errorRelay = relay
      case .terminal: terminalRelay = relay
      }
    }
    threads = []
  }

  /// Closes what the command was given.
  func close() {
    for descriptor in given { _ = Foundation.close(descriptor) }
    given = []
  }

  /// Waits, after the command has ended, until all is read that it wrote.
  func finish() {
    for relay in [outputRelay, errorRelay, terminalRelay] { relay?.finish() }
  }

  /// How much the command wrote to its standard output, or to its terminal.
  var outputBytes: Int64? { (outputRelay ?? (output < 0 ? terminalRelay : nil))?.count }
  /// How much the command wrote to its standard error, unless that was a terminal like its output.
  var errorBytes: Int64? { (errorRelay ?? (output >= 0 ? terminalRelay : nil))?.count }

  /// The system's error that kept the output from being passed on; nil: it was, or its reader has
  /// gone.
  var failedWrite: Int32? {
    [outputRelay, errorRelay, terminalRelay].compactMap { $0?.failedWrite }.first
  }
}
