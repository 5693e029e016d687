public import Classifier

/// A transform by its name, such as "jpeg_75", or a chain of them, such as "median_2+jpeg_75".
///
/// A name is a kind and its values, each behind `_`. Values that are left out have their defaults,
/// and ``name`` spells them out.
public struct TransformSpecification: Sendable, Hashable {
  /// The name with all values, such as "shift_1_0": the same for the same transform.
  public let name: String
  private let links: [Link]

  private struct Link: Sendable {
    let kind: TransformKind
    let values: [Double]
  }

  /// Reads a name.
  ///
  /// - Throws: ``DetectionError`` if there is no such transform, or if it cannot have a value.
  public init(_ text: String) throws(DetectionError) {
    var links: [Link] = []
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      links.append(try Self.link(String(part)))
    }
    self.links = links
    name = links.map { link in
      ([link.kind.name] + link.values.map(TransformParameter.text)).joined(separator: "_")
    }.joined(separator: "+")
  }

  /// The name for headings, such as "JPEG (quality 75)".
  public var title: String {
    links.map { link in
      let values = zip(link.kind.parameters, link.values).map { parameter, value in
        "\(parameter.name) \(TransformParameter.text(value))"
      }
      return values.isEmpty
        ? link.kind.title : "\(link.kind.title) (\(values.joined(separator: ", ")))"
    }.joined(separator: ", then ")
  }

  /// What it does.
  public var summary: String { links.map(\.kind.summary).joined(separator: "; then: ") }

  /// The papers or programs that define it.
  public var source: String {
    var sources: [String] = []
    for link in links where !sources.contains(link.kind.source) { sources.append(link.kind.source) }
    return sources.joined(separator: "; ")
  }

  /// Whether it copies from training images.
  public var usesTrainingImages: Bool { links.contains { $0.kind.usesTrainingImages } }

  /// Makes the transform for images of a shape.
  ///
  /// - Throws: ``DetectionError`` if the images do not suit it, or if it needs training images that
  ///   are not there.
  public func make(_ setting: TransformSetting) throws -> any Transform {
    var transforms: [any Transform] = []
    for (place, link) in links.enumerated() {
      transforms.append(try link.kind.make(link.values, setting.at(place: place)))
    }
    return transforms.count == 1
      ? transforms[0] : TransformChain(transforms, size: setting.size)
  }

  /// Makes sure that images of a shape suit the transform, before work begins.
  ///
  /// Those that copy from training images are checked when they are made.
  ///
  /// - Throws: ``DetectionError`` if the images don't.
  public func check(_ shape: ImageShape) throws {
    guard !usesTrainingImages else { return }
    _ = try make(TransformSetting(shape: shape, seed: 0, trainingImages: nil))
  }

  /// Whether two are the same transform.
  public static func == (a: TransformSpecification, b: TransformSpecification) -> Bool {
    a.name == b.name
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  private static func link(_ text: String) throws(DetectionError) -> Link {
    let kinds = TransformCatalogue.kinds
    // The longest name first: "crop_centre_24" is no "crop".
    let matching = kinds.filter { text == $0.name || text.hasPrefix($0.name + "_") }
    guard let kind = matching.max(by: { $0.name.count < $1.name.count }) else {
      throw .unknownTransform(text, known: kinds.map(\.name))
    }
    var given: [Substring] = []
    if text != kind.name {
      given = text.dropFirst(kind.name.count + 1).split(
        separator: "_", omittingEmptySubsequences: false)
    }
    guard given.count <= kind.parameters.count else {
      throw .tooManyValues(transform: text, pattern: kind.pattern)
    }
    var values = kind.parameters.map(\.defaultValue)
    for (place, part) in given.enumerated() {
      let parameter = kind.parameters[place]
      guard let value = parameter.value(String(part)) else {
        throw .impossibleValue(String(part), parameter: parameter, transform: kind.name)
      }
      values[place] = value
    }
    return Link(kind: kind, values: values)
  }
}
