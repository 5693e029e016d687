internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A thread that waits for its work, so that whoever has one can count on it.
///
/// Where the system gives no thread, Foundation's never begin, without a word, and Dispatch waits for
/// ever.
package final class ReadyThread: Sendable {
  package typealias Work = @Sendable () -> Void

  /// Where the thread finds its work.
  private final class Place: Sendable {
    private let work = Mutex<Work?>(nil)
    private let wake = DispatchSemaphore(value: 0)

    /// Has the thread go on: with the work, or to its end.
    func give(_ work: Work?) {
      self.work.withLock { $0 = work }
      wake.signal()
    }

    func run() {
      wake.wait()
      let given = work.withLock { work in
        defer { work = nil }
        return work
      }
      given?()
    }
  }

  private let place = Place()
  /// The system's thread; nil once it has its work.
  private let waiting: Mutex<pthread_t?>

  /// A thread that has ended counts for a moment longer: so often, a millisecond apart, it is tried.
  private static let attempts = 20

  /// Starts a thread.
  ///
  /// - Parameter stackBytes: The size of its stack; nil for the system's usual one.
  /// - Throws: ``Shortage/thread(code:)``.
  package init(stackBytes: Int? = nil) throws(Shortage) {
    waiting = Mutex(try Self.start(place, stackBytes: stackBytes))
  }

  deinit {
    guard let thread = waiting.withLock({ $0 }) else { return }
    place.give(nil)
    pthread_join(thread, nil)
  }

  /// Gives the thread its work, after which it ends.
  ///
  /// - Precondition: It has been given none.
  package func begin(_ work: @escaping Work) {
    let thread = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    guard let thread else { preconditionFailure("a thread does one work") }
    pthread_detach(thread)
    place.give(work)
  }

  private static func start(_ place: Place, stackBytes: Int?) throws(Shortage) -> pthread_t {
    var code: Int32 = 0
    for _ in 0..<attempts {
      var thread: pthread_t?
      code = create(&thread, place, stackBytes: stackBytes)
      if code == 0, let thread { return thread }
      guard code == EAGAIN else { break }
      usleep(1000)
    }
    throw .thread(code: code)
  }

  private static func create(
    _ thread: inout pthread_t?, _ place: Place, stackBytes: Int?
  ) -> Int32 {
    // Swift's initializer of this type counts as that of another module, whichever included it first.
    withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { space in
      guard let attributes = space.baseAddress else { return ENOMEM }
      pthread_attr_init(attributes)
      defer { pthread_attr_destroy(attributes) }
      if let stackBytes { pthread_attr_setstacksize(attributes, stackBytes) }
      // The thread lets go of it.
      let argument = Unmanaged.passRetained(place)
      #if canImport(Glibc)
        var number = pthread_t()
        let code = pthread_create(
          &number, attributes,
          { argument in
            if let argument { Unmanaged<Place>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
          }, argument.toOpaque())
        thread = number
      #else
        let code = pthread_create(
          &thread, attributes,
          { argument in
            Unmanaged<Place>.fromOpaque(argument).takeRetainedValue().run()
            return nil
          }, argument.toOpaque())
      #endif
      if code != 0 { argument.release() }
      return code
    }
  }
}
