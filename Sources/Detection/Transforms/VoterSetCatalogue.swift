internal import Synchronization

/// Voters that vote together.
public struct VoterSet: Sendable, Hashable {
  /// The name, such as "shifts".
  public let name: String
  /// The name for headings.
  public let title: String
  /// One line on its members.
  public let summary: String
  /// The voters, each the network's answer to a transformed copy.
  public let voters: [TransformSpecification]

  /// Describes a set.
  public init(name: String, title: String, summary: String, voters: [TransformSpecification]) {
    self.name = name
    self.title = title
    self.summary = summary
    self.voters = voters
  }
}

/// The voter sets that have names.
///
/// The study's five crops, "crops", belong to a measurement and are not among them.
public enum VoterSetCatalogue {
  private static let registered = Mutex<[VoterSet]>([])

  private static let builtIn: [VoterSet] =
    [
      set(
        "squeezings", title: "Five squeezings",
        summary: "Binarisation, 3 bits, two median filters and JPEG at quality 75",
        of: ["binarisation_0.5", "bit_depth_3", "median_2", "median_3", "jpeg_75"]),
      set(
        "shifts", title: "Shifts by one pixel",
        summary: "Shifts by one pixel in eight directions", of: shifts(by: 1)),
      set(
        "shifts_2", title: "Shifts by two pixels",
        summary: "Shifts by two pixels in eight directions", of: shifts(by: 2)),
      set(
        "rotations", title: "Rotations", summary: "Rotations by 5, 10 and 15 degrees both ways",
        of: [-15, -10, -5, 5, 10, 15].map { "rotation_\($0)" }),
      set(
        "blurs", title: "Gaussian blurs", summary: "Gaussian blurs of deviation 0.5 to 1.5 pixels",
        of: ["0.5", "0.75", "1", "1.5"].map { "blur_\($0)" }),
      set(
        "graese", title: "Image acquisition",
        summary: "What a scanner may do to a digit, after Graese, Rozsa, Boult 2016",
        of: graese),
      set(
        "defences", title: "Guo's transformations",
        summary: "3 bits, JPEG at quality 75, total variation, quilting and random crops",
        of: ["bit_depth_3", "jpeg_75", "total_variation", "quilting", "random_crops_24_30"]),
    ]
    + [20, 22, 24, 25, 26, 27].map { side in
      set(
        "crops_\(side)", title: "Five crops of side \(side)",
        summary: "The four corners and the centre, each resized",
        of: fiveCrops(side: side))
    }
    + [(24, 3), (24, 5), (22, 3), (22, 7)].map { side, places in
      set(
        "crop_grid_\(side)_\(places)",
        title: "\(places) x \(places) crops of side \(side)",
        summary: "Crops at evenly spaced places of an image of 28 x 28 pixels",
        of: cropGrid(side: side, places: places, of: 28))
    }

  /// All of them, in the order in which lists show them.
  public static var sets: [VoterSet] { builtIn + registered.withLock { $0 } }

  /// The set of a name.
  ///
  /// - Throws: ``DetectionError/unknownVoterSet(_:known:)``.
  public static func named(_ name: String) throws(DetectionError) -> VoterSet {
    guard let set = sets.first(where: { $0.name == name }) else {
      throw .unknownVoterSet(name, known: sets.map(\.name))
    }
    return set
  }

  /// Adds a set for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No set has that name, and "crops" is the study's.
  public static func register(_ set: VoterSet) {
    precondition(
      set.name != "crops" && !sets.contains { $0.name == set.name },
      "there is a voter set '\(set.name)' already")
    registered.withLock { $0.append(set) }
  }

  private static func set(
    _ name: String, title: String, summary: String, of voters: [String]
  ) -> VoterSet {
    VoterSet(
      name: name, title: title, summary: summary,
      voters: voters.map { voter in
        do {
          return try TransformSpecification(voter)
        } catch {
          preconditionFailure("\(name): \(error)")
        }
      })
  }

  /// The paper's own values are not known; these span what a scanner does to a digit.
  private static var graese: [String] {
    [20, 22, 24, 25, 26, 27].flatMap(fiveCrops)
      + shifts(by: 1) + shifts(by: 2)
      + [-15, -10, -5, 5, 10, 15].map { "rotation_\($0)" }
      + ["0.5", "0.75", "1", "1.5"].map { "blur_\($0)" }
      + ["0.02", "0.05", "0.1", "0.2"].map { "noise_\($0)" }
      + ["0.7", "0.85", "1.15", "1.3"].map { "contrast_\($0)" }
      + ["-0.1", "0.1"].map { "brightness_\($0)" }
      + ["binarisation_0.3", "binarisation_0.5", "binarisation_0.7", "otsu"]
      + ["resampling_14", "resampling_20"]
      + ["five_crops_24", "ten_crops_22_26", "grid_crops_24_5"]
  }

  private static func fiveCrops(side: Int) -> [String] {
    ["top_left", "bottom_left", "top_right", "bottom_right", "centre"].map {
      "crop_\($0)_\(side)"
    }
  }

  private static func cropGrid(side: Int, places: Int, of length: Int) -> [String] {
    let offsets = Crop.gridPlaces(places, spare: length - side)
    return offsets.flatMap { top in offsets.map { left in "crop_\(side)_\(top)_\(left)" } }
  }

  private static func shifts(by pixels: Int) -> [String] {
    var names: [String] = []
    for down in [-pixels, 0, pixels] {
      for right in [-pixels, 0, pixels] where (down, right) != (0, 0) {
        names.append("shift_\(down)_\(right)")
      }
    }
    return names
  }
}
