/// The lower triangular factor L of a symmetric positive definite matrix L Lᵀ.
struct CholeskyFactor {
  /// The number of rows and columns.
  let size: Int
  /// L, [size, size]; the elements above the diagonal are 0.
  let elements: [Double]

  /// Factors a matrix of which only the lower triangle is read.
  ///
  /// Where rounding leaves a pivot at or below 1e-14 of its diagonal element, the pivot is taken
  /// for that: the matrix is then a slightly larger one.
  init(lowerTriangle matrix: [Double], size: Int) {
    var factor = matrix
    factor.withUnsafeMutableBufferPointer { factor in
      for row in 0..<size {
        for column in 0...row {
          var sum = factor[row * size + column]
          for index in 0..<column {
            sum -= factor[row * size + index] * factor[column * size + index]
          }
          if row == column {
            factor[row * size + row] = max(
              sum, 1e-14 * matrix[row * size + row], .leastNormalMagnitude
            ).squareRoot()
          } else {
            factor[row * size + column] = sum / factor[column * size + column]
          }
        }
        for column in row + 1..<max(row + 1, size) { factor[row * size + column] = 0 }
      }
    }
    self.size = size
    elements = factor
  }

  /// Solves L Lᵀ x = b.
  func solve(_ b: [Double]) -> [Double] {
    var x = solveLower(b)
    for row in (0..<size).reversed() {
      for index in row + 1..<max(row + 1, size) {
        x[row] -= elements[index * size + row] * x[index]
      }
      x[row] /= elements[row * size + row]
    }
    return x
  }

  /// Solves L x = b.
  func solveLower(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<size {
      for index in 0..<row { x[row] -= elements[row * size + index] * x[index] }
      x[row] /= elements[row * size + row]
    }
    return x
  }

  /// The inverse of L, [size, size], lower triangular.
  func inverse() -> [Double] {
    var inverse = [Double](repeating: 0, count: size * size)
    inverse.withUnsafeMutableBufferPointer { inverse in
      for row in 0..<size {
        let pivot = elements[row * size + row]
        for index in 0..<row {
          let factor = elements[row * size + index] / pivot
          for column in 0...index {
            inverse[row * size + column] -= factor * inverse[index * size + column]
          }
        }
        inverse[row * size + row] = 1 / pivot
      }
    }
    return inverse
  }
}
