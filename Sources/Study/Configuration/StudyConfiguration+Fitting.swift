internal import Classifier
internal import Dataset

extension SelectionConfiguration {
  /// Checks that there are enough images.
  ///
  /// - Throws: ``StudyError/selectionTooLarge(wanted:available:)``.
  func checkFits(images available: Int) throws {
    guard size + heldoutSize <= available else {
      throw StudyError.selectionTooLarge(wanted: size + heldoutSize, available: available)
    }
  }
}

extension NetworkConfiguration {
  /// The side of the smallest images of which LeNet's second pooling leaves a pixel.
  private static let smallestSide = 16

  /// Checks that images are large enough for LeNet; a model that a program serves may take any.
  ///
  /// - Throws: ``StudyError/imagesTooSmall(rows:columns:)``.
  func checkFits(_ shape: ImageShape) throws {
    guard architecture != "lenet" || min(shape.height, shape.width) >= Self.smallestSide else {
      throw StudyError.imagesTooSmall(rows: shape.height, columns: shape.width)
    }
  }
}

extension MeasurementConfiguration {
  /// What the configuration means for images of a shape.
  ///
  /// - Throws: ``StudyError/cropTooLarge(side:available:)``.
  func settings(for shape: ImageShape) throws(StudyError) -> MeasurementSettings {
    let available = min(shape.height, shape.width)
    let side = cropSide ?? max(1, available * 6 / 7)
    guard side <= available else { throw .cropTooLarge(side: side, available: available) }
    return MeasurementSettings(passes: passes, cropSide: side)
  }
}

extension StudyConfiguration {
  /// The same with the side of the crops that images of a shape have by default.
  func completed(for shape: ImageShape) throws(StudyError) -> StudyConfiguration {
    var configuration = self
    configuration.measurement.cropSide = try measurement.settings(for: shape).cropSide
    return configuration
  }

  /// The same where the catalogue has the data set; else as it is, until the images are read.
  var completedByCatalogue: StudyConfiguration {
    guard let known = DatasetCatalogue.all.first(where: { $0.name == dataset }) else { return self }
    let shape = ImageShape(
      height: known.imageSize.rows, width: known.imageSize.columns, channels: known.channels)
    return (try? completed(for: shape)) ?? self
  }
}
