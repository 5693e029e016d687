#if Pages
  internal import NIOCore

  /// Says when a time is over that is put off again and again.
  ///
  /// Putting it off costs nothing: a timer that comes too early is set anew. It belongs to its event loop.
  final class LoopClock {
    private let loop: NIOIsolatedEventLoop
    private var due: NIODeadline?
    private var timer: (task: Scheduled<Void>, time: NIODeadline)?
    /// What is done when the time is over.
    var onTime: () -> Void = {}

    init(_ loop: any EventLoop) { self.loop = loop.assumeIsolated() }

    /// Has the time be over after so many seconds, and no earlier.
    func set(seconds: Double) {
      let time = NIODeadline.now() + .seconds(fraction: seconds)
      due = time
      if let timer, timer.time <= time { return }
      timer?.task.cancel()
      start(at: time)
    }

    /// Has it never be over.
    func clear() { due = nil }

    /// Ends the timer, which would hold on to what it does.
    func end() {
      clear()
      timer?.task.cancel()
      timer = nil
      onTime = {}
    }

    private func start(at time: NIODeadline) {
      timer = (loop.scheduleTask(deadline: time) { self.ring() }, time)
    }

    private func ring() {
      timer = nil
      guard let due else { return }
      guard due <= .now() else { return start(at: due) }
      self.due = nil
      onTime()
    }
  }

  extension TimeAmount {
    /// So many seconds, from none to 30 years.
    static func seconds(fraction: Double) -> TimeAmount {
      .nanoseconds(Int64(min(max(0, fraction), 1e9) * 1e9))
    }
  }
#endif
