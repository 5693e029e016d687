internal import Dataset
internal import Classifier
internal import Interchange

/// Images of a file, with what else it says of them.
///
/// Images on a disk stay there until they are asked for, a few at a time.
struct ImageFile {
  let name: String
  let count: Int

  /// The shape of an image.
  var shape: ImageShape { axes.shape }

  private let source: Source
  private let axes: ImageAxes
  /// What has other arrays; nil if the images are alone.
  private let archive: NpzArchive?

  /// Where the images are.
  private enum Source {
    /// In memory: a picture, or an array that can only be read all at once.
    case held(ImagePixels)
    case npy(FileContent)
    case npz(NpzArchive, name: String)
  }

  /// Opens a .npy, .npz or .png file, whichever it is by its first bytes.
  ///
  /// - Parameters:
  ///   - path: The file. A .npz file has the images as 'images', or as its only array, and may have
  ///     'labels', 'indices', 'targets', 'iterations', 'heldout' and 'predictions', which are read
  ///     when they are asked for.
  ///   - shape: The shape of one image; nil for grey or RGB images of any size.
  ///   - layout: Where images in colour have their channels; nil if their shape says so.
  ///   - isCancelled: Returns true to stop; called several times a second.
  /// - Throws: `InterchangeError`.
  init(
    reading path: String, shape: ImageShape?, layout: ImageLayout? = nil,
    isCancelled: @Sendable () -> Bool
  ) throws(InterchangeError) {
    let wanted = Wanted(shape: shape, layout: layout)
    let content = try FileContent(opening: path, isCancelled: isCancelled)
    let beginning = try content.bytes(0..<min(8, content.count))
    if beginning.starts(with: [0x89] + Array("PNG".utf8)) {
      let picture = try PNGImage(from: content.all(), file: content.name)
      let channels = shape?.channels ?? picture.channels
      guard let samples = picture.samples(channels: channels) else {
        throw .wrongShape(
          file: content.name, name: "images", expected: "pictures of \(channels) channels",
          found: [picture.height, picture.width, picture.channels])
      }
      let axes = try ImageAxes(
        of: [picture.height, picture.width] + (channels == 1 ? [] : [channels]), shape: shape,
        layout: .channelsLast, file: content.name)
      try self.init(
        .held(ImagePixels(.uint8(samples), axes, file: content.name)), axes, beside: nil,
        file: content.name)
    } else if beginning.starts(with: Array("PK".utf8)) {
      try self.init(NpzArchive(content), wanted, file: content.name, isCancelled)
    } else if beginning.starts(with: Npy.magic) {
      try self.init(
        ArrayReader(npy: content, isCancelled: isCancelled), .npy(content), wanted,
        beside: nil, file: content.name, isCancelled)
    } else {
      throw .malformed(
        file: content.name, format: ".npy, .npz or .png", problem: "it begins as none of them")
    }
  }

  /// What is known of the images before the file is read.
  private struct Wanted {
    let shape: ImageShape?
    let layout: ImageLayout?
  }

  /// Takes the images as 'images', or as the only array; others may be of any kind.
  private init(
    _ archive: NpzArchive, _ wanted: Wanted, file: String, _ isCancelled: @Sendable () -> Bool
  ) throws(InterchangeError) {
    let present = archive.names
    let isSingle = present.count == 1
    guard isSingle || present.contains("images") else {
      throw .missingArray(file: file, name: "images", present: present.sorted())
    }
    let images = isSingle ? present[0] : "images"
    try self.init(
      archive.reader(of: images, isCancelled: isCancelled), .npz(archive, name: images), wanted,
      beside: isSingle ? nil : archive, file: file, isCancelled)
  }

  /// Takes images that a reader has just begun.
  private init(
    _ reader: ArrayReader, _ source: Source, _ wanted: Wanted, beside archive: NpzArchive?,
    file: String, _ isCancelled: @Sendable () -> Bool
  ) throws(InterchangeError) {
    var source = source
    let axes = try ImageAxes(
      of: reader.shape, shape: wanted.shape, layout: wanted.layout, file: file)
    if !reader.isRowByRow {
      try NpzArchive.check([reader.remainingBytes], file: file)
      source = .held(
        try ImagePixels(reader.array(isCancelled: isCancelled).elements, axes, file: file))
    }
    self.init(source, axes, beside: archive, file: file)
  }

  private init(
    _ source: Source, _ axes: ImageAxes, beside archive: NpzArchive?, file name: String
  ) {
    self.name = name
    count = axes.count
    self.source = source
    self.axes = axes
    self.archive = archive
  }
}

/// What a file says of its images.
///
/// It is read when it is asked for: whoever only wants the images takes a file in which something
/// else is called so.
extension ImageFile {
  /// The class of each image, if the file says so.
  ///
  /// - Throws: `InterchangeError` if they are not a class for each image.
  func labels(isCancelled: () -> Bool) throws(InterchangeError) -> [Int]? {
    try classes("labels", isCancelled: isCancelled)
  }

  /// The class that the attack aimed at, and -1 for none, if the file says so.
  ///
  /// - Throws: `InterchangeError` if they are not a class for each image.
  func targets(isCancelled: () -> Bool) throws(InterchangeError) -> [Int]? {
    try classes("targets", isCancelled: isCancelled)
  }

  /// The number of each image in the data set's test images, if the file says so.
  ///
  /// - Throws: `InterchangeError` if they are not a whole number for each image.
  func indices(isCancelled: () -> Bool) throws(InterchangeError) -> [Int]? {
    try integers("indices", isCancelled: isCancelled)
  }

  /// The number of steps taken on each image, if the file says so.
  ///
  /// - Throws: `InterchangeError` if they are not a whole number for each image.
  func iterations(isCancelled: () -> Bool) throws(InterchangeError) -> [Int]? {
    try integers("iterations", isCancelled: isCancelled)
  }

