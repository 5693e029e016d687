internal import CSQLite

/// What SQLite needs to know of a place for files.
public enum FileSystem {
  /// Whether a directory is on a network file system, where the processes of several hosts must not
  /// share a database.
  public static func isNetwork(directory: String) -> Bool {
    csqlite_is_on_network_file_system(directory) != 0
  }
}
