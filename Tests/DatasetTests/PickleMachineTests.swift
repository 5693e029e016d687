import Dataset
import Testing

@Suite struct PickleMachineTests {
  private typealias Bytes = PickleBytes

  private func array(shape: [Int32] = [1], type: [UInt8], bytes: [UInt8]) -> [UInt8] {
    Bytes.emptyArray + Bytes.state(shape: shape, type: type, bytes: bytes) + Bytes.build
  }

  private func run(_ body: [UInt8]) throws -> PickledValue {
    try PickleMachine.run(Bytes.start + body + Bytes.stop)
  }

  @Test func `An array is noted with its type, shape and place`() throws {
    let elements: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let body = array(shape: [2, 1], type: Bytes.type("f4"), bytes: elements)
    guard case .array(let found) = try run(body) else {
      Issue.record("not an array")
      return
    }
    #expect(found.elementType == .float32)
    #expect(found.shape == [2, 1])
    #expect(Array((Bytes.start + body)[found.bytes]) == elements)
  }

  @Test func `What was stored is the same object when it is fetched`() throws {
    // The element type is stored before BUILD completes it, as NumPy's pickles do.
    let stored =
      Bytes.unbuiltType("i8") + [0x71, 4]
      + Bytes.type("i8").dropFirst(Bytes.unbuiltType("i8").count)
    let eight = [UInt8](repeating: 0, count: 8)
    let value = try run(
      array(type: stored, bytes: eight) + array(type: [0x68, 4], bytes: eight) + [0x86])
    guard case .tuple(let elements) = value else {
      Issue.record("not a tuple")
      return
    }
    #expect(elements.count == 2)
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"),
    ("numpy", "load"), ("numpy.core.multiarray", "scalar"), ("_codecs", "encode"),
    ("numpy.ndarray", "_reconstruct"), ("", ""),
  ])
  func `Every other name is refused, at its place`(module: String, name: String) {
    let call = Bytes.global(module, name) + Bytes.short("id") + [0x85] + Bytes.reduce
    #expect(
      throws: DatasetError.refusedPickle(
        offset: 2, instruction: "global",
        reason: "the name \(module).\(name) is not admitted")
    ) { try run(call) }
  }

  @Test func `Every other instruction is refused`() {
    // INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1, STACK_GLOBAL, PERSID, BINPERSID, list, dictionary, DUP,
    // LONG, BINBYTES8, BYTEARRAY8, FRAME, NEXT_BUFFER
    let codes = Array("io".utf8) + [0x81, 0x92, 0x82, 0x93] + Array("PQ]}2L".utf8)
    for code in codes + [0x8E, 0x96, 0x95, 0x97] {
      let error = #expect(throws: DatasetError.self) { try run([code] + Bytes.none) }
      guard case .refusedPickle(offset: 2, let instruction, _) = error else {
        Issue.record("\(code): \(String(describing: error))")
        continue
      }
      #expect(instruction == "instruction 0x" + String(code, radix: 16))
    }
  }

  @Test func `Calls and states other than an array's are refused`() {
    let float = Bytes.type("f4")
    let four: [UInt8] = [0, 0, 0, 0]
    let overflow = [Int32](repeating: .max, count: 4)
    let bodies: [(String, [UInt8])] = [
      ("element type of objects", Bytes.type("O8")),
      ("big-endian", Bytes.type("f4", order: ">")),
      ("dtype called with one argument", Bytes.global("numpy", "dtype") + [0x29] + Bytes.reduce),
      ("a called array", Bytes.emptyArray + [0x29] + Bytes.reduce),
      ("a called number", [0x4B, 1, 0x4B, 1, 0x4B, 1, 0x4B, 1, 0x87] + Bytes.reduce),
      ("no tuple of arguments", Bytes.global("numpy", "dtype") + Bytes.none + Bytes.reduce),
      ("BUILD on a name", Bytes.global("numpy", "ndarray") + [0x29] + Bytes.build),
      ("BUILD on None", Bytes.none + [0x29] + Bytes.build),
      ("BUILD with a number", Bytes.emptyArray + [0x4B, 1] + Bytes.build),
      ("type without byte order", array(type: Bytes.unbuiltType("f4"), bytes: four)),
      ("too few bytes", array(shape: [2], type: float, bytes: four)),
      ("too many bytes", array(shape: [0], type: float, bytes: four)),
      ("negative dimension", array(shape: [-1, -1], type: float, bytes: four)),
      ("overflowing dimensions", array(shape: overflow, type: float, bytes: four)),
      (
        "column-major",
        Bytes.emptyArray
          + Bytes.state(shape: [1], type: float, isFortran: true, bytes: four) + Bytes.build
      ),
      (
        "filled twice",
        array(type: float, bytes: four) + Bytes.state(shape: [1], type: float, bytes: four)
          + Bytes.build
      ),
      ("an array never filled", Bytes.emptyArray),
      ("a result that is no array", Bytes.none),
      ("an unfinished tuple", Bytes.mark + array(type: float, bytes: four)),
      ("two results", array(type: float, bytes: four) + array(type: float, bytes: four)),
    ]
    for (what, body) in bodies {
      let error = #expect(throws: DatasetError.self, "\(what)") { try run(body) }
      guard case .refusedPickle = error else {
        Issue.record("\(what): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `A pickle that ends early or goes on too long is refused`() throws {
    let whole = Bytes.mnist([([], []), ([], []), ([], [])])
    #expect(throws: Never.self) { try PickleMachine.run(whole) }
    for count in 0..<whole.count {
      #expect(throws: DatasetError.self) { try PickleMachine.run(Array(whole[..<count])) }
    }
    #expect(throws: DatasetError.self) { try PickleMachine.run(whole + [0]) }
  }

  @Test(
    arguments: [
      ("T", [0xFF, 0xFF, 0xFF, 0xFF]), ("T", [0xFF, 0xFF, 0xFF, 0x7F]), ("U", [0xFF]),
      ("c", .init(repeating: 0x61, count: 100_000)), ("t", []), ("R", []), ("b", []),
      ("q", [0]), ("h", [0]), ("(R", []), ("N(\u{85}", []),
    ] as [(String, [UInt8])])
  func `Lengths beyond the end and an empty stack are refused`(code: String, rest: [UInt8]) {
    let body = code.unicodeScalars.map { UInt8($0.value) } + rest
    #expect(throws: DatasetError.self) { try run(body) }
  }

  @Test func `Only protocol 2 is read`() {
    for version in [0, 1, 3, 4, 5] as [UInt8] {
      #expect(throws: DatasetError.self) { try PickleMachine.run([0x80, version] + Bytes.stop) }
    }
  }

  @Test func `Tuples that hold one another many times do not unfold`() {
    // Each round doubles the number of leaves: 2 to the power of 600.
    let round: [UInt8] = [0x71, 0, 0x68, 0, 0x86]
    let bomb = [0x29] + Array(repeatElement(round, count: 600).joined())
    #expect(throws: DatasetError.self) { try run(bomb) }
  }

  @Test func `Deep nesting and endless pickles stop at the limit of instructions`() {
    let limit = PickleMachine.instructionLimit
    for code: UInt8 in [0x85, 0x4E, 0x28] {
      let body = [0x29] + [UInt8](repeating: code, count: 1_000_000)
      let error = #expect(throws: DatasetError.self) { try run(body) }
      #expect(error?.description.contains("more than \(limit) instructions") == true)
    }
  }
}
