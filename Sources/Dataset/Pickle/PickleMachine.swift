internal import Bytes

/// A machine for the pickles that hold tuples of NumPy arrays and nothing else.
///
/// A pickle is a program. Python's own machine lets it call any function of any module; this one
/// knows three names (see ``PickleGlobal``) and does nothing with them but note an array's type,
/// shape and place. It refuses every other name and instruction, by offset. Strings stay where
/// they are and instructions are limited in number, so it needs little memory whatever it is
/// given, and nesting cannot become deep enough to exhaust the call stack.
package struct PickleMachine {
  /// What a pickle may take; the three pairs of arrays need some 130 instructions.
  package static let instructionLimit = 2000

  /// An array between its creation and the BUILD that fills it, and thereafter.
  private enum ArrayState {
    case empty
    case filled(PickledArray)
  }

  private struct ElementTypeState {
    let type: PickledArray.ElementType
    var isBuilt = false
  }

  private let bytes: [UInt8]
  private var position = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [UInt8: PickleValue] = [:]
  private var arrays: [ArrayState] = []
  private var elementTypes: [ElementTypeState] = []
  /// Where the instruction being carried out begins, and its name, for messages.
  private var current = (offset: 0, name: "start")

  /// Runs a pickle and returns the value that it leaves.
  ///
  /// - Throws: ``DatasetError/refusedPickle(offset:instruction:reason:)`` for anything that is not
  ///   a tuple of arrays, or is cut short.
  package static func run(_ bytes: [UInt8]) throws -> PickledValue {
    var machine = PickleMachine(bytes)
    return try machine.run()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func run() throws -> PickledValue {
    for _ in 0..<Self.instructionLimit {
      let offset = position
      let code = try byte()
      guard let instruction = PickleInstruction(rawValue: code) else {
        current = (offset, "instruction 0x" + String(code, radix: 16))
        throw refusal("not one that arrays need")
      }
      current = (offset, "\(instruction)")
      if instruction == .stop {
        return try result()
      }
      try execute(instruction)
    }
    throw refusal("more than \(Self.instructionLimit) instructions")
  }

  private mutating func execute(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .proto:
      guard try byte() == 2 else { throw refusal("only protocol 2 is read") }
    case .stop: break
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.integer(try integer(Int32.self)))
    case .binInt1: stack.append(.integer(try integer(UInt8.self)))
    case .binInt2: stack.append(.integer(try integer(UInt16.self)))
    case .binString: stack.append(.string(try range(count: integer(UInt32.self))))
    case .shortBinString: stack.append(.string(try range(count: integer(UInt8.self))))
    case .emptyTuple: stack.append(.tuple([]))
    case .tuple:
      guard let mark = marks.popLast(), mark <= stack.count else { throw refusal("no mark") }
      let elements = Array(stack[mark...])
      stack.removeSubrange(mark...)
      stack.append(.tuple(elements))
    case .tuple1: try makeTuple(1)
    case .tuple2: try makeTuple(2)
    case .tuple3: try makeTuple(3)
    case .binPut:
      guard let top = stack.last else { throw refusal("the stack is empty") }
      memo[try byte()] = top
    case .binGet:
      guard let value = memo[try byte()] else { throw refusal("nothing is stored there") }
      stack.append(value)
    case .global: try global()
    case .reduce: try reduce()
    case .build: try build()
    }
  }

  private mutating func makeTuple(_ count: Int) throws {
    var elements: [PickleValue] = []
    for _ in 0..<count {
      elements.insert(try pop(), at: 0)
    }
    stack.append(.tuple(elements))
  }

  private mutating func global() throws {
    let module = try line()
    let name = try line()
    guard let global = PickleGlobal(module: module, name: name) else {
      throw refusal("the name \(module).\(name) is not admitted")
    }
    stack.append(.global(global))
  }

  /// Makes an empty array or an element type; no other call exists.
  private mutating func reduce() throws {
    let arguments = try pop()
    guard case .tuple(let values) = arguments, values.count == 3 else {
      throw refusal("arguments are not those of an array or element type")
    }
    switch (try pop(), values[0], values[1], values[2]) {
    case (.global(.reconstruct), .global(.ndarray), .tuple([.integer(0)]), .string):
      stack.append(.array(arrays.count))
      arrays.append(.empty)
    case (.global(.dtype), .string(let code), .integer(0), .integer(1)):
      guard let type = PickledArray.ElementType(rawValue: text(code)) else {
        throw refusal("element type \(text(code)) is neither f4 nor i8")
      }
      stack.append(.elementType(elementTypes.count))
      elementTypes.append(ElementTypeState(type: type))
    default:
      throw refusal("not a call that makes an array or element type")
    }
  }

  /// Gives an element type its byte order, or an array its type, shape and place.
  private mutating func build() throws {
    guard case .tuple(let state) = try pop() else { throw refusal("the state is no tuple") }
    switch stack.last {
    case .elementType(let index):
      guard state.count == 8, state[0] == .integer(3), case .string(let order) = state[1],
        text(order) == "<", state[2...4].allSatisfy({ $0 == .none })
      else {
        throw refusal("not a plain little-endian element type")
      }
      elementTypes[index].isBuilt = true
    case .array(let index):
      guard case .empty = arrays[index] else { throw refusal("the array has elements already") }
      arrays[index] = .filled(try array(from: state))
    default:
      throw refusal("only arrays and element types have a state")
    }
  }

  private func array(from state: [PickleValue]) throws -> PickledArray {
    guard state.count == 5, state[0] == .integer(1), case .tuple(let sizes) = state[1],
      case .elementType(let type) = state[2], elementTypes[type].isBuilt,
      state[3] == .bool(false), case .string(let elements) = state[4]
    else {
      throw refusal("not the state of a row-major array")
    }
    let shape = try sizes.map { size in
      guard case .integer(let value) = size else { throw refusal("a dimension is no integer") }
      return value
    }
    guard
      let array = PickledArray(
        elementType: elementTypes[type].type, shape: shape, bytes: elements)
    else {
      throw refusal("shape \(shape) does not fit \(elements.count) bytes")
    }
    return array
  }

  private func result() throws -> PickledValue {
    guard stack.count == 1, marks.isEmpty else { throw refusal("values are left over") }
    guard position == bytes.count else { throw refusal("bytes follow the end") }
    return try resolve(stack[0])
  }

  /// The value with its arrays in place, at most two tuples deep.
  ///
  /// The limit keeps a small pickle, whose tuples hold one another many times, from unfolding into
  /// a huge value.
  private func resolve(_ value: PickleValue, depth: Int = 0) throws -> PickledValue {
    switch value {
    case .tuple(let elements) where depth < 2 && elements.count <= 3:
      return .tuple(try elements.map { try resolve($0, depth: depth + 1) })
    case .array(let index):
      guard case .filled(let array) = arrays[index] else { throw refusal("an array is empty") }
      return .array(array)
    default:
      throw refusal("the result is not a tuple of arrays")
    }
  }
}

