import Tensor
import Testing

@Suite struct PhiloxTests {
  struct Vector {
    let counter: SIMD4<UInt32>
    let key: UInt64
    let expected: SIMD4<UInt32>
  }

  /// The known answers that the authors of Philox publish for ten rounds.
  static let vectors = [
    Vector(
      counter: SIMD4(repeating: 0), key: 0,
      expected: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    Vector(
      counter: SIMD4(repeating: .max), key: .max,
      expected: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    Vector(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: 0x299f_31d0_a409_3822,
      expected: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
  ]

  @Test("gives the published known answers", arguments: vectors.indices)
  func knownAnswers(index: Int) {
    let vector = Self.vectors[index]
    #expect(Philox(key: vector.key).block(vector.counter) == vector.expected)
  }
}

@Suite struct RandomStreamTests {
  let stream = RandomStream(seed: 7, stream: 3)

  @Test("a permutation holds every number once and differs by pass")
  func permutation() {
    let first = stream.permutation(count: 1000, pass: 0)
    #expect(first.sorted() == Array(0..<1000))
    #expect(first != Array(0..<1000))
    #expect(first != stream.permutation(count: 1000, pass: 1))
    #expect(first == stream.permutation(count: 1000, pass: 0))
  }

  @Test("whole numbers fill their range evenly")
  func integers() {
    var counts = [Int](repeating: 0, count: 9)
    for image in 0..<9000 { counts[stream.integer(below: 9, image: UInt32(image), pass: 0)] += 1 }
    // 1000 expected each, with a standard deviation of 30.
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test("uniform numbers stay in their range and average to its middle")
  func uniform() {
    let numbers = stream.uniform(count: 10_000, bound: 0.2, pass: 0)
    #expect(numbers.allSatisfy { $0 >= -0.2 && $0 < 0.2 })
    let mean = numbers.reduce(0, +) / 10_000
    #expect(abs(mean) < 0.006)
    #expect((numbers.max() ?? 0) > 0.199)
  }

  @Test("masks keep elements as often as asked", arguments: [0.5, 0.25, 0.3, 0.9, 1.0])
  func masks(probability: Double) {
    let count = 4_000
    let words = RandomStream.maskWordCount(count)
    let mask = Scratch<UInt32>(words)
    var kept = 0
    for pass in 0..<25 {
      stream.fillMask(
        mask.base, count: count, probability: KeepProbability(probability), image: 1,
        pass: UInt32(pass))
      for bit in 0..<count { kept += Int(mask.base[bit / 32] >> UInt32(bit % 32) & 1) }
    }
    let expected = probability * 100_000
    let deviation = (100_000 * probability * (1 - probability)).squareRoot()
    #expect(abs(Double(kept) - expected) <= 5 * deviation + 100_000 / 65_536)
  }

  @Test("streams, images and passes have masks of their own")
  func addresses() {
    func words(_ stream: RandomStream, image: UInt32, pass: UInt32) -> [UInt32] {
      let mask = Scratch<UInt32>(4)
      stream.fillMask(
        mask.base, count: 128, probability: KeepProbability(0.5), image: image, pass: pass)
      return (0..<4).map { mask.base[$0] }
    }
    let masks = [
      words(stream, image: 0, pass: 0), words(stream, image: 1, pass: 0),
      words(stream, image: 0, pass: 1), words(RandomStream(seed: 7, stream: 4), image: 0, pass: 0),
      words(RandomStream(seed: 8, stream: 3), image: 0, pass: 0),
    ]
    #expect(Set(masks).count == masks.count)
  }
}
