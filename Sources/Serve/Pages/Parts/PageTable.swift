/// A table whose heads sort it by the address, with a link to the rows that follow.
///
/// The order is in the address: `sort` names a column's key and `order` is "descending" or missing. Rows
/// are chosen by the page itself, which reads both.
package struct PageTable {
  /// A column's head.
  package struct Head {
    /// What people read.
    package var title: String
    /// The value of `sort` that orders the table by this column; nil: nothing does.
    package var key: String?
    /// Whether its values are numbers, which stand to the right.
    package var isNumber: Bool
    /// Whether large values come first when it is chosen first.
    package var isDescendingFirst: Bool

    /// Describes a head.
    package init(
      _ title: String, key: String? = nil, isNumber: Bool = false, isDescendingFirst: Bool = false
    ) {
      (self.title, self.key, self.isNumber) = (title, key, isNumber)
      self.isDescendingFirst = isDescendingFirst
    }
  }

  /// What long tables need, which are asked for more as one scrolls.
  package static let scripts: [AssetFile] = [.listScript]

  /// The heads.
  package var heads: [Head]
  /// The key that the table is ordered by.
  package var sort: String?
  /// Whether large values come first.
  package var isDescending: Bool

  /// Describes a table.
  package init(_ heads: [Head], sort: String? = nil, isDescending: Bool = false) {
    (self.heads, self.sort, self.isDescending) = (heads, sort, isDescending)
  }

  /// The cells of the head row.
  ///
  /// - Parameters:
  ///   - visit: Where the page is.
  ///   - dropping: Names in the address that another order makes meaningless, such as a page's start.
  /// - Returns: A `th` each.
  package func headCells(_ visit: Visit, dropping: [String] = []) -> [HTML] {
    heads.map { head in
      let side: HTML = head.isNumber ? " class=\"number\"" : " class=\"cut\""
      guard let key = head.key else { return "<th scope=\"col\"\(side)>\(head.title)</th>" }
      let isChosen = key == sort
      let isDescendingNext = isChosen ? !isDescending : head.isDescendingFirst
      var changes: [String: [String]] = [
        "sort": [key], "order": isDescendingNext ? ["descending"] : [],
      ]
      for name in dropping { changes[name] = [] }
      let order = isDescending ? "descending" : "ascending"
      let mark = isChosen ? HTML(" aria-sort=\"\(order)\"") : .empty
      return """
        <th scope="col"\(side)\(mark)><a href="\(visit.address(changing: changes))" \
        title="\(head.title)">\(head.title)</a></th>
        """
    }
  }

  /// A whole table in a box of its own that scrolls.
  ///
  /// - Parameters:
  ///   - visit: Where the page is.
  ///   - label: What the table shows.
  ///   - rows: The rows, each a `tr`.
  ///   - id: The id of its body, for parts that stay up to date; its rows have ids then.
  /// - Returns: The table.
  package func html(_ visit: Visit, label: String, rows: [HTML], id: String? = nil) -> HTML {
    let live = id.map { id -> HTML in " id=\"\(id)\" data-live=\"rows\"" } ?? .empty
    return """
      <div class="scroll" role="region" aria-label="\(label)" tabindex="0"><table>
      <thead><tr>\(headCells(visit))</tr></thead>
      <tbody\(live)>
      \(rows)</tbody></table></div>
      """
  }
}
