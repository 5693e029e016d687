internal import Foundation

/// Lines as the polygons that a round pen covers.
///
/// All polygons turn the same way, so that the nonzero rule joins those that overlap.
enum Outline {
  /// The polygons of a path drawn with a pen.
  static func of(_ path: Path, _ pen: Pen, scale: Double) -> [[Point]] {
    path.flattened(scale: scale).flatMap { piece in
      let points =
        piece.isClosed ? piece.points + piece.points.prefix(1) : piece.points
      let lines = pen.dashes.isEmpty ? [points] : dashed(points, pen.dashes)
      return lines.flatMap { line(through: $0, width: pen.width, scale: scale) }
    }
  }

  /// The polygons of one line.
  static func line(through points: [Point], width: Double, scale: Double) -> [[Point]] {
    let radius = width / 2
    var polygons = zip(points, points.dropFirst()).compactMap { a, b -> [Point]? in
      let length = hypot(b.x - a.x, b.y - a.y)
      guard length > 0 else { return nil }
      let (x, y) = (-(b.y - a.y) / length * radius, (b.x - a.x) / length * radius)
      return [
        Point(a.x + x, a.y + y), Point(a.x - x, a.y - y), Point(b.x - x, b.y - y),
        Point(b.x + x, b.y + y),
      ]
    }
    polygons += points.map { disc($0, radius, scale: scale) }
    return polygons
  }

  private static func disc(_ centre: Point, _ radius: Double, scale: Double) -> [Point] {
    let count = min(48, max(8, Int(radius * scale * 4)))
    return (0..<count).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(count)
      return Point(centre.x + radius * cos(angle), centre.y + radius * sin(angle))
    }
  }

  private static func dashed(_ points: [Point], _ dashes: [Double]) -> [[Point]] {
    var lines: [[Point]] = []
    var current: [Point] = points.prefix(1).map { $0 }
    var (index, remaining) = (0, dashes[0])
    for (start, end) in zip(points, points.dropFirst()) {
      let length = hypot(end.x - start.x, end.y - start.y)
      var done = 0.0
      while length - done > remaining {
        done += remaining
        let share = done / length
        let point = Point(
          start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
        if index.isMultiple(of: 2) { lines.append(current + [point]) }
        current = [point]
        index += 1
        remaining = dashes[index % dashes.count]
      }
      remaining -= length - done
      if index.isMultiple(of: 2) { current.append(end) }
    }
    if index.isMultiple(of: 2), current.count > 1 { lines.append(current) }
    return lines
  }
}
