import Bytes
import Dataset
import Foundation
import Subprocess
import Testing

@Suite struct CIFARArchiveTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  /// A record as the files have it: the label, then 1,024 red, green and blue values.
  private func record(_ label: UInt8, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> [UInt8] {
    [label] + [red, green, blue].flatMap { [UInt8](repeating: $0, count: 1024) }
  }

  /// The archive as its authors pack it, with one image to a file and some files left out.
  private func archive(without missing: String? = nil) throws -> [UInt8] {
    let folder = "source/cifar-10-batches-bin"
    for number in 1...5 {
      let digit = UInt8(number)
      try scratch.write(
        record(digit, 10 * digit, 100 + digit, 200 + digit),
        to: "\(folder)/data_batch_\(number).bin")
    }
    try scratch.write(record(9, 1, 2, 3), to: "\(folder)/test_batch.bin")
    try scratch.write(Array("airplane\n".utf8), to: "\(folder)/batches.meta.txt")
    if let missing { #expect(scratch.remove("\(folder)/\(missing)")) }
    let tar = Subprocess(
      "tar", ["-czf", "-", "cifar-10-batches-bin"], directory: scratch.path + "/source")
    return try tar.run(outputLimit: 1 << 20, secondsAllowed: 60) { false }
  }

  private func specification(_ content: [UInt8], server: LoopbackServer) -> DatasetSpecification {
    .cifar(
      archive: DatasetFile(
        part: .archive, name: "cifar-10-binary.tar.gz", byteCount: content.count,
        sha256: ContentDigest.sha256(content), packing: .asPublished),
      sources: [HTTPMirror(server.folder, secondsToAnswer: 5, secondsToStall: 5)])
  }

  @Test func `The archive is fetched as it is, verified and read`() throws {
    let content = try archive()
    let server = try LoopbackServer(["/data/cifar-10-binary.tar.gz": .content(content)])
    defer { server.stop() }
    let specification = specification(content, server: server)
    let directory = DataDirectory(path: scratch.path + "/data")
    try DatasetFetcher(directory: directory).fetch(specification)
    #expect(try scratch.read("data/cifar-10/cifar-10-binary.tar.gz") == content)
    #expect(try directory.verify(specification).map(\.state) == [.ok])
    let dataset = try directory.load(specification)
    #expect(dataset.train.labels == [1, 2, 3, 4, 5] && dataset.test.labels == [9])
    #expect((dataset.test.rows, dataset.test.columns, dataset.test.channels) == (32, 32, 3))
    #expect(dataset.test.pixels.prefix(6) == [1, 2, 3, 1, 2, 3])
    #expect(dataset.train.pixels[3072..<3078] == [20, 102, 202, 20, 102, 202])
    #expect(dataset.classNames[9] == "truck")
  }

  @Test func `An archive that lacks a file is refused by the file's name`() throws {
    let content = try archive(without: "data_batch_4.bin")
    let server = try LoopbackServer([:])
    defer { server.stop() }
    let specification = specification(content, server: server)
    try scratch.write(content, to: "data/elsewhere/download.tgz")
    let error = #expect(throws: DatasetError.self) {
      try DataDirectory(path: scratch.path + "/data").load(specification)
    }
    #expect(error?.description.contains("it has no data_batch_4.bin") == true)
  }

  @Test func `Without a mirror one line says which file to put where`() throws {
    let server = try LoopbackServer([:])
    server.stop()
    let content = try archive()
    let error = #expect(throws: DatasetError.self) {
      try DatasetFetcher(directory: DataDirectory(path: "\(scratch.path)/data"))
        .fetch(specification(content, server: server))
    }
    guard case .allSourcesFailed(_, let directory, let missing, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(directory == "\(scratch.path)/data/cifar-10")
    #expect(missing.map(\.name) == ["cifar-10-binary.tar.gz"])
  }

  @Test(arguments: WrittenFormat.allCases)
  func `A data set that is written in another format is the same data set`(
    format: WrittenFormat
  ) throws {
    func set(_ labels: [UInt8]) -> ImageSet {
      ImageSet(
        rows: 2, columns: 3, channels: 3,
        pixels: (0..<labels.count * 18).map { UInt8($0 * 13 % 256) }, labels: labels)
    }
    let dataset = ImageDataset(
      name: "own", classNames: ["0", "1", "2"], train: set([0, 1, 2, 1]), test: set([2, 0]))
    let folder = scratch.path + "/written/own"
    try dataset.write(to: folder, as: format)
    #expect(try ImageDataset(folder: folder) == dataset)
    #expect(throws: DatasetError.notEmpty(directory: folder)) {
      try dataset.write(to: folder, as: format)
    }
  }

  @Test func `A directory that is in no format is told the formats`() throws {
    try scratch.write([1], to: "other/notes.txt")
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(folder: scratch.path + "/other")
    }
    #expect(error?.description.contains("has notes.txt") == true)
    #expect(error?.description.contains("train-images-idx3-ubyte") == true)
  }
}
