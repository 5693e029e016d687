internal import SQLite
internal import Tracker

/// Everything that one server answers: who may ask, and what is where.
package final class Site: Sendable {
  /// The databases; addresses that name none mean the first.
  package let databases: [ServedDatabase]
  /// Who may ask.
  let access: Access
  /// What pages show that no database holds.
  let material: PageMaterial
  /// The clean images that were found.
  let cleanImages: CleanImageShelf
  /// The reports that were made.
  let reports = ReportShelf()
  private let router: Router

  /// Puts a site together.
  ///
  /// - Parameters:
  ///   - databases: What is served, at least one.
  ///   - access: Who may ask.
  ///   - material: What pages show that no database holds.
  package init(
    _ databases: [ServedDatabase], access: Access, material: PageMaterial = PageMaterial()
  ) {
    precondition(!databases.isEmpty, "a site serves a database")
    (self.databases, self.access, self.material) = (databases, access, material)
    cleanImages = CleanImageShelf(material.findCleanImages)
    router = Self.routes
  }

  /// What is where.
  private static var routes: Router {
    var router = Router()
    router.addAssets()
    router.addSignIn()
    router.addPages()
    router.addImagePages()
    router.addStudyPages()
    router.addSweepPages()
    router.addMLflow()
    return router
  }

  /// Whether clients may record.
  package var isRecording: Bool { databases.contains { $0.writer != nil } }

  /// Answers a request; whatever happens, the answer says so.
  package func answer(_ request: HTTPRequest) -> HTTPResponse {
    var visit = Visit(request: request, database: databases[0], site: self)
    var response: HTTPResponse
    do {
      visit = try self.visit(request)
      try access.check(visit)
      response = try router.answer(visit)
    } catch {
      response = failurePage(for: HTTPFailure(of: error), visit)
    }
    for header in Self.protection where response.header(header.name) == nil {
      response.headers.append(header)
    }
    return response
  }

  /// Finds the database that an address names: /db/NAME/… is about the one of that name.
  private func visit(_ request: HTTPRequest) throws(HTTPFailure) -> Visit {
    guard request.path.first == "db", request.path.count > 1 else {
      return Visit(request: request, database: databases[0], site: self)
    }
    guard let database = databases.first(where: { $0.name == request.path[1] }) else {
      throw HTTPFailure(.notFound, "there is no database \(request.path[1]) here")
    }
    var request = request
    request.path.removeFirst(2)
    return Visit(request: request, database: database, site: self)
  }

  func address(
    of database: ServedDatabase, _ path: [String], _ query: [(String, String?)]
  ) -> String {
    let base = database === databases[0] ? [] : ["db", database.name]
    let values = query.compactMap { name, value in
      value.map { PercentCoding.encoded(name) + "=" + PercentCoding.encoded($0) }
    }
    return "/" + (base + path).map(PercentCoding.encoded).joined(separator: "/")
      + (values.isEmpty ? "" : "?" + values.joined(separator: "&"))
  }

  /// What keeps browsers from using an answer for anything but what it is.
  private static let protection = [
    HTTPHeader(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        + "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"),
    HTTPHeader("X-Content-Type-Options", "nosniff"),
    HTTPHeader("X-Frame-Options", "DENY"),
    HTTPHeader("Referrer-Policy", "same-origin"),
    HTTPHeader("Cross-Origin-Resource-Policy", "same-origin"),
    HTTPHeader("Cross-Origin-Opener-Policy", "same-origin"),
    HTTPHeader("Cache-Control", "no-store"),
  ]
}

extension HTTPFailure {
  /// The failure that an error stands for.
  init(of error: any Error) {
    self =
      switch error {
      case let failure as HTTPFailure: failure
      case let error as SQLiteError:
        switch error.kind {
        case .busy, .changedWhileRead, .tooManyOpenFiles, .outOfMemory:
          HTTPFailure(.unavailable, "\(error); try again")
        case .wrongQuery, .notAllowed, .tooLarge, .constraint:
          HTTPFailure(.badRequest, "\(error)")
        case .interrupted: HTTPFailure(.unavailable, "the question took too long; ask for less")
        default: HTTPFailure(.internalError, "\(error)")
        }
      case let error as TrackerError:
        switch error {
        case .unknownRun, .deletedRun, .unknownSweep, .unknownTrial:
          HTTPFailure(.notFound, "\(error)")
        case .runBusy, .leaseLost, .trialLost: HTTPFailure(.conflict, "\(error)")
        case .damagedRecord, .olderSchema: HTTPFailure(.internalError, "\(error)")
        default: HTTPFailure(.badRequest, "\(error)")
        }
      case let error as RunExpressionError: HTTPFailure(.badRequest, "\(error)")
      default: HTTPFailure(.internalError, "\(error)")
      }
  }
}
