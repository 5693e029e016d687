/// How far apart neighbouring values of an image lie in an array of images.
struct PixelOrder {
  /// The step from a value to that of the pixel below.
  let row: Int
  /// The step from a value to that of the pixel on the right.
  let column: Int
  /// The step from a value to that of the next channel.
  let channel: Int

  /// One whole channel after the other, each row by row.
  static func planes(rows: Int, columns: Int) -> PixelOrder {
    PixelOrder(row: columns, column: 1, channel: rows * columns)
  }

  /// One whole channel after the other, each column by column, as MATLAB stores arrays.
  static func columnPlanes(rows: Int, columns: Int) -> PixelOrder {
    PixelOrder(row: 1, column: rows, channel: rows * columns)
  }

  /// Orders the values of images as ``ImageSet/pixels`` has them.
  ///
  /// - Precondition: The values make whole images, which lie one after the other.
  ///
  /// - Returns: `[count, rows, columns, channels]` in row-major order.
  func interleaved(
    _ values: ArraySlice<UInt8>, rows: Int, columns: Int, channels: Int
  ) -> [UInt8] {
    let size = rows * columns * channels
    precondition(values.count.isMultiple(of: size), "\(values.count) values of \(size) an image")
    return values.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
        var position = 0
        for image in stride(from: 0, to: source.count, by: size) {
          for y in 0..<rows {
            for x in 0..<columns {
              let pixel = image + y * row + x * column
              for index in 0..<channels {
                target[position] = source[pixel + index * channel]
                position += 1
              }
            }
          }
        }
        count = position
      }
    }
  }
}
