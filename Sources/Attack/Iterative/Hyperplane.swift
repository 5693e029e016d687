/// Ways to hyperplanes, the images with weights · image = level.
package enum Hyperplane {
  /// Finds the smallest change that brings an image to the plane and leaves it in 0...1.
  ///
  /// Elements change by min(room, x rate), where the room is how far an element is from 0 or 1, and
  /// the rate is 1 (L-infinity) or the size of its weight (L2). What that adds up to is concave and
  /// piecewise linear in x, so that Newton's method from 0 finds x in as many steps as pieces at most.
  ///
  /// - Parameters:
  ///   - image: The image, in 0...1.
  ///   - weights: The plane's weights, one an element.
  ///   - count: The number of elements.
  ///   - gap: What is missing: the plane's level - weights · image.
  ///   - norm: The norm in which the change is the smallest.
  ///   - change: Takes the change. If no image in 0...1 lies on the plane, that which comes nearest to
  ///     it.
  package static func approach(
    from image: UnsafePointer<Float>, weights: UnsafePointer<Float>, count: Int, gap: Double,
    norm: Ball.Norm, into change: UnsafeMutablePointer<Float>
  ) {
    let upwards = gap >= 0
    func size(_ index: Int) -> Double { abs(Double(weights[index])) }
    func rate(_ index: Int) -> Double { norm == .linf ? 1 : size(index) }
    func rises(_ index: Int) -> Bool { (weights[index] > 0) == upwards }
    func room(_ index: Int) -> Double {
      rises(index) ? 1 - Double(image[index]) : Double(image[index])
    }
    var extent = 0.0
    while true {
      var (filled, slope) = (0.0, 0.0)
      for index in 0..<count where weights[index] != 0 {
        let (size, rate, room) = (size(index), rate(index), room(index))
        if room <= extent * rate { filled += size * room } else { slope += size * rate }
      }
      guard slope > 0 else {
        extent = .infinity
        break
      }
      let next = (abs(gap) - filled) / slope
      guard next > extent else { break }
      extent = next
    }
    for index in 0..<count {
      guard weights[index] != 0 else {
        change[index] = 0
        continue
      }
      let length = min(max(room(index), 0), extent * rate(index))
      change[index] = Float(rises(index) ? length : -length)
    }
  }
}
