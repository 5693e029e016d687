/// The data sets that Assay knows.
///
/// To add one, put a file beside this one and an entry into ``all``.
public enum DatasetCatalogue {
  /// All data sets, in the order in which commands list them.
  public static let all: [DatasetSpecification] = [.mnist, .fashionMNIST, .cifar10, .svhn]

  /// Returns the data set with this name.
  ///
  /// - Parameter name: The name, such as `mnist`.
  /// - Returns: The description of the data set.
  /// - Throws: ``DatasetError/unknownDataset(name:known:)`` if the catalogue has none.
  public static func dataset(named name: String) throws -> DatasetSpecification {
    guard let specification = all.first(where: { $0.name == name }) else {
      throw DatasetError.unknownDataset(name: name, known: all.map(\.name))
    }
    return specification
  }

  /// Returns the data set with this ``ImageDataset/digest``; nil if the catalogue has none.
  public static func dataset(digest: String) -> DatasetSpecification? {
    all.first { $0.digest == digest }
  }
}
