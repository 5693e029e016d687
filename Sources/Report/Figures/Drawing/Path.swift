internal import Foundation

/// A point of a drawing.
package struct Point: Sendable, Equatable {
  /// To the right.
  package var x: Double
  /// Downwards.
  package var y: Double

  /// Places a point.
  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Straight and curved lines, in one or several pieces.
package struct Path: Sendable, Equatable {
  /// One step of the pen.
  package enum Step: Sendable, Equatable {
    /// Begins a new piece.
    case move(Point)
    /// A straight line.
    case line(Point)
    /// A cubic Bézier curve, with its two control points first.
    case curve(Point, Point, Point)
    /// A straight line back to where the piece began.
    case close
  }

  /// The steps in order.
  package var steps: [Step] = []

  /// Creates an empty path.
  package init() {}

  /// A line through points; fewer than two points make an empty path.
  package static func line(_ points: [Point], isClosed: Bool = false) -> Path {
    var path = Path()
    guard let first = points.first, points.count > 1 else { return path }
    path.steps = [.move(first)] + points.dropFirst().map(Step.line) + (isClosed ? [.close] : [])
    return path
  }

  /// A rectangle.
  package static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) -> Path {
    line(
      [
        Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height),
      ], isClosed: true)
  }

  /// A circle.
  package static func circle(_ x: Double, _ y: Double, _ radius: Double) -> Path {
    // The length of a Bézier curve's arms that comes nearest to a quarter of a circle.
    let arm = radius * 4 / 3 * tan(.pi / 8)
    let right = Point(x + radius, y)
    let below = Point(x, y + radius)
    let left = Point(x - radius, y)
    let above = Point(x, y - radius)
    var path = Path()
    path.steps = [
      .move(right),
      .curve(Point(right.x, y + arm), Point(x + arm, below.y), below),
      .curve(Point(x - arm, below.y), Point(left.x, y + arm), left),
      .curve(Point(left.x, y - arm), Point(x - arm, above.y), above),
      .curve(Point(x + arm, above.y), Point(right.x, y - arm), right),
      .close,
    ]
    return path
  }

  /// The path, further to the right and further down.
  func moved(_ x: Double, _ y: Double) -> Path {
    func moved(_ point: Point) -> Point { Point(point.x + x, point.y + y) }
    var path = Path()
    path.steps = steps.map { step in
      switch step {
      case .move(let point): .move(moved(point))
      case .line(let point): .line(moved(point))
      case .curve(let a, let b, let c): .curve(moved(a), moved(b), moved(c))
      case .close: .close
      }
    }
    return path
  }
}
