/// Names that an option takes, separated by commas.
struct NameList {
  /// The names, each once, without spaces around them.
  let names: [String]

  /// Reads an option's value; nil gives no names.
  init(_ text: String?) {
    var names: [String] = []
    for part in (text ?? "").split(separator: ",") {
      let name = String(part.drop { $0 == " " })
      let trimmed = String(name.reversed().drop { $0 == " " }.reversed())
      if !trimmed.isEmpty, !names.contains(trimmed) { names.append(trimmed) }
    }
    self.names = names
  }
}
