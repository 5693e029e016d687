internal import Classifier
internal import Foundation

/// Turns the image about its centre by bilinear interpolation; what lies outside is black.
///
/// After Graese, Rozsa, Boult 2016.
struct Rotation: Transform {
  /// One of four values that a new value is a mixture of.
  private struct Share {
    let offset: Int32
    let weight: Float
  }

  /// Four shares a value; those outside the image weigh nothing.
  private let shares: [Share]

  /// Prepares a turn by an angle, counter-clockwise.
  init(degrees: Double, shape: ImageShape) {
    let (height, width, channels) = (shape.height, shape.width, shape.channels)
    let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
    let (middleRow, middleColumn) = (Double(height - 1) / 2, Double(width - 1) / 2)
    var shares: [Share] = []
    for row in 0..<height {
      for column in 0..<width {
        let (down, right) = (Double(row) - middleRow, Double(column) - middleColumn)
        let sourceRow = middleRow + sine * right + cosine * down
        let sourceColumn = middleColumn + cosine * right - sine * down
        let (top, left) = (sourceRow.rounded(.down), sourceColumn.rounded(.down))
        var pixel: [Share] = []
        for (y, rowWeight) in [(top, top + 1 - sourceRow), (top + 1, sourceRow - top)] {
          for (x, weight) in [(left, left + 1 - sourceColumn), (left + 1, sourceColumn - left)] {
            let isInside =
              y >= 0 && y < Double(height) && x >= 0 && x < Double(width)
            pixel.append(
              isInside
                ? Share(
                  offset: Int32((Int(y) * width + Int(x)) * channels),
                  weight: Float(rowWeight * weight))
                : Share(offset: 0, weight: 0))
          }
        }
        for channel in 0..<channels {
          shares += pixel.map {
            Share(offset: $0.offset + Int32(channel), weight: $0.weight)
          }
        }
      }
    }
    self.shares = shares
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    shares.withUnsafeBufferPointer { shares in
      for value in 0..<shares.count / 4 {
        var sum: Float = 0
        for place in value * 4..<value * 4 + 4 {
          sum += image[Int(shares[place].offset)] * shares[place].weight
        }
        result[value] = sum
      }
    }
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    result.update(repeating: 0, count: count)
    shares.withUnsafeBufferPointer { shares in
      for (place, share) in shares.enumerated() {
        result[Int(share.offset)] += gradient[place / 4] * share.weight
      }
    }
  }
}

extension Rotation {
  static let kind = TransformKind(
    name: "rotation", title: "Rotation",
    summary: "Turns the image about its centre, bilinearly; what lies outside is black",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "degrees", domain: .number(-180...180), defaultValue: 10,
        meaning: "angle in degrees, counter-clockwise")
    ]
  ) { values, setting in
    Rotation(degrees: values[0], shape: setting.shape)
  }
}
