internal import Report
package import SQLite

/// How values are shown to people in pages.
package enum Shown {
  /// A value as in tables: numbers with six digits, whose exact form a pointer shows.
  package static func value(_ value: SQLValue) -> HTML {
    switch value {
    case .null: return "<span class=\"muted\">—</span>"
    case .blob(let bytes): return "<span class=\"muted\">\(self.bytes(Int64(bytes.count)))</span>"
    case .text(let text):
      guard text.utf8.count > longest else { return "\(text)" }
      return "<span title=\"\(text.prefix(2000))\">\(text.prefix(longest))…</span>"
    case .integer, .real:
      let short = Typesetting.text(of: value, as: .mixed)
      guard case .real(let number) = value, number.isFinite, short != "\(number)" else {
        return "\(short)"
      }
      return "<span title=\"\(number)\">\(short)</span>"
    }
  }

  /// How many bytes of a text are shown in a cell.
  private static let longest = 300

  /// Whether a value belongs to the right of its column.
  package static func isNumber(_ value: SQLValue) -> Bool { value.real != nil }

  /// A time such as 2026-11-28T21:04:05.123Z to the minute, in UTC.
  package static func time(_ text: String?) -> HTML {
    guard let text, text.count >= 19 else { return "<span class=\"muted\">—</span>" }
    let short = text.prefix(16).replacing("T", with: " ")
    return
      "<time datetime=\"\(text)\" title=\"\(text.prefix(19).replacing("T", with: " ")) UTC\">\(short)</time>"
  }

  /// A time that something took.
  package static func duration(_ seconds: Double?) -> String {
    guard let seconds, seconds >= 0.05 else { return "" }
    if seconds < 60 {
      let tenths = Int((seconds * 10).rounded())
      return seconds < 10 ? "\(tenths / 10).\(tenths % 10) s" : "\(Int(seconds.rounded())) s"
    }
    let whole = Int(min(seconds, 1e15).rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    if whole < 86_400 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
    return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
  }

  /// A size.
  package static func bytes(_ count: Int64) -> String {
    var size = Double(count)
    for unit in ["B", "kB", "MB", "GB"] {
      if size < 1000 || unit == "GB" {
        let tenths = Int((size * 10).rounded())
        return unit == "B" || size >= 100
          ? "\(Int(size.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
      }
      size /= 1000
    }
    return ""
  }

  /// The state of a run, of a trial or of a process.
  package static func state(_ state: String) -> HTML {
    "<span class=\"state \(state)\">\(state)</span>"
  }

  /// How much is done of work that is not finished; nothing where that is not known.
  package static func progress(done: Int64, total: Int64?) -> HTML {
    guard let total, total > 0, done < total else { return .empty }
    return """
      <progress max="\(total)" value="\(done)">\(done) of \(total)</progress> \
      <span class="muted">\(done) of \(total)</span>
      """
  }
}
