import Interchange
import Testing

@Suite struct NpyTests {
  static let ramp = NumericArray(shape: [2, 3, 4], .float32((0..<24).map { Float($0) / 7 }))

  @Test("what numpy saved is read to the bit", arguments: ["float32.npy", "fortran.npy"])
  func numpy(name: String) throws {
    #expect(try Npy.array(from: fixture(name), file: name) == Self.ramp)
  }

  @Test("other types keep their values")
  func types() throws {
    let double = try Npy.array(from: fixture("float64.npy"), file: "")
    #expect(
      double == NumericArray(shape: [2, 3, 4], .float64((0..<24).map { Double(Float($0) / 7) })))
    let integers = try Npy.array(from: fixture("int32.npy"), file: "")
    #expect(integers == NumericArray(shape: [6], .int64([-3, -2, -1, 0, 1, 2])))
    let number = try Npy.array(from: fixture("number.npy"), file: "")
    #expect(number == NumericArray(shape: [], .float32([2.5])))
  }

  @Test("a file that is written is numpy's own, byte by byte")
  func written() throws {
    #expect(try Npy.bytes(of: Self.ramp) == fixture("float32.npy"))
    let strange = NumericArray(shape: [3], .float32([.nan, -.infinity, -0.0]))
    let read = try Npy.array(from: Npy.bytes(of: strange), file: "")
    #expect(read.floats?.map(\.bitPattern) == strange.floats?.map(\.bitPattern))
    for array in [
      NumericArray(shape: [0, 28], .float32([])), NumericArray(shape: [1], .int64([-7])),
      NumericArray(shape: [2, 1], .uint8([0, 255])), NumericArray(shape: [], .float64([0.1])),
    ] {
      #expect(try Npy.array(from: Npy.bytes(of: array), file: "") == array)
    }
  }

  @Test("a file that ends anywhere but at its end is refused")
  func truncated() throws {
    let whole = try fixture("float32.npy")
    for length in whole.indices {
      #expect(throws: InterchangeError.self) {
        try Npy.array(from: Array(whole[..<length]), file: "a.npy")
      }
    }
    #expect(throws: InterchangeError.self) { try Npy.array(from: whole + [0], file: "a.npy") }
  }

  static func file(_ header: String, _ content: [UInt8] = []) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + content
  }

  @Test(
    "headers that lie are refused in one line",
    arguments: [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
      "{'descr': '<f4', 'shape': (0,), }",
      "{'descr': '|O', 'fortran_order': False, 'shape': (0,), }",
      "{'descr': '|f4', 'fortran_order': False, 'shape': (0,), }",
      "{'descr': '', 'fortran_order': False, 'shape': (0,), }",
      "{'descr': '=f4', 'fortran_order': False, 'shape': (0,), }",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (0,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'more': 1}",
      "__import__('os').system('false')",
      "",
    ])
  func lying(header: String) throws {
    let error = #expect(throws: InterchangeError.self) {
      try Npy.array(from: Self.file(header), file: "a.npy")
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("a.npy"))
    #expect(!text.contains("\n"))
  }

  @Test("big-endian files are read to the bit")
  func bigEndian() throws {
    #expect(try Npy.array(from: fixture("big-endian.npy"), file: "") == Self.ramp)
    let words = Self.file(
      "{'descr': '>i2', 'fortran_order': False, 'shape': (3,)}", [0, 1, 255, 254, 1, 2])
    #expect(try Npy.array(from: words, file: "") == NumericArray(shape: [3], .int64([1, -2, 258])))
  }

  @Test("16-bit floats are widened exactly", arguments: ["<", ">"])
  func half(order: String) throws {
    // Zeros, the smallest and the largest subnormal, the smallest normal, 1, the next, 1/3 as
    // near as it gets, the largest, infinities.
    let bits: [UInt16] = [
      0x0000, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x3C01, 0x3555, 0xFBFF, 0x7C00, 0xFC00,
    ]
    let expected: [Float] = [
      0, -0.0, 0x1p-24, 0x3FFp-24, 0x1p-14, 1, 1 + 0x1p-10, 0.333251953125, -65504, .infinity,
      -.infinity,
    ]
    let pairs = bits.flatMap { word in
      let bytes = [UInt8(word & 0xFF), UInt8(word >> 8)]
      return order == "<" ? bytes : bytes.reversed()
    }
    let header = "{'descr': '\(order)f2', 'fortran_order': False, 'shape': (\(bits.count),)}"
    let read = try Npy.array(from: Self.file(header, pairs), file: "")
    #expect(read.floats?.map(\.bitPattern) == expected.map(\.bitPattern))
    let strange = try Npy.array(
      from: Self.file("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}", [1, 0x7E]),
      file: "")
    #expect(strange.floats?.first?.isNaN == true)
  }

  @Test("16-bit floats that numpy saved are those of safetensors")
  func numpyHalf() throws {
    let read = try Npy.array(from: fixture("half.npy"), file: "")
    #expect(
      read == (try Safetensors.arrays(from: fixture("half.safetensors"), file: ""))["half"])
  }

  @Test("64-bit whole numbers without a sign are read as far as they fit")
  func unsigned() throws {
    let read = try Npy.array(from: fixture("uint64.npy"), file: "")
    #expect(read == NumericArray(shape: [3], .int64([0, 7, .max])))
    let error = #expect(throws: InterchangeError.self) {
      try Npy.array(from: fixture("uint64-large.npy"), file: "a.npy")
    }
    #expect(
      error?.description.hasPrefix("a.npy: it has the whole number 9223372036854775808") == true)
  }

  @Test("flags are 0 and 1, not the bytes of an image")
  func flags() throws {
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}"
    let read = try Npy.array(from: Self.file(header, [0, 1, 255]), file: "")
    #expect(read == NumericArray(shape: [3], .int64([0, 1, 1])))
  }
}
