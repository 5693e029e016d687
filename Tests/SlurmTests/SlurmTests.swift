import Foundation
import Slurm
import TestSupport
import Testing

/// Job scripts, and Slurm's commands with stand-ins for them.
@Suite struct SlurmTests {
  @Test(
    "elements are written as a list with ranges",
    arguments: [([], ""), ([3], "3"), ([1, 2, 3, 7, 5, 6], "1-3,5-7"), ([9, 9, 0], "0,9")])
  func elements(numbers: [Int], text: String) {
    #expect(SlurmElements.text(numbers) == text)
  }

  private func script(command: [String]) -> SlurmScript {
    SlurmScript(
      jobName: "assay-test", purpose: "A test.", count: 12, output: "/tmp/%a.log",
      options: ["partition=gpu", "exclusive"], directory: "/", command: command, givingWay: 75)
  }

  @Test("a script has its options before its first command")
  func options() {
    let lines = script(command: ["true"]).text.split(separator: "\n")
    let head = lines.prefix { !$0.hasPrefix("cd ") }
    for line in ["--array=1-12", "--partition=gpu", "--exclusive", "--job-name=assay-test"] {
      #expect(head.contains { $0 == "#SBATCH \(line)" }, "\(line)")
    }
  }

  @Test(
    "a script hands signals on, gives back the command's status, and has 75 queued again alone",
    arguments: [("USR1", 75, true), ("TERM", 130, false)])
  func signals(name: String, status: Int, isRequeued: Bool) throws {
    let directory = try TemporaryDirectory()
    let command = """
      trap 'exit 75' USR1; trap 'exit 130' TERM
      touch ready; while :; do sleep 0.01; done
      """
    var script = script(command: ["bash", "-c", "'\(command.replacing("'", with: #"'\''"#))'"])
    script.directory = directory.url.path
    try Data(script.text.utf8).write(to: directory.url.appending(path: "job.sh"))
    try directory.writeProgram("#!/bin/sh\necho \"$@\" > requeued\n", to: "scontrol")
    let path = directory.url.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let job = try start(
      "bash", ["job.sh"], in: directory.url,
      environment: [
        "PATH": path, "SLURM_JOB_ID": "17", "SLURM_ARRAY_JOB_ID": "17",
        "SLURM_ARRAY_TASK_ID": "3",
      ])
    func isThere(_ file: String) -> Bool {
      FileManager.default.fileExists(atPath: directory.path(file))
    }
    try waitUntil("the command of the job") { isThere("ready") }
    job.send(name == "USR1" ? SIGUSR1 : SIGTERM)
    #expect(try job.wait().status == Int32(status))
    #expect(isThere("requeued") == isRequeued)
    if isRequeued {
      let said = try String(contentsOfFile: directory.path("requeued"), encoding: .utf8)
      #expect(said == "requeue 17_3\n")
    }
  }

  @Test("a script ends with the status of a command that ends by itself", arguments: [0, 3])
  func status(status: Int) throws {
    let result = try run(
      "bash", ["-c", script(command: ["bash", "-c", "'exit \(status)'"]).text])
    #expect(result.status == Int32(status))
  }
}
