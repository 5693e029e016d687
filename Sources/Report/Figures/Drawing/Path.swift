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
    var path = Path()
    path.addArc(Point(x, y), radius, radius, from: 0, to: 360)
    path.steps.append(.close)
    return path
  }

  /// Adds a part of an ellipse, after a straight line to its beginning where the path has begun.
  ///
  /// - Parameters:
  ///   - centre: The ellipse's middle.
  ///   - radiusX: Its half width.
  ///   - radiusY: Its half height.
  ///   - from: Where the arc begins, in degrees from the right towards y.
  ///   - to: Where it ends.
  mutating func addArc(
    _ centre: Point, _ radiusX: Double, _ radiusY: Double, from: Double, to: Double
  ) {
    let count = max(1, Int((abs(to - from) / 90).rounded(.up)))
    let step = (to - from) / Double(count) * .pi / 180
    // The length of a Bézier curve's arms that comes nearest to an arc of this angle.
    let arm = 4 / 3 * tan(step / 4)
    func point(_ angle: Double, _ along: Double) -> Point {
      Point(
        centre.x + radiusX * (cos(angle) - along * sin(angle)),
        centre.y + radiusY * (sin(angle) + along * cos(angle)))
    }
    let start = from * .pi / 180
    steps.append(steps.isEmpty ? .move(point(start, 0)) : .line(point(start, 0)))
    for index in 0..<count {
      let (a, b) = (start + Double(index) * step, start + Double(index + 1) * step)
      steps.append(.curve(point(a, arm), point(b, -arm), point(b, 0)))
    }
  }

  /// The pieces as points so close that straight lines between them look curved.
  ///
  /// - Parameter scale: How many pixels a unit will have.
  /// - Returns: A piece's points, and whether it is closed.
  func flattened(scale: Double) -> [(points: [Point], isClosed: Bool)] {
    var pieces: [(points: [Point], isClosed: Bool)] = []
    for step in steps {
      switch step {
      case .move(let point): pieces.append(([point], false))
      case .line(let point):
        if !pieces.isEmpty { pieces[pieces.count - 1].points.append(point) }
      case .curve(let first, let second, let end):
        guard let start = pieces.last?.points.last else { continue }
        let length =
          hypot(first.x - start.x, first.y - start.y)
          + hypot(second.x - first.x, second.y - first.y)
          + hypot(end.x - second.x, end.y - second.y)
        let count = min(64, max(4, Int((length * scale / 2).rounded(.up))))
        for index in 1...count {
          let t = Double(index) / Double(count)
          let u = 1 - t
          let (a, b, c, d) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
          pieces[pieces.count - 1].points.append(
            Point(
              a * start.x + b * first.x + c * second.x + d * end.x,
              a * start.y + b * first.y + c * second.y + d * end.y))
        }
      case .close:
        if !pieces.isEmpty { pieces[pieces.count - 1].isClosed = true }
      }
    }
    return pieces
  }

  /// The path with every point moved.
  func mapped(_ transform: (Point) -> Point) -> Path {
    var result = Path()
    result.steps = steps.map { step in
      switch step {
      case .move(let point): .move(transform(point))
      case .line(let point): .line(transform(point))
      case .curve(let a, let b, let c): .curve(transform(a), transform(b), transform(c))
      case .close: .close
      }
    }
    return result
  }
}
