public import Interchange
internal import Classifier

/// Scores of images that another program made, as a .npz file has them: an array for each measure or
/// voter, beside the classes of the images.
public struct ScoresFile: Sendable {
  let name: String
  let labels: [Int]
  let predictions: [Int]
  let isAdversarial: [Bool]
  /// Which image each row is of; a clean image and the one that was made from it have the same.
  let indices: [Int]?
  let isHeldout: [Bool]?
  /// Arrays of floating point.
  let measures: [(name: String, values: [Double])]
  /// Arrays of whole numbers.
  let voters: [(name: String, classes: [Int])]
  /// What else is there, which holds no numbers.
  let others: [String]

  /// The arrays that are about the images themselves.
  private static let own: Set = ["labels", "predictions", "adversarial", "index", "heldout"]

  /// Reads a file and looks at everything in it, before anything is recorded.
  ///
  /// - Parameters:
  ///   - path: A .npz file.
  ///   - isCancelled: Returns true to stop; called several times a second.
  /// - Throws: `InterchangeError` for what is wrong with the file.
  public init(reading path: String, isCancelled: @Sendable () -> Bool) throws(InterchangeError) {
    let content = try FileContent(opening: path, isCancelled: isCancelled)
    let archive = try NpzArchive(content)
    var others: [String] = []
    for name in archive.names where !Self.own.contains(name) {
      if try !archive.isNumeric(name, isCancelled: isCancelled) { others.append(name) }
    }
    self.others = others
    let arrays = try archive.arrays(
      named: Set(archive.names).subtracting(others), isCancelled: isCancelled)
    let reader = Reader(file: content.name, arrays: arrays)
    name = content.name
    let count = try reader.count("labels")
    labels = try reader.classes("labels", count: count)
    predictions = try reader.classes("predictions", count: count)
    isAdversarial = try reader.flags("adversarial", count: count)
    indices =
      arrays["index"] == nil
      ? nil : try reader.integers("index", count: count, within: 0...Int(UInt32.max))
    isHeldout = arrays["heldout"] == nil ? nil : try reader.flags("heldout", count: count)
    var (measures, voters) = ([(String, [Double])](), [(String, [Int])]())
    for name in archive.names where !Self.own.contains(name) {
      try reader.checkName(name)
      switch arrays[name]?.elements {
      case .float32, .float64: measures.append((name, try reader.numbers(name, count: count)))
      case .int64, .uint8:
        voters.append(
          (name, try reader.integers(name, count: count, within: 0...Int(Int32.max))))
      case nil: continue
      }
    }
    self.measures = measures
    self.voters = voters
    guard !measures.isEmpty || !voters.isEmpty else {
      throw .missingArray(
        file: content.name, name: "a measure or a voter", present: arrays.keys.sorted())
    }
    try check(reader)
  }

  /// The rows of a half, by ascending number of their images.
  func rows(adversarial: Bool) -> [Int] {
    let numbers = imageNumbers
    return labels.indices.filter { isAdversarial[$0] == adversarial }
      .sorted { numbers[$0] < numbers[$1] }
  }

  /// Whether adversarial images have clean partners.
  var isPaired: Bool {
    guard let indices else { return false }
    let clean = Set(zip(indices, isAdversarial).filter { !$1 }.map(\.0))
    return zip(indices, isAdversarial).contains { $1 && clean.contains($0) }
  }

  /// How many adversarial images have no clean partner where others have one.
  var partnerlessCount: Int {
    guard let indices, isPaired else { return 0 }
    let clean = Set(zip(indices, isAdversarial).filter { !$1 }.map(\.0))
    return zip(indices, isAdversarial).count { $1 && !clean.contains($0) }
  }

  /// The number of each row's image: as the file has it, or the clean ones first.
  var imageNumbers: [Int] {
    if let indices { return indices }
    var (clean, adversarial) = (0, isAdversarial.count { !$0 })
    return isAdversarial.map { isAdversarial in
      if isAdversarial {
        adversarial += 1
        return adversarial - 1
      }
      clean += 1
      return clean - 1
    }
  }

