import Foundation
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into a question that work can ask; for work that records, also the
/// signals by which batch systems warn of the end: SIGXCPU, SIGUSR1 and SIGUSR2.
///
/// The first signal asks the work to stop. Work that records what it has done is waited for; any
/// other is ended after a moment, since it has nothing to lose. A second signal ends the process at
/// once, which costs a chunk of work at most.
final class Interruption: Sendable {
  /// Starts listening, for as long as the process lives.
  static let shared = Interruption()

  private static let isRequested = Atomic(false)
  private static let isAsked = Atomic(false)
  private static let isPatient = Atomic(false)
  private static let isHandedOn = Atomic(false)
  private static let canBeRequeued = Atomic(false)
  private static let isToBeRequeued = Atomic(false)
  /// How long work that records nothing is waited for, in microseconds.
  private static let grace = 700_000
  /// The number of the first signal; 0 before it.
  private static let firstSignal = Atomic<Int32>(0)
  /// When it came.
  private static let firstTime = Atomic(0)
  /// Signals of different numbers that come within so many milliseconds are one request.
  private static let sameEvent = 1000
  /// What batch systems send some time before they end a job.
  private static let warnings = [SIGXCPU, SIGUSR1, SIGUSR2]

  private init() {
    Drafts.prepare()
    // What runs in the signal handlers must be initialized before the first signal.
    _ = Self.isRequested.load(ordering: .relaxed)
    _ = Self.isAsked.load(ordering: .relaxed)
    _ = Self.isPatient.load(ordering: .relaxed)
    _ = Self.isHandedOn.load(ordering: .relaxed)
    _ = Self.canBeRequeued.load(ordering: .relaxed)
    _ = Self.isToBeRequeued.load(ordering: .relaxed)
    _ = Self.firstSignal.load(ordering: .relaxed)
    _ = Self.firstTime.load(ordering: .relaxed)
    Self.listen(to: [SIGINT, SIGTERM, SIGHUP])
    signal(SIGALRM) { _ in Interruption.end() }
    Self.unblock([SIGALRM, SIGPIPE])
  }

  private static func listen(to numbers: [Int32]) {
    for number in numbers {
      let before = signal(number) { Interruption.handle($0) }
      // nohup has the process live on when its terminal goes, and others may have it pass over warnings.
      let isDispensable = number == SIGHUP || warnings.contains(number)
      if isDispensable, ignores(before) { signal(number, SIG_IGN) }
    }
    unblock(numbers)
  }

  /// Who started this process may have blocked signals, as libraries do in their threads.
  private static func unblock(_ numbers: [Int32]) {
    var awaited = sigset_t()
    sigemptyset(&awaited)
    for number in numbers { sigaddset(&awaited, number) }
    sigprocmask(SIG_UNBLOCK, &awaited, nil)
  }

  /// Whether a signal has come.
  var isCancelled: @Sendable () -> Bool {
    Self.isAsked.store(true, ordering: .relaxed)
    return { Self.isRequested.load(ordering: .relaxed) }
  }

  /// Has the first signal wait until the work has recorded what it did, and warnings of the end ask for
  /// it.
  func waitForWork() {
    Self.isPatient.store(true, ordering: .relaxed)
    Self.listen(to: Self.warnings)
  }

  /// Has a signal that soon comes again be one request: a worker gets it from the process that started
  /// it too, which must not cost the time that its work has to end.
  func expectRepetition() {
    Self.isHandedOn.store(true, ordering: .relaxed)
  }

  /// Has SIGUSR1, by which schedulers warn a job whose place or time they want, ask the work to stop.
  func listenForRequeue() {
    Self.canBeRequeued.store(true, ordering: .relaxed)
    signal(SIGUSR1) { Interruption.handle($0) }
  }

  /// Whether a scheduler has asked for the place, so that the work goes on later.
  var isRequeued: Bool { Self.isToBeRequeued.load(ordering: .relaxed) }

  private static func handle(_ number: Int32) {
    if number == SIGUSR1, canBeRequeued.load(ordering: .relaxed) {
      isToBeRequeued.store(true, ordering: .relaxed)
    }
    let first = firstSignal.exchange(number, ordering: .relaxed)
    // Ctrl-C reaches a sweep's workers, and so does the SIGTERM of the process that started them.
    let canRepeat = first != number || isHandedOn.load(ordering: .relaxed)
    // The system repeats it every second until the hard limit.
    if first != 0, number == SIGXCPU { return }
    if first != 0, canRepeat, now - firstTime.load(ordering: .relaxed) < sameEvent { return }
    firstTime.store(now, ordering: .relaxed)
    isRequested.store(true, ordering: .relaxed)
    guard first == 0, isAsked.load(ordering: .relaxed) else { end() }
    guard !isPatient.load(ordering: .relaxed) else { return }
    var timer = itimerval()
    timer.it_value.tv_usec = grace
    #if os(Linux)
      setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    #else
      setitimer(ITIMER_REAL, &timer, nil)
    #endif
  }

  /// Milliseconds of a clock that only goes forward.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
  }

  private static func end() -> Never {
    Drafts.removeAll()
    StandardError.tellInterruption()
    _exit(130)
  }

  private static func ignores(_ handler: sighandler_t?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
