import Foundation
import Synchronization

/// A web server on this machine's loopback address that gives fixed answers.
final class LoopbackServer: Sendable {
  enum Answer {
    case content([UInt8])
    /// The connection ends after some bytes of the content; who asks for the rest gets it.
    case cut([UInt8], after: Int)
    case status(Int)
    /// The connection stays open without a word.
    case silence
  }

  let port: UInt16
  private let listener: Int32
  private let answers: [String: Answer]
  private let silent = Mutex<[Int32]>([])
  private let ranges = Mutex<[String]>([])

  /// The parts of files that clients have asked for, such as "bytes=10-".
  var askedRanges: [String] { ranges.withLock { $0 } }

  init(_ answers: [String: Answer]) throws {
    #if os(Linux)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.answers = answers
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, generic, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard result else { throw POSIXError(.EADDRNOTAVAIL) }
    Thread.detachNewThread { [self] in serve() }
  }

  var folder: String { "http://127.0.0.1:\(port)/data/" }

  /// Ends the server; the thread that serves keeps it alive until then.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    silent.withLock { $0.forEach { close($0) } }
  }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      answer(connection)
    }
  }

  private func answer(_ connection: Int32) {
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = max(0, read(connection, &buffer, buffer.count))
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    let request = text.split(separator: " ")
    let range = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Range: ") }
      .map { String($0.dropFirst(7)) }
    if let range { ranges.withLock { $0.append(range) } }
    let path = request.count > 1 ? String(request[1]) : ""
    var status = 200
    var body: [UInt8] = []
    var sentBytes = Int.max
    switch answers[path] ?? .status(404) {
    case .content(let bytes): body = bytes
    case .cut(let bytes, let limit):
      body = bytes
      sentBytes = limit
      if let start = range.flatMap({ Int($0.filter(\.isNumber)) }) {
        status = start < bytes.count ? 206 : 416
        body = Array(bytes.dropFirst(start))
        sentBytes = .max
      }
    case .status(let code): status = code
    case .silence:
      silent.withLock { $0.append(connection) }
      return
    }
    let head =
      "HTTP/1.1 \(status) Answer\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    var reply = Array(head.utf8) + body.prefix(sentBytes)
    while !reply.isEmpty {
      let sent = send(connection, reply, reply.count, Int32(MSG_NOSIGNAL))
      guard sent > 0 else { break }
      reply.removeFirst(sent)
    }
    close(connection)
  }
}
