/// A time as Python's isoformat writes it with a zone, such as 2026-11-28T23:05:29.538099+00:00.
struct ZonedTime {
  /// Milliseconds since 1970, UTC.
  let milliseconds: Int64

  /// Reads a time; nil if the text is none.
  init?(_ text: String) {
    let parts = text.split(separator: "T")
    guard parts.count == 2 else { return nil }
    let date = parts[0].split(separator: "-").compactMap { Int64($0) }
    guard let sign = parts[1].lastIndex(where: { $0 == "+" || $0 == "-" }) else { return nil }
    let clock = parts[1][..<sign].split(separator: ":")
    let zone = parts[1][parts[1].index(after: sign)...].split(separator: ":")
      .compactMap { Int64($0) }
    guard date.count == 3, (1...12).contains(date[1]), (1...31).contains(date[2]),
      clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1]),
      let second = Double(clock[2]), zone.count >= 2
    else { return nil }
    let offset = (zone[0] * 60 + zone[1]) * (parts[1][sign] == "-" ? -1 : 1)
    let minutes = (Self.days(date[0], date[1], date[2]) * 24 + hour) * 60 + minute - offset
    milliseconds = minutes * 60_000 + Int64((second * 1000).rounded())
  }

  /// The days from 1970 to a day, counted by years that begin in March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let month = (month + 9) % 12
    let leapDays = year / 4 - year / 100 + year / 400
    return year * 365 + leapDays + (month * 306 + 5) / 10 + day - 1 - 719_468
  }
}
