internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a server on this machine has answered.
public struct LoopbackResponse: Sendable {
  /// The status's number.
  public let status: Int
  /// The lines of the head by their names, in small letters; of several, the last.
  public let headers: [String: String]
  /// What followed.
  public let body: [UInt8]

  /// What followed, as text.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// A server on this machine did not answer as HTTP has it.
public struct LoopbackFailure: Error, CustomStringConvertible {
  /// What happened instead.
  public let description: String
}

/// A connection to a server on this machine, on which a test says what it likes.
public final class LoopbackClient {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// Connects.
  ///
  /// - Throws: ``LoopbackFailure``.
  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let code = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
      }
    }
    guard code == 0 else {
      throw LoopbackFailure(description: "port \(port): \(String(cString: strerror(errno)))")
    }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends text as it is. A server that has ended the connection is no error yet.
  public func send(_ text: String) { send(Array(text.utf8)) }

  /// Sends bytes.
  public func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.send(descriptor, $0) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// Sends nothing more, and says so.
  public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends a request with what it needs and waits for the answer.
  ///
  /// - Throws: ``LoopbackFailure``.
  public func ask(
    _ method: String = "GET", _ path: String, headers: [String: String] = [:], body: String = ""
  ) throws -> LoopbackResponse {
    var head = "\(method) \(path) HTTP/1.1\r\n"
    if headers["Host"] == nil { head += "Host: localhost\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.utf8.count)\r\n" }
    send(head + "\r\n" + body)
    return try response(hasContent: method != "HEAD")
  }

  /// Waits for the next answer.
  ///
  /// - Parameter hasContent: Whether something follows its head, if that says so.
  /// - Throws: ``LoopbackFailure``.
  public func response(hasContent: Bool = true) throws -> LoopbackResponse {
    let lines = try head()
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
      throw LoopbackFailure(description: "no answer of HTTP: \(lines)")
    }
    if status == 100 { return LoopbackResponse(status: 100, headers: [:], body: []) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let halves = line.split(separator: ":", maxSplits: 1)
      if halves.count == 2 {
        headers[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
      }
    }
    var body: [UInt8] = []
    if hasContent, status != 304, status != 204 {
      if headers["transfer-encoding"] == "chunked" {
        while true {
          let size = Int(try line(), radix: 16) ?? -1
          guard size >= 0 else { throw LoopbackFailure(description: "a piece has no length") }
          body += try bytes(size)
          _ = try line()
          if size == 0 { break }
        }
      } else {
        body = try bytes(Int(headers["content-length"] ?? "") ?? 0)
      }
    }
    return LoopbackResponse(status: status, headers: headers, body: body)
  }

  /// The lines of the next head.
  ///
  /// - Throws: ``LoopbackFailure``.
  public func head() throws -> [String] {
    var lines: [String] = []
    while true {
      let next = try line()
      if next.isEmpty, !lines.isEmpty { return lines }
      if !next.isEmpty { lines.append(next) }
    }
  }

  /// The next line, without its end.
  ///
  /// - Throws: ``LoopbackFailure`` if the connection ends before it.
  public func line() throws -> String {
    while true {
      if let feed = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[..<feed]
        defer { buffer.removeFirst(feed + 1) }
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return String(decoding: text, as: UTF8.self)
      }
      guard try fill() else { throw LoopbackFailure(description: "the connection ended in a line") }
    }
  }

  /// Everything until the server ends the connection.
  ///
  /// - Throws: ``LoopbackFailure`` if it does not.
  public func rest() throws -> String {
    while try fill() {}
    defer { buffer = [] }
    return String(decoding: buffer, as: UTF8.self)
  }

  private func bytes(_ count: Int) throws -> [UInt8] {
    while buffer.count < count {
      guard try fill() else {
        throw LoopbackFailure(description: "the connection ended in the body of an answer")
      }
    }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  private func fill() throws -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &piece, piece.count, 0)
    if count < 0, errno == EAGAIN { throw LoopbackFailure(description: "no answer for a minute") }
    guard count > 0 else { return false }
    buffer += piece[..<count]
    return true
  }
}
