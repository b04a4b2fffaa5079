extension LoggedFault {
    /// Its kind: what the server wrote is left out.
    init(_ error: any Error) {
        guard let error = error as? APIError else {
            self.init(error is CancellationError ? "cancelled" : "other")
            return
        }
        switch error {
        case .unreachable: self.init("unreachable")
        case .timedOut: self.init("no answer in time")
        case .connectionLost: self.init("connection lost")
        case .unauthorized: self.init("status", status: 401)
        case .forbidden: self.init("status", status: 403)
        case .notFound: self.init("status", status: 404)
        case .rejected: self.init("rejected")
        case .refused(let status), .server(let status, _): self.init("status", status: status)
        case .rateLimited: self.init("status", status: 429)
        case .redirected: self.init("redirected")
        case .portal: self.init("answered by a captive portal")
        case .wrongPath: self.init("status", status: 404)
        case .cannotLookUp: self.init("cannot look people up")
        case .unexpectedAnswer: self.init("unexpected answer")
        case .answerTooLarge: self.init("answer too large")
        case .signIn(let error): self = LoggedFault(error).ofCognito
        }
    }
}
