/// How a run is put aside.
public enum RunHiding: String, Sendable, CaseIterable {
  /// Lists leave it out unless they are asked for all runs.
  case archived
  /// It is left out of lists and reports until it is restored; it can be removed for good.
  case deleted
}
