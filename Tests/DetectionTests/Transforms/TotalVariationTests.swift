import Detection
import Classifier
import Tensor
import Testing

/// Total variation with dropped pixels against the solver's formulas, pixel by pixel.
@Suite struct TotalVariationTests {
  /// An image of Doubles that has zeros around it.
  private struct Field {
    var values = [Double](repeating: 0, count: 28 * 28)

    subscript(row: Int, column: Int) -> Double {
      get {
        (0..<28).contains(row) && (0..<28).contains(column) ? values[row * 28 + column] : 0
      }
      set { values[row * 28 + column] = newValue }
    }
  }

  /// The image of little variation near the pixels that are kept.
  private func solve(_ image: [Float], kept: [Bool], lambda: Double) -> [Float] {
    let (weight, mu) = (1 / lambda, 2 / lambda)
    var (u, z) = (Field(), Field())
    var (dx, dy, bx, by) = (Field(), Field(), Field(), Field())
    let data = zip(image, kept).map { $1 ? Double($0) : 0 }
    u.values = data
    for _ in 0..<100 {
      let before = u
      for _ in 0..<10 {
        for row in 0..<28 {
          for column in 0..<28 {
            let sum =
              u[row - 1, column] + u[row + 1, column] + u[row, column - 1] + u[row, column + 1]
              + z[row, column]
            let neighbours = [row > 0, row < 27, column > 0, column < 27].count { $0 }
            u[row, column] =
              kept[row * 28 + column]
              ? (mu * sum + weight * data[row * 28 + column]) / (weight + Double(neighbours) * mu)
              : sum / 4
          }
        }
      }
      for row in 0..<28 {
        for column in 0..<28 {
          let tx = (column < 27 ? u[row, column + 1] - u[row, column] : 0) + bx[row, column]
          let ty = (row < 27 ? u[row + 1, column] - u[row, column] : 0) + by[row, column]
          let size = (tx * tx + ty * ty).squareRoot() * mu
          dx[row, column] = size * tx / (size + 1)
          dy[row, column] = size * ty / (size + 1)
          bx[row, column] = tx - dx[row, column]
          by[row, column] = ty - dy[row, column]
        }
      }
      for row in 0..<28 {
        for column in 0..<28 {
          z[row, column] =
            -dx[row, column] - dy[row, column] + bx[row, column] + by[row, column]
            + dy[row - 1, column] - by[row - 1, column] + dx[row, column - 1]
            - bx[row, column - 1]
        }
      }
      let squares = zip(u.values, before.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if (squares / 784).squareRoot() <= 0.01 { break }
    }
    return u.values.map { Float(min(max($0, 0), 1)) }
  }

  @Test(
    "dropped pixels are drawn, black ones count as kept, and the rest is the solver's",
    arguments: [(0.03, 0.5), (0.3, 0.25)])
  func solver(lambda: Double, dropped: Double) throws {
    let examples = try TransformExamples()
    let transform = try examples.transform("total_variation_\(lambda)_\(dropped)", seed: 9)
    let stream = RandomStream(seed: 9, stream: RandomPurpose.transforms << 8)
    for index in 0..<examples.count {
      let image = examples.image(index)
      var mask = [UInt32](repeating: 0, count: RandomStream.maskWordCount(784))
      stream.fillMask(
        &mask, count: 784, probability: KeepProbability(1 - dropped), image: UInt32(index), pass: 0)
      let kept = image.indices.map { image[$0] == 0 || mask[$0 / 32] >> UInt32($0 % 32) & 1 == 1 }
      let ours = apply(transform, to: image, index: index)
      #expect(distance(ours, solve(image, kept: kept, lambda: lambda)) < 1e-6)
    }
  }
}
