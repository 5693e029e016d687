internal import Foundation

/// A picture that shapes are painted on, their edges smoothed.
struct Canvas {
  let width: Int
  let height: Int
  /// Red, green and blue of each pixel, row by row.
  private(set) var pixels: [UInt8]

  /// White paper.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 255, count: width * height * 3)
  }

  /// Paints elements; `scale` is how many pixels a point has.
  mutating func draw(_ elements: [Drawing.Element], scale: Double) {
    for element in elements {
      switch element {
      case .shape(let shape):
        if let fill = shape.fill, fill.opacity > 0 {
          let pieces = shape.path.flattened(scale: scale).map(\.points)
          fillPolygons(pieces, scale: scale, fill)
        }
        if let pen = shape.stroke {
          fillPolygons(Outline.of(shape.path, pen, scale: scale), scale: scale, pen.ink)
        }
      case .label(let label):
        fillPolygons(StrokeFont.outline(of: label, scale: scale), scale: scale, label.ink)
      case .image(let image): draw(image, scale: scale)
      case .hint(_, let elements): draw(elements, scale: scale)
      }
    }
  }

  private mutating func draw(_ image: PixelImage, scale: Double) {
    func edge(_ start: Double, _ length: Double, _ index: Int, _ count: Int) -> Int {
      Int(((start + length * Double(index) / Double(count)) * scale).rounded())
    }
    for row in 0..<image.rows {
      let top = max(0, edge(image.y, image.height, row, image.rows))
      let bottom = min(height, edge(image.y, image.height, row + 1, image.rows))
      for column in 0..<image.columns {
        guard let color = image.pixels[row * image.columns + column] else { continue }
        let left = max(0, edge(image.x, image.width, column, image.columns))
        let right = min(width, edge(image.x, image.width, column + 1, image.columns))
        guard top < bottom, left < right else { continue }
        for y in top..<bottom {
          for x in left..<right { blend(x, y, color, 1) }
        }
      }
    }
  }

  private mutating func blend(_ x: Int, _ y: Int, _ color: RGB, _ share: Float) {
    let index = (y * width + x) * 3
    func mixed(_ under: UInt8, _ over: UInt8) -> UInt8 {
      UInt8((Float(under) + (Float(over) - Float(under)) * share).rounded())
    }
    pixels[index] = mixed(pixels[index], color.red)
    pixels[index + 1] = mixed(pixels[index + 1], color.green)
    pixels[index + 2] = mixed(pixels[index + 2], color.blue)
  }

  /// A side of a polygon, going down, and whether the polygon's own direction does.
  private struct Edge {
    let top: Double
    let bottom: Double
    let x: Double
    let slope: Double
    let winding: Int
  }

  /// How many lines a row of pixels is looked at along; along each, coverage is exact.
  private static let lines = 6

  /// Fills whatever lies within any polygon, by the nonzero rule.
  private mutating func fillPolygons(_ polygons: [[Point]], scale: Double, _ ink: Ink) {
    var edges: [Edge] = []
    var range = (left: Double.infinity, right: -Double.infinity)
    for polygon in polygons where polygon.count > 1 {
      for (index, point) in polygon.enumerated() {
        let next = polygon[(index + 1) % polygon.count]
        let (a, b) = (
          Point(point.x * scale, point.y * scale), Point(next.x * scale, next.y * scale)
        )
        range = (min(range.left, a.x), max(range.right, a.x))
        guard a.y != b.y else { continue }
        let (upper, lower, winding) = a.y < b.y ? (a, b, 1) : (b, a, -1)
        edges.append(
          Edge(
            top: upper.y, bottom: lower.y, x: upper.x,
            slope: (lower.x - upper.x) / (lower.y - upper.y), winding: winding))
      }
    }
    guard let lowest = edges.map(\.bottom).max() else { return }
    edges.sort { $0.top < $1.top }
    let columns =
      max(0, Int(range.left))..<max(max(0, Int(range.left)), min(width, Int(range.right) + 1))
    guard !columns.isEmpty, let highest = edges.first?.top else { return }
    var coverage = [Float](repeating: 0, count: columns.count)
    var active: [Edge] = []
    var next = 0
    let rows = max(0, Int(highest))..<max(max(0, Int(highest)), min(height, Int(lowest) + 1))
    for row in rows {
      for index in coverage.indices { coverage[index] = 0 }
      for line in 0..<Self.lines {
        let y = Double(row) + (Double(line) + 0.5) / Double(Self.lines)
        while next < edges.count, edges[next].top <= y {
          active.append(edges[next])
          next += 1
        }
        active.removeAll { $0.bottom <= y }
        var crossings = active.map { (x: $0.x + (y - $0.top) * $0.slope, winding: $0.winding) }
        crossings.sort { $0.x < $1.x }
        var winding = 0
        for index in crossings.indices.dropLast() {
          winding += crossings[index].winding
          guard winding != 0 else { continue }
          Self.cover(
            &coverage, from: crossings[index].x - Double(columns.lowerBound),
            to: crossings[index + 1].x - Double(columns.lowerBound))
        }
      }
      for (index, covered) in coverage.enumerated() where covered > 0 {
        let share = min(1, covered / Float(Self.lines)) * Float(ink.opacity)
        blend(columns.lowerBound + index, row, ink.light, share)
      }
    }
  }

  /// Adds a stretch of a line to how much of each pixel is covered.
  private static func cover(_ coverage: inout [Float], from: Double, to: Double) {
    let (start, end) = (max(0, from), min(Double(coverage.count), to))
    guard start < end else { return }
    let (first, last) = (Int(start), min(coverage.count - 1, Int(end)))
    guard first < last else {
      coverage[first] += Float(end - start)
      return
    }
    coverage[first] += Float(Double(first + 1) - start)
    for index in first + 1..<max(first + 1, last) { coverage[index] += 1 }
    coverage[last] += Float(end - Double(last))
  }
}
