#if Pages
  import Serve

  extension ServeError: Reportable {
    var status: ExitStatus {
      switch self {
      case .cannotListen: .tryAgain
      case .needsToken, .weakToken: .usage
      case .short(let shortage): shortage.status
      }
    }

    var remedy: String? {
      switch self {
      case .cannotListen: "name another --port, or 0 for any that is free"
      case .needsToken: "give it one by --token-file FILE, which clients must then know"
      case .weakToken: "make one, such as: head -c 24 /dev/urandom | base64 > FILE"
      case .short(let shortage): shortage.remedy
      }
    }
  }
#endif
