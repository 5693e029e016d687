import Tensor

extension MatrixProductError: Reportable {
  var status: ExitStatus { .missingInput }

  var remedy: String? { "install it (Debian: apt-get install libopenblas0)" }
}
