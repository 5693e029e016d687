internal import Classifier

/// A square crop, resized to the image's size, or several of them whose softmax is averaged.
///
/// Graese, Rozsa, Boult 2016; resized as the study's five crops are.
struct Crop: Transform {
  /// A side and the corners of the crops of that side.
  struct Group {
    let crops: Crops
    let corners: [(top: Int, left: Int)]
  }

  private let members: [(crops: Crops, top: Int, left: Int)]

  init(_ groups: [Group]) {
    members = groups.flatMap { group in
      group.corners.map { (group.crops, $0.top, $0.left) }
    }
  }

  var copies: Int { members.count }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let member = members[copy]
    member.crops.write((member.top, member.left), of: image, into: result)
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let member = members[copy]
    member.crops.pullBack(gradient, (member.top, member.left), into: result)
  }
}

extension Crop {
  /// The parameter that all crops begin with.
  static let side = TransformParameter(
    name: "side", domain: .integer(1...64), defaultValue: 24,
    meaning: "side of the crop in pixels, before it is resized")

  static let source = "Graese, Rozsa, Boult 2016"

  static let kind = TransformKind(
    name: "crop", title: "Crop",
    summary: "Cuts a square out of the image and resizes it to the image's size",
    source: source,
    parameters: [
      side,
      TransformParameter(
        name: "top", domain: .integer(0...64), defaultValue: 2,
        meaning: "rows above the crop"),
      TransformParameter(
        name: "left", domain: .integer(0...64), defaultValue: 2,
        meaning: "columns left of the crop"),
    ]
  ) { values, setting in
    let crops = try crops(side: values[0], setting)
    let (top, left) = (Int(values[1]), Int(values[2]))
    guard top + crops.side <= setting.height, left + crops.side <= setting.width else {
      throw DetectionError.doesNotFit(
        transform: "crop_\(crops.side)_\(top)_\(left)", height: setting.height,
        width: setting.width)
    }
    return Crop([Group(crops: crops, corners: [(top, left)])])
  }

  /// The five crops of the study, each by its own name.
  static let named: [TransformKind] = Crops.Position.allCases.map { position in
    TransformKind(
      name: "crop_" + position.name, title: position.title,
      summary: "Cuts out the square at one of five places and resizes it to the image's size",
      source: source, parameters: [side]
    ) { values, setting in
      let crops = try crops(side: values[0], setting)
      return Crop([Group(crops: crops, corners: [crops.corner(position)])])
    }
  }

  static let five = TransformKind(
    name: "five_crops", title: "Mean of five crops",
    summary: "Averages the softmax of the four corners and the centre, each resized",
    source: source, parameters: [side]
  ) { values, setting in
    Crop([try fiveCrops(side: values[0], setting)])
  }

  static let ten = TransformKind(
    name: "ten_crops", title: "Mean of ten crops",
    summary: "Averages the softmax of the five crops of two sides",
    source: source,
    parameters: [
      TransformParameter(
        name: "side", domain: side.domain, defaultValue: 22, meaning: side.meaning),
      TransformParameter(
        name: "second", domain: side.domain, defaultValue: 26,
        meaning: "side of the other five crops"),
    ]
  ) { values, setting in
    Crop([try fiveCrops(side: values[0], setting), try fiveCrops(side: values[1], setting)])
  }

  static let grid = TransformKind(
    name: "grid_crops", title: "Mean of a grid of crops",
    summary: "Averages the softmax of crops at evenly spaced places",
    source: source,
    parameters: [
      side,
      TransformParameter(
        name: "places", domain: .integer(1...16), defaultValue: 5,
        meaning: "places along each axis, whose square is the number of crops"),
    ]
  ) { values, setting in
    let crops = try crops(side: values[0], setting)
    let (tops, lefts) = (
      gridPlaces(Int(values[1]), spare: setting.height - crops.side),
      gridPlaces(Int(values[1]), spare: setting.width - crops.side)
    )
    return Crop([
      Group(crops: crops, corners: tops.flatMap { top in lefts.map { (top, $0) } })
    ])
  }

  /// Evenly spaced offsets from 0 to `spare`, rounded down; one alone lies in the middle.
  static func gridPlaces(_ count: Int, spare: Int) -> [Int] {
    count == 1 ? [spare / 2] : (0..<count).map { $0 * spare / (count - 1) }
  }

  /// Prepares crops of a side that fits into the images.
  static func crops(side: Double, _ setting: TransformSetting) throws(DetectionError) -> Crops {
    guard Int(side) <= min(setting.height, setting.width) else {
      throw DetectionError.doesNotFit(
        transform: "a crop of side \(Int(side))", height: setting.height, width: setting.width)
    }
    return Crops(side: Int(side), shape: setting.shape)
  }

  private static func fiveCrops(
    side: Double, _ setting: TransformSetting
  ) throws(DetectionError) -> Group {
    let crops = try crops(side: side, setting)
    return Group(crops: crops, corners: Crops.Position.allCases.map(crops.corner))
  }
}

extension Crops.Position {
  /// As in the names of transforms.
  package var name: String {
    switch self {
    case .topLeft: "top_left"
    case .bottomLeft: "bottom_left"
    case .topRight: "top_right"
    case .bottomRight: "bottom_right"
    case .centre: "centre"
    }
  }

  fileprivate var title: String {
    switch self {
    case .topLeft: "Top left crop"
    case .bottomLeft: "Bottom left crop"
    case .topRight: "Top right crop"
    case .bottomRight: "Bottom right crop"
    case .centre: "Centre crop"
    }
  }
}
