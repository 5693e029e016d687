import Dataset
import Testing

@Suite struct DataDirectoryTests {
  private let scratch: Scratch
  private let directory: DataDirectory
  private let tiny = TinyDataset.specification()

  init() throws {
    scratch = try Scratch()
    directory = DataDirectory(path: scratch.path)
    for part in DatasetPart.idxFiles {
      try scratch.write(TinyDataset.content(part), to: "tiny/\(part.rawValue)")
    }
  }

  private func remove(_ part: DatasetPart) throws {
    try #require(scratch.remove("tiny/\(part.rawValue)"))
  }

  private func states() throws -> [DatasetPart: FileState] {
    try Dictionary(
      uniqueKeysWithValues: directory.verify(tiny).map { ($0.file.part, $0.state) })
  }

  @Test func `The option comes before the variable, and that before the usual place`() {
    func resolve(_ option: String?, _ variable: String?) -> String {
      DataDirectory.resolve(
        option: option, environment: variable.map { ["ASSAY_DATA": $0] } ?? [:]
      ).path
    }
    #expect(resolve("/a", "/b") == "/a")
    #expect(resolve(nil, "/b") == "/b")
    #expect(resolve("", "") == "./data")
    #expect(resolve(nil, nil) == "./data")
    #expect(DataDirectory(path: "/a").folder(of: .mnist) == "/a/mnist")
  }

  @Test func `Files are loaded, plain or packed`() throws {
    let plain = try directory.load(tiny)
    #expect(plain.train.count == 3 && plain.test.labels == [1, 0])
    #expect(plain.train.pixels(of: [1]) == [204, 255, 0, 1].map { Float($0) / 255 })
    try remove(.trainImages)
    try scratch.write(gzipped(TinyDataset.content(.trainImages)), to: "tiny/trainImages.gz")
    #expect(try directory.load(tiny) == plain)
  }

  @Test func `A packed file serves where the plain one is wrong`() throws {
    try scratch.write([1, 2, 3], to: "tiny/trainImages")
    try scratch.write(gzipped(TinyDataset.content(.trainImages)), to: "tiny/trainImages.gz")
    #expect(try directory.load(tiny).train.count == 3)
    #expect(try states()[.trainImages] == .ok)
  }

  @Test func `Missing files are named`() throws {
    try remove(.testImages)
    try remove(.testLabels)
    let error = #expect(throws: DatasetError.self) { try directory.load(tiny) }
    #expect(
      error?.description
        == "\(scratch.path)/tiny lacks testImages, testLabels, and has trainImages, trainLabels")
  }

  @Test func `Files under other names and in other folders are found by their content`() throws {
    let right = try directory.load(tiny)
    for (part, place) in [
      (DatasetPart.trainImages, "tiny/train.images"), (.trainLabels, "TINY/raw/labels"),
      (.testImages, "download/images/test"),
    ] {
      try remove(part)
      try scratch.write(TinyDataset.content(part), to: place)
    }
    try remove(.testLabels)
    try scratch.write(gzipped(TinyDataset.content(.testLabels)), to: "labels.gz")
    #expect(try directory.load(tiny) == right)
    #expect(try states().values.allSatisfy { $0 == .ok })
    // The right length alone is not enough.
    var content = TinyDataset.content(.trainLabels)
    content[9] ^= 1
    try scratch.write(content, to: "TINY/raw/labels")
    let error = #expect(throws: DatasetError.self) { try directory.load(tiny) }
    guard case .missingFiles(_, _, ["trainLabels"], _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `A wrong or truncated file is not loaded`() throws {
    var content = TinyDataset.content(.trainImages)
    try scratch.write(content.dropLast(), to: "tiny/trainImages")
    #expect(
      throws: DatasetError.malformedIDX(
        file: scratch.path + "/tiny/trainImages", problem: .truncated(expected: 28, found: 27))
    ) { try directory.load(tiny) }
    content[20] ^= 1
    try scratch.write(content, to: "tiny/trainImages")
    let error = #expect(throws: DatasetError.self) { try directory.load(tiny) }
    guard case .wrongChecksum(let file, tiny.files[0].sha256, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == scratch.path + "/tiny/trainImages")
  }

  @Test func `Verification tells each file's state`() throws {
    #expect(try states().values.allSatisfy { $0 == .ok })
    let packed = try gzipped(TinyDataset.content(.trainLabels))
    try remove(.trainImages)
    try remove(.trainLabels)
    try scratch.write(packed.dropLast(10), to: "tiny/trainLabels.gz")
    try scratch.write(
      .init(repeating: 0, count: TinyDataset.content(.testImages).count), to: "tiny/testImages")
    try scratch.write(TinyDataset.content(.testLabels) + [0], to: "tiny/testLabels")
    let states = try states()
    #expect(states[.trainImages] == .missing)
    #expect(states[.trainLabels] == .truncated)
    guard case .wrongChecksum = states[.testImages], case .unusable = states[.testLabels] else {
      Issue.record("\(states)")
      return
    }
  }

  @Test func `Verification and loading can be cancelled`() {
    #expect(throws: DatasetError.cancelled) { try directory.verify(tiny) { true } }
    #expect(throws: DatasetError.cancelled) { try directory.load(tiny) { true } }
  }

  @Test func `The list tells what is there of each known data set`() throws {
    try scratch.write([0], to: "mnist/t10k-labels-idx1-ubyte.gz")
    for file in DatasetSpecification.fashionMNIST.files {
      try scratch.write([0], to: "fashion-mnist/\(file.name)")
    }
    let list = directory.list()
    #expect(list.map(\.specification.name) == ["mnist", "fashion-mnist", "cifar-10", "svhn"])
    #expect(list.map(\.isComplete) == [false, true, false, false])
    #expect(list[0].present.map(\.part) == [.testLabels])
  }
}
