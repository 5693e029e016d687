import Dataset
import Testing

@Suite struct MNISTPickleTests {
  /// An image of one grey, with the last pixel another.
  private func image(_ grey: Int, last: Float? = nil) -> [Float] {
    [Float](repeating: Float(grey) / 256, count: 783) + [last ?? Float(grey) / 256]
  }

  @Test func `The first two pairs are the training set, the third is the test set`() throws {
    let arrays = try MNISTPickle.decode(
      PickleBytes.mnist([
        (image(0) + image(255), [5, 0]), (image(128, last: 1.0 / 256), [9]), (image(7), [3]),
      ]))
    let train = try #require(arrays[.trainImages])
    #expect(train.dimensions == [3, 28, 28])
    #expect(train.elements[0] == 0 && train.elements[784] == 255)
    #expect(Array(train.elements[2350...]) == [128, 1])
    #expect(arrays[.trainLabels] == IDXArray(dimensions: [3], elements: [5, 0, 9]))
    #expect(arrays[.testImages]?.elements == .init(repeating: 7, count: 784))
    #expect(arrays[.testLabels] == IDXArray(dimensions: [1], elements: [3]))
  }

  @Test(arguments: [1.0, -1.0 / 256, 0.5 / 256, .nan, .infinity, -.infinity] as [Float])
  func `A number that is not a pixel divided by 256 is refused`(value: Float) {
    let good = (image(1), [Int64(0)])
    let pickle = PickleBytes.mnist([good, good, (image(1, last: value), [0])])
    let error = #expect(throws: DatasetError.self) { try MNISTPickle.decode(pickle) }
    #expect(error?.description.contains("not a pixel divided by 256") == true)
  }

  @Test(arguments: [10, -1, 256, .max, .min] as [Int64])
  func `A label outside 0 to 9 is refused`(label: Int64) {
    let good = (image(1), [Int64(0)])
    let error = #expect(throws: DatasetError.self) {
      try MNISTPickle.decode(PickleBytes.mnist([(image(1), [label]), good, good]))
    }
    #expect(error?.description.contains("not a label in 0...9") == true)
  }

  @Test func `Other arrangements of arrays are refused`() {
    let images = PickleBytes.images(image(1))
    let labels = PickleBytes.labels([1])
    let twoLabels = PickleBytes.labels([1, 2])
    let pair = images + labels + [0x86]
    let arrangements: [[UInt8]] = [
      images,
      pair,
      pair + pair + [0x86],
      pair + pair + images + [0x87],
      pair + pair + labels + images + [0x86, 0x87],
      pair + pair + images + twoLabels + [0x86, 0x87],
      pair + pair + images + images + [0x86, 0x87],
    ]
    for arrangement in arrangements {
      let pickle = PickleBytes.start + arrangement + PickleBytes.stop
      let error = #expect(throws: DatasetError.self) { try MNISTPickle.decode(pickle) }
      guard case .refusedPickle = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
