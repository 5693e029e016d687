import Interchange
import TestSupport
import Testing

@Suite struct MutatedFileTests {
  /// Larger than all that the sound files hold, and small enough that a lie about a size shows.
  private static let limit = 1 << 22

  private func tryAll(_ name: String, of files: [String], _ read: ([UInt8]) throws -> Void) throws {
    let counts = try MutatedInputs(name, of: files.map { try fixture($0) })
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

  @Test("broken pictures are read or refused")
  func png() throws {
    try tryAll("png", of: ["grey.png", "colours.png"]) { _ = try PNGImage(from: $0, file: "a.png") }
  }
}
