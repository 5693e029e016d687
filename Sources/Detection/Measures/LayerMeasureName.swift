internal import Foundation

/// A measure's name of the form `KIND[_VALUE][@LAYER]`.
struct LayerMeasureName {
  /// The value, if the name has one.
  let value: String?
  /// The layer, if the name has one.
  let layer: String?

  /// Takes a name apart, or gives nil for a name of another kind.
  init?(_ name: String, kind: String) {
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let head = parts[0]
    guard head == kind || head.hasPrefix(kind + "_") else { return nil }
    value = head == kind ? nil : String(head.dropFirst(kind.count + 1))
    layer = parts.count > 1 ? String(parts[1]) : nil
  }

  /// The name with the value written canonically.
  static func name(kind: String, value: Double?, layer: String?) -> String {
    kind + (value.map { "_" + TransformParameter.text($0) } ?? "") + (layer.map { "@" + $0 } ?? "")
  }
}
