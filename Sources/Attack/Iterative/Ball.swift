internal import Foundation
internal import Tensor

/// The images within a distance of a clean one, whose pixels are in 0...1.
package struct Ball: Sendable {
  /// The norms of the distance.
  package enum Norm: String, Sendable, CaseIterable {
    /// The largest change of a value.
    case linf
    /// The Euclidean length of the change.
    case l2
  }

  /// Where random images of the ball are.
  enum Place {
    /// Anywhere in it, evenly spread.
    case inside
    /// As far away from the centre as they may be.
    case surface
  }

  /// The norm of the distance.
  package let norm: Norm
  /// The largest distance.
  package let radius: Float

  /// The ball of a radius in a norm.
  package init(_ norm: Norm, radius: Float) {
    self.norm = norm
    self.radius = radius
  }

  /// Moves an image along a gradient: each value by `length`, or the image as a whole, by the norm.
  ///
  /// A gradient of zeros moves nothing.
  func step(
    _ image: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>, by length: Float,
    count: Int
  ) {
    switch norm {
    case .linf:
      for index in 0..<count { image[index] += length * sign(gradient[index]) }
    case .l2:
      let slope = euclideanLength(gradient, count: count)
      guard slope > 0 else { return }
      for index in 0..<count {
        image[index] += Float(Double(length) * (Double(gradient[index]) / slope))
      }
    }
  }

  /// Moves an image to the nearest one of the ball around a clean image, then clips it to 0...1, which
  /// brings it nearer to the clean one.
  func project(
    _ image: UnsafeMutablePointer<Float>, around clean: UnsafePointer<Float>, count: Int
  ) {
    switch norm {
    case .linf:
      for index in 0..<count {
        let lowest = max(0, clean[index] - radius)
        let highest = min(1, clean[index] + radius)
        image[index] = min(max(image[index], lowest), highest)
      }
    case .l2:
      var squares = 0.0
      for index in 0..<count {
        let change = Double(image[index]) - Double(clean[index])
        squares += change * change
      }
      let length = squares.squareRoot()
      let scale = length > Double(radius) ? Double(radius) / length : 1
      for index in 0..<count {
        let change = Double(image[index]) - Double(clean[index])
        let moved = scale == 1 ? image[index] : Float(Double(clean[index]) + scale * change)
        image[index] = min(max(moved, 0), 1)
      }
    }
  }

  /// Moves an image a step along a gradient and back into the ball around a clean image; a negative
  /// length goes against it.
  func move(
    _ image: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>, by length: Float,
    around clean: UnsafePointer<Float>, count: Int
  ) {
    step(image, along: gradient, by: length, count: count)
    project(image, around: clean, count: count)
  }

  /// Writes a random image of the ball around a clean one, clipped to 0...1.
  ///
  /// - Parameters:
  ///   - image: Room for the image.
  ///   - clean: The clean image.
  ///   - count: The number of elements.
  ///   - place: Where it is before clipping.
  ///   - stream: Gives the random numbers.
  ///   - index: The clean image's index in its data set.
  ///   - draw: The number of the draw.
  func draw(
    _ image: UnsafeMutablePointer<Float>, around clean: UnsafePointer<Float>, count: Int,
    place: Place, from stream: RandomStream, image index: Int, draw: Int
  ) {
    let (number, pass) = (UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: draw))
    var scale = Double(radius)
    switch norm {
    case .linf:
      stream.fillUniform(image, count: count, image: number, pass: pass)
      if place == .surface {
        scale /= (0..<count).reduce(0) { max($0, abs(Double(image[$1]))) }
      }
    case .l2:
      stream.fillNormal(image, count: count, image: number, pass: pass)
      scale /= euclideanLength(image, count: count)
      if place == .inside {
        // The share of the volume within a distance grows with its power.
        let share = stream.unit(image: number, pass: pass, block: UInt32((count + 3) / 4))
        scale *= pow(share, 1 / Double(count))
      }
    }
    for index in 0..<count {
      image[index] = min(max(clean[index] + Float(scale * Double(image[index])), 0), 1)
    }
  }
}

/// The Euclidean length of a vector, summed in 64 bits.
package func euclideanLength(_ vector: UnsafePointer<Float>, count: Int) -> Double {
  var squares = 0.0
  for index in 0..<count { squares += Double(vector[index]) * Double(vector[index]) }
  return squares.squareRoot()
}

extension RandomStream {
  /// Draws numbers evenly from -1 to below 1.
  func fillUniform(
    _ numbers: UnsafeMutablePointer<Float>, count: Int, image: UInt32, pass: UInt32
  ) {
    for first in stride(from: 0, to: count, by: 4) {
      let words = words(image: image, pass: pass, block: UInt32(first / 4))
      for offset in 0..<min(4, count - first) {
        numbers[first + offset] = Float(words[offset] >> 8) * 0x1p-23 - 1
      }
    }
  }

  /// Draws a number evenly from above 0 to 1.
  fileprivate func unit(image: UInt32, pass: UInt32, block: UInt32) -> Double {
    (Double(words(image: image, pass: pass, block: block)[0]) + 1) * 0x1p-32
  }
}
