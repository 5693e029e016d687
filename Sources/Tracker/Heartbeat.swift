internal import Dispatch

/// Says at regular times that work goes on, until it is stopped or forgotten.
package final class Heartbeat: Sendable {
  /// A source may be used from any thread; only its type does not say so.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  /// Starts beating.
  ///
  /// - Parameters:
  ///   - milliseconds: The time between two beats.
  ///   - beat: Must not fail: a beat that is missed is made up for by the next one.
  package init(milliseconds: Int, _ beat: @escaping @Sendable () -> Void) {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "tracker.heartbeat"))
    let time = DispatchTimeInterval.milliseconds(milliseconds)
    timer.schedule(deadline: .now() + time, repeating: time)
    timer.setEventHandler(handler: beat)
    timer.resume()
  }

  deinit {
    timer.cancel()
  }

  /// Beats no more.
  package func stop() {
    timer.cancel()
  }
}
