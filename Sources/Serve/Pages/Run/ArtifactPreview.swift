internal import Interchange
internal import Tracker

/// What a page shows of an artifact's content.
struct ArtifactPreview {
  private enum Content {
    case picture
    case text(String, isCut: Bool)
    case difference(String, isCut: Bool)
    /// Arrays with the lengths of their axes.
    case arrays([(name: String, shape: [Int])])
    case nothing(String)
  }

  private let content: Content

  /// How many bytes of a text are shown.
  private static let longestText = 128 << 10
  /// How large a file is whose arrays are listed, in bytes.
  private static let largestArchive = 64 << 20

  init(of artifact: RunArtifact, in tracker: Tracker) throws {
    let start = try artifact.beginning(Self.longestText, in: tracker)
    let isCut = artifact.size > Int64(start.count)
    if PictureType(of: start) != nil {
      content = .picture
    } else if start.starts(with: Npy.magic) || start.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      content = try Self.arrays(of: artifact, in: tracker)
    } else if let text = Self.text(start, isCut: isCut) {
      let isDifference =
        artifact.mediaType == "text/x-diff" || artifact.name.hasSuffix(".patch")
        || artifact.name.hasSuffix(".diff")
      if isDifference {
        content = .difference(text, isCut: isCut)
      } else if !isCut, (try? JSONValue(parsing: text)) != nil, "{[".contains(text.first ?? " ") {
        content = .text(Self.indented(text), isCut: false)
      } else {
        content = .text(text, isCut: isCut)
      }
    } else {
      content = .nothing("There is no preview of this kind of file.")
    }
  }

  /// The text; nil if it is none.
  private static func text(_ bytes: [UInt8], isCut: Bool) -> String? {
    guard !bytes.contains(0) else { return nil }
    // The last character may be cut.
    for count in 0...(isCut ? 3 : 0) {
      if let text = String(validating: bytes.dropLast(count), as: UTF8.self) { return text }
    }
    return nil
  }

  private static func arrays(of artifact: RunArtifact, in tracker: Tracker) throws -> Content {
    guard artifact.size <= Int64(largestArchive),
      let bytes = try tracker.artifact(named: artifact.name, of: artifact.run)
    else { return .nothing("The file is too large to look into; download it.") }
    let file = FileContent(bytes, name: artifact.name)
    do {
      if bytes.starts(with: Npy.magic) {
        return .arrays([(name: "", shape: try ArrayReader(npy: file).shape)])
      }
      let archive = try NpzArchive(file)
      let shapes = archive.names.prefix(200).compactMap { name -> (name: String, shape: [Int])? in
        (try? archive.reader(of: name)).map { (name, $0.shape) }
      }
      return shapes.isEmpty ? .nothing("An archive without arrays.") : .arrays(shapes)
    } catch {
      return .nothing("An archive that holds no arrays that can be read.")
    }
  }

  /// JSON with a line for each member, its numbers and their order as they are.
  static func indented(_ json: String) -> String {
    var (result, depth, isInText, isEscaped) = ("", 0, false, false)
    func lineEnd() -> String { "\n" + String(repeating: "  ", count: min(depth, 40)) }
    for character in json.unicodeScalars {
      if isInText {
        result.unicodeScalars.append(character)
        (isInText, isEscaped) = (isEscaped || character != "\"", !isEscaped && character == "\\")
        continue
      }
      switch character {
      case "\"":
        isInText = true
        result.unicodeScalars.append(character)
      case "{", "[":
        depth += 1
        result.unicodeScalars.append(character)
        result += lineEnd()
      case "}", "]":
        depth = max(0, depth - 1)
        result += lineEnd()
        result.unicodeScalars.append(character)
      case ",": result += "," + lineEnd()
      case ":": result += ": "
      case " ", "\n", "\r", "\t": break
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// The part of the page.
  func html(file: String) -> HTML {
    func cut(_ isCut: Bool) -> HTML {
      isCut ? "<p class=\"muted\">The beginning; download it for the rest.</p>" : .empty
    }
    switch content {
    case .picture:
      return """
        <section class="card"><img class="preview" src="\(file)&amp;inline=1" alt="The picture"></section>
        """
    case .text(let text, let isCut):
      return """
        <section class="card">\(cut(isCut))<pre class="output" tabindex="0">\(HTML(lines: text))</pre></section>
        """
    case .difference(let text, let isCut):
      return "<section class=\"card\">\(cut(isCut))\(Self.difference(text))</section>"
    case .arrays(let arrays):
      let rows = arrays.map { name, shape -> HTML in
        """
        <tr><th scope="row">\(name.isEmpty ? "the array" : name)</th>\
        <td class="mono">\(shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: " × "))</td></tr>

        """
      }
      return """
        <section class="card flush">\(Self.arrayTable(rows))</section>
        """
    case .nothing(let reason): return "<p class=\"card muted\">\(reason)</p>"
    }
  }

  private static func arrayTable(_ rows: [HTML]) -> HTML {
    """
    <div class="scroll"><table><thead><tr><th scope="col">Array</th><th scope="col">Shape</th></tr></thead>
    <tbody>\(rows)</tbody></table></div>
    """
  }

  /// A patch with lines that came and went in their colours.
  static func difference(_ text: String) -> HTML {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> HTML in
      let kind: HTML =
        line.hasPrefix("+++") || line.hasPrefix("---") || line.hasPrefix("diff ")
        ? "file"
        : line.hasPrefix("+")
          ? "new"
          : line.hasPrefix("-")
            ? "old"
            : line.hasPrefix("@@") ? "place" : ""
      return "<span class=\"\(kind)\">\(line.isEmpty ? " " : line)</span>"
    }
    return "<pre class=\"output difference\" tabindex=\"0\">\(lines)</pre>"
  }
}
