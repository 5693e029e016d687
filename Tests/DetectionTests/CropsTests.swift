import Detection
import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct CropsTests {
  func crop(_ position: Crops.Position, side: Int, of image: [Float], shape: ImageShape) -> [Float]
  {
    var output = [Float](repeating: -1, count: image.count)
    Crops(side: side, shape: shape).write(position, of: image, into: &output)
    return output
  }

  @Test("a crop of the whole image is the image", arguments: Crops.Position.allCases)
  func identity(position: Crops.Position) {
    let shape = ImageShape(height: 4, width: 4, channels: 1)
    let image = (0..<16).map { Float($0) }
    #expect(crop(position, side: 4, of: image, shape: shape) == image)
  }

  @Test("two pixels become four with half-pixel centres")
  func upsampling() {
    // Rows 0 and 1 hold 0 1 and 2 3 in the corner that is cropped; centres lie at 1/4 and 3/4.
    let shape = ImageShape(height: 4, width: 4, channels: 1)
    let image: [Float] = [0, 1, 9, 9, 2, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
    let expected: [Float] = [
      0, 0.25, 0.75, 1, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3,
    ]
    let actual = crop(.topLeft, side: 2, of: image, shape: shape)
    #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("each crop lies where its name says")
  func positions() {
    // A gradient along both axes is resized to itself scaled, so its centre tells where the crop
    // lay.
    let shape = ImageShape(height: 28, width: 28, channels: 1)
    let image = (0..<784).map { Float($0 / 28) * 100 + Float($0 % 28) }
    let corners: [Crops.Position: (Float, Float)] = [
      .topLeft: (0, 0), .bottomLeft: (4, 0), .topRight: (0, 4), .bottomRight: (4, 4),
      .centre: (2, 2),
    ]
    for (position, corner) in corners {
      let cropped = crop(position, side: 24, of: image, shape: shape)
      let mean = cropped.map(Double.init).reduce(0, +) / 784
      #expect(abs(mean - Double((corner.0 + 11.5) * 100 + corner.1 + 11.5)) < 0.01)
    }
  }

  @Test("crops are classified by the deterministic network")
  func classes() throws {
    let network = MCDropoutTests.network()
    let shape = MCDropoutTests.shape
    let crops = Crops(side: 13, shape: shape)
    let classes = try crops.classify(
      count: 30, classifier: network, parallelism: Parallelism(threads: 2)
    ) { index, destination in
      for pixel in 0..<256 { destination[pixel] = MCDropoutTests.pixels[index * 256 + pixel] }
    }
    for index in [0, 13, 29] {
      for position in Crops.Position.allCases {
        let image = Array(MCDropoutTests.pixels[index * 256..<(index + 1) * 256])
        let cropped = crop(position, side: 13, of: image, shape: shape)
        let logits = try network.logits(count: 1, parallelism: Parallelism(threads: 1)) {
          $1.update(from: cropped, count: 256)
        }
        #expect(logits[classes[index][position.rawValue]] == logits.max())
      }
    }
  }
}
