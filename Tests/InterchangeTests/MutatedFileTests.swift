import Bytes
import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct MutatedFileTests {
  /// Larger than all that the sound files hold, and small enough that a lie about a size shows.
  private static let limit = 1 << 22

  private func tryAll(_ name: String, of files: [String], _ read: ([UInt8]) throws -> Void) throws {
    try tryAll(name, of: files.map { try fixture($0) }, read)
  }

  private func tryAll(
    _ name: String, of originals: [[UInt8]], _ read: ([UInt8]) throws -> Void
  ) throws {
    let counts = try MutatedInputs(name, of: originals)
      .tryAll(refusing: { $0 is InterchangeError }, read)
    #expect(counts.read + counts.refused > 0)
    #expect(counts.refused > 0, "no mutation of \(name) was noticed")
  }

  @Test("broken .npz files are read or refused")
  func npz() throws {
    try tryAll("npz", of: ["plain.npz", "packed.npz", "zip64.npz"]) {
      _ = try Npz.arrays(from: $0, file: "a.npz", limit: Self.limit)
    }
  }

  @Test("broken .npy files are read or refused")
  func npy() throws {
    let files = [
      "float32.npy", "float64.npy", "int32.npy", "half.npy", "fortran.npy", "big-endian.npy",
      "number.npy", "uint64.npy",
    ]
    try tryAll("npy", of: files) { _ = try Npy.array(from: $0, file: "a.npy") }
  }

  @Test("broken safetensors files are read or refused")
  func safetensors() throws {
    let files = ["arrays.safetensors", "half.safetensors", "narrow.safetensors"]
    try tryAll("safetensors", of: files) {
      _ = try Safetensors.arrays(from: $0, file: "a.safetensors")
    }
  }

  @Test("broken CSV files of metrics are read or refused")
  func csv() throws {
    let texts = [
      "run,step,loss,optimizer\r\na,1,0.5,adam\r\na,2.0,NaN,adam\r\n\"b\"\"\",1,,sgd\r\n",
      "\u{FEFF}run;kind;step;name;value\na;external;1;loss;0,5\na;external;1;loss;-Inf\n",
    ]
    let wide = [0xFF, 0xFE] + littleEndianBytes(Array(texts[0].utf16))
    try tryAll("csv", of: texts.map { Array($0.utf8) } + [wide]) {
      _ = try MetricFile(csv: $0, as: .init(kind: "external"), file: "a.csv")
    }
  }

  @Test("broken JSON Lines of metrics are read or refused")
  func jsonLines() throws {
    let text = #"""
      {"run": "a", "step": 1, "loss": 0.5, "note": "\u00fc\ud83d\ude00\n", "x": [1, {"y": null}]}
      {"run": "a", "step": 2.0, "loss": NaN, "done": true}
      {"run": "b", "kind": "external", "step": 1, "name": "loss", "value": -9e999}

      """#
    try tryAll("jsonl", of: [Array(text.utf8)]) {
      _ = try MetricFile(jsonLines: $0, as: .init(kind: "external"), file: "a.jsonl")
    }
  }

  @Test("broken pictures are read or refused")
  func png() throws {
    try tryAll("png", of: ["grey.png", "colours.png"]) { _ = try PNGImage(from: $0, file: "a.png") }
  }

  @Test("broken event files of TensorBoard are read as far as they are sound")
  func events() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("events.out.tfevents.1")
    let runs = ["tensorboardX", "v2", "nested/resumed"]
    let files = try runs.map { try fixture("../trackers/tensorboard/\($0)/\(Self.eventFile)") }
    try tryAll("tfevents", of: files) {
      try Data($0).write(to: URL(fileURLWithPath: path))
      var reader = EventFileReader(path: path)
      while true {
        let batch = try reader.read()
        if let problem = batch.problems.first { throw problem }
        if batch.isAtEnd { return }
      }
    }
  }

  @Test("broken logs of Weights & Biases are read as far as they are sound, or refused")
  func logs() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("run-a.wandb")
    let root = packageRoot.appending(path: "Tests/Fixtures/trackers/wandb")
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
      .filter { $0.hasSuffix(".wandb") }
    try tryAll("wandb", of: names.map { try fixture("../trackers/wandb/\($0)") }) {
      try Data($0).write(to: URL(fileURLWithPath: path))
      var reader = try WandbLogReader(opening: path)
      while try reader.next() != nil {}
      if let problem = reader.problems.first { throw problem }
    }
  }

  private static let eventFile = "events.out.tfevents.1700000001.fixture"
}
