#if Pages
  internal import Dispatch
  internal import NIOCore
  internal import Synchronization

  /// A request's body on its way from the event loop, which receives it, to the thread that reads it.
  final class IncomingBody: Sendable {
    /// How many bytes there are; nil: only their end tells.
    let length: Int?
    private let state: Mutex<State>
    private let news = DispatchSemaphore(value: 0)
    private let request: @Sendable (Wish) -> Void

    /// What the reader has the event loop do.
    enum Wish {
      /// To tell the client that its body is wanted.
      case consent
      /// To receive more.
      case more
    }

    private struct State {
      var pieces = CircularBuffer<ByteBuffer>()
      /// How many bytes wait for the reader.
      var waiting = 0
      var isWhole = false
      var failure: HTTPFailure?
      /// Whether the client waits to be told that its body is wanted.
      var awaitsConsent: Bool
      /// Whether the event loop receives nothing until there is room.
      var isHeld = false
    }

    /// So many bytes wait for the reader at most, but for what has been received at once.
    private static let most = 256 << 10

    /// Begins without a byte.
    ///
    /// - Parameters:
    ///   - length: How many bytes come; nil: is not known.
    ///   - awaitsConsent: Whether the client waits to be told that they are wanted.
    ///   - request: Asks the event loop for something; called on the reader's thread.
    init(length: Int?, awaitsConsent: Bool, request: @escaping @Sendable (Wish) -> Void) {
      (self.length, self.request) = (length, request)
      state = Mutex(State(awaitsConsent: awaitsConsent))
    }

    // What the event loop calls.

    /// Takes what has come.
    ///
    /// - Returns: How many bytes wait for the reader.
    func receive(_ buffer: ByteBuffer) -> Int {
      let waiting = state.withLock { state in
        state.pieces.append(buffer)
        state.waiting += buffer.readableBytes
        return state.waiting
      }
      news.signal()
      return waiting
    }

    /// Notes that all has come.
    func finish() {
      state.withLock { $0.isWhole = true }
      news.signal()
    }

    /// Notes that no more comes, and why.
    func fail(_ failure: HTTPFailure) {
      state.withLock { if !$0.isWhole, $0.failure == nil { $0.failure = failure } }
      news.signal()
    }

    /// Whether the client still waits to be told that its body is wanted.
    var awaitsConsent: Bool { state.withLock { $0.awaitsConsent } }

    /// Whether there is no room for more; the reader then asks for it when there is.
    func holds() -> Bool {
      state.withLock { state in
        state.isHeld = state.waiting >= Self.most
        return state.isHeld
      }
    }

    // What the reader calls.

    private enum Step {
      case bytes([UInt8], asksForMore: Bool)
      case end
      case failure(HTTPFailure)
      case wait(asksForConsent: Bool)
    }

    /// The next bytes, so many at most; nil after the last.
    func next(_ limit: Int) throws(HTTPFailure) -> [UInt8]? {
      while true {
        switch state.withLock({ Self.step(&$0, limit) }) {
        case .bytes(let bytes, let asksForMore):
          if asksForMore { request(.more) }
          return bytes
        case .end: return nil
        case .failure(let failure): throw failure
        case .wait(let asksForConsent):
          if asksForConsent { request(.consent) }
          news.wait()
        }
      }
    }

    private static func step(_ state: inout State, _ limit: Int) -> Step {
      if var piece = state.pieces.first {
        let bytes = piece.readBytes(length: min(limit, piece.readableBytes)) ?? []
        if piece.readableBytes == 0 {
          state.pieces.removeFirst()
        } else {
          state.pieces[state.pieces.startIndex] = piece
        }
        state.waiting -= bytes.count
        let asksForMore = state.isHeld && state.waiting < most / 2
        if asksForMore { state.isHeld = false }
        return .bytes(bytes, asksForMore: asksForMore)
      }
      if let failure = state.failure { return .failure(failure) }
      if state.isWhole { return .end }
      defer { state.awaitsConsent = false }
      return .wait(asksForConsent: state.awaitsConsent)
    }
  }
#endif
