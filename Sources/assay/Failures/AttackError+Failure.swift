import Attack

extension AttackError: Reportable {
  var status: ExitStatus { .usage }
}
