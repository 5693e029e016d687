import Dataset
import Testing

@Suite struct CatalogueTests {
  @Test func `Names are distinct and serve as folder names`() throws {
    let names = DatasetCatalogue.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
      #expect(try DatasetCatalogue.dataset(named: name).name == name)
    }
  }

  @Test func `An unknown name is answered with the known ones`() {
    let error = #expect(throws: DatasetError.self) {
      try DatasetCatalogue.dataset(named: "cifar")
    }
    #expect(
      error?.description
        == "unknown data set 'cifar'; known are: mnist, fashion-mnist, cifar-10, svhn")
  }

  @Test(arguments: DatasetCatalogue.all.map(\.name))
  func `Each entry is complete and consistent`(name: String) throws {
    let entry = try DatasetCatalogue.dataset(named: name)
    #expect(Set(entry.files.map(\.name)).count == entry.files.count)
    for file in entry.files {
      #expect(file.sha256.count == 64)
      #expect(file.sha256.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
    if let digest = entry.digest {
      #expect(DatasetCatalogue.dataset(digest: digest)?.name == name)
    }
    #expect(entry.classNames.count == 10 && Set(entry.classNames).count == 10)
    #expect(!entry.sources.isEmpty)
    #expect(Set(entry.sources.map(\.summary)).count == entry.sources.count)
    for case let mirror as HTTPMirror in entry.sources {
      #expect(mirror.folder.hasPrefix("http") && mirror.folder.hasSuffix("/"))
    }
  }

  @Test(arguments: ["mnist", "fashion-mnist"])
  func `MNIST and its like are 70,000 images of 28 x 28 in four files`(name: String) throws {
    let entry = try DatasetCatalogue.dataset(named: name)
    #expect(Set(entry.files.map(\.part)) == Set(DatasetPart.idxFiles))
    let sizes = Dictionary(uniqueKeysWithValues: entry.files.map { ($0.part, $0.byteCount) })
    #expect(sizes[.trainImages] == 16 + 60_000 * 784 && sizes[.trainLabels] == 8 + 60_000)
    #expect(sizes[.testImages] == 16 + 10_000 * 784 && sizes[.testLabels] == 8 + 10_000)
    #expect(entry.imageSize == (28, 28) && entry.channels == 1 && entry.digest != nil)
  }

  @Test func `Data that are none of the catalogue's are not taken for one`() {
    #expect(DatasetCatalogue.dataset(digest: "") == nil)
    #expect(DatasetCatalogue.dataset(digest: String(repeating: "0", count: 64)) == nil)
  }

  @Test func `No file is shared between data sets`() {
    let checksums = DatasetCatalogue.all.flatMap { $0.files.map(\.sha256) }
    #expect(Set(checksums).count == checksums.count)
  }
}
