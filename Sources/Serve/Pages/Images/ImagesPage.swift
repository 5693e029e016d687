internal import Report
internal import SQLite
internal import Tracker

extension Router {
  /// The pages of adversarial images beside their clean partners.
  mutating func addImagePages() {
    on(.get, "/images") { visit in try visit.images() }
    on(.get, "/images/:set/:index") { visit in try visit.image() }
    addImagePictures()
  }
}

extension Visit {
  /// As many sets can be chosen from a list; any other one by the page of its run.
  private static let setsOfList = 100

  /// The images of a set, as a filter leaves them, a page at a time.
  fileprivate func images() throws -> HTTPResponse {
    let filter = try ImageFilter(request)
    let page = try read { tracker -> (content: HTML, isLive: Bool) in
      guard
        let set = try ShownSet(
          named: filter.set, measurement: filter.measurement, in: tracker)
      else {
        return (
          """
          <p class="lead">No adversarial images are recorded yet. <code>assay attack</code> makes some, \
          and <code>assay reproduce</code> a whole study.</p>
          """, true
        )
      }
      let listing = try ImageListing(filter, of: set, in: tracker)
      let records = try ImageRecords(
        listing.found.map(\.index), of: set, judge: listing.judge, in: tracker)
      let clean = try cleanImages(
        of: set.model, digest: set.dataDigest, within: 0.02, in: tracker)
      let form = try ImageForm(
        filter: filter, set: set, listing: listing,
        sets: ShownSet.choices(limit: Self.setsOfList, in: tracker),
        classes: tracker.pageRows(Self.classes, ["set": .integer(set.id)]))
      let gallery = gallery(filter, set, listing, records, clean)
      return ("\(HTML.recordsStyle)\n\(form.html(in: self))\n\(gallery)", !set.isFinished)
    }
    return self.page(title: "Images", page.content, isLive: page.isLive)
  }

  private static let classes = """
    SELECT true_label, count(*) AS images, sum(success) AS misled
    FROM adversarial_image WHERE adversarial_set_id = :set
    GROUP BY true_label ORDER BY true_label
    """

  private func gallery(
    _ filter: ImageFilter, _ set: ShownSet, _ listing: ImageListing, _ records: ImageRecords,
    _ clean: (images: CleanImages?, problem: String?)
  ) -> HTML {
    let tiles = zip(records.images, listing.found).map { image, found in
      tile(image, of: set, listing.measure.map { ($0, found.value) }, clean.images)
    }
    let note = clean.problem.map { reason -> HTML in
      "<p class=\"muted\">Clean images are not shown: \(reason).</p>\n"
    }
    let judge = listing.judge.map { judge -> HTML in
      "<p class=\"muted\">Judged by: \(judge.title).</p>\n"
    }
    let problems = listing.problems.map { problem -> HTML in
      "\(HTML.alert(problem))\n"
    }
    let list: HTML =
      tiles.isEmpty
      ? "<p class=\"lead\">No image of this set is like that.</p>"
      : "<ul class=\"tiles\">\n\(tiles)</ul>"
    return """
      <div id="images" data-live>
      <p class="lead">\(summary(filter, set, listing))</p>
      \(problems)\(judge ?? .empty)\(note ?? .empty)\(list)
      <div class="more">\(turns(filter, listing))</div>
      </div>
      """
  }

  private func summary(_ filter: ImageFilter, _ set: ShownSet, _ listing: ImageListing) -> HTML {
    let count = Typesetting.grouped(listing.count)
    let run: HTML =
      "<a href=\"\(link("runs", set.uuid))\">\(String(set.uuid.prefix(8)))</a>"
    let state = set.row["state"].text ?? ""
    let rate = set.row["success_rate"].real.map {
      "; \(Typesetting.percent($0)) mislead the network"
    }
    let whole = set.isFinished ? "" : "; the set is \(state), and grows"
    return """
      \(count) \(filter.isNarrow ? "of them are like that" : listing.count == 1 ? "image" : "images")\
      : \(set.title) (\(run)), against \(set.row["model_name"].text ?? String(set.model.prefix(8)))\
      \(rate ?? "")\(whole).
      """
  }

  private func turns(_ filter: ImageFilter, _ listing: ImageListing) -> HTML {
    var (first, next) = (HTML.empty, HTML.empty)
    if filter.after != nil {
      var start = filter
      start.after = nil
      first = "<a rel=\"first\" href=\"\(link("images", query: start.query))\">First</a> "
    }
    if listing.hasMore, let last = listing.found.last {
      var further = filter
      further.after = (filter.order == .index ? nil : last.value, last.index)
      next = "<a rel=\"next\" href=\"\(link("images", query: further.query))\">Further images</a>"
    }
    return "\(first)\(next)"
  }

  private func tile(
    _ image: ImageRecords.Image, of set: ShownSet, _ measured: (ShownSet.Measure, Double?)?,
    _ clean: CleanImages?
  ) -> HTML {
    let row = image.row
    let (label, seen) = (
      row["true_label"].integer ?? -1, row["deterministic_prediction"].integer ?? -1
    )
    let value =
      measured.map {
        "\($0.0.title) \(Typesetting.text(of: $0.1.map(SQLValue.real) ?? .null, as: .real(digits: 4)))"
      }
      ?? "L2 \(Typesetting.text(of: row["l2"], as: .real(digits: 3)))"
    let verdict = image.judgement.map { judgement -> HTML in
      """
      <span class="verdict \(judgement.isFlagged ? "flagged" : "passed")">\
      \(judgement.isFlagged ? "declared adversarial" : "declared clean")</span>
      """
    }
    let target = row["target_label"].integer.map { ", aimed at \($0)" } ?? ""
    return """
      <li><a class="tile" href="\(link("images", set.uuid, String(image.index)))">\
      \(pictures(of: image, set, clean))\
      <span class="words"><span><b>\(label) → \(seen)</b>\(target) \
      <span class="muted">no. \(image.index)</span></span>\
      <span class="muted">\(value)</span>\(verdict ?? .empty)</span></a></li>

      """
  }

  /// The three pictures beside each other; a frame with words for one that there is none of.
  func pictures(
    of image: ImageRecords.Image, _ set: ShownSet, _ clean: CleanImages?, areNamed: Bool = false
  ) -> HTML {
    let figures = ImagePictures.Kind.allCases.map { kind -> HTML in
      let name: HTML = areNamed ? "<span class=\"muted\">\(kind.title)</span>" : .empty
      guard let version = ImagePictures.version(kind, pixels: image.version, clean: clean) else {
        let reason = image.version == nil && kind != .clean ? "not kept" : "not here"
        return """
          <span class="picture"><span class="frame" role="img" \
          aria-label="\(kind.title): \(reason)">\(reason)</span>\(name)</span>
          """
      }
      let address = link(
        "images", set.uuid, String(image.index), "\(kind.rawValue).png", query: [("v", version)])
      return """
        <span class="picture"><img src="\(address)" alt="\(kind.title)" loading="lazy" \
        decoding="async">\(name)</span>
        """
    }
    return "<span class=\"pictures\">\(figures)</span>"
  }
}
