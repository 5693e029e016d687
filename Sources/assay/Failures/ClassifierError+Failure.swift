import Classifier

extension ClassifierError: Reportable {
  var status: ExitStatus { .usage }
}
