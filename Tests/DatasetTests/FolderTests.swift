import Dataset
import Testing

@Suite struct FolderTests {
  private let scratch: Scratch
  private static let names: [DatasetPart: String] = [
    .trainImages: "train-images-idx3-ubyte", .trainLabels: "train-labels-idx1-ubyte",
    .testImages: "t10k-images-idx3-ubyte", .testLabels: "t10k-labels-idx1-ubyte",
  ]

  init() throws {
    scratch = try Scratch()
    for (part, name) in Self.names {
      try scratch.write(TinyDataset.content(part), to: "digits/\(name)")
    }
  }

  private func error() -> DatasetError? {
    #expect(throws: DatasetError.self) { try ImageDataset(folder: scratch.path + "/digits") }
  }

  @Test func `A folder of four files is a data set by the folder's name`() throws {
    try scratch.write(
      gzipped(TinyDataset.content(.testImages)), to: "digits/t10k-images-idx3-ubyte.gz")
    #expect(scratch.remove("digits/t10k-images-idx3-ubyte"))
    let dataset = try ImageDataset(folder: scratch.path + "/digits")
    #expect(dataset.name == "digits")
    #expect(dataset.classNames == ["0", "1"])
    #expect(dataset.train.count == 3 && dataset.train.labels == [0, 1, 1])
    #expect(dataset.test.pixels == [9, 8, 7, 6, 5, 4, 3, 2])
  }

  @Test func `A missing file is named`() {
    #expect(scratch.remove("digits/t10k-labels-idx1-ubyte"))
    #expect(
      error()?.description
        == "\(scratch.path)/digits lacks t10k-labels-idx1-ubyte, and has t10k-images-idx3-ubyte, "
        + "train-images-idx3-ubyte, train-labels-idx1-ubyte")
  }

  @Test func `Names may have other signs between their words`() throws {
    let folder = scratch.path + "/digits"
    let right = try ImageDataset(folder: folder)
    for (old, new) in [
      ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
      ("t10k-labels-idx1-ubyte", "T10K_labels.idx1_ubyte"),
    ] {
      try scratch.write(scratch.read("digits/\(old)"), to: "digits/\(new)")
      #expect(scratch.remove("digits/\(old)"))
    }
    #expect(try ImageDataset(folder: folder) == right)
  }

  @Test func `Images of two sizes are refused`() throws {
    let wide = IDXArray(dimensions: [2, 1, 3], elements: [1, 2, 3, 4, 5, 6])
    try scratch.write(wide.encoded(), to: "digits/t10k-images-idx3-ubyte")
    let folder = scratch.path + "/digits"
    #expect(
      error()?.description
        == "\(folder)/t10k-images-idx3-ubyte: dimensions are [2, 1, 3], not [count, 2, 2] as in "
        + "\(folder)/train-images-idx3-ubyte")
  }

  @Test func `A set without images is refused`() throws {
    let none = IDXArray(dimensions: [0, 2, 2], elements: [])
    try scratch.write(none.encoded(), to: "digits/t10k-images-idx3-ubyte")
    try scratch.write(
      IDXArray(dimensions: [0], elements: []).encoded(), to: "digits/t10k-labels-idx1-ubyte")
    guard case .malformedIDX = error() else {
      Issue.record("\(String(describing: error()))")
      return
    }
  }
}
