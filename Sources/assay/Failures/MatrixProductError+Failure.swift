import Tensor

extension MatrixProductError: Reportable {
  var status: ExitStatus { isNotInstalled ? .missingInput : .inputOutput }

  var remedy: String? {
    isNotInstalled ? "install it (Debian: apt-get install libopenblas0)" : nil
  }
}
