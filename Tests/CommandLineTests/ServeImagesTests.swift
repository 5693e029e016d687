import Foundation
import Interchange
import TestSupport
import Testing

/// The pages of images that `assay serve` shows, held against what SQL says of the same file.
@Suite(.startsPrograms) struct ServeImagesTests {
  let assay: Assay
  let server: ServedAssay
  /// FGSM's set of the study.
  let set: String

  init() throws {
    assay = try Assay(copyOf: .study)
    server = try ServedAssay(
      assay, "--data", packageRoot.appending(path: "Tests/Fixtures").path)
    set = try assay.ask(
      "SELECT adversarial_set FROM adversarial_sets WHERE attack = 'fgsm';"
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The images of a list, page by page, as far as it goes.
  private func listed(_ query: String) throws -> [Int] {
    var indices: [Int] = []
    var path = "/images?set=\(set)&\(query)"
    for _ in 0..<20 {
      let page = try server.page(path)
      try #require(page.status == 200, "\(page.text)")
      indices += page.text.matches(of: #/class="tile" href="/images/[^/"]*/(\d+)"/#).compactMap {
        Int($0.output.1)
      }
      guard let next = page.text.firstMatch(of: /rel="next" href="([^"]*)"/) else { break }
      path = String(next.output.1).replacing("&amp;", with: "&")
    }
    return indices
  }

  private func asked(_ sql: String) throws -> [Int] {
    try assay.ask(sql).split(separator: "\n").compactMap { Int($0) }
  }

  @Test("filters and orders keep what SQL keeps, over all pages")
  func lists() throws {
    let all = try listed("")
    #expect(all.count > 100)
    for (query, condition, order) in [
      ("", "1", "image_index"), ("class=3", "true_label = 3", "image_index"),
      ("class=3&outcome=misled", "true_label = 3 AND success", "image_index"),
      ("seen=8&outcome=", "deterministic_prediction = 8", "image_index"),
      ("measure=distance.l2&order=falling", "1", "l2 DESC, image_index"),
      ("measure=distance.l2&order=rising&low=3&high=6", "l2 BETWEEN 3 AND 6", "l2, image_index"),
    ] {
      let expected = try asked(
        """
        SELECT image_index FROM adversarial_images
        WHERE adversarial_set = '\(set)' AND \(condition) ORDER BY \(order);
        """)
      #expect(try listed(query) == expected, "\(query)")
    }
  }

  @Test("measures and verdicts of detectors filter and order, too")
  func measures() throws {
    let scores = """
      FROM image_scores WHERE adversarial_set = '\(set)' AND measure = 'softmax_std'
      """
    #expect(
      try listed("measure=softmax_std&order=falling")
        == asked("SELECT image_index \(scores) ORDER BY value DESC, image_index;"))
    let middle = try assay.ask("SELECT avg(value) \(scores);").trimmingCharacters(
      in: .whitespacesAndNewlines)
    #expect(
      try listed("measure=softmax_std&low=\(middle)")
        == asked("SELECT image_index \(scores) AND value >= \(middle) ORDER BY image_index;"))
    for (word, isClean) in [("clean", 1), ("adversarial", 0)] {
      let expected = try asked(
        """
        SELECT image_index FROM detection_decisions
        WHERE adversarial_set = '\(set)' AND is_adversarial AND protocol = 'paper'
          AND method = 'exact' AND detector = 'hybrid' AND measure = 'softmax_std'
          AND declared_clean = \(isClean) ORDER BY image_index;
        """)
      #expect(try listed("judge=paper.exact.hybrid.softmax_std&declared=\(word)") == expected)
    }
  }

  @Test("pictures are the recorded pixels, their partners and the change, each kept by its content")
  func pictures() throws {
    // The data set is read when the first page asks for it.
    try waitUntil("the clean images") {
      try !server.page("/images?set=\(set)").text.contains("Clean images are not shown")
    }
    let page = try server.page("/images?set=\(set)").text
    let tile = try #require(page.firstMatch(of: #/<li>.*?</li>/#.dotMatchesNewlines())).output
    let sources = tile.matches(of: /img src="([^"]*)"/).map {
      String($0.output.1).replacing("&amp;", with: "&")
    }
    try #require(sources.count == 3)
    let pictures = try sources.map { source in
      let answer = try server.ask("GET", source)
      #expect(answer.status == 200 && answer.headers["content-type"] == "image/png")
      #expect(answer.headers["cache-control"]?.contains("immutable") == true)
      let again = try server.ask(
        "GET", source, headers: ["If-None-Match": answer.headers["etag"] ?? ""])
      #expect(again.status == 304)
      return try PNGImage(from: answer.body, file: source)
    }
    let index = try #require(sources[1].firstMatch(of: #//images/[^/]*/(\d+)//#)).output.1
    let recorded = try assay.ask(
      """
      SELECT hex(pixels) FROM adversarial_image_pixels
      WHERE adversarial_set = '\(set)' AND image_index = \(index);
      """
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    let floats = Self.floats(hexadecimal: recorded)
    try #require(floats.count == 784)
    for picture in pictures { #expect(picture.width == 28 && picture.height == 28) }
    // A level less epsilon is a tie at half a level, which 32-bit products would round to the other side.
    let levels = floats.map { UInt8((min(1, max(0, Double($0))) * 255).rounded()) }
    #expect(stride(from: 0, to: 3 * 784, by: 3).map { pictures[1].pixels[$0] } == levels)
    // A clean image of black and white became another one.
    #expect(pictures[0].pixels != pictures[1].pixels)
    #expect(pictures[0].pixels.contains(0) && pictures[0].pixels.contains { $0 > 200 })
    let missing = try server.ask("GET", "/images/\(set)/999999/adversarial.png")
    #expect(missing.status == 404)
  }

  private static func floats(hexadecimal: String) -> [Float] {
    let digits = Array(hexadecimal.utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
    return stride(from: 0, to: bytes.count - 3, by: 4).map { place in
      Float(
        bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
    }
  }

  @Test("an image's page has all sets of it, every measure, and what was decided")
  func image() throws {
    let index = try #require(
      asked(
        """
        SELECT image_index FROM image_uncertainties
        WHERE adversarial_set = '\(set)' AND part = 'selection' LIMIT 1;
        """
      ).first)
    let page = try server.page("/images/\(set)/\(index)").text
    for set in try assay.ask("SELECT adversarial_set FROM adversarial_sets;").split(separator: "\n")
    where set != self.set {
      #expect(page.contains("/images/\(set)/\(index)"))
    }
    for title in try assay.ask(
      """
      SELECT title FROM image_scores JOIN measures USING (measure)
      WHERE adversarial_set = '\(set)' AND image_index = \(index);
      """
    ).split(separator: "\n") {
      #expect(page.contains(">\(title)"), "\(title)")
    }
    let routes = try assay.ask(
      """
      SELECT DISTINCT route FROM detection_decisions
      WHERE adversarial_set = '\(set)' AND image_index = \(index);
      """
    ).split(separator: "\n")
    #expect(!routes.isEmpty)
    for route in routes { #expect(page.contains(route.replacing("crops", with: "voters"))) }
    #expect(page.contains("No whole detection system has judged this set"))
  }

  @Test("what addresses must not say is refused in a sentence")
  func refusals() throws {
    for (path, status) in [
      ("/images?set=\(set)&class=x", 400), ("/images?set=\(set)&low=nan", 400),
      ("/images?set=\(set)&order=sideways", 400), ("/images?set=\(set)&after=1/2/3", 400),
      ("/images?set=ffffffff", 404), ("/images/\(set)/x", 404), ("/images/\(set)/1/other.png", 404),
    ] {
      let answer = try server.ask("GET", path)
      #expect(answer.status == status && !answer.text.isEmpty, "\(path): \(answer.text)")
    }
    let training = try assay.onlyRun("train")
    #expect(try server.ask("GET", "/images?set=\(training)").status == 404)
    let unknown = try server.page("/images?set=\(set)&measure=%3Cb%3E&order=falling").text
    #expect(unknown.contains("The measure &lt;b&gt; is not recorded of this set"))
  }
}
