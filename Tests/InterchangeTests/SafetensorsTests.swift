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

  @Test("types that are not read are named")
  func half() throws {
    let error = #expect(throws: InterchangeError.self) {
      try Safetensors.arrays(from: fixture("half.safetensors"), file: "h")
    }
    #expect(error == .wrongType(file: "h", name: "half", expected: "F32", found: "F16"))
  }
}
