internal import Foundation

/// The commit of a directory's repository, read from its files: asking git takes a process.
struct GitHead: Sendable, Equatable {
  /// The top of the working tree.
  let top: String
  /// The commit; nil before the first.
  let commit: String?
  /// The branch; nil: the head is detached.
  let branch: String?
  /// Where the repository came from, without a password; nil: it does not say.
  let remote: String?

  /// Looks for the repository that a directory belongs to; nil if it belongs to none.
  init?(of directory: String) {
    var top = URL(fileURLWithPath: directory).standardizedFileURL
    var git: URL?
    while git == nil {
      git = Self.repository(at: top)
      if git == nil {
        guard top.path != "/" else { return nil }
        top.deleteLastPathComponent()
      }
    }
    guard let git, let head = Self.line(of: git.appending(path: "HEAD")) else { return nil }
    self.top = top.path
    // A further working tree has branches and settings in common with the first.
    let common = Self.line(of: git.appending(path: "commondir")).map {
      URL(fileURLWithPath: $0, relativeTo: git).standardizedFileURL
    }
    remote = Self.remote(in: (common ?? git).appending(path: "config"))
    guard head.hasPrefix("ref: ") else {
      (commit, branch) = (Self.commit(head), nil)
      return
    }
    let reference = String(head.dropFirst("ref: ".count))
    branch =
      reference.hasPrefix("refs/heads/")
      ? String(reference.dropFirst("refs/heads/".count)) : reference
    commit =
      [git, common].compactMap { $0 }.lazy.compactMap {
        Self.commit(of: reference, in: $0)
      }.first
  }

  /// The repository of a working tree with this top: a directory, or a file that names it.
  private static func repository(at top: URL) -> URL? {
    let git = top.appending(path: ".git")
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: git.path, isDirectory: &isDirectory) else {
      return nil
    }
    if isDirectory.boolValue { return git }
    guard let line = line(of: git), line.hasPrefix("gitdir: ") else { return nil }
    return URL(fileURLWithPath: String(line.dropFirst("gitdir: ".count)), relativeTo: top)
      .standardizedFileURL
  }

  private static func commit(of reference: String, in git: URL) -> String? {
    if let line = line(of: git.appending(path: reference)) { return commit(line) }
    guard let packed = try? String(contentsOf: git.appending(path: "packed-refs"), encoding: .utf8)
    else { return nil }
    return packed.split(separator: "\n").first { $0.hasSuffix(" \(reference)") }
      .flatMap { commit(String($0.prefix { $0 != " " })) }
  }

  private static func commit(_ text: String) -> String? {
    [40, 64].contains(text.utf8.count) && text.allSatisfy(\.isHexDigit) ? text : nil
  }

  private static func line(of file: URL) -> String? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return text.split(whereSeparator: \.isNewline).first.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  /// The URL of the remote "origin", or else of the first.
  private static func remote(in config: URL) -> String? {
    guard let text = try? String(contentsOf: config, encoding: .utf8) else { return nil }
    var section = ""
    var found: [(name: String, url: String)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("[") {
        section = line
      } else if section.hasPrefix("[remote \""), line.hasPrefix("url") {
        let parts = line.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == "url" else {
          continue
        }
        found.append((section, parts[1].trimmingCharacters(in: .whitespaces)))
      }
    }
    let chosen = found.first { $0.name == "[remote \"origin\"]" } ?? found.first
    return chosen.map { withoutPassword($0.url) }
  }

  /// A URL without what stands before the @ of its host, but for a name without a password.
  static func withoutPassword(_ url: String) -> String {
    guard let scheme = url.range(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let at = host.lastIndex(of: "@") else { return url }
    let user = host[..<at]
    // A token may stand in the place of the name: ssh alone needs one.
    let keepsName = url.hasPrefix("ssh") && !user.contains(":")
    return url[..<scheme.upperBound] + (keepsName ? user + "@" : "")
      + rest[host.index(after: at)...]
  }
}