  private func check(_ reader: Reader) throws(InterchangeError) {
    for (isSecond, what) in [(false, "clean"), (true, "adversarial")]
    where !isAdversarial.contains(isSecond) {
      throw reader.wrongValue("adversarial", "has no \(what) image: detectors need both")
    }
    guard let indices else { return }
    var halves: [Int: Bool] = [:]
    for kind in [false, true] {
      var known: Set<Int> = []
      for (row, index) in indices.enumerated() where isAdversarial[row] == kind {
        guard known.insert(index).inserted else {
          throw reader.wrongValue(
            "index", "names \(kind ? "adversarial" : "clean") image \(index) twice")
        }
        guard let isHeldout else { continue }
        if let half = halves[index], half != isHeldout[row] {
          throw reader.wrongValue(
            "heldout", "has image \(index) in one half and its partner in the other")
        }
        halves[index] = isHeldout[row]
      }
    }
  }
}

/// Reads the arrays of a file of scores.
private struct Reader {
  let file: String
  let arrays: [String: NumericArray]

  func wrongValue(_ name: String, _ problem: String) -> InterchangeError {
    .wrongValue(file: file, name: name, problem: problem)
  }

  private func array(_ name: String) throws(InterchangeError) -> NumericArray {
    guard let array = arrays[name] else {
      throw .missingArray(file: file, name: name, present: arrays.keys.sorted())
    }
    return array
  }

  /// The number of images, which is the first side of an array.
  func count(_ name: String) throws(InterchangeError) -> Int {
    let array = try array(name)
    guard let count = array.shape.first, count > 0 else {
      throw .wrongShape(file: file, name: name, expected: "[images]", found: array.shape)
    }
    return count
  }

  /// Classes, one an image, or a 1 among zeros in a row for each.
  func classes(_ name: String, count: Int) throws(InterchangeError) -> [Int] {
    let array = try array(name)
    if array.shape.first == count, let classes = array.rowClasses { return classes }
    return try integers(name, count: count, within: 0...Int(Int32.max))
  }

  func integers(
    _ name: String, count: Int, within range: ClosedRange<Int>
  ) throws(InterchangeError) -> [Int] {
    let array = try array(name)
    guard array.shape == [count] else {
      throw .wrongShape(file: file, name: name, expected: "[\(count)]", found: array.shape)
    }
    guard let values = array.integers else {
      throw .wrongType(
        file: file, name: name, expected: "whole numbers", found: array.elements.typeName)
    }
    if let row = values.firstIndex(where: { !range.contains($0) }) {
      throw wrongValue(name, "has \(values[row]) at row \(row)")
    }
    return values
  }

  func flags(_ name: String, count: Int) throws(InterchangeError) -> [Bool] {
    let values = try integers(name, count: count, within: 0...Int(Int32.max))
    if let row = values.firstIndex(where: { $0 > 1 }) {
      throw wrongValue(name, "has \(values[row]) at row \(row); it is 0 or 1")
    }
    return values.map { $0 == 1 }
  }

  /// Numbers that a detector can compare.
  func numbers(_ name: String, count: Int) throws(InterchangeError) -> [Double] {
    let array = try array(name)
    guard array.shape == [count] else {
      throw .wrongShape(file: file, name: name, expected: "[\(count)]", found: array.shape)
    }
    let values: [Double] =
      switch array.elements {
      case .float64(let values): values
      case .float32(let values): values.map(Double.init)
      case .int64(let values): values.map(Double.init)
      case .uint8(let values): values.map(Double.init)
      }
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw wrongValue(name, "has \(values[row]) at row \(row), which no threshold can judge")
    }
    return values
  }

  /// Names stand in lists, on command lines and in front of colons.
  func checkName(_ name: String) throws(InterchangeError) {
    let isPlain = name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.@+".contains($0))
    }
    guard isPlain, (1...60).contains(name.count), name != "all" else {
      throw wrongValue(
        name,
        "is no name of a measure or voter, which has 1 to 60 ASCII letters, digits, '-', '_', '.', '@' and '+'"
      )
    }
  }
}
