/// Takes apart the messages of an event file.
///
/// The numbers of the fields are those of event.proto, summary.proto, tensor.proto and the plugin
/// hparams of TensorBoard.
struct EventMessage {
  /// The plugin that each tag belongs to: writers may say so at the tag's first value only.
  private var plugins: [String: Plugin] = [:]

  private struct Plugin {
    var name = ""
    var isScalar = false
    var content: ArraySlice<UInt8> = []
  }

  /// What one message says.
  ///
  /// - Throws: ``ProtocolBufferError`` if it is damaged.
  mutating func items(of message: ArraySlice<UInt8>) throws(ProtocolBufferError) -> [EventItem] {
    var (time, step) = (0.0, Int64(0))
    var (summary, session): (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
    try ProtocolBufferReader.forEachField(of: message) { field in
      switch field.number {
      case 1: time = field.real ?? 0
      case 2: step = field.integer ?? 0
      case 5: summary = field.bytes
      case 7: session = field.bytes
      default: break
      }
    }
    var items: [EventItem] = []
    if let session, try Self.isStart(session) { items.append(.restarted(step: step)) }
    guard let summary else { return items }
    var reader = ProtocolBufferReader(summary)
    while let field = try reader.next() {
      guard field.number == 1, let value = field.bytes else { continue }
      if let item = try item(of: value, step: step, time: time) { items.append(item) }
    }
    return items
  }

  private static func isStart(_ session: ArraySlice<UInt8>) throws(ProtocolBufferError) -> Bool {
    var status: Int64?
    try ProtocolBufferReader.forEachField(of: session) { field in
      if field.number == 1 { status = field.integer }
    }
    return status == 1
  }

  private mutating func item(
    of value: ArraySlice<UInt8>, step: Int64, time: Double
  ) throws(ProtocolBufferError) -> EventItem? {
    var tag = ""
    var number: Double?
    var kind: String?
    var (tensor, metadata): (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
    try ProtocolBufferReader.forEachField(of: value) { field in
      switch field.number {
      case 1: tag = field.text ?? ""
      case 2: number = field.real
      case 3, 5: kind = "histograms"
      case 4: kind = "images"
      case 6: kind = "audio"
      case 8: tensor = field.bytes
      case 9: metadata = field.bytes
      default: break
      }
    }
    if let metadata {
      let plugin = try Self.plugin(metadata)
      if plugin.name == "hparams" { return try Self.session(plugin.content) }
      plugins[tag] = Plugin(name: plugin.name, isScalar: plugin.isScalar)
    }
    let plugin = plugins[tag] ?? Plugin()
    if number == nil, let tensor, plugin.isScalar || plugin.name.isEmpty {
      number = try TensorMessage.number(tensor)
    }
    if let number {
      return .scalar(EventScalar(tag: tag, step: step, value: number, time: time))
    }
    guard let kind = kind ?? (tensor == nil ? nil : plugin.name.isEmpty ? "tensors" : plugin.name)
    else { return nil }
    return .other(tag: tag, kind: kind)
  }

  private static func plugin(_ metadata: ArraySlice<UInt8>) throws(ProtocolBufferError) -> Plugin {
    var plugin = Plugin()
    var isScalar = false
    try ProtocolBufferReader.forEachField(of: metadata) { field throws(ProtocolBufferError) in
      switch (field.number, field.bytes) {
      case (1, let data?):
        try ProtocolBufferReader.forEachField(of: data) { field in
          if field.number == 1 { plugin.name = field.text ?? "" }
          if field.number == 2 { plugin.content = field.bytes ?? [] }
        }
      // The class of data that other plugins may share: 1 is a scalar.
      case (4, nil): isScalar = field.integer == 1
      default: break
      }
    }
    plugin.isScalar = isScalar || plugin.name == "scalars"
    return plugin
  }

  /// The start or the end of a run, as the plugin hparams has it; nil for its other messages.
  private static func session(_ data: ArraySlice<UInt8>) throws(ProtocolBufferError) -> EventItem? {
    var item: EventItem?
    try ProtocolBufferReader.forEachField(of: data) { field throws(ProtocolBufferError) in
      switch (field.number, field.bytes) {
      case (3, let start?): item = try sessionStart(start)
      case (4, let end?):
        var (status, time): (Int64?, Double) = (nil, 0)
        try ProtocolBufferReader.forEachField(of: end) { field in
          if field.number == 1 { status = field.integer }
          if field.number == 2 { time = field.real ?? 0 }
        }
        if status == 1 || status == 2 { item = .ended(succeeded: status == 1, time: time) }
      default: break
      }
    }
    return item
  }

  private static func sessionStart(
    _ start: ArraySlice<UInt8>
  ) throws(ProtocolBufferError) -> EventItem {
    var values: [String: Hyperparameter] = [:]
    var time = 0.0
    try ProtocolBufferReader.forEachField(of: start) { field throws(ProtocolBufferError) in
      if field.number == 5 { time = field.real ?? 0 }
      guard field.number == 1, let entry = field.bytes else { return }
      var name = ""
      var value: Hyperparameter?
      try ProtocolBufferReader.forEachField(of: entry) { field throws(ProtocolBufferError) in
        if field.number == 1 { name = field.text ?? "" }
        if field.number == 2, let bytes = field.bytes { value = try hyperparameter(bytes) }
      }
      values[name] = value
    }
    return .started(hyperparameters: values, time: time)
  }

  private static func hyperparameter(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProtocolBufferError) -> Hyperparameter? {
    var value: Hyperparameter?
    try ProtocolBufferReader.forEachField(of: bytes) { field in
      switch field.number {
      case 2: value = field.real.map { .number($0) }
      case 3: value = field.text.map { .text($0) }
      case 4: value = field.integer.map { .flag($0 != 0) }
      default: break
      }
    }
    return value
  }
}
