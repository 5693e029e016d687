internal import Foundation

/// Stand-ins for Slurm's commands, which run every element of an array on this host at once.
///
/// A job is a file of its directory, named after the job and its element, that holds its process
/// group's number.
public struct StandInSlurm: Sendable {
  private let directory: TemporaryDirectory

  private static let script = #"""
    #!/bin/bash
    here=$(dirname "$0")
    if [ -e "$here/refusal" ]; then cat "$here/refusal" >&2; exit 1; fi
    mkdir -p "$here/jobs"
    for word; do
      case $word in
        --array=*) array=${word#*=} ;;
        --name=*) name=${word#*=} ;;
        --*) ;;
        *) script=$word ;;
      esac
    done
    case ${0##*/} in
      sbatch)
        echo "$*" >> "$here/submitted"
        name=$(sed -n 's/^#SBATCH --job-name=//p' "$script")
        output=$(sed -n 's/^#SBATCH --output=//p' "$script")
        for range in ${array//,/ }; do
          for element in $(seq "${range%-*}" "${range#*-}"); do
            job=$here/jobs/$name=$element
            touch "$job"
            SLURM_ARRAY_TASK_ID=$element SLURM_JOB_ID=7 setsid bash -c '
              echo $$ > "$1"; bash "$2" >> "$3" 2>&1; rm -f "$1"' \
              job "$job" "$script" "${output//%a/$element}" > /dev/null 2>&1 < /dev/null &
            until [ -s "$job" ] || [ ! -e "$job" ]; do sleep 0.01; done
          done
        done
        echo 7 ;;
      squeue)
        for job in "$here/jobs/$name="*; do
          if [ -e "$job" ]; then echo "${job##*=}|RUNNING"; fi
        done ;;
      scancel)
        for job in "$here/jobs/$name="*; do
          if [ -s "$job" ]; then kill -TERM -- "-$(cat "$job")"; rm -f "$job"; fi
        done ;;
    esac

    """#

  /// Writes the commands into a directory of their own.
  public init() throws {
    directory = try TemporaryDirectory()
    try directory.writeProgram(Self.script, to: "sbatch", "squeue", "scancel", "scontrol")
  }

  /// The variables of a program that finds these commands.
  public var environment: [String: String] {
    ["PATH": directory.url.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]
  }

  /// Has every command refuse, with a line on standard error.
  public func refuse(_ line: String) throws {
    try Data((line + "\n").utf8).write(to: directory.url.appending(path: "refusal"))
  }

  /// Has commands work again.
  public func answer() throws {
    try FileManager.default.removeItem(at: directory.url.appending(path: "refusal"))
  }

  /// The options of each submission.
  public func submissions() -> [String] {
    let text = try? String(contentsOfFile: directory.path("submitted"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  /// The elements that have begun and not ended: from then on they outlive the command that submitted
  /// them.
  public func elements() -> [Int] {
    let jobs = (try? FileManager.default.contentsOfDirectory(atPath: directory.path("jobs"))) ?? []
    return jobs.filter {
      (try? Data(contentsOf: directory.url.appending(path: "jobs/" + $0)))?.isEmpty == false
    }
    .compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }.sorted()
  }

  /// Kills an element with all its processes, and forgets it: a node is gone.
  ///
  /// - Returns: Whether it was there.
  public func lose(_ element: Int) throws -> Bool {
    let jobs = try FileManager.default.contentsOfDirectory(atPath: directory.path("jobs"))
    guard let job = jobs.first(where: { $0.hasSuffix("=\(element)") }),
      let text = try? String(contentsOfFile: directory.path("jobs/" + job), encoding: .utf8),
      let group = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return false }
    // Commands of trials have groups of their own, and end with their worker's pipes.
    kill(-group, SIGKILL)
    try? FileManager.default.removeItem(atPath: directory.path("jobs/" + job))
    return true
  }
}
