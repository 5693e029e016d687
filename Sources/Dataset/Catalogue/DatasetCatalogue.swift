/// The data sets that Assay knows.
///
/// A further one is a file beside this and an entry here.
public enum DatasetCatalogue {
  /// All of them, in the order in which to list them.
  public static let all: [DatasetSpecification] = [.mnist, .fashionMNIST]

  /// The data set of a name.
  ///
  /// - Parameter name: Such as `mnist`.
  /// - Returns: What is known of it.
  /// - Throws: ``DatasetError/unknownDataset(name:known:)`` when there is none.
  public static func dataset(named name: String) throws -> DatasetSpecification {
    guard let specification = all.first(where: { $0.name == name }) else {
      throw DatasetError.unknownDataset(name: name, known: all.map(\.name))
    }
    return specification
  }

  /// The data set with this digest; nil if the catalogue has none.
  public static func dataset(digest: String) -> DatasetSpecification? {
    all.first { $0.digest == digest }
  }
}
