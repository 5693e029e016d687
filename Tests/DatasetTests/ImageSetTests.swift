import Dataset
import Testing

@Suite struct ImageSetTests {
  private let set = ImageSet(
    rows: 1, columns: 3, pixels: [0, 51, 255, 1, 2, 3, 102, 153, 204], labels: [1, 0, 1])

  @Test func `Pixels are bytes divided by 255, in the order of the indices`() {
    let expected: [UInt8] = [102, 153, 204, 0, 51, 255, 102, 153, 204]
    #expect(set.pixels(of: [2, 0, 2]) == expected.map { Float($0) / 255 })
    #expect(set.pixels(of: []) == [])
    #expect(set.pixels(of: [0]) == [0, 0.2, 1])
  }

  @Test func `A caller's array and span are filled alike`() {
    var array = [Float](repeating: 9, count: 6)
    set.copyPixels(of: [1, 0], into: &array)
    var other = [Float](repeating: 9, count: 6)
    var span = other.mutableSpan
    set.copyPixels(of: [1, 0], into: &span)
    #expect(array == [1, 2, 3, 0, 51, 255].map { Float($0) / 255 })
    #expect(other == array)
  }

  @Test func `An index beyond the set is a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      let one = ImageSet(rows: 1, columns: 1, pixels: [1], labels: [0])
      _ = one.pixels(of: [1])
    }
  }

  @Test func `The digest is that of the two IDX files`() {
    // printf '\0\0\10\3\0\0\0\1\0\0\0\1\0\0\0\2\5\6\0\0\10\1\0\0\0\1\3' | sha256sum
    let tiny = ImageSet(rows: 1, columns: 2, pixels: [5, 6], labels: [3])
    #expect(tiny.digest == "3b5bf37d6af150acca58da8f06775cb16161769bc69147da260a642efe571775")
  }

  @Test func `A colour image is one image, and its digest says how many channels it has`() throws {
    let colour = ImageSet(rows: 1, columns: 1, channels: 3, pixels: [0, 51, 255], labels: [3])
    #expect(colour.imageSize == 3 && colour.pixels(of: [0]) == [0, 0.2, 1])
    // printf '\0\0\10\4\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\3\0\63\377\0\0\10\1\0\0\0\1\3' | sha256sum
    #expect(colour.digest == "5ae0a9d4ca54ea6a79b9be21dadd595019b277fd79ac74262465c3b45aa1eadc")
    let read = try ImageSet(
      images: IDXArray(dimensions: [1, 1, 1, 3], elements: [0, 51, 255]),
      labels: IDXArray(dimensions: [1], elements: [3]), classCount: 4, imagesFile: "i",
      labelsFile: "l")
    #expect(read == colour)
  }

  @Test func `The digest depends on pixels, labels and shape`() {
    let others = [
      ImageSet(rows: 1, columns: 3, pixels: set.pixels.reversed(), labels: set.labels),
      ImageSet(rows: 1, columns: 3, pixels: set.pixels, labels: [1, 1, 1]),
      ImageSet(rows: 3, columns: 1, pixels: set.pixels, labels: set.labels),
    ]
    #expect(Set(others.map(\.digest) + [set.digest]).count == 4)
    let train = ImageDataset(name: "a", classNames: ["x", "y"], train: set, test: others[0])
    let swapped = ImageDataset(name: "a", classNames: ["x", "y"], train: others[0], test: set)
    #expect(train.digest != swapped.digest)
    #expect(train.classCount == 2)
  }

  @Test func `Images and labels that do not fit each other are refused`() {
    let images = IDXArray(dimensions: [2, 1, 1], elements: [1, 2])
    func make(_ images: IDXArray, _ labels: [UInt8]) throws -> ImageSet {
      try ImageSet(
        images: images, labels: IDXArray(dimensions: [labels.count], elements: labels),
        classCount: 10, imagesFile: "i", labelsFile: "l")
    }
    #expect(
      throws: DatasetError.countMismatch(images: 2, imagesFile: "i", labels: 3, labelsFile: "l")
    ) { try make(images, [1, 2, 3]) }
    #expect(
      throws: DatasetError.labelOutOfRange(file: "l", index: 1, label: 10, classCount: 10)
    ) { try make(images, [9, 10]) }
    #expect(
      throws: DatasetError.malformedIDX(
        file: "i",
        problem: .dimensions(
          expected: "[count, rows, columns] or [count, rows, columns, channels]", found: [2]))
    ) { try make(IDXArray(dimensions: [2], elements: [1, 2]), [1, 2]) }
    #expect(
      throws: DatasetError.malformedIDX(
        file: "l", problem: .dimensions(expected: "[count]", found: [2, 1, 1]))
    ) {
      try ImageSet(
        images: images, labels: images, classCount: 10, imagesFile: "i", labelsFile: "l")
    }
    #expect(throws: Never.self) { try make(images, [0, 9]) }
  }
}
