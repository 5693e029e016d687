import Foundation

/// A number of bytes as people read it.
enum ByteCount {
  private static let units = ["bytes", "kB", "MB", "GB", "TB"]

  /// The number with three significant digits at least, such as "173.6 MB".
  static func text(_ count: Int64) -> String {
    var (value, place) = (Double(count), 0)
    while abs(value) >= 1000, place < units.count - 1 { (value, place) = (value / 1000, place + 1) }
    return place == 0
      ? "\(count) \(units[0])" : String(format: "%.\(value < 100 ? 1 : 0)f %@", value, units[place])
  }
}
