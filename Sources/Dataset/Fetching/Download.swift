internal import CCurl

/// One file's way from a web server into memory.
struct Download {
  let address: String
  let maximumBytes: Int
  let secondsToAnswer: Int
  let secondsToStall: Int

  /// How long libcurl waits for data at a time, in milliseconds.
  private static let interval: Int32 = 100

  /// Waits for the whole file.
  ///
  /// Time limits are kept here: the library's own let a connection attempt last for minutes.
  func run(
    isCancelled: () -> Bool, progress: (_ bytes: Int, _ total: Int?) -> Void
  ) throws(DatasetError) -> [UInt8] {
    let received = Received(maximumBytes: maximumBytes)
    let transfer = try begin(received)
    defer { assay_transfer_end(transfer) }
    received.transfer = transfer
    var (reported, lastSign) = (0, ContinuousClock.now)
    while true {
      let state = assay_transfer_continue(transfer, Self.interval)
      guard !isCancelled() else { throw .cancelled }
      if received.bytes.count > reported {
        reported = received.bytes.count
        lastSign = .now
        progress(reported, received.total)
      }
      if let problem = received.problem { throw failure(problem) }
      switch state {
      case ASSAY_TRANSFER_GOES_ON: break
      case ASSAY_TRANSFER_COMPLETE:
        // An answer without content has not been looked at.
        if let problem = received.problemOfAnswer { throw failure(problem) }
        return received.bytes
      case ASSAY_TRANSFER_FAILED_HOST_UNKNOWN: throw failure("host not found")
      case ASSAY_TRANSFER_FAILED_NO_CONNECTION: throw failure("no connection")
      case ASSAY_TRANSFER_FAILED_CONNECTION_LOST: throw failure("connection lost")
      default: throw failure(String(cString: assay_transfer_reason(transfer)))
      }
      let limit = reported == 0 ? secondsToAnswer : secondsToStall
      guard ContinuousClock.now - lastSign < .seconds(limit) else {
        throw failure("no answer for \(limit) s")
      }
    }
  }

  private func begin(_ received: Received) throws(DatasetError) -> OpaquePointer {
    var reason = [CChar](repeating: 0, count: 256)
    let transfer = assay_transfer_begin(
      address,
      { context, bytes, count in
        guard let context else { return 0 }
        let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
        return received.take(UnsafeBufferPointer(start: bytes, count: count)) ? 1 : 0
      }, Unmanaged.passUnretained(received).toOpaque(), &reason, reason.count)
    guard let transfer else {
      let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw failure(String(decoding: text, as: UTF8.self))
    }
    return transfer
  }

  private func failure(_ reason: String) -> DatasetError {
    .downloadFailed(
      file: address.split(separator: "/").last.map(String.init) ?? address, detail: reason)
  }
}

/// What has come of a file.
private final class Received {
  let maximumBytes: Int
  var transfer: OpaquePointer?
  private(set) var bytes: [UInt8] = []
  private(set) var problem: String?

  init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  /// The size that the server has announced; nil: none.
  var total: Int? {
    let length = transfer.map { assay_transfer_length($0) } ?? -1
    return length > 0 ? Int(length) : nil
  }

  /// What is wrong with the answer, before its content.
  var problemOfAnswer: String? {
    let status = transfer.map { assay_transfer_status($0) } ?? 0
    if status != 200 { return "HTTP status \(status)" }
    if let total, total > maximumBytes {
      return "\(total) bytes are more than the \(maximumBytes) allowed"
    }
    return nil
  }

  /// Takes a piece; returns false to end the transfer.
  func take(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
    if bytes.isEmpty { problem = problemOfAnswer }
    if problem == nil, bytes.count + piece.count > maximumBytes {
      problem = "more than the \(maximumBytes) bytes allowed"
    }
    guard problem == nil else { return false }
    bytes.append(contentsOf: piece)
    return true
  }
}
