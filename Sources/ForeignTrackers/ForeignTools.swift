/// The tools whose records can be imported.
public enum ForeignTools {
  /// Their readers; a new tool is a new one here.
  public static var all: [any ForeignStore.Type] {
    [MLflowStore.self, OptunaStore.self, TensorBoardStore.self, WandbStore.self]
  }
}
