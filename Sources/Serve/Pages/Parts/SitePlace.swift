/// A page that every page's head leads to.
///
/// To add one: give it a title and a path here, and put it into ``linked`` once it is whole.
package enum SitePlace: CaseIterable {
  case runs
  case sweeps
  case studies
  case images
  case sql

  /// The places that there are links to, in their order.
  static let linked: [SitePlace] = [.runs, .sweeps, .studies, .images, .sql]

  var title: String {
    switch self {
    case .runs: "Runs"
    case .sweeps: "Sweeps"
    case .studies: "Studies"
    case .images: "Images"
    case .sql: "SQL"
    }
  }

  var path: [String] {
    switch self {
    case .runs: []
    case .sweeps: ["sweeps"]
    case .studies: ["studies"]
    case .images: ["images"]
    case .sql: ["sql"]
    }
  }

  /// Whether a page belongs here, by the first name of its path.
  func holds(_ name: String?) -> Bool {
    self == .runs ? [nil, "runs", "compare"].contains(name) : path.first == name
  }
}
