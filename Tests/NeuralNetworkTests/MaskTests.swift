import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct MaskTests {
  @Test(
    "dropout keeps what the stream's own mask keeps", arguments: [5, 128, 500, 2880, 2881],
    [0.5, 0.25, 0.1, 0.9])
  func masks(count: Int, keep: Double) {
    let dropout = Dropout(name: "drop", input: .vector(count), site: 2, rate: 1 - keep)
    let ones = Scratch<Float>(count)
    ones.base.update(repeating: 1, count: count)
    let (left, mask) = (Scratch<Float>(count), Scratch<UInt32>(dropout.keptWordCount))
    let expected = Scratch<UInt32>(dropout.keptWordCount)
    for pass in 0..<20 as Range<UInt32> {
      dropout.drop(
        ones.base, into: left.base, seed: 0xFEED_BEEF_1234_5678, purpose: 3,
        row: SampledRow(image: 70_000 + pass, pass: pass), mask: mask.base)
      RandomStream(seed: 0xFEED_BEEF_1234_5678, stream: 3 << 8 | 2).fillMask(
        expected.base, count: count, probability: dropout.keep, image: 70_000 + pass, pass: pass)
      for index in 0..<count {
        let isKept = expected.base[index / 32] >> UInt32(index % 32) & 1 == 1
        #expect(left.base[index] == (isKept ? Float(1 / dropout.keep.value) : 0))
      }
    }
  }
}
