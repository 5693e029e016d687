#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The memory that this process can still get.
package enum AvailableMemory {
  /// The least of what the machine has free, what the process's own limits leave, and what the
  /// limits of its control groups leave, in bytes.
  package static var bytes: Int {
    #if os(Linux)
      let limits = [machine, addressSpace, controlGroups].compactMap(\.self)
      return max(0, limits.min() ?? .max)
    #else
      return physical
    #endif
  }

  private static var physical: Int { sysconf(Int32(_SC_PHYS_PAGES)) * pageSize }

  private static var pageSize: Int { sysconf(Int32(_SC_PAGESIZE)) }

  #if os(Linux)
    private static var machine: Int? {
      number(after: "MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 } ?? physical
    }

    /// What `ulimit -v` leaves; nil where there is no such limit.
    private static var addressSpace: Int? {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
        limit.rlim_cur < UInt64(Int.max)
      else { return nil }
      let used = text("/proc/self/statm")?.split(separator: " ").first.flatMap { Int($0) } ?? 0
      return Int(limit.rlim_cur) - used * pageSize
    }

    /// What the groups leave that this process is in, each within the one above; nil where none has
    /// a limit.
    private static var controlGroups: Int? {
      let lines = text("/proc/self/cgroup")?.split(separator: "\n") ?? []
      let all = lines.flatMap { line -> [Int] in
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return [] }
        if fields[0] == "0" {
          return rests(
            in: "/sys/fs/cgroup", path: fields[2], limit: "memory.max", used: "memory.current",
            cache: "inactive_file ")
        }
        guard fields[1].split(separator: ",").contains("memory") else { return [] }
        return rests(
          in: "/sys/fs/cgroup/memory", path: fields[2], limit: "memory.limit_in_bytes",
          used: "memory.usage_in_bytes", cache: "total_inactive_file ")
      }
      return all.min()
    }

    private static func rests(
      in root: String, path: Substring, limit: String, used: String, cache: String
    ) -> [Int] {
      var names = path.split(separator: "/")
      var rests: [Int] = []
      while true {
        let folder = ([root] + names.map(String.init)).joined(separator: "/")
        if let limit = number(in: "\(folder)/\(limit)"), let used = number(in: "\(folder)/\(used)")
        {
          // What the group has in memory of files gives way.
          let cached = number(after: cache, in: "\(folder)/memory.stat") ?? 0
          rests.append(limit - max(0, used - cached))
        }
        guard names.popLast() != nil else { return rests }
      }
    }

    private static func number(in path: String) -> Int? {
      text(path).flatMap { Int($0.prefix { $0.isNumber }) }
    }

    private static func number(after name: String, in path: String) -> Int? {
      let line = text(path)?.split(separator: "\n").first { $0.hasPrefix(name) }
      return line?.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }

    private static func text(_ path: String) -> String? {
      (try? WholeFile.read(path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
  #endif
}
