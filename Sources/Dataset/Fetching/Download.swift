internal import CCurl

/// One file's way from a web server into memory.
struct Download {
  let address: String
  let maximumBytes: Int
  let secondsToAnswer: Int
  let secondsToStall: Int

  /// How long libcurl waits for data at a time, in milliseconds.
  private static let interval: Int32 = 100

  /// Waits for the whole file, of which a part may be there already.
  ///
  /// Time limits are kept here: the library's own let a connection attempt last for minutes.
  func run(
    after partial: PartialDownload?, isCancelled: () -> Bool,
    progress: (_ bytes: Int, _ total: Int?) -> Void
  ) throws(DatasetError) -> [UInt8] {
    let received = Received(maximumBytes: maximumBytes, partial: partial)
    let transfer = try begin(received)
    defer { assay_transfer_end(transfer) }
    received.transfer = transfer
    var (reported, lastSign) = (0, ContinuousClock.now)
    while true {
      let state = assay_transfer_continue(transfer, Self.interval)
      guard !isCancelled() else { throw .cancelled }
      if received.arrived > reported {
        reported = received.arrived
        lastSign = .now
        progress(received.bytes.count, received.total)
      }
      if received.wasWhole { return received.bytes }
      if let problem = received.problem { throw failure(problem) }
      switch state {
      case ASSAY_TRANSFER_GOES_ON: break
      case ASSAY_TRANSFER_COMPLETE:
        // An answer without content has not been looked at.
        received.lookAtAnswer()
        if let problem = received.problem { throw failure(problem) }
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
      address, Int64(received.offset),
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
  private let partial: PartialDownload?
  /// How many bytes were there before, from which the server is asked to go on.
  private(set) var offset: Int
  var transfer: OpaquePointer?
  private(set) var bytes: [UInt8]
  /// How many bytes this transfer has brought.
  private(set) var arrived = 0
  private(set) var problem: String?
  /// Whether the server has nothing beyond what was there before.
  private(set) var wasWhole = false
  private var isAnswerKnown = false

  init(maximumBytes: Int, partial: PartialDownload?) {
    self.maximumBytes = maximumBytes
    self.partial = partial
    bytes = partial?.bytes ?? []
    offset = bytes.count
  }

  /// The size that the server has announced for the whole file; nil: none.
  var total: Int? {
    let length = transfer.map { assay_transfer_length($0) } ?? -1
    return length > 0 ? offset + Int(length) : nil
  }

  /// Sees, before the answer's content, whether it is one, and where it begins.
  func lookAtAnswer() {
    guard !isAnswerKnown else { return }
    isAnswerKnown = true
    let status = transfer.map { assay_transfer_status($0) } ?? 0
    switch status {
    case 206 where offset > 0: break
    case 416 where offset > 0:
      wasWhole = true
      return
    case 200:
      // The server sends all, whatever it was asked.
      partial?.restart()
      bytes = []
      offset = 0
    default: problem = "HTTP status \(status)"
    }
    if problem == nil, let total, total > maximumBytes {
      problem = "\(total) bytes are more than the \(maximumBytes) allowed"
      partial?.remove()
    }
  }

  /// Takes a piece; returns false to end the transfer.
  func take(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
    lookAtAnswer()
    guard problem == nil, !wasWhole else { return false }
    guard piece.count <= maximumBytes - bytes.count else {
      problem = "more than the \(maximumBytes) bytes allowed"
      partial?.remove()
      return false
    }
    partial?.append(piece)
    bytes.append(contentsOf: piece)
    arrived += piece.count
    return true
  }
}
