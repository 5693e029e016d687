internal import CSubprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What posix_spawn does in the new process before the program begins.
struct SpawnActions {
  #if canImport(Glibc)
    var value = posix_spawn_file_actions_t()
  #else
    var value: posix_spawn_file_actions_t?
  #endif

  init() {
    posix_spawn_file_actions_init(&value)
  }

  mutating func destroy() {
    posix_spawn_file_actions_destroy(&value)
  }

  /// Makes one of the three standard streams what it is to be.
  mutating func open(_ number: Int32, as target: Subprocess.Target, flags: Int32) {
    switch target {
    case .stream(.inherited):
      // Onto itself, which keeps it across the start whatever its flags are; one that is closed stays
      // so.
      if fcntl(number, F_GETFD) >= 0 { posix_spawn_file_actions_adddup2(&value, number, number) }
    case .stream(.null):
      posix_spawn_file_actions_addopen(&value, number, "/dev/null", flags, 0)
    case .stream(.file(let path)):
      posix_spawn_file_actions_addopen(&value, number, path, flags, 0o666)
    case .stream(.messages(let pipe)):
      posix_spawn_file_actions_adddup2(&value, pipe.writing, number)
    case .descriptor(let descriptor):
      posix_spawn_file_actions_adddup2(&value, descriptor, number)
    }
  }

  mutating func change(to directory: String) {
    assay_spawn_change_directory(&value, directory)
  }
}

/// What posix_spawn sets of the new process.
struct SpawnAttributes {
  #if canImport(Glibc)
    var value = posix_spawnattr_t()
  #else
    var value: posix_spawnattr_t?
  #endif

  /// Signals are neither ignored nor held back in the new process, whatever this one does.
  init(hasOwnGroup: Bool) {
    posix_spawnattr_init(&value)
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    if hasOwnGroup {
      flags |= POSIX_SPAWN_SETPGROUP
      posix_spawnattr_setpgroup(&value, 0)
    }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&value, &signals)
    for signal in [
      SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2, SIGXFSZ,
    ] {
      sigaddset(&signals, signal)
    }
    posix_spawnattr_setsigdefault(&value, &signals)
    posix_spawnattr_setflags(&value, Int16(flags))
  }

  mutating func destroy() {
    posix_spawnattr_destroy(&value)
  }
}

/// Words as C has them, with a nil at the end.
struct CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ words: [String]) {
    pointers = words.map { strdup($0) } + [nil]
  }

  func destroy() {
    for pointer in pointers { free(pointer) }
  }
}

/// Has ended processes wait for whoever asks how they ended, even if this one was started by a
/// program that ignores their signal.
func restoreChildSignal() {
  var action = sigaction()
  sigaction(SIGCHLD, nil, &action)
  #if canImport(Glibc)
    let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  #else
    let handler = unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self)
  #endif
  // SIG_IGN, which is no function and cannot be compared with one.
  if handler == 1 { signal(SIGCHLD, SIG_DFL) }
}
