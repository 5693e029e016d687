import Tensor
import Testing

@Suite struct MatrixProductTests {
  struct Shape: CustomTestStringConvertible {
    let m: Int
    let n: Int
    let k: Int
    var testDescription: String { "\(m) x \(k) · \(k) x \(n)" }
  }

  static let shapes = [
    Shape(m: 1, n: 1, k: 1), Shape(m: 3, n: 5, k: 7), Shape(m: 64, n: 10, k: 500),
    Shape(m: 576, n: 20, k: 25), Shape(m: 33, n: 65, k: 129),
  ]
  static let orientations: [(MatrixProduct.Orientation, MatrixProduct.Orientation)] = [
    (.plain, .plain), (.plain, .transposed), (.transposed, .plain), (.transposed, .transposed),
  ]

  /// The products by the definition, summed in double precision.
  static func product(
    _ a: [Float], _ b: [Float], _ shape: Shape,
    _ orientations: (MatrixProduct.Orientation, MatrixProduct.Orientation)
  ) -> [Double] {
    var c: [Double] = []
    for row in 0..<shape.m {
      for column in 0..<shape.n {
        var sum = 0.0
        for term in 0..<shape.k {
          let left = orientations.0 == .plain ? a[row * shape.k + term] : a[term * shape.m + row]
          let right =
            orientations.1 == .plain ? b[term * shape.n + column] : b[column * shape.k + term]
          sum += Double(left) * Double(right)
        }
        c.append(sum)
      }
    }
    return c
  }

  @Test("both implementations give the product by its definition", arguments: shapes, 0..<4)
  func definition(shape: Shape, orientation: Int) {
    let orientations = Self.orientations[orientation]
    let stream = RandomStream(seed: 1, stream: 0)
    let a = stream.uniform(count: shape.m * shape.k, bound: 1, pass: 0)
    let b = stream.uniform(count: shape.k * shape.n, bound: 1, pass: 1)
    let before = stream.uniform(count: shape.m * shape.n, bound: 1, pass: 2)
    let expected = Self.product(a, b, shape, orientations)
    // One rounding of a partial sum for each of the k terms, which are below 1.
    let tolerance = Double(Float.ulpOfOne) * Double(shape.k + 1)
    for accumulating in [false, true] {
      var fast = before
      var reference = before
      MatrixProduct.multiply(
        a, orientations.0, b, orientations.1, into: &fast,
        m: shape.m, n: shape.n, k: shape.k, accumulating: accumulating)
      MatrixProduct.reference(
        a, orientations.0, b, orientations.1, into: &reference,
        m: shape.m, n: shape.n, k: shape.k, accumulating: accumulating)
      for index in expected.indices {
        let wanted = expected[index] + (accumulating ? Double(before[index]) : 0)
        #expect(abs(Double(fast[index]) - wanted) < tolerance)
        #expect(abs(Double(reference[index]) - wanted) < tolerance)
      }
    }
  }
}
