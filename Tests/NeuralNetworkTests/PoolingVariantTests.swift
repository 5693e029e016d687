import CKernels
import Tensor
import Testing

/// Each variant's gradient of maxima against plain loops.
@Suite struct PoolingVariantTests {
  @Test(
    "the gradient of a maximum goes to the first of the largest pixels",
    arguments: KernelVariantTests.names)
  func maximum(name: String) throws {
    let kernel = try #require(kernels_variant_named(name)?.pointee.pool_maximum_gradient)
    // Channels at the edges of vectors; windows apart and over one another.
    for (channels, window, stride) in [(1, 2, 2), (16, 2, 2), (19, 3, 2), (37, 3, 1), (64, 2, 3)] {
      let (images, height, width) = (2, 7, 8)
      let (rows, columns) = ((height - window) / stride + 1, (width - window) / stride + 1)
      var shape = kernels_pooling(
        height: Int64(height), width: Int64(width), channels: Int64(channels),
        window_height: Int64(window), window_width: Int64(window), stride: Int64(stride),
        output_height: Int64(rows), output_width: Int64(columns))
      let stream = RandomStream(seed: 4, stream: UInt32(channels))
      // Few different values, so that there are several largest ones.
      let x = stream.uniform(count: images * height * width * channels, bound: 2, pass: 0)
        .map { $0.rounded() }
      let gradient = stream.uniform(count: images * rows * columns * channels, bound: 1, pass: 1)
      var y: [Float] = []
      var expected = [Float](repeating: 0, count: x.count)
      for image in 0..<images {
        for row in 0..<rows {
          for column in 0..<columns {
            for channel in 0..<channels {
              let places = (0..<window * window).map { pixel in
                ((image * height + row * stride + pixel / window) * width + column * stride
                  + pixel % window) * channels + channel
              }
              let largest = places.map { x[$0] }.max() ?? 0
              if let first = places.first(where: { x[$0] == largest }) {
                expected[first] += gradient[y.count]
              }
              y.append(largest)
            }
          }
        }
      }
      var result = [Float](repeating: .nan, count: x.count)
      kernel(&shape, x, y, gradient, Int64(images), &result)
      #expect(result == expected, "\(channels) channels")
    }
  }
}
