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
