public import Classifier
internal import Tensor

/// What a transform may use beside the image: made once for all images.
public struct TransformSetting: Sendable {
  /// The shape of the images.
  public let shape: ImageShape
  /// The seed of the random numbers.
  public let seed: UInt64
  /// The clean training images, for transforms that copy from them.
  public let trainingImages: LabeledImages?
  /// The transform's place in a chain, so that two of a kind draw different numbers.
  public let place: Int
  /// What the random numbers are for, one of `RandomPurpose`.
  public let purpose: UInt32

  /// Joins what transforms may use.
  public init(
    shape: ImageShape, seed: UInt64, trainingImages: LabeledImages? = nil, place: Int = 0,
    purpose: UInt32 = RandomPurpose.transforms
  ) {
    self.shape = shape
    self.seed = seed
    self.trainingImages = trainingImages
    self.place = place
    self.purpose = purpose
  }

  /// The number of rows of pixels.
  public var height: Int { shape.height }
  /// The number of pixels in a row.
  public var width: Int { shape.width }
  /// The number of elements of an image.
  public var size: Int { shape.count }

  /// The random numbers of the transform at this place, addressed by image and copy.
  var random: RandomStream {
    RandomStream(seed: seed, stream: purpose << 8 | UInt32(place))
  }

  /// The same at another place of a chain.
  func at(place: Int) -> TransformSetting {
    TransformSetting(
      shape: shape, seed: seed, trainingImages: trainingImages, place: place, purpose: purpose)
  }
}

/// A transform of the catalogue, whose values are still open.
public struct TransformKind: Sendable {
  /// The name, such as "jpeg", in lower case: letters, digits and `_`.
  public let name: String
  /// The name for headings, such as "JPEG".
  public let title: String
  /// One line on what it does.
  public let summary: String
  /// The paper or program that defines it.
  public let source: String
  /// Its parameters, in the order in which names give them.
  public let parameters: [TransformParameter]
  /// Whether it copies from training images.
  public let usesTrainingImages: Bool

  private let build: @Sendable ([Double], TransformSetting) throws -> any Transform

  /// Describes a kind of transform, which `make` makes of a value a parameter, each in its domain,
  /// for images of the setting's shape.
  public init(
    name: String, title: String, summary: String, source: String,
    parameters: [TransformParameter] = [], usesTrainingImages: Bool = false,
    make: @escaping @Sendable (_ values: [Double], TransformSetting) throws -> any Transform
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.source = source
    self.parameters = parameters
    self.usesTrainingImages = usesTrainingImages
    build = make
  }

  /// How the transform is written, such as "jpeg_QUALITY".
  public var pattern: String {
    ([name] + parameters.map { $0.name.uppercased() }).joined(separator: "_")
  }

  /// Makes the transform of a value a parameter.
  ///
  /// - Throws: ``DetectionError`` where the images do not suit it.
  func make(_ values: [Double], _ setting: TransformSetting) throws -> any Transform {
    try build(values, setting)
  }
}
