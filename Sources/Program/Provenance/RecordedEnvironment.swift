internal import Foundation

/// The variables of an environment that are recorded: those that results may depend on, and none
/// that may hold a secret.
enum RecordedEnvironment {
  private static let names: Set<String> = [
    "PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "LANG", "LANGUAGE", "TZ",
    "VIRTUAL_ENV", "TMPDIR", "SHELL", "HOSTNAME", "WORLD_SIZE", "RANK", "LOCAL_RANK",
    "MASTER_ADDR", "MASTER_PORT", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS",
  ]
  private static let prefixes = [
    "LC_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "NCCL_", "OMP_", "MKL_", "OPENBLAS_", "BLIS_",
    "KMP_", "GOMP_", "VECLIB_", "NUMEXPR_", "SLURM_", "PBS_", "LSB_", "SGE_", "PYTHON", "CONDA_",
    "TORCH_", "PYTORCH_", "XLA_", "JAX_", "TF_", "KERAS_",
  ]
  private static let secretWords = [
    "KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTH", "COOKIE",
  ]
  /// How the values begin that services hand out as keys.
  private static let secretBeginnings = [
    "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "sk-", "hf_", "xoxb-", "xoxp-",
    "AKIA", "ASIA", "AIza", "eyJ", "-----BEGIN",
  ]

  /// The variables of this process and some of a command's own that are recorded.
  static func variables(and own: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment.merging(own) { $1 }.filter { name, value in
      isRecorded(name) && !looksSecret(name, value)
    }.mapValues(withoutPasswords)
  }

  static func isRecorded(_ name: String) -> Bool {
    names.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  static func looksSecret(_ name: String, _ value: String) -> Bool {
    let name = name.uppercased()
    return secretWords.contains { name.contains($0) }
      || secretBeginnings.contains { value.hasPrefix($0) }
  }

  /// A value without the passwords of URLs in it.
  static func withoutPasswords(_ value: String) -> String {
    guard value.contains("://") else { return value }
    return value.split(separator: " ", omittingEmptySubsequences: false)
      .map { GitHead.withoutPassword(String($0)) }.joined(separator: " ")
  }
}
