internal import Classifier
internal import Tensor

/// Square crops at random places, each resized to the image's size; their softmax is averaged.
///
/// Guo, Rana, Cisse, van der Maaten 2018, with the 30 crops of Athalye, Carlini, Wagner 2018.
struct RandomCrops: Transform {
  let crops: Crops
  let copies: Int
  let random: RandomStream
  let isRandom = true

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    crops.write(corner(index: index, copy: copy), of: image, into: result)
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    crops.pullBack(gradient, corner(index: index, copy: copy), into: result)
  }

  private func corner(index: Int, copy: Int) -> (top: Int, left: Int) {
    let place = { (spare: Int, axis: UInt32) in
      random.integer(
        below: spare + 1, image: UInt32(truncatingIfNeeded: index),
        pass: UInt32(truncatingIfNeeded: copy), block: axis)
    }
    return (
      top: place(crops.shape.height - crops.side, 0), left: place(crops.shape.width - crops.side, 1)
    )
  }
}

extension RandomCrops {
  static let kind = TransformKind(
    name: "random_crops", title: "Mean of random crops",
    summary: "Averages the softmax of crops at random places, each resized",
    source: "Guo, Rana, Cisse, van der Maaten 2018; Athalye, Carlini, Wagner 2018",
    parameters: [
      Crop.side,
      TransformParameter(
        name: "copies", domain: .integer(1...1000), defaultValue: 30, meaning: "number of crops"),
    ]
  ) { values, setting in
    RandomCrops(
      crops: try Crop.crops(side: values[0], setting), copies: Int(values[1]),
      random: setting.random)
  }
}
