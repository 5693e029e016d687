internal import Foundation

/// Sends one answer, and says where it ends.
final class ResponseWriter: HTTPSink {
  private let socket: PeerSocket
  private let limits: HTTPLimits
  private let isModern: Bool
  private let sendsContent: Bool
  private let keepsOpen: Bool
  private let isStopped: () -> Bool
  private let began = ContinuousClock.now
  private var sent = 0
  /// Whether each piece is sent with its length.
  private var isChunked = false
  /// How many bytes are still due; nil where only their end tells.
  private var due: Int?
  /// Whether the client can tell where the answer ends, and has all of it.
  private(set) var isWhole = false

  init(
    _ socket: PeerSocket, _ limits: HTTPLimits, isModern: Bool, sendsContent: Bool, keepsOpen: Bool,
    isOver: @escaping () -> Bool
  ) {
    (self.socket, self.limits, self.isModern) = (socket, limits, isModern)
    (self.sendsContent, self.keepsOpen, isStopped) = (sendsContent, keepsOpen, isOver)
  }

  /// Sends an answer.
  ///
  /// - Throws: ``PeerSocket/Failure``, or what makes the answer throws.
  func send(_ response: HTTPResponse) throws {
    switch response.content {
    case .bytes(let bytes):
      let hasContent = response.status != .noContent && response.status != .notModified
      var message = head(of: response, length: hasContent ? bytes.count : nil)
      if sendsContent, hasContent { message += bytes }
      try emit(message)
      isWhole = true
    case .stream(let length, let make):
      (due, isChunked) = (length, length == nil && isModern)
      try emit(head(of: response, length: length))
      guard sendsContent else {
        isWhole = true
        return
      }
      try make(self)
      if isChunked { try emit(Array("0\r\n\r\n".utf8)) }
      isWhole = isChunked || due == 0
    }
  }

  func write(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    if isChunked {
      try emit(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    } else {
      due = due.map { $0 - bytes.count }
      try emit(bytes)
    }
  }

  var isOver: Bool { isStopped() }

  private func emit(_ bytes: [UInt8]) throws {
    sent += bytes.count
    // What is made slowly may be sent slowly; only who takes it slowly is left.
    let fair = limits.stallSeconds + Double(sent) / limits.bytesPerSecond
    let deadline = max(began, .now - .seconds(fair / 2)) + .seconds(fair)
    try bytes.withUnsafeBytes {
      try socket.send($0, stallSeconds: limits.stallSeconds, until: deadline)
    }
  }

  private func head(of response: HTTPResponse, length: Int?) -> [UInt8] {
    var text = "HTTP/1.1 \(response.status.rawValue) \(response.status.phrase)\r\n"
    for header in response.headers {
      text += "\(header.name): \(Self.line(header.value))\r\n"
    }
    if let length {
      text += "Content-Length: \(length)\r\n"
    } else if isChunked {
      text += "Transfer-Encoding: chunked\r\n"
    }
    text += keepsOpen ? "Connection: keep-alive\r\n" : "Connection: close\r\n"
    return Array((text + "\r\n").utf8)
  }

  /// A header's value in one line, whatever it was made of.
  private static func line(_ value: String) -> String {
    let scalars = value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String.UnicodeScalarView(scalars))
  }
}
