// What a query finds on this device.
import SatchelCore

/// Search over all mail that is here.
public struct Search: Sendable {
    let core: Core

    /// What a query finds, newest first: words, and `from: to: cc: subject: has:attachment is:unread is:flagged before:
    /// after: in:`. `before` is the `next` of the page before.
    ///
    /// - Throws: `.invalidInput` with the query's fault in words.
    public func page(
        _ query: String, account: AccountId? = nil, limit: UInt32 = 50, before: String? = nil
    ) async throws(MailFailure) -> PageView {
        try await call { [core] in
            try await core.ffi.search(query: query, account: account, limit: limit, before: before)
        }
    }
}
