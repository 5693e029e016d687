#if Pages
  extension HTTPConnection {
    /// A request and how far it has got.
    final class Exchange {
      let head: RequestHead
      let body: IncomingBody
      /// Has a thread answer; nil once one does.
      var work: Workers.Work?
      /// How many bytes of the body have come.
      var received = 0
      var isReceived = false
      var asksToClose: Bool
      /// Whether the answer is sent in pieces with their lengths.
      var isChunked = false
      var keepsOpen = false

      init(_ head: RequestHead, _ body: IncomingBody) {
        (self.head, self.body, asksToClose) = (head, body, head.asksToClose)
      }
    }
  }
#endif