/// What a pickle may hold in the end.
package indirect enum PickledValue: Equatable {
  case array(PickledArray)
  case tuple([PickledValue])
}

// MARK: - Reading

extension PickleMachine {
  /// A module's or class's name is never longer.
  private static let lineLimit = 100

  private func refusal(_ reason: String) -> DatasetError {
    .refusedPickle(offset: current.offset, instruction: current.name, reason: reason)
  }

  private mutating func pop() throws -> PickleValue {
    // A mark protects what lies below it, as in Python's machine.
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw refusal("the stack is empty")
    }
    return value
  }

  private mutating func byte() throws -> UInt8 {
    bytes[try range(count: 1).lowerBound]
  }

  /// The next bytes as a little-endian number.
  private mutating func integer<Word: FixedWidthInteger>(_ type: Word.Type) throws -> Int {
    let place = try range(count: MemoryLayout<Word>.size)
    return Int(littleEndianWords(bytes[place], as: type)[0])
  }

  /// Passes over bytes after making sure that the pickle has them.
  private mutating func range(count: Int) throws -> Range<Int> {
    guard count <= bytes.count - position else {
      throw refusal("the pickle ends within \(count) bytes that it announces")
    }
    defer { position += count }
    return position..<position + count
  }

  private mutating func line() throws -> String {
    let rest = bytes[position...].prefix(Self.lineLimit)
    guard let end = rest.firstIndex(of: 0x0A) else { throw refusal("a name without an end") }
    defer { position = end + 1 }
    return text(position..<end)
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].prefix(Self.lineLimit), as: UTF8.self)
  }
}
