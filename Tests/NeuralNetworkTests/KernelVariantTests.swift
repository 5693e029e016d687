import CKernels
import Foundation
import Classifier
import NeuralNetwork
import Tensor
import Testing

/// Each variant of the kernels that this processor can run is held against plain Swift.
///
/// Arrays have the room behind them that the kernels ask for and no more, filled with NaN, so that a
/// kernel that made use of it would show, and an address sanitizer would see one that went further.
@Suite struct KernelVariantTests {
  static let names = ["avx512", "avx2", "baseline"].filter { (name: String) in
    kernels_variant_named(name) != nil
  }

  /// Memory for `count` elements and the kernels' slack.
  private final class Room<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    private let count: Int

    init(_ count: Int, slack: Int = Int(KERNELS_SLACK), filledWith filler: Element) {
      self.count = count
      base = .allocate(capacity: count + slack)
      base.initialize(repeating: filler, count: count + slack)
    }

    convenience init(_ elements: [Element], filledWith filler: Element) {
      self.init(elements.count, filledWith: filler)
      base.update(from: elements, count: elements.count)
    }

    /// Memory for these elements and nothing behind them.
    init(exactly elements: [Element]) {
      count = elements.count
      base = .allocate(capacity: max(1, elements.count))
      base.initialize(from: elements, count: elements.count)
    }

    deinit { base.deallocate() }

