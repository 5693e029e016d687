import Interchange
import Testing

@Suite struct SafetensorsTests {
  @Test("what safetensors wrote is read to the bit")
  func read() throws {
    let arrays = try Safetensors.arrays(from: fixture("arrays.safetensors"), file: "")
    #expect(arrays == ["a": NumericArray(shape: [2], .float32([1, -2])), "b": NpyTests.ramp])
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let arrays: [(name: String, array: NumericArray)] = [
      ("conv1.weight", NpyTests.ramp),
      ("a \"quoted\" name", NumericArray(shape: [0], .float32([]))),
      ("steps", NumericArray(shape: [], .int64([5]))),
    ]
    let bytes = Safetensors.bytes(of: arrays, metadata: ["format": "pt", "a": "b\n"])
    #expect(bytes[0] % 8 == 0)
    let read = try Safetensors.arrays(from: bytes, file: "")
    #expect(read == Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) }))
  }

  @Test("a header may be as long as the first letters of a zip archive say")
  func longHeader() throws {
    let entry = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let length = 0x4B50
    let header = entry + String(repeating: " ", count: length - entry.utf8.count)
    let bytes = [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0, 0, 0, 0, 0] + Array(header.utf8)
    let arrays = try Safetensors.arrays(from: bytes + [0, 0, 0x80, 0x3F], file: "")
    #expect(arrays == ["a": NumericArray(shape: [1], .float32([1]))])
    #expect(throws: InterchangeError.self) {
      try Safetensors.arrays(from: Array("PK\u{3}\u{4}".utf8) + bytes, file: "")
    }
  }

  @Test("a file that ends anywhere but at its end is refused")
  func truncated() throws {
    let whole = try fixture("arrays.safetensors")
    for length in whole.indices {
      #expect(throws: InterchangeError.self) {
        try Safetensors.arrays(from: Array(whole[..<length]), file: "a")
      }
    }
    #expect(throws: InterchangeError.self) { try Safetensors.arrays(from: whole + [0], file: "a") }
  }

  static func file(_ header: String, _ content: [UInt8]) -> [UInt8] {
    [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + content
  }

  @Test(
    "headers that lie are refused in one line",
    arguments: [
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,800]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}"#,
      #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[2]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      #"[[[[[[[["#, #"{"a":1}"#, "",
    ])
  func lying(header: String) throws {
    let error = #expect(throws: InterchangeError.self) {
      try Safetensors.arrays(
        from: Self.file(header, Array(repeating: 0, count: 8)), file: "a.safetensors")
    }
    #expect(error?.description.hasPrefix("a.safetensors") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a length that no file can have is refused")
  func hugeHeader() {
    #expect(throws: InterchangeError.self) {
      try Safetensors.arrays(from: Array(repeating: 0xFF, count: 64), file: "a")
    }
  }

  @Test("16-bit floats that PyTorch and safetensors wrote are those nearest to the numbers")
  func narrow() throws {
    let arrays = try Safetensors.arrays(from: fixture("narrow.safetensors"), file: "")
    let written = try Safetensors.arrays(from: fixture("half.safetensors"), file: "")
    #expect(arrays["half"] == written["half"])
    for (name, bits) in [("half", 10), ("bfloat", 7)] {
      let array = try #require(arrays[name])
      #expect(array.shape == NpyTests.ramp.shape)
      let (read, exact) = (try #require(array.floats), try #require(NpyTests.ramp.floats))
      for (read, exact) in zip(read, exact) {
        #expect(abs(read - exact) <= exact.ulp * Float(1 << (22 - bits)))
        #expect(read.bitPattern & (1 << (23 - bits) - 1) == 0)
      }
    }
  }

  @Test("16-bit floats of every kind are widened exactly")
  func widened() throws {
    // Zeros, subnormals, normals, the largest, infinities.
    let half: [(UInt16, Float)] = [
      (0x0000, 0), (0x8000, -0.0), (0x0001, 0x1p-24), (0x83FF, -0x3FFp-24), (0x0400, 0x1p-14),
      (0x3C01, 1 + 0x1p-10), (0x7BFF, 65504), (0xFC00, -.infinity),
    ]
    let brain: [(UInt16, Float)] = [
      (0x0000, 0), (0x8000, -0.0), (0x0001, 0x1p-133), (0x807F, -0x7Fp-133), (0x0080, 0x1p-126),
      (0x3F81, 1 + 0x1p-7), (0x7F7F, 0x1.FEp127), (0xFF80, -.infinity),
    ]
    for (type, pairs) in [("F16", half), ("BF16", brain)] {
      let header = #"{"a":{"dtype":"\#(type)","shape":[8],"data_offsets":[0,16]}}"#
      let content = pairs.flatMap { [UInt8($0.0 & 0xFF), UInt8($0.0 >> 8)] }
      let read = try Safetensors.arrays(from: Self.file(header, content), file: "")["a"]
      #expect(read?.floats?.map(\.bitPattern) == pairs.map(\.1.bitPattern))
      let odd = #"{"a":{"dtype":"\#(type)","shape":[4],"data_offsets":[0,16]}}"#
      #expect(throws: InterchangeError.self) {
        try Safetensors.arrays(from: Self.file(odd, content), file: "a")
      }
    }
  }

  @Test("names may hold what JSON is made of")
  func names() throws {
    let arrays = [(name: #":{"\\":,"#, array: NumericArray(shape: [1], .float32([1])))]
    let bytes = Safetensors.bytes(of: arrays, metadata: ["a:{": "}:\"\\"])
    #expect(try Safetensors.arrays(from: bytes, file: "")[arrays[0].name] == arrays[0].array)
  }

  @Test("a file of torch.save is refused by name")
  func pickled() {
    #expect(throws: InterchangeError.unsupported(file: "m.pt", feature: .torchArchive)) {
      try Safetensors.arrays(from: Array("PK".utf8) + [3, 4, 0, 0, 0, 0, 0], file: "m.pt")
    }
  }

  @Test("types that are not read are named")
  func flags() throws {
    let error = #expect(throws: InterchangeError.self) {
      try Safetensors.arrays(from: fixture("flags.safetensors"), file: "f")
    }
    #expect(
      error == .wrongType(file: "f", name: "flags", expected: "F32, F16 or BF16", found: "BOOL"))
    let read = try Safetensors.arrays(from: fixture("flags.safetensors"), file: "f") {
      $0 != "flags" && $1 != "BOOL"
    }
    #expect(read["flags"] == nil)
  }
}
