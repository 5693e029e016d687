internal import Bytes

/// Takes apart the messages of a transaction log.
///
/// The numbers of the fields are those of wandb_internal.proto.
enum WandbMessage {
  /// What a message says.
  ///
  /// - Throws: ``ProtocolBufferError`` if it is damaged.
  static func record(_ message: ArraySlice<UInt8>) throws(ProtocolBufferError) -> WandbRecord {
    var record = WandbRecord.other(kind: 0)
    try ProtocolBufferReader.forEachField(of: message) { field throws(ProtocolBufferError) in
      // 1, 16, 19 and 200 are the record's own number and the like.
      guard let body = field.bytes, ![16, 19, 200].contains(field.number) else { return }
      record =
        switch field.number {
        case 2: try history(body)
        case 3:
          .summary(update: try items(body, field: 1), remove: try items(body, field: 2).map(\.path))
        case 5:
          .configuration(
            update: try items(body, field: 1), remove: try items(body, field: 2).map(\.path))
        case 17: .run(try run(body))
        case 18: try exit(body)
        case 21: .header(version: try version(body))
        case 26: .environment(try environment(body))
        default: .other(kind: field.number)
        }
    }
    return record
  }

  private static func history(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> WandbRecord
  {
    var step: Int64?
    try ProtocolBufferReader.forEachField(of: body) { field throws(ProtocolBufferError) in
      guard field.number == 2, let message = field.bytes else { return }
      // A step of 0 is not written out.
      step = 0
      try ProtocolBufferReader.forEachField(of: message) { field in
        if field.number == 1 { step = field.integer }
      }
    }
    return .history(try items(body, field: 1), step: step)
  }

  /// The items of a repeated field.
  private static func items(
    _ body: ArraySlice<UInt8>, field number: Int
  ) throws(ProtocolBufferError) -> [WandbItem] {
    var items: [WandbItem] = []
    try ProtocolBufferReader.forEachField(of: body) { field throws(ProtocolBufferError) in
      guard field.number == number, let message = field.bytes else { return }
      items.append(try item(message))
    }
    return items
  }

  private static func item(_ message: ArraySlice<UInt8>) throws(ProtocolBufferError) -> WandbItem {
    var key = ""
    var nested: [String] = []
    var json = "null"
    try ProtocolBufferReader.forEachField(of: message) { field in
      switch field.number {
      case 1: key = field.text ?? ""
      case 2: nested.append(field.text ?? "")
      case 4: json = field.integer == 0 ? "false" : "true"
      case 5:
        // Signed numbers alternate: 0, -1, 1, -2.
        let bits = UInt64(bitPattern: field.integer ?? 0)
        json = String(Int64(bitPattern: bits >> 1) ^ -Int64(bits & 1))
      case 6: json = encoded(field.real ?? .nan)
      case 7: json = quotedJSON(field.text ?? "")
      case 8, 16: json = field.text ?? ""
      default: break
      }
    }
    return WandbItem(path: nested.isEmpty ? [key] : nested, json: json)
  }

  private static func encoded(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    return number.isInfinite ? number < 0 ? "-Infinity" : "Infinity" : "\(number)"
  }

  private static func run(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> WandbRun {
    var run = WandbRun()
    try ProtocolBufferReader.forEachField(of: body) { field throws(ProtocolBufferError) in
      let text = field.text ?? ""
      switch field.number {
      case 1: run.id = text
      case 2: run.entity = text
      case 3: run.project = text
      case 4: run.configuration = try items(field.bytes ?? [], field: 1)
      case 6: run.group = text
      case 7: run.jobType = text
      case 8: run.name = text
      case 9: run.note = text
      case 10: run.tags.append(text)
      case 13: run.host = text
      case 17: run.started = try seconds(field.bytes ?? [])
      case 21: run.commit = try commit(field.bytes ?? [])
      default: break
      }
    }
    return run
  }

  private static func environment(
    _ body: ArraySlice<UInt8>
  ) throws(ProtocolBufferError) -> WandbEnvironment {
    var environment = WandbEnvironment()
    try ProtocolBufferReader.forEachField(of: body) { field throws(ProtocolBufferError) in
      let text = field.text ?? ""
      switch field.number {
      case 1: environment.operatingSystem = text
      case 5: environment.arguments.append(text)
      case 6: environment.program = text
      case 9: environment.commit = try commit(field.bytes ?? [])
      case 12: environment.host = text
      case 22: environment.processor = try self.text(of: 1, in: field.bytes ?? [])
      default: break
      }
    }
    return environment
  }

  private static func exit(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> WandbRecord {
    var (code, seconds) = (Int64(0), Int64(0))
    try ProtocolBufferReader.forEachField(of: body) { field in
      if field.number == 1 { code = field.integer ?? 0 }
      if field.number == 2 { seconds = field.integer ?? 0 }
    }
    return .exit(code: code, seconds: seconds)
  }

  private static func version(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> String {
    var version = ""
    try ProtocolBufferReader.forEachField(of: body) { field throws(ProtocolBufferError) in
      if field.number == 1 { version = try text(of: 1, in: field.bytes ?? []) }
    }
    return version
  }

  private static func commit(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> String {
    try text(of: 2, in: body)
  }

  private static func text(
    of number: Int, in body: ArraySlice<UInt8>
  ) throws(ProtocolBufferError) -> String {
    var text = ""
    try ProtocolBufferReader.forEachField(of: body) { field in
      if field.number == number { text = field.text ?? "" }
    }
    return text
  }

  private static func seconds(_ body: ArraySlice<UInt8>) throws(ProtocolBufferError) -> Double {
    var (seconds, nanoseconds) = (Int64(0), Int64(0))
    try ProtocolBufferReader.forEachField(of: body) { field in
      if field.number == 1 { seconds = field.integer ?? 0 }
      if field.number == 2 { nanoseconds = field.integer ?? 0 }
    }
    return Double(seconds) + Double(nanoseconds) / 1e9
  }
}
