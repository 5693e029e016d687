internal import Classifier
internal import Tensor

/// A linear transform of a channel's rows and columns, each by a matrix: rows · image · transposed columns.
struct SeparableTransform: Transform {
  /// A matrix with as many rows as columns, row by row.
  typealias Matrix = [Double]

  private let rows: [Float]
  private let columns: [Float]
  private let height: Int
  private let width: Int

  /// Makes the transform of images of a shape by the matrix that each axis has for its length.
  static func make(
    _ shape: ImageShape, matrix: (_ length: Int) -> Matrix
  ) -> any Transform {
    ChannelByChannel.make(
      SeparableTransform(height: shape.height, width: shape.width, matrix: matrix), shape: shape)
  }

  private init(height: Int, width: Int, matrix: (_ length: Int) -> Matrix) {
    rows = matrix(height).map(Float.init)
    columns = matrix(width).map(Float.init)
    self.height = height
    self.width = width
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: height * width) { between in
      guard let between = between.baseAddress else { return }
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          guard let rows = rows.baseAddress, let columns = columns.baseAddress else { return }
          MatrixProduct.multiply(
            rows, .plain, image, .plain, into: between, m: height, n: width, k: height)
          MatrixProduct.multiply(
            between, .plain, columns, .transposed, into: result, m: height, n: width, k: width)
        }
      }
    }
    // Sums of weights can exceed 1 in the last bit.
    for pixel in 0..<height * width { result[pixel] = min(max(result[pixel], 0), 1) }
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: height * width) { between in
      guard let between = between.baseAddress else { return }
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          guard let rows = rows.baseAddress, let columns = columns.baseAddress else { return }
          MatrixProduct.multiply(
            rows, .transposed, gradient, .plain, into: between, m: height, n: width, k: height)
          MatrixProduct.multiply(
            between, .plain, columns, .plain, into: result, m: height, n: width, k: width)
        }
      }
    }
  }
}
