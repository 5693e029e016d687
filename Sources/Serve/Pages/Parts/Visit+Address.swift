extension Visit {
  /// The address of this page with some values behind the question mark changed.
  ///
  /// - Parameter changes: A name with its new values each; without values the name is left out.
  /// - Returns: The address; all other values stay as they are, in their order.
  package func address(changing changes: [String: [String]]) -> String {
    var query: [(String, String?)] = []
    for (name, value) in request.query where changes[name] == nil && !value.isEmpty {
      query.append((name, value))
    }
    for (name, values) in changes.sorted(by: { $0.key < $1.key }) {
      query += values.map { (name, $0) }
    }
    return site.address(of: database, request.path, query)
  }

  /// Hidden fields that carry the values behind the question mark along in a form.
  ///
  /// - Parameter names: The names that the form has fields of its own for, or that it drops.
  /// - Returns: The fields.
  package func carriedFields(without names: Set<String>) -> [HTML] {
    request.query.filter { !names.contains($0.name) && !$0.value.isEmpty }.map { name, value in
      "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }
  }

  /// A value behind the question mark; nil where there is none, or nothing but space.
  package func given(_ name: String) -> String? {
    let text = request.value(name)?.trimming(\.isWhitespace) ?? ""
    return text.isEmpty ? nil : String(text)
  }
}
