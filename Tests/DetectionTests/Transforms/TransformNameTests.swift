import Detection
import Testing

@Suite struct TransformNameTests {
  @Test(
    "a name says all values",
    arguments: [
      ("jpeg", "jpeg_75"), ("jpeg_30", "jpeg_30"), ("crop", "crop_24_2_2"),
      ("crop_20", "crop_20_2_2"), ("crop_centre", "crop_centre_24"),
      ("crop_top_left_20", "crop_top_left_20"), ("shift_-1_0", "shift_-1_0"),
      ("rotation_-10", "rotation_-10"), ("rotation_7.50", "rotation_7.5"),
      ("rotation_-0", "rotation_0"), ("blur_1.0", "blur_1"), ("otsu", "otsu"),
      ("bit_depth", "bit_depth_3"), ("median_2+jpeg", "median_2+jpeg_75"),
      ("total_variation_3e-2", "total_variation_0.03_0.5"),
    ])
  func canonical(text: String, name: String) throws {
    let specification = try TransformSpecification(text)
    #expect(specification.name == name)
    #expect(try TransformSpecification(name) == specification)
    #expect(try TransformSpecification(name).name == name)
  }

  @Test(
    "what is no transform is refused in one line that says what is",
    arguments: [
      ("jpeg_0", "jpeg's quality cannot be '0'; it must be a whole number from 1 to 100"),
      ("jpeg_7.5", "jpeg's quality cannot be '7.5'; it must be a whole number from 1 to 100"),
      ("jpeg_", "jpeg's quality cannot be ''; it must be a whole number from 1 to 100"),
      ("jpeg_75_1", "'jpeg_75_1' has too many values; it is written jpeg_QUALITY"),
      ("blur_nan", "blur's deviation cannot be 'nan'; it must be a number from 0.1 to 10"),
      ("otsu_1", "'otsu_1' has too many values; it is written otsu"),
      ("rotation_+5", "rotation's degrees cannot be ''; it must be a number from -180 to 180"),
    ])
  func refusals(text: String, message: String) {
    let error = #expect(throws: DetectionError.self) { _ = try TransformSpecification(text) }
    #expect(error?.description == message)
  }

  @Test(
    "an unknown name is answered by the known ones", arguments: ["", "jpg_75", "jpeg+", "jpegs"])
  func unknown(text: String) {
    let error = #expect(throws: DetectionError.self) { _ = try TransformSpecification(text) }
    let part = text.split(separator: "+", omittingEmptySubsequences: false).last ?? ""
    #expect(
      error?.description.hasPrefix(
        "there is no transform '\(part)'; there are: crop, crop_top_left, ")
        == true)
  }

  @Test("names differ, and say what a reader needs")
  func catalogue() throws {
    let kinds = TransformCatalogue.kinds
    #expect(Set(kinds.map(\.name)).count == kinds.count)
    for kind in kinds {
      #expect(kind.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
      #expect(!kind.title.isEmpty && !kind.summary.isEmpty && !kind.source.isEmpty)
      #expect(try TransformSpecification(kind.name).usesTrainingImages == (kind.name == "quilting"))
    }
    let chain = try TransformSpecification("median_2+jpeg")
    #expect(chain.title == "Median filter (side 2), then JPEG (quality 75)")
    #expect(chain.source == "Xu, Evans, Qi 2017; Guo, Rana, Cisse, van der Maaten 2018")
    #expect(try TransformSpecification("otsu").title == "Otsu's binarisation")
  }

  @Test("the voters of a set differ, and each set has another name")
  func voterSets() throws {
    let sets = VoterSetCatalogue.sets
    #expect(Set(sets.map(\.name)).count == sets.count)
    for set in sets {
      #expect(Set(set.voters).count == set.voters.count && set.voters.count > 1)
      #expect(try VoterSetCatalogue.named(set.name) == set)
    }
    #expect(
      try VoterSetCatalogue.named("crop_grid_24_3").voters.map(\.name)
        == [0, 2, 4].flatMap { top in [0, 2, 4].map { "crop_24_\(top)_\($0)" } })
    #expect(try VoterSetCatalogue.named("graese").voters.count == 75)
    let error = #expect(throws: DetectionError.self) { _ = try VoterSetCatalogue.named("no") }
    #expect(error?.description.hasPrefix("there is no voter set 'no'; there are: squee") == true)
  }
}
