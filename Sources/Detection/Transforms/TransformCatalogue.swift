internal import Synchronization

/// The transforms that have names.
///
/// Another transform is another file and an entry here.
public enum TransformCatalogue {
  private static let registered = Mutex<[TransformKind]>([])

  private static let builtIn: [TransformKind] = [
    Shift.kind, Binarisation.kind, BitDepth.kind,
  ]

  /// All of them, in the order in which lists show them.
  public static var kinds: [TransformKind] { builtIn + registered.withLock { $0 } }

  /// Adds a kind for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No kind has that name.
  public static func register(_ kind: TransformKind) {
    precondition(
      !kinds.contains { $0.name == kind.name }, "there is a transform '\(kind.name)' already")
    registered.withLock { $0.append(kind) }
  }
}
