extension HTML {
  /// A field with a list of choices.
  ///
  /// - Parameters:
  ///   - label: What it is called.
  ///   - name: Its name in the address.
  ///   - choices: Values with what people read.
  ///   - value: The value that is chosen; one that is no choice is one more choice.
  ///   - none: What people read for no value; nil: there is always one.
  /// - Returns: The field with its label.
  package static func choice(
    _ label: String, name: String, _ choices: [(String, String)], value: String?,
    none: String? = nil
  ) -> HTML {
    var all = choices
    if let value, !value.isEmpty, !choices.contains(where: { $0.0 == value }) {
      all.insert((value, value), at: 0)
    }
    let first = none.map { title -> HTML in "<option value=\"\">\(title)</option>" } ?? .empty
    let options = all.map { own, title -> HTML in
      let mark: HTML = own == value ? " selected" : ""
      return "<option value=\"\(own)\"\(mark)>\(title)</option>"
    }
    return """
      <div class="field"><label for="field-\(name)">\(label)</label>\
      <select id="field-\(name)" name="\(name)">\(first)\(options)</select></div>
      """
  }

  /// A field for text.
  ///
  /// - Parameters:
  ///   - label: What it is called.
  ///   - name: Its name in the address.
  ///   - value: What is in it.
  ///   - hint: An example of what may be in it.
  ///   - type: The kind of field, such as "search" or "number".
  ///   - isGrowing: Whether it takes the room that is left in its row.
  /// - Returns: The field with its label.
  package static func field(
    _ label: String, name: String, value: String?, hint: String = "", type: String = "text",
    isGrowing: Bool = false
  ) -> HTML {
    """
    <div class="field\(isGrowing ? " grow" : "")"><label for="field-\(name)">\(label)</label>\
    <input id="field-\(name)" name="\(name)" type="\(type)" value="\(value ?? "")" \
    placeholder="\(hint)" spellcheck="false" autocomplete="off"></div>
    """
  }

  /// A box to tick.
  package static func tick(_ title: String, name: String, value: String, isOn: Bool) -> HTML {
    let mark: HTML = isOn ? " checked" : ""
    return """
      <label><input type="checkbox" name="\(name)" value="\(value)"\(mark)> \(title)</label>
      """
  }

  /// What went wrong, in one line above a page's content.
  package static func alert(_ message: String) -> HTML {
    "<p class=\"alert\" role=\"alert\">\(message)</p>"
  }
}
