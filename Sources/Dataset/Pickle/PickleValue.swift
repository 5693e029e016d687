/// What the pickle machine can hold on its stack: nothing that could act.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case integer(Int)
  /// A string, as the place in the pickle where its bytes are: strings are never copied.
  case string(Range<Int>)
  case tuple([PickleValue])
  case global(PickleGlobal)
  /// An index into the machine's element types, which BUILD completes after they are made.
  case elementType(Int)
  /// An index into the machine's arrays, which BUILD fills after they are made.
  case array(Int)
}

/// The only names that a pickle may mention.
enum PickleGlobal: Equatable {
  case reconstruct
  case ndarray
  case dtype

  init?(module: String, name: String) {
    switch (module, name) {
    // The second spelling is that of NumPy 2.
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
      self = .reconstruct
    case ("numpy", "ndarray"):
      self = .ndarray
    case ("numpy", "dtype"):
      self = .dtype
    default:
      return nil
    }
  }
}

/// The instructions that the machine knows, with the names that Python's pickletools gives them.
///
/// They are those that pickle protocol 2 needs for tuples of arrays. In particular there is no
/// instruction among them that makes an object of a class, loads an extension or a persistent
/// object, or builds a list or dictionary.
enum PickleInstruction: UInt8 {
  case proto = 0x80
  case stop = 0x2E
  case mark = 0x28
  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case binString = 0x54
  case shortBinString = 0x55
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case binPut = 0x71
  case binGet = 0x68
  case global = 0x63
  case reduce = 0x52
  case build = 0x62
}
