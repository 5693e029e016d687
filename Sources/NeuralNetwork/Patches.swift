internal import Tensor

/// The patches of images that a filter sees, laid out as a matrix (im2col), and the way back
/// (col2im).
///
/// The layout is the one with the longer runs. Images of several channels are laid out patch by
/// patch [images * pixels, size]: a patch's row of pixels is one run. Images of one channel are
/// laid out tap by tap, [size, images * pixels]: an output row is one run.
struct Patches {
  let input: ImageShape
  let kernel: Int

  /// Elements of one patch, in the order [kernel, kernel, channels].
  var size: Int { kernel * kernel * input.channels }

  /// Elements of all patches of one image.
  var countPerImage: Int { outputHeight * outputWidth * size }

  /// How the matrix [images * pixels, size] lies in memory.
  var orientation: MatrixProduct.Orientation { isByTap ? .transposed : .plain }

  private var isByTap: Bool { input.channels == 1 }
  private var outputHeight: Int { input.height - kernel + 1 }
  private var outputWidth: Int { input.width - kernel + 1 }

  /// Lays out the patches of `images` images.
  ///
  /// - Parameters:
  ///   - x: The images, [images, input].
  ///   - images: How many there are.
  ///   - columns: Room for images * countPerImage elements.
  func gather(
    _ x: UnsafePointer<Float>, images: Int, into columns: UnsafeMutablePointer<Float>
  ) {
    forEachRun(images: images) { image, column, count in
      (columns + column).update(from: x + image, count: count)
    }
  }

  /// Adds each patch to the images at the place it was gathered from.
  ///
  /// - Parameters:
  ///   - columns: The patches, laid out as `gather` does.
  ///   - images: How many images there are.
  ///   - x: The images to add to, [images, input].
  func scatterAdding(
    _ columns: UnsafePointer<Float>, images: Int, to x: UnsafeMutablePointer<Float>
  ) {
    forEachRun(images: images) { image, column, count in
      let sums = x + image
      let terms = columns + column
      for index in 0..<count { sums[index] += terms[index] }
    }
  }

  /// Computes the gradient with respect to the patches, laid out as `gather` does.
  ///
  /// - Parameters:
  ///   - outputGradient: [images * pixels, filters].
  ///   - weights: [filters, size].
  ///   - images: How many images there are.
  ///   - filters: How many filters there are.
  ///   - columns: Room for images * countPerImage elements.
  func productOfGradients(
    _ outputGradient: UnsafePointer<Float>, weights: UnsafePointer<Float>, images: Int,
    filters: Int, into columns: UnsafeMutablePointer<Float>
  ) {
    let rows = images * outputHeight * outputWidth
    if isByTap {
      MatrixProduct.multiply(
        weights, .transposed, outputGradient, .transposed, into: columns,
        m: size, n: rows, k: filters)
    } else {
      MatrixProduct.multiply(
        outputGradient, .plain, weights, .plain, into: columns, m: rows, n: size, k: filters)
    }
  }

  /// Calls `body` for each run of elements that lie together both in an image and in the matrix,
  /// with its offset in the images, its offset in the matrix, and its length.
  @inline(__always)
  private func forEachRun(images: Int, _ body: (_ image: Int, _ column: Int, _ count: Int) -> Void)
  {
    if isByTap {
      var column = 0
      for tapY in 0..<kernel {
        for tapX in 0..<kernel {
          for image in 0..<images {
            for y in 0..<outputHeight {
              body((image * input.height + y + tapY) * input.width + tapX, column, outputWidth)
              column += outputWidth
            }
          }
        }
      }
      return
    }
    let run = kernel * input.channels
    var column = 0
    for image in 0..<images {
      for y in 0..<outputHeight {
        for x in 0..<outputWidth {
          for tapY in 0..<kernel {
            let pixel = (image * input.height + y + tapY) * input.width + x
            body(pixel * input.channels, column, run)
            column += run
          }
        }
      }
    }
  }
}
