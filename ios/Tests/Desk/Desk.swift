// A person's device for tests: a home of its own, the real mail core, an account at a post office.
import Foundation
import Satchel

/// A mail core on a fresh home, with one account of `ann@example.org` unless told otherwise.
public final class Desk: Sendable {
    /// The server.
    public let office: PostOffice
    /// The mail core.
    public let satchel: Satchel
    /// Where it lives.
    public let home: URL
    /// Where its passwords are.
    public let vault: MemoryVault

    /// The only user.
    public static let ann = "ann@example.org"

    private init(_ office: PostOffice, _ satchel: Satchel, _ home: URL, _ vault: MemoryVault) {
        (self.office, self.satchel, self.home, self.vault) = (office, satchel, home, vault)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    /// A desk without an account.
    public static func empty() throws -> Desk {
        let office = try PostOffice()
        try office.tell("user \(ann) secret")
        let (home, vault) = (freshFolder(), MemoryVault())
        return Desk(office, try Satchel.open(home: home, vault: vault), home, vault)
    }

    /// A desk with an account, so many messages in its inbox, and a first pass done.
    public static func with(messages: Int) async throws -> Desk {
        let desk = try empty()
        if messages > 0 { try desk.office.tell("deliver \(ann) INBOX \(messages)") }
        let account = try await desk.satchel.accounts.add(desk.request())
        try await desk.satchel.activity.sync(account.id)
        return desk
    }

    /// What the account is made of.
    public func request(password: String = "secret", port: Int? = nil, prove: Bool = true) -> AccountRequest {
        AccountRequest(
            address: Desk.ann, incoming: "imaps://localhost:\(port ?? office.ports["imaps"] ?? 0)",
            password: Secret(password), trust: .platformAnd(authorities: office.authority), popRule: .leave,
            prove: prove)
    }

    /// The account.
    public func account() async throws -> AccountView {
        try await found(satchel.accounts.list().first, "account")
    }

    /// Its inbox.
    public func inbox() async throws -> MailboxView { try await mailbox(.inbox) }

    /// Its mailbox with this role.
    public func mailbox(_ role: MailboxRole) async throws -> MailboxView {
        let all = try await satchel.mailboxes.list(account().id)
        return try found(all.first { $0.role == role }, "mailbox")
    }

    /// The newest messages of the inbox.
    public func newest(_ count: UInt32 = 50) async throws -> [MessageView] {
        try await satchel.messages.page(inbox().id, limit: count).rows
    }

    /// The newest message of the inbox.
    public func first() async throws -> MessageView { try await found(newest(1).first, "message") }

    /// So many unread messages, newer than all that `deliver` brings: those were received long ago.
    public func bringNewMail(_ count: Int) throws {
        for _ in 0..<count { try office.tell("deliver-with-attachment \(Desk.ann) INBOX 10") }
    }

    /// One pass.
    public func sync() async throws { try await satchel.activity.sync(account().id) }
}

/// A folder nobody else has.
public func freshFolder() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("satchel-\(UUID().uuidString)")
}

/// A value that a test cannot do without.
public func found<T>(_ value: T?, _ what: String) throws -> T {
    guard let value else { throw Missing(what: what) }
    return value
}

/// Something a test waited for did not come.
public struct Missing: Error {
    let what: String

    /// For tests that wait for something themselves.
    public init(what: String) { self.what = what }
}

/// Waits until a stream brings what matches.
@discardableResult
public func until<T: Sendable>(
    _ stream: AsyncThrowingStream<T, any Error>, within seconds: Double = 30, _ what: String = "event",
    matches: @escaping @Sendable (T) -> Bool = { _ in true }
) async throws -> T {
    try await limited(seconds, what) {
        for try await value in stream where matches(value) { return value }
        throw Missing(what: "\(what): the stream ended")
    }
}

/// Waits no longer than that.
public func limited<T: Sendable>(
    _ seconds: Double = 30, _ what: String, _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw Missing(what: "\(what): not within \(seconds) s")
        }
        defer { group.cancelAll() }
        return try await found(group.next(), what)
    }
}

/// Waits until something is so that tells nobody.
@MainActor
public func eventually(_ what: String, within seconds: Double = 30, _ so: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !so() {
        guard ContinuousClock.now < end else { throw Missing(what: "\(what): not within \(seconds) s") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
