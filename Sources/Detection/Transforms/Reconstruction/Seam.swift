/// The cheapest seam along which a new patch joins those above and left of it.
///
/// A minimum cut between the pixels that are there and the patch: where two neighbours come from
/// both, the cut costs their difference. The patch's outermost row or column of an overlap stays as
/// it is, and what lies behind the overlap comes from the patch. An overlap of two pixels leaves one
/// line of pixels to decide, so that dynamic programming along it finds the minimum. Of equally cheap
/// cuts it prefers the patch at the end of the line, and then the one with the latest changes.
struct Seam {
  /// Where a pixel comes from.
  private enum Side {
    case present
    case patch
    case free
  }

  private let sides: [Side]
  /// The free pixels, each a neighbour of the one before.
  private let line: [Int]
  private let channels: Int

  /// Prepares the seam of a patch that overlaps what is left of it, above it, or both.
  init(left: Bool, above: Bool, channels: Int) {
    let side = PatchStore.side
    var sides = [Side](repeating: .patch, count: side * side)
    var line: [Int] = []
    if left {
      for row in (above ? 1..<side : 0..<side).reversed() {
        sides[row * side + 1] = .free
        line.append(row * side + 1)
      }
    }
    if above {
      for column in left ? 2..<side : 0..<side {
        sides[side + column] = .free
        line.append(side + column)
      }
    }
    for place in 0..<side {
      if left { sides[place * side] = .present }
      if above { sides[place] = .present }
    }
    self.channels = channels
    self.sides = sides
    self.line = line
  }

  /// Puts a patch into an image.
  ///
  /// - Parameters:
  ///   - patch: The patch, [side, side, channels].
  ///   - corner: Its first pixel in the image.
  ///   - width: The image's width in pixels.
  func join(
    _ patch: UnsafePointer<Float>, at corner: UnsafeMutablePointer<Float>, width: Int
  ) {
    let side = PatchStore.side
    func copy(_ pixel: Int) {
      (corner + (pixel / side * width + pixel % side) * channels).update(
        from: patch + pixel * channels, count: channels)
    }
    // Bit i says that the line's pixel i comes from the patch.
    let fromPatch = cut(patch, corner, width)
    for pixel in 0..<side * side where sides[pixel] == .patch { copy(pixel) }
    for (place, pixel) in line.enumerated() where fromPatch >> place & 1 == 1 { copy(pixel) }
  }

  private func cut(
    _ patch: UnsafePointer<Float>, _ corner: UnsafePointer<Float>, _ width: Int
  ) -> Int {
    let side = PatchStore.side
    // Between a pixel of the patch and one that is there: in whole steps of a byte, so that equal
    // costs are equal.
    func cost(_ new: Int, _ old: Int) -> Int {
      let place = (old / side * width + old % side) * channels
      var sum = 0
      for channel in 0..<channels {
        let difference = patch[new * channels + channel] - corner[place + channel]
        sum += Int((abs(difference) * 255).rounded())
      }
      return sum
    }
    // The cheapest cut of the line so far where its last pixel stays, and where it changes.
    var (stay, change) = ((cost: 0, cut: 0), (cost: 0, cut: 0))
    for (place, pixel) in line.enumerated() {
      if place > 0 {
        let before = line[place - 1]
        let returning = change.cost + cost(before, pixel)
        let leaving = stay.cost + cost(pixel, before)
        (stay, change) = (
          returning < stay.cost ? (returning, change.cut) : stay,
          leaving < change.cost ? (leaving, stay.cut) : change
        )
      }
      for neighbour in neighbours(of: pixel) {
        switch sides[neighbour] {
        case .present: change.cost += cost(pixel, neighbour)
        case .patch: stay.cost += cost(neighbour, pixel)
        case .free: break
        }
      }
      change.cut |= 1 << place
    }
    return change.cost <= stay.cost ? change.cut : stay.cut
  }

  private func neighbours(of pixel: Int) -> [Int] {
    let side = PatchStore.side
    var result: [Int] = []
    if pixel >= side { result.append(pixel - side) }
    if pixel % side > 0 { result.append(pixel - 1) }
    if pixel % side < side - 1 { result.append(pixel + 1) }
    if pixel < side * (side - 1) { result.append(pixel + side) }
    return result
  }
}
