internal import Classifier

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
  /// Checks that the crops fit into images.
  ///
  /// - Throws: ``StudyError/cropTooLarge(side:available:)``.
  func checkFits(_ shape: ImageShape) throws {
    let available = min(shape.height, shape.width)
    guard cropSide <= available else {
      throw StudyError.cropTooLarge(side: cropSide, available: available)
    }
  }
}