    var elements: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
  }

  /// Runs the kernels on some of a case's images.
  private func run(
    _ variant: kernels_variant, _ test: ConvolutionCase, images: Range<Int>
  ) throws -> ConvolutionResult {
    let (layer, rows) = (test.layer, Int64(images.count))
    var shape = kernels_convolution(
      height: Int64(layer.input.height), width: Int64(layer.input.width),
      channels: Int64(layer.input.channels), kernel: Int64(layer.kernel),
      filters: Int64(layer.filters))
    let scratchCount = Int(kernels_scratch_count(&shape))
    func slice(_ values: [Float], of count: Int) -> Room<Float> {
      Room(
        Array(values[images.lowerBound * count..<images.upperBound * count]), filledWith: .nan)
    }
    let x = slice(test.input, of: layer.input.count)
    let gradient = slice(test.outputGradient, of: layer.output.count)
    let y = Room<Float>(images.count * layer.output.count, filledWith: .nan)
    let winners = Room<UInt8>(images.count * layer.output.count, filledWith: 0xFF)
    let xGradient = Room<Float>(images.count * layer.input.count, filledWith: .nan)
    let parameterGradient = Room<Float>(test.parameters.count, filledWith: .nan)
    let convolve = try #require(variant.convolve)
    let toInput = try #require(variant.input_gradient)
    let toParameters = try #require(variant.parameter_gradient)
    let scratch = Room<Float>(scratchCount, slack: 0, filledWith: .nan)

    convolve(&shape, x.base, rows, test.parameters, y.base, winners.base, scratch.base)
    toInput(
      &shape, gradient.base, winners.base, rows, test.parameters, xGradient.base, scratch.base)
    toParameters(
      &shape, x.base, gradient.base, winners.base, rows, parameterGradient.base, scratch.base)
    return withExtendedLifetime((x, gradient, winners, scratch)) {
      ConvolutionResult(
        outputs: y.elements, inputGradient: xGradient.elements,
        parameterGradient: parameterGradient.elements)
    }
  }

  @Test("convolutions agree with plain loops", arguments: names, ConvolutionCase.all)
  func convolution(name: String, test: ConvolutionCase) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let result = try run(variant, test, images: 0..<test.rows)
    #expect(result.isClose(to: test.expected()))
  }

  @Test("an image's bits do not depend on the batch around it", arguments: names)
  func batches(name: String) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    for test in ConvolutionCase.all where test.rows > 1 {
      let whole = try run(variant, test, images: 0..<test.rows)
      let parts = try (0..<test.rows).map { try run(variant, test, images: $0..<$0 + 1) }
      #expect(whole.outputs == parts.flatMap(\.outputs))
      #expect(whole.inputGradient == parts.flatMap(\.inputGradient))
    }
  }

  /// Runs the kernels of convolutions of any stride and padding on some of a case's images.
  private func run(
    _ variant: kernels_variant, _ test: CorrelationCase, images: Range<Int>
  ) throws -> ConvolutionResult {
    let (layer, rows) = (test.layer, Int64(images.count))
    func padded(_ length: Int, _ zeros: (before: Int, behind: Int)) -> Int64 {
      Int64(length + zeros.before + zeros.behind)
    }
    var shape = kernels_correlation(
      height: Int64(layer.input.height), width: Int64(layer.input.width),
      channels: Int64(layer.input.channels), kernel: Int64(layer.kernel),
      filters: Int64(layer.filters), stride: Int64(layer.stride),
      top: Int64(layer.rowPadding.before), left: Int64(layer.columnPadding.before),
      padded_height: padded(layer.input.height, layer.rowPadding),
      padded_width: padded(layer.input.width, layer.columnPadding),
      output_height: Int64(layer.output.height), output_width: Int64(layer.output.width))
    let scratchCount = Int(kernels_correlation_scratch_count(&shape))
    func slice(_ values: [Float], of count: Int) -> Room<Float> {
      Room(
        exactly: Array(values[images.lowerBound * count..<images.upperBound * count]))
    }
    let x = slice(test.input, of: layer.input.count)
    let gradient = slice(test.outputGradient, of: layer.output.count)
    let y = Room<Float>(images.count * layer.output.count, slack: 0, filledWith: .nan)
    let xGradient = Room<Float>(images.count * layer.input.count, slack: 0, filledWith: .nan)
    let parameterGradient = Room<Float>(test.parameters.count, slack: 0, filledWith: .nan)
    let scratch = Room<Float>(scratchCount, slack: 0, filledWith: .nan)
    let weightCount = test.parameters.count - layer.filters
    let (weights, biases) = (
      Array(test.parameters.prefix(weightCount)), Array(test.parameters.suffix(layer.filters))
    )
    let correlate = try #require(variant.correlate)
    let toInput = try #require(variant.correlation_input_gradient)
    let toParameters = try #require(variant.correlation_parameter_gradient)
    correlate(
      &shape, x.base, rows, weights, biases, y.base, scratch.base)
    toInput(
      &shape, gradient.base, rows, weights, xGradient.base, scratch.base)
    toParameters(
      &shape, x.base, gradient.base, rows, parameterGradient.base,
      parameterGradient.base + weightCount, scratch.base)
    return withExtendedLifetime((x, gradient, scratch)) {
      ConvolutionResult(
        outputs: y.elements, inputGradient: xGradient.elements,
        parameterGradient: parameterGradient.elements)
    }
  }

  @Test(
    "convolutions of any stride and padding agree with plain loops, whatever the batch",
    arguments: names, CorrelationCase.all)
  func correlation(name: String, test: CorrelationCase) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let result = try run(variant, test, images: 0..<test.rows)
    #expect(result.isClose(to: test.expected()))
    let parts = try (0..<test.rows).map { try run(variant, test, images: $0..<$0 + 1) }
    #expect(result.outputs == parts.flatMap(\.outputs))
    #expect(result.inputGradient == parts.flatMap(\.inputGradient))
  }

  @Test(
    "narrow layers agree with plain loops and do not depend on the batch", arguments: names,
    1...Int(KERNELS_NARROW))
  func narrowDense(name: String, outputs: Int) throws {
    let kernel = try #require(kernels_variant_named(name)?.pointee.narrow_dense)
    let stream = RandomStream(seed: 6, stream: 0)
    for (rows, inputs) in [(1, 1), (9, 5), (17, 500)] {
      let values = stream.uniform(count: rows * inputs, bound: 1, pass: 0)
      let parameters = stream.uniform(count: outputs * (inputs + 1), bound: 1, pass: 1)
      func compute(_ range: Range<Int>) -> [Float] {
        let x = Room(
          Array(values[range.lowerBound * inputs..<range.upperBound * inputs]), filledWith: .nan)
        let y = Room<Float>(range.count * outputs, filledWith: .nan)
        let scratch = Room<Float>((inputs + 1) * Int(KERNELS_NARROW), slack: 0, filledWith: .nan)
        kernel(
          x.base, Int64(range.count), Int64(inputs), Int64(outputs), parameters, y.base,
          scratch.base)
        return withExtendedLifetime((x, scratch)) { y.elements }
      }
      let whole = compute(0..<rows)
      #expect(whole == (0..<rows).flatMap { compute($0..<$0 + 1) })
      for row in 0..<rows {
        for output in 0..<outputs {
          let sum = (0..<inputs).reduce(Double(parameters[outputs * inputs + output])) {
            $0 + Double(parameters[output * inputs + $1]) * Double(values[row * inputs + $1])
          }
          #expect(abs(Double(whole[row * outputs + output]) - sum) < 1e-4)
        }
      }
    }
  }

  @Test(
    "masks are the stream's own, and are applied", arguments: names,
    [1, 5, 128, 129, 500, 2880, 2881])
  func masks(name: String, count: Int) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let fill = try #require(variant.fill_masks)
    let apply = try #require(variant.apply_mask)
    let values = RandomStream(seed: 7, stream: 0).uniform(count: count, bound: 1, pass: 0)
    let words = RandomStream.maskWordCount(count)
    for probability in [0.5, 0.25, 0.1, 0.9, 1, 1e-9].map(KeepProbability.init) {
      let masks = Room<UInt32>(3 * words, slack: 0, filledWith: 0)
      let expected = Room<UInt32>(3 * words, slack: 0, filledWith: 0)
      for pass in 0..<3 {
        RandomStream(seed: 0xFEED_BEEF_1234_5678, stream: 3 << 8 | 2).fillMask(
          expected.base + pass * words, count: count, probability: probability, image: 70_000,
          pass: UInt32(9 + pass))
      }
      fill(
        masks.base, 3, Int64(count), UInt32(probability.value * 65536), 0xFEED_BEEF_1234_5678,
        3 << 8 | 2, 70_000, 9)
      #expect(masks.elements == expected.elements)
      let left = Room<Float>(count, slack: 0, filledWith: .nan)
      apply(masks.base, values, Int64(count), 2, left.base)
      #expect(
        left.elements
          == values.indices.map {
            expected.base[$0 / 32] >> UInt32($0 % 32) & 1 == 1 ? 2 * values[$0] : 0
          })
    }
  }

  @Test(
    "narrow layers behind dropout agree with plain loops and do not depend on the batch",
    arguments: names, [1, 4, 7, 10, 16])
  func maskedDense(name: String, outputs: Int) throws {
    let kernel = try #require(kernels_variant_named(name)?.pointee.masked_dense)
    let stream = RandomStream(seed: 8, stream: 0)
    for (images, passes, inputs) in [(1, 1, 1), (2, 3, 12), (3, 5, 130), (2, 20, 500)] {
      let values = stream.uniform(count: images * inputs, bound: 1, pass: 0)
      let parameters = stream.uniform(count: outputs * (inputs + 1), bound: 1, pass: 1)
      let words = RandomStream.maskWordCount(inputs)
      let masks = (0..<images * passes).flatMap { row in
        let mask = Room<UInt32>(words, slack: 0, filledWith: 0)
        stream.fillMask(
          mask.base, count: inputs, probability: KeepProbability(0.6), image: UInt32(row), pass: 2)
        return mask.elements
      }
      func compute(_ range: Range<Int>) -> [Float] {
        let y = Room<Float>(range.count * passes * outputs, slack: 0, filledWith: .nan)
        let scratch = Room<Float>(
          Int(kernels_masked_scratch_count(Int64(inputs), Int64(passes))), slack: 0,
          filledWith: .nan)
        kernel(
          Array(masks[range.lowerBound * passes * words..<range.upperBound * passes * words]),
          Int64(range.count), Int64(passes),
          Array(values[range.lowerBound * inputs..<range.upperBound * inputs]), Int64(inputs),
          Int64(outputs), 1.5, parameters, y.base, scratch.base)
        return withExtendedLifetime(scratch) { y.elements }
      }
      let whole = compute(0..<images)
      #expect(whole == (0..<images).flatMap { compute($0..<$0 + 1) })
      for (index, value) in whole.enumerated() {
        let (row, output) = index.quotientAndRemainder(dividingBy: outputs)
        let kept = (0..<inputs).filter { masks[row * words + $0 / 32] >> UInt32($0 % 32) & 1 == 1 }
        let sum = kept.reduce(Double(parameters[outputs * inputs + output])) {
          $0 + 1.5 * Double(parameters[output * inputs + $1])
            * Double(values[row / passes * inputs + $1])
        }
        #expect(abs(Double(value) - sum) < 1e-4)
      }
    }
  }

  @Test("sums of kernels are those of plain Swift", arguments: names)
  func sumsOfKernels(name: String) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let sum = try #require(variant.sum_of_kernels)
    let noise = RandomStream(seed: 2, stream: 0).uniform(count: 80, bound: 20, pass: 0)
    for count in [1, 3, 4, 8, 37, 40] {
      let products = Array(noise.prefix(count))
      let squares = noise.suffix(count).map { Double($0 * $0) }
      for scale in [0.002, 0.5, 200] {
        var largest = 0.0
        let found = sum(products, squares, Int64(count), 30, scale, &largest)
        let exponents = zip(products, squares).map { (2 * Double($0) - $1 - 30) * scale }
        let expected = try #require(exponents.max())
        #expect(abs(largest - expected) <= 1e-12 * abs(expected))
        let terms = exponents.reduce(0) { $0 + exp($1 - expected) }
        #expect(abs(found - terms) < 1e-9 * terms)
      }
    }
  }

  @Test("products and weighted sums of rows are those of plain Swift", arguments: names)
  func rowSums(name: String) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let rowProducts = try #require(variant.row_products)
    let weightedSum = try #require(variant.weighted_sum)
    let weightedGram = try #require(variant.weighted_gram)
    let histogram = try #require(variant.histogram)
    let noise = RandomStream(seed: 3, stream: 0).uniform(count: 400, bound: 1, pass: 0)
      .map(Double.init)
    for (rows, inputs) in [(1, 1), (5, 3), (7, 8), (9, 21)] {
      let x = Array(noise.prefix(rows * inputs))
      let (v, weights) = (Array(noise.suffix(inputs)), Array(noise.suffix(rows)))
      var products = [Double](repeating: .nan, count: rows)
      var (sums, gram) = (
        [Double](repeating: 1, count: inputs), [Double](repeating: 2, count: inputs * inputs)
      )
      rowProducts(x, Int64(rows), Int64(inputs), v, &products)
      weightedSum(x, Int64(rows), Int64(inputs), weights, &sums)
      weightedGram(x, Int64(rows), Int64(inputs), weights, &gram)
      for row in 0..<rows {
        let product = (0..<inputs).reduce(0) { $0 + x[row * inputs + $1] * v[$1] }
        #expect(abs(products[row] - product) < 1e-12)
      }
      for a in 0..<inputs {
        let sum = (0..<rows).reduce(1) { $0 + weights[$1] * x[$1 * inputs + a] }
        #expect(abs(sums[a] - sum) < 1e-12)
        for b in 0..<inputs {
          let expected = (0..<rows).reduce(2) {
            $0 + weights[$1] * x[$1 * inputs + a] * x[$1 * inputs + b]
          }
          #expect(abs(gram[a * inputs + b] - (b <= a ? expected : 2)) < 1e-12)
        }
      }
      var bins = [Double](repeating: 0, count: 512)
      histogram(
        (0..<rows).map { UInt8($0 % 2 * 255) }, Int64(rows), weights, products, &bins)
      for bin in [0, 1] {
        let members = (0..<rows).filter { $0 % 2 == bin }
        #expect(abs(bins[bin * 510] - members.reduce(0) { $0 + weights[$1] }) < 1e-12)
        #expect(abs(bins[bin * 510 + 1] - members.reduce(0) { $0 + products[$1] }) < 1e-12)
      }
    }
  }

  @Test("exponentials are the library's to the last places", arguments: names)
  func exponentials(name: String) throws {
    let variant = try #require(kernels_variant_named(name)).pointee
    let exponentials = try #require(variant.exponentials)
    let exponents =
      (0..<2000).map { -708 + Double($0) * 0.704 } + [0, -0.0, -1e-300, 1e-17, -707.9]
    for count in [1, 2, 7, 8, 9, exponents.count] {
      var powers = Array(exponents.suffix(count))
      powers.withUnsafeMutableBufferPointer { powers in
        exponentials(powers.baseAddress, Int64(count), powers.baseAddress)
      }
      for (power, exponent) in zip(powers, exponents.suffix(count)) {
        #expect(abs(power - exp(exponent)) <= 2 * exp(exponent).ulp, "e^\(exponent)")
      }
    }
    var limits = [Double](repeating: 1, count: 4)
    exponentials([-708.1, -1e300, -.infinity, .nan], 4, &limits)
    #expect(limits[..<3] == [0, 0, 0] && limits[3].isNaN)
  }

  @Test("medians are those of sorted windows", arguments: names, 2...Int(KERNELS_MEDIAN_SIDE))
  func median(name: String, side: Int) throws {
    let median = try #require(kernels_variant_named(name)?.pointee.median)
    for (height, width) in [(1, 1), (3, 2), (9, 33), (28, 28)] {
      let values = RandomStream(seed: 9, stream: 0).uniform(
        count: height * width, bound: 1, pass: UInt32(width))
      let x = Room(exactly: values)
      let y = Room<Float>(height * width, slack: 0, filledWith: .nan)
      let scratch = Room<Float>(
        Int(kernels_median_scratch_count(Int64(height), Int64(width), Int64(side))), slack: 0,
        filledWith: .nan)
      median(x.base, Int64(height), Int64(width), Int64(side), y.base, scratch.base)
      // Beyond its rim the image is repeated by turns mirrored and as it is.
      func mirrored(_ place: Int, _ count: Int) -> Int {
        let turn = (place + 8 * 2 * count) % (2 * count)
        return min(turn, 2 * count - 1 - turn)
      }
      let expected = (0..<height * width).map { pixel in
        let window = (0..<side * side).map { place in
          values[
            mirrored(pixel / width + place / side - side / 2, height) * width
              + mirrored(pixel % width + place % side - side / 2, width)]
        }
        return window.sorted()[side * side / 2]
      }
      #expect(withExtendedLifetime((x, scratch)) { y.elements } == expected)
    }
  }

  @Test("JPEG leaves the same bytes by every variant", arguments: names)
  func jpeg(name: String) throws {
    let jpeg = try #require(kernels_variant_named(name)?.pointee.jpeg)
    let baseline = try #require(kernels_variant_named("baseline")?.pointee.jpeg)
    let steps = (0..<64).map { Float(1 + $0 * 3 % 255) }
    for (height, width) in [(1, 1), (8, 8), (13, 21), (28, 28)] {
      let values = RandomStream(seed: 10, stream: 0).uniform(
        count: height * width, bound: 0.6, pass: 0
      ).map { $0 + 0.5 }
      func decoded(
        _ kernel: (
          UnsafePointer<Float>?, Int64, Int64, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?
        ) -> Void
      ) -> [Float] {
        let (x, y) = (Room(exactly: values), Room<Float>(values.count, slack: 0, filledWith: .nan))
        kernel(x.base, Int64(height), Int64(width), steps, y.base)
        return withExtendedLifetime(x) { y.elements }
      }
      let result = decoded(jpeg)
      #expect(result == decoded(baseline))
      #expect(result.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("the products below the rows' bounds are found, in order", arguments: names)
  func findNear(name: String) throws {
    let find = try #require(kernels_variant_named(name)?.pointee.find_near)
    let block = Int(KERNELS_BLOCK)
    for (rowCount, blockCount, depth) in [(4, 1, 1), (8, 3, 26), (12, 2, 5)] {
      // Whole numbers, whose sums are exact in any order.
      func whole(_ count: Int, pass: UInt32) -> [Float] {
        RandomStream(seed: 11, stream: 0).uniform(count: count, bound: 20, pass: pass)
          .map { $0.rounded() }
      }
      let rows = whole(rowCount * depth, pass: 0)
      let columns = whole(blockCount * depth * block, pass: 1)
      var bounds = whole(rowCount, pass: 2)
      bounds[1] = .infinity
      bounds[2] = -.infinity
      let (rowRoom, columnRoom) = (Room(exactly: rows), Room(exactly: columns))
      let found = UnsafeMutablePointer<kernels_near>.allocate(
        capacity: rowCount * blockCount * block)
      defer { found.deallocate() }
      let count = find(
        columnRoom.base, Int64(blockCount), Int64(depth), rowRoom.base, Int64(rowCount), bounds,
        found)
      let all = (0..<Int(count)).map { found[$0] }
      withExtendedLifetime((rowRoom, columnRoom)) {}
      for row in 0..<rowCount {
        let expected = (0..<blockCount * block).compactMap { column -> [Float]? in
          let first = column / block * depth * block + column % block
          let product = (0..<depth).reduce(Float(0)) {
            $0 + rows[row * depth + $1] * columns[first + $1 * block]
          }
          return product < bounds[row] ? [Float(column), product] : nil
        }
        let ours = all.filter { $0.row == Int32(row) }.map { [Float($0.column), $0.product] }
        #expect(ours == expected)
      }
    }
  }
}
