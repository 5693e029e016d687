internal import Dataset
internal import Classifier
internal import Tracker

/// What a network's layers have to know of a data set.
struct DataShape: Sendable {
  /// The shape of an image.
  let image: ImageShape
  /// The number of classes.
  let classes: Int

  /// What is recorded of it.
  private struct Record: Codable {
    let rows: Int
    let columns: Int
    /// Nil for grey images.
    let channels: Int?
    let classes: Int
  }

  private static let artifact = "data_shape"

  private init(rows: Int, columns: Int, channels: Int, classes: Int) {
    image = ImageShape(height: rows, width: columns, channels: channels)
    self.classes = classes
  }

  /// The shape of data that are at hand.
  init(_ data: StudyData) {
    image = data.test.shape
    classes = data.classes
  }

  /// The shape of the data that a training run is about, without reading them: as the run recorded
  /// it, or as the catalogue has it; nil if neither knows.
  init?(of run: Run, in tracker: Tracker) throws {
    if let bytes = try tracker.artifact(named: Self.artifact, of: run) {
      let recorded = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        .decode(Record.self)
      self.init(
        rows: recorded.rows, columns: recorded.columns, channels: recorded.channels ?? 1,
        classes: recorded.classes)
    } else if let known = Self.catalogued(run) {
      self.init(
        rows: known.imageSize.rows, columns: known.imageSize.columns, channels: known.channels,
        classes: known.classNames.count)
    } else {
      return nil
    }
  }

  /// The data set of the catalogue that a run is about: by its digest, or by its name where the
  /// catalogue has no digest.
  private static func catalogued(_ run: Run) -> DatasetSpecification? {
    if let digest = run.configuration["dataset_sha256"]?.string,
      let known = DatasetCatalogue.dataset(digest: digest)
    {
      return known
    }
    let name = run.configuration["dataset"]?.string
    return DatasetCatalogue.all.first { $0.digest == nil && $0.name == name }
  }

  /// Records the shape with a training run.
  func record(by writer: RunWriter) throws {
    let record = Record(
      rows: image.height, columns: image.width,
      channels: image.channels == 1 ? nil : image.channels, classes: classes)
    try writer.putArtifact(
      Self.artifact, bytes: Array(JSONValue(encoding: record).canonical.utf8),
      mediaType: "application/json")
  }
}
