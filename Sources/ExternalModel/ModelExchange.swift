internal import Bytes
internal import Foundation
internal import Subprocess

/// One request and its answer.
struct ModelExchange {
  /// An answer's header.
  struct Header {
    let bytes: [UInt8]
    let answer: FrameAnswer
  }

  let command: ModelCommand
  let limits: ModelLimits
  let process: CommandProcess
  let channel: ModelChannel

  /// Writes a request and reads the header of its answer.
  func ask(
    _ request: FrameRequest, id: Int, _ arrays: [(FrameArray, UnsafeRawBufferPointer)]
  ) throws(ExternalModelError) -> Header {
    var request = request
    request.id = id
    if !arrays.isEmpty { request.arrays = arrays.map(\.0) }
    let name = request.request
    channel.allow(seconds: limits.secondsAllowed)
    let start: [UInt8]
    do {
      start = try Frame.start(of: request)
    } catch {
      preconditionFailure("a request is JSON: \(error)")
    }
    do throws(ModelChannel.Stop) {
      try withBytes(of: start) { bytes throws(ModelChannel.Stop) in try channel.send(bytes) }
      for (_, bytes) in arrays { try channel.send(bytes) }
    } catch {
      // What it wrote too early, or before it ended, says more than that it did.
      if error == .early || error == .ended, let header = try earlyHeader(of: name) {
        try check(header.answer, name: name, id: id)
        throw ExternalModelError(
          command, .malformed(request: name, problem: "it came before the request was read"))
      }
      throw failure(error, name)
    }
    let header = try header(of: name)
    try check(header.answer, name: name, id: id)
    return header
  }

  private func withBytes(
    of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ModelChannel.Stop) -> Void
  ) throws(ModelChannel.Stop) {
    var stop: ModelChannel.Stop?
    bytes.withUnsafeBytes { buffer in
      do throws(ModelChannel.Stop) {
        try body(buffer)
      } catch {
        stop = error
      }
    }
    if let stop { throw stop }
  }

  /// The header of an answer that the process wrote and did not wait with; nil: it wrote nothing.
  private func earlyHeader(of name: String) throws(ExternalModelError) -> Header? {
    do throws(ExternalModelError) {
      return try header(of: name)
    } catch {
      if case .ended = error.problem { return nil }
      throw error
    }
  }

  private func check(
    _ answer: FrameAnswer, name: String, id: Int
  ) throws(ExternalModelError) {
    if let message = answer.error {
      let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw ExternalModelError(
        command, .refused(request: name, message: String(line.prefix(500))))
    }
    guard answer.answer == name, answer.id == id else {
      let found = "'\(answer.answer ?? "")' \(answer.id.map(String.init) ?? "without an id")"
      throw ExternalModelError(
        command,
        .malformed(request: name, problem: "it is the answer to \(found), not to '\(name)' \(id)"))
    }
  }

  private func header(of name: String) throws(ExternalModelError) -> Header {
    var start = [UInt8](repeating: 0, count: Frame.magic.count)
    let count = try fill(&start, of: name, asFarAs: Frame.magic)
    guard start == Frame.magic else {
      // The rest of a line that was printed is there, or never will be.
      let text = String(
        decoding: start.prefix(count) + channel.readReady(200), as: UTF8.self)
      let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      throw ExternalModelError(command, .printed(text: String(line.prefix(100))))
    }
    var length = [UInt8](repeating: 0, count: 4)
    try fillWhole(&length, of: name)
    let size = Int(length.littleEndian(at: 0, as: UInt32.self) ?? 0)
    guard (2...Frame.longestHeader).contains(size) else {
      throw ExternalModelError(
        command, .malformed(request: name, problem: "its header has \(size) bytes"))
    }
    var bytes = [UInt8](repeating: 0, count: size)
    try fillWhole(&bytes, of: name)
    do {
      return Header(
        bytes: bytes, answer: try JSONDecoder().decode(FrameAnswer.self, from: Data(bytes)))
    } catch {
      throw ExternalModelError(
        command, .malformed(request: name, problem: "its header is not the JSON of an answer"))
    }
  }

  /// Reads an array's values.
  func read(
    _ buffer: UnsafeMutableRawBufferPointer, of name: String
  ) throws(ExternalModelError) {
    do throws(ModelChannel.Stop) {
      guard try channel.receive(buffer) == buffer.count else { throw ModelChannel.Stop.ended }
    } catch {
      throw failure(error, name)
    }
  }

  private func fillWhole(_ bytes: inout [UInt8], of name: String) throws(ExternalModelError) {
    guard try fill(&bytes, of: name, asFarAs: nil) == bytes.count else {
      throw failure(.ended, name)
    }
  }

  /// Reads bytes, no further than they are those that are expected.
  private func fill(
    _ bytes: inout [UInt8], of name: String, asFarAs expected: [UInt8]?
  ) throws(ExternalModelError) -> Int {
    let result = bytes.withUnsafeMutableBytes { buffer -> Result<Int, ModelChannel.Stop> in
      do throws(ModelChannel.Stop) {
        return .success(
          try channel.receive(buffer) { count in
            guard let expected else { return true }
            return buffer.prefix(count).elementsEqual(expected.prefix(count))
          })
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let count): return count
    case .failure(let stop): throw failure(stop, name)
    }
  }

  private func failure(_ stop: ModelChannel.Stop, _ name: String) -> ExternalModelError {
    switch stop {
    case .cancelled: return ExternalModelError(command, .cancelled)
    case .timedOut:
      return ExternalModelError(
        command, .timedOut(request: name, seconds: limits.secondsAllowed))
    case .early, .ended:
      // The pipe ends a moment before the process has.
      let deadline = ContinuousClock.now + .seconds(1)
      while ContinuousClock.now < deadline {
        if case .ended(let end, _) = process.poll() {
          return ExternalModelError(command, .ended(end, request: name))
        }
        usleep(1000)
      }
      return ExternalModelError(command, .closed(request: name))
    }
  }
}
