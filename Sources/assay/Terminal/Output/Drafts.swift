import Foundation

/// Files under way, which are removed where a signal ends the process.
enum Drafts {
  private static let capacity = 8
  /// C strings that stay where they are, so that a handler of signals can read them; a place is
  /// written by the one thread that writes results.
  private nonisolated(unsafe) static let paths = {
    let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
    paths.initialize(repeating: nil, count: capacity)
    return paths
  }()

  /// Prepares the list, since a handler of signals must not.
  static func prepare() { _ = paths }

  /// Adds a file that is there.
  ///
  /// - Returns: Its place; nil if all are taken, and then a signal leaves the file behind.
  static func add(_ path: String) -> Int? {
    let free = (0..<capacity).first { paths[$0] == nil }
    if let free { paths[free] = strdup(path) }
    return free
  }

  /// Forgets a file that is complete or removed.
  static func forget(_ place: Int?) {
    guard let place else { return }
    let path = paths[place]
    paths[place] = nil
    free(path)
  }

  /// Removes all files on the list; to be called by a handler of signals.
  static func removeAll() {
    for place in 0..<capacity {
      if let path = paths[place] { unlink(path) }
    }
  }
}
