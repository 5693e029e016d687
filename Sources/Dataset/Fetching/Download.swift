import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One file's way from a web server into memory.
final class Download: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var total: Int?
    var lastSign = ContinuousClock.now
    var failure: String?
    var isFinished = false
  }

  private let address: String
  private let maximumBytes: Int
  private let secondsToAnswer: Int
  private let secondsToStall: Int
  private let state = Mutex(State())
  private let changed = DispatchSemaphore(value: 0)

  init(address: String, maximumBytes: Int, secondsToAnswer: Int, secondsToStall: Int) {
    self.address = address
    self.maximumBytes = maximumBytes
    self.secondsToAnswer = secondsToAnswer
    self.secondsToStall = secondsToStall
  }

  /// Waits for the whole file, with the session's callbacks coming from another thread.
  ///
  /// Time limits are kept here: the system's own let a connection attempt last for minutes.
  func run(
    isCancelled: @Sendable () -> Bool, progress: (_ bytes: Int, _ total: Int?) -> Void
  ) throws -> [UInt8] {
    guard let url = URL(string: address) else { throw failure("not an address") }
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    state.withLock { $0.lastSign = .now }
    session.dataTask(with: url).resume()
    var reported = 0
    while true {
      _ = changed.wait(timeout: .now() + .milliseconds(100))
      guard !isCancelled() else { throw DatasetError.cancelled }
      let (count, total, silence, isFinished) = state.withLock {
        ($0.bytes.count, $0.total, ContinuousClock.now - $0.lastSign, $0.isFinished)
      }
      if count > reported {
        progress(count, total)
        reported = count
      }
      if isFinished { return try result() }
      let limit = count == 0 ? secondsToAnswer : secondsToStall
      guard silence < .seconds(limit) else {
        throw failure("no answer for \(limit) s")
      }
    }
  }

  private func result() throws -> [UInt8] {
    try state.withLock { state in
      if let reason = state.failure { throw failure(reason) }
      return state.bytes
    }
  }

  private func failure(_ reason: String) -> DatasetError {
    .downloadFailed(
      file: address.split(separator: "/").last.map(String.init) ?? address, detail: reason)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    let length = response.expectedContentLength
    let isWelcome = state.withLock { state in
      state.lastSign = .now
      state.total = length > 0 ? Int(length) : nil
      if status != 200 {
        state.failure = "HTTP status \(status)"
      } else if length > maximumBytes {
        state.failure = "\(length) bytes are more than the \(maximumBytes) allowed"
      }
      return state.failure == nil
    }
    completionHandler(isWelcome ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLong = state.withLock { state in
      state.lastSign = .now
      // After a refusal, data may still come for a moment.
      guard state.failure == nil else { return true }
      guard state.bytes.count + data.count <= maximumBytes else {
        state.failure = "more than the \(maximumBytes) bytes allowed"
        return true
      }
      state.bytes.append(contentsOf: data)
      return false
    }
    if isTooLong { dataTask.cancel() }
    changed.signal()
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    state.withLock { state in
      if let error { state.failure = state.failure ?? Self.reason(error) }
      state.isFinished = true
    }
    changed.signal()
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .cannotFindHost, .dnsLookupFailed: "host not found"
    case .cannotConnectToHost: "no connection"
    case .notConnectedToInternet: "no network"
    case .networkConnectionLost: "connection lost"
    case .timedOut: "timed out"
    default: DataFile.reason(error)
    }
  }
}