  /// Whether each image is of the held-out half, if the file says so.
  ///
  /// - Throws: `InterchangeError` if they are not a whole number for each image.
  func isHeldout(isCancelled: () -> Bool) throws(InterchangeError) -> [Bool]? {
    try integers("heldout", isCancelled: isCancelled)?.map { $0 != 0 }
  }

  private func array(
    _ key: String, isCancelled: () -> Bool
  ) throws(InterchangeError) -> NumericArray? {
    try archive?.arrays(named: [key], isCancelled: isCancelled)[key]
  }

  /// Classes, which may also be a column, or a 1 among zeros in a row for each image.
  private func classes(
    _ key: String, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int]? {
    guard let array = try array(key, isCancelled: isCancelled) else { return nil }
    if array.shape.first == count, let classes = array.rowClasses { return classes }
    return try integers(array, key)
  }

  private func integers(
    _ key: String, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int]? {
    guard let array = try array(key, isCancelled: isCancelled) else { return nil }
    return try integers(array, key)
  }

  private func integers(_ array: NumericArray, _ key: String) throws(InterchangeError) -> [Int] {
    guard array.shape == [count] else {
      throw .wrongShape(file: name, name: key, expected: "[\(count)]", found: array.shape)
    }
    guard let values = array.integers else {
      throw .wrongType(
        file: name, name: key, expected: "whole numbers", found: array.elements.typeName)
    }
    return values
  }

  /// The predictions of the program that made the file.
  ///
  /// - Parameters:
  ///   - classes: How many classes there are. Rows of as many scores stand for their largest.
  ///   - isCancelled: Returns true to stop.
  /// - Returns: The class of each image; nil if the file has no predictions.
  /// - Throws: `InterchangeError` if they are not a class for each image.
  func predictions(
    classes: Int, isCancelled: () -> Bool
  ) throws(InterchangeError) -> [Int]? {
    let key = "predictions"
    guard let array = try array(key, isCancelled: isCancelled) else { return nil }
    let predictions: [Int]?
    switch array.shape {
    case [count], [count, 1]: predictions = array.integers
    case [count, classes]: predictions = array.rowMaxima
    default:
      throw .wrongShape(
        file: name, name: key, expected: "[\(count)], [\(count), 1] or [\(count), \(classes)]",
        found: array.shape)
    }
    guard let predictions else {
      guard array.shape == [count, classes] else {
        throw .wrongType(
          file: name, name: key, expected: "whole numbers", found: array.elements.typeName)
      }
      throw .wrongValue(file: name, name: key, problem: "has a score that is no number")
    }
    if let image = predictions.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw .wrongValue(
        file: name, name: key,
        problem: "has \(predictions[image]) at image \(image); classes are 0...\(classes - 1)")
    }
    return predictions
  }
}

/// The pixels.
extension ImageFile {
  /// How many numbers are read at a time where only looking at them matters.
  private static let piece = 1 << 18

  /// Makes sure that all pixels can be read and are pixels, before work begins on the first of them.
  ///
  /// - Throws: ``StudyError/stopped`` when asked to stop; `InterchangeError`.
  func checkPixels(isCancelled: () -> Bool) throws {
    // What is held was looked at when it was read.
    if case .held = source { return }
    try forEachChunk(of: max(1, Self.piece / shape.count), isCancelled: isCancelled) { _, _ in }
  }

  /// All pixels, in memory.
  ///
  /// - Throws: `InterchangeError`, also where memory is short.
  func allPixels(isCancelled: () -> Bool) throws(InterchangeError) -> ImagePixels {
    switch try opened(isCancelled: isCancelled) {
    case .held(let pixels): return pixels
    case .reader(let reader):
      try NpzArchive.check([reader.remainingBytes], file: name)
      return try pixels(of: count, from: reader, isCancelled: isCancelled)
    }
  }

  /// Goes through the images in order, so many at a time.
  ///
  /// - Parameters:
  ///   - chunkSize: How many images are in memory at a time.
  ///   - isCancelled: Asked at least once a chunk whether to stop.
  ///   - body: Is given the places of some images in the file, and their pixels.
  /// - Throws: ``StudyError/stopped`` when asked to stop, `InterchangeError`, and what the body
  ///   throws.
  func forEachChunk(
    of chunkSize: Int, isCancelled: () -> Bool, _ body: (Range<Int>, ImagePixels) throws -> Void
  ) throws {
    let images = try opened(isCancelled: isCancelled)
    for first in stride(from: 0, to: count, by: chunkSize) {
      if isCancelled() { throw StudyError.stopped }
      let rows = first..<min(first + chunkSize, count)
      switch images {
      case .held(let pixels): try body(rows, pixels.rows(rows))
      case .reader(let reader):
        try body(rows, pixels(of: rows.count, from: reader, isCancelled: isCancelled))
      }
    }
  }

  /// Images that are about to be read.
  private enum Opened {
    case held(ImagePixels)
    /// At the first image.
    case reader(ArrayReader)
  }

  private func opened(isCancelled: () -> Bool) throws(InterchangeError) -> Opened {
    switch source {
    case .held(let pixels): .held(pixels)
    case .npy(let content): .reader(try ArrayReader(npy: content, isCancelled: isCancelled))
    case .npz(let archive, let name):
      .reader(try archive.reader(of: name, isCancelled: isCancelled))
    }
  }

  private func pixels(
    of count: Int, from reader: ArrayReader, isCancelled: () -> Bool
  ) throws(InterchangeError) -> ImagePixels {
    try ImagePixels(
      reader.elements(count * shape.count, isCancelled: isCancelled), axes, file: name)
  }
}
