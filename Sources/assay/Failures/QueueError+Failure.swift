#if PostgreSQL
  import PostgreSQL
  import SweepQueue

  extension PostgreSQLError: Reportable {
    var status: ExitStatus {
      switch self {
      case .libraryMissing: .missingInput
      case .unreadableAddress, .refused: .usage
      case .lost: .tryAgain
      case .cancelled: .interrupted
      case .statement: .inputOutput
      }
    }

    var remedy: String? {
      switch self {
      case .libraryMissing: "install it: apt-get install libpq5"
      case .unreadableAddress:
        "give one like postgresql://host/database by --queue or ASSAY_QUEUE"
      case .refused(.login): "passwords are found as psql finds them: in ~/.pgpass or PGPASSWORD"
      case .refused(.database): "make it: createdb -h HOST NAME"
      case .lost: "check that it runs, and run the same command again"
      case .refused(.other), .cancelled, .statement: nil
      }
    }
  }

  extension QueueError: Reportable {
    var status: ExitStatus { .badData }

    var remedy: String? {
      switch self {
      case .newerSchema: "use a newer Assay"
      case .foreignSchema: "give the queue a database of its own: createdb NAME"
      case .damaged: nil
      }
    }
  }
#endif
