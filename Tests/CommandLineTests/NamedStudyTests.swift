import Study
import TestSupport
import Testing

@Suite(.startsPrograms) struct NamedStudyTests {
  @Test("a study that does not exist is refused in one line, with what may have been meant")
  func unknown() throws {
    let result = try Assay().run("reproduce", "--study", "destillation")
    #expect(result.status == 64)
    #expect(result.error.contains("there is no study 'destillation'"))
    #expect(result.error.contains("did you mean --study distillation?"))
    #expect(result.error.split(separator: "\n").count == 1)
  }

  @Test("protocols are of the first study alone")
  func protocols() throws {
    let result = try Assay().run("reproduce", "--study", "distillation", "--protocol", "paper")
    #expect(result.status == 64)
    #expect(result.error.contains("--protocol is of study wang-zhang alone"))
  }

  @Test("help names each study, and each begins with the same settings")
  func help() throws {
    let assay = try Assay()
    let help = try assay.succeed("reproduce", "--help").output
    let standard = try assay.succeed("reproduce", "--print-config").output
    for kind in StudyCatalogue.kinds {
      #expect(help.contains("\n  \(kind.name): \(kind.summary.prefix(20))"))
      let printed = try assay.succeed("reproduce", "--study", kind.name, "--print-config").output
      guard !kind.isReproduction else {
        #expect(printed == standard)
        continue
      }
      let lines = printed.split(separator: "\n", maxSplits: 1)
      #expect(lines[0].hasPrefix("# ") && lines[0].contains("--study \(kind.name)"))
      #expect(String(lines[1]) == standard)
      try assay.write(printed, to: "\(kind.name).yaml")
      let again = try assay.succeed(
        "reproduce", "--study", kind.name, "--config", "\(kind.name).yaml", "--print-config")
      #expect(again.output == printed)
    }
  }
}
