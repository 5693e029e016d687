internal import Bytes
internal import Report
internal import SQLite
internal import Tracker

/// Pictures of recorded images: the adversarial one, its clean partner, and the change between them.
enum ImagePictures {
  /// Which picture of an image it is, by the name of its file.
  enum Kind: String, CaseIterable {
    case clean
    case adversarial
    case change

    /// What it is called below a picture.
    var title: String { rawValue }
  }

  /// What names pixels by their content, so that a browser keeps a picture as long as it is the same.
  static func version(of pixels: [UInt8]) -> String {
    String(ContentDigest.sha256(pixels).prefix(16))
  }

  /// What names a picture by all that it is made of.
  static func version(_ kind: Kind, pixels: String?, clean: CleanImages?) -> String? {
    switch kind {
    case .clean: clean.map { String($0.digest.prefix(16)) }
    case .adversarial: pixels
    case .change: clean.flatMap { clean in pixels.map { $0 + clean.digest.prefix(16) } }
    }
  }
}

extension Router {
  /// The pictures of images.
  mutating func addImagePictures() {
    on(.get, "/images/:set/:index/:file") { visit in try visit.picture() }
  }
}

extension Visit {
  /// The clean images of a set's data set; nil if they are not there, are others, or are still looked
  /// for.
  ///
  /// - Parameters:
  ///   - model: The model that the set was made against, by its UUID.
  ///   - digest: What names the data set that the model was trained on.
  ///   - seconds: How long to wait for them.
  ///   - tracker: The record.
  /// - Returns: The images, and why there are none.
  /// - Throws: `TrackerError` or `SQLiteError`.
  func cleanImages(
    of model: String, digest: String, within seconds: Double, in tracker: Tracker
  ) throws -> (images: CleanImages?, problem: String?) {
    let run = try tracker.run(uuid: model)
    switch site.cleanImages.search(for: run, within: seconds) {
    case nil: return (nil, "they are being read; look again in a moment")
    case .missing(let reason)?: return (nil, reason)
    case .found(let images)? where images.digest != digest:
      return (nil, "the data set that is there is not the one that the model was trained on")
    case .found(let images)?: return (images, nil)
    }
  }

  fileprivate func picture() throws -> HTTPResponse {
    let name = request.parameter("file")
    guard name.hasSuffix(".png"), let kind = ImagePictures.Kind(rawValue: String(name.dropLast(4))),
      let index = Int64(request.parameter("index"))
    else { throw HTTPFailure(.notFound, "there is no picture \(name) of an image") }
    let (file, version) = try read { tracker -> ([UInt8], String) in
      let set = request.parameter("set")
      guard
        let row = try tracker.pageRows(
          Self.recorded, ["set": .text(set), "index": .integer(index)]
        ).first
      else { throw HTTPFailure(.notFound, "there is no image \(index) in a set \(set)") }
      let recorded: [UInt8]? = if case .blob(let bytes) = row["pixels"] { bytes } else { nil }
      let clean = try cleanImages(
        of: row["model"].text ?? "", digest: row["dataset_sha256"].text ?? "", within: 20,
        in: tracker
      ).images
      let adversarial = recorded.map(PictureFiles.values)
      let files = PictureFiles(
        clean: clean, recordedShape: try tracker.imageShape(ofSet: set),
        valueCount: adversarial?.count)
      let original = Int(exactly: index).flatMap { clean?.pixels($0) }
      let file: [UInt8]? =
        switch kind {
        case .clean: original.flatMap(files.image)
        case .adversarial: adversarial.flatMap(files.image)
        case .change:
          original.flatMap { original in
            adversarial.flatMap { files.change(from: original, to: $0) }
          }
        }
      let version = ImagePictures.version(
        kind, pixels: recorded.map(ImagePictures.version), clean: clean)
      guard let file, let version else {
        throw HTTPFailure(.notFound, "the pixels of this picture are not kept, or not here")
      }
      return (file, version)
    }
    let tag = "\"\(version)\""
    let isNamed = request.value("v") == version
    var response =
      request.header("if-none-match") == tag
      ? HTTPResponse(.notModified)
      : HTTPResponse(headers: [HTTPHeader("Content-Type", "image/png")], content: .bytes(file))
    response.headers += [
      HTTPHeader("ETag", tag),
      HTTPHeader("Cache-Control", isNamed ? "private, max-age=31536000, immutable" : "no-cache"),
    ]
    return response
  }

  private static let recorded = """
    SELECT pixels, model, dataset_sha256
    FROM adversarial_images
    JOIN adversarial_sets USING (adversarial_set)
    JOIN training_runs USING (model)
    LEFT JOIN adversarial_image_pixels USING (adversarial_set, image_index)
    WHERE adversarial_set = :set AND image_index = :index
    """
}
