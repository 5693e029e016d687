/// A process's hold on a run or a trial, which ends with the process.
struct Lease: Sendable {
  /// A holder of which cannot be told whether it lives is taken for dead when it has not been heard
  /// of for so long.
  static let milliseconds: Int64 = 120_000

  let holder: ProcessIdentity
  /// When it was last heard of, by the clock.
  let heard: Int64
  /// The same by its host's uptime; nil if that is not known.
  let heardUptime: Int64?

  /// Whether the holder lives, as far as can be told.
  ///
  /// Of a process of the same boot the uptime tells how long ago it was heard of, however the clock
  /// was set since. Other hosts' clocks are compared with this one's: they must agree within the
  /// time of a lease, so one that was last heard of far in the future is as dead as one far in the
  /// past.
  var isHeld: Bool {
    if let isAlive = holder.isAlive { return isAlive }
    let current = ProcessIdentity.current
    if let heardUptime, !holder.bootID.isEmpty, holder.bootID == current.bootID {
      return abs(Clock.uptimeMilliseconds - heardUptime) < Self.milliseconds
    }
    return abs(Clock.milliseconds - heard) < Self.milliseconds
  }
}
