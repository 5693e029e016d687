import Bytes
import Dataset
import Testing

@Suite struct ResumeTests {
  private let scratch: Scratch
  private let content: [UInt8] = (0..<100).map { UInt8($0 * 7 % 256) }
  private var file: DatasetFile {
    DatasetFile(
      part: .archive, name: "all.tar.gz", byteCount: content.count,
      sha256: ContentDigest.sha256(content), packing: .asPublished)
  }

  init() throws {
    scratch = try Scratch()
  }

  /// Fetches the file from a server; returns what came.
  private func fetch(_ server: LoopbackServer) throws -> [UInt8] {
    var delivered: [UInt8] = []
    let context = FetchContext(
      progress: { _ in }, isCancelled: { false }, partialFolder: scratch.path)
    try HTTPMirror(server.folder, secondsToAnswer: 5, secondsToStall: 5)
      .fetch([file], context: context) { file, bytes in
        guard ContentDigest.sha256(bytes) == file.sha256 else {
          throw DatasetError.wrongChecksum(file: file.name, expected: file.sha256, found: "?")
        }
        delivered = bytes
      }
    return delivered
  }

  @Test func `A download that broke off goes on where it stopped`() throws {
    let server = try LoopbackServer(["/data/all.tar.gz": .cut(content, after: 40)])
    defer { server.stop() }
    let error = #expect(throws: DatasetError.self) { try fetch(server) }
    #expect(error == .downloadFailed(file: "all.tar.gz", detail: "connection lost"))
    #expect(try scratch.read(".all.tar.gz.download") == Array(content[..<40]))
    #expect(try fetch(server) == content)
    #expect(server.askedRanges == ["bytes=40-"])
    #expect(scratch.names() == [], "nothing is left of the part")
  }

  @Test func `A part that is whole is taken when the server has no more`() throws {
    try scratch.write(content, to: ".all.tar.gz.download")
    let server = try LoopbackServer(["/data/all.tar.gz": .cut(content, after: 40)])
    defer { server.stop() }
    #expect(try fetch(server) == content)
    #expect(server.askedRanges == ["bytes=100-"])
  }

  @Test func `A server that sends all is read from the beginning`() throws {
    try scratch.write(Array(content[..<30]), to: ".all.tar.gz.download")
    let server = try LoopbackServer(["/data/all.tar.gz": .content(content)])
    defer { server.stop() }
    #expect(try fetch(server) == content)
    #expect(scratch.names() == [])
  }

  @Test func `A part of something else is thrown away`() throws {
    try scratch.write([9, 9, 9], to: ".all.tar.gz.download")
    let server = try LoopbackServer(["/data/all.tar.gz": .cut(content, after: 100)])
    defer { server.stop() }
    #expect(try fetch(server) == content)
    #expect(server.askedRanges == ["bytes=3-"])
    #expect(scratch.names() == [])
  }

  @Test func `Nothing is kept of an answer that is none`() throws {
    let server = try LoopbackServer([:])
    defer { server.stop() }
    #expect(throws: DatasetError.self) { try fetch(server) }
    #expect(scratch.names() == [])
  }
}
