import Tracker

extension MergeError: Reportable {
  var status: ExitStatus { .badData }

  var remedy: String? { "nothing was written" }
}
