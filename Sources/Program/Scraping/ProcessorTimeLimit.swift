internal import Foundation

/// A limit on the processor time that the current thread takes from now on.
///
/// Time in which the process is stopped, or others have the processor, does not count.
struct ProcessorTimeLimit {
  private let end: Double

  /// Begins to count.
  init(seconds: Double) {
    end = Self.now + seconds
  }

  /// Whether so much time was taken; to be asked on the thread that the limit was made on.
  var isReached: Bool { Self.now >= end }

  /// The time that this thread has taken so far, in seconds.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
