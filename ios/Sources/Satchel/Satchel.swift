// Opens the mail core once, owns its lifetime, and hands out the parts of the facade.
import Foundation
import SatchelCore

/// A mail core on one home. Open it once per process and home, off the main thread; keep it as long as the app lives.
///
/// Every call throws `MailFailure` and nothing else. Calls that wait for a server (`sync`, `runUntil`, `open`, `raw`,
/// `headers`, `attachments`, `part`) end with `.cancelled` when their task is cancelled; all others finish. After
/// `close()` every call throws `.closed`.
public final class Satchel: Sendable {
    private let core: Core
    private let passes: Passes

    /// Accounts: list, add, change, remove.
    public let accounts: Accounts
    /// Mailboxes of an account.
    public let mailboxes: Mailboxes
    /// Lists, conversations, messages and their parts.
    public let messages: Messages
    /// What a query finds on this device.
    public let search: Search
    /// What a person does to mail.
    public let actions: Actions
    /// Actions the server was not told of yet, or refused.
    public let pending: Pending
    /// How much room mail takes.
    public let storage: Storage
    /// Passes, and how accounts stand.
    public let activity: Activity
    /// What the app tells the core of the network.
    public let network: Network

    /// Opens the home in this folder, making it if there is none. It blocks for some milliseconds, longer after a crash.
    ///
    /// - Parameters:
    ///   - home: the app's own folder. Only `cache` in it may be left out of backups: the rest may hold mail that exists
    ///     nowhere else.
    ///   - vault: the app's place for passwords. It is kept until `close()`, so it must not keep this object.
    ///   - network: asked once how the network is; without one the core takes it that there is one.
    /// - Throws: `.incompatibleLibrary`; `.storage` if the home is in use, full, cannot be written or was written by a
    ///   newer version. Nothing is lost.
    public static func open(
        home: URL, vault: any CredentialVault, network: (any NetworkWatch)? = nil
    ) throws(MailFailure) -> Satchel {
        try refuseAnotherLibrary()
        let request = OpenRequest(home: home.path)
        return try call { try Satchel(Core(MailCore.open(request: request, vault: vault, network: network))) }
    }

    private init(_ core: Core) throws {
        self.core = core
        passes = try Passes(core)
        accounts = Accounts(core: core)
        mailboxes = Mailboxes(core: core)
        messages = Messages(core: core)
        search = Search(core: core)
        actions = Actions(core: core)
        pending = Pending(core: core)
        storage = Storage(core: core)
        activity = Activity(core: core, passes: passes)
        network = Network(core: core)
    }

    /// Ends reads and downloads, waits for writes and lets go of the home; every stream then ends with `.closed`. Doing it
    /// twice is no error, and the second waits for the first.
    public func close() async throws(MailFailure) {
        passes.end()
        try await core.close()
    }

    /// Whether it was not closed. The cheapest call there is.
    public var isOpen: Bool { (try? core.ffi.isOpen()) ?? false }

    /// The damaged database that was set aside when the home was opened, if any: a file name in the home. Tell the person.
    public func damagedDatabase() throws(MailFailure) -> String? {
        try call { try core.ffi.damagedDatabase() }
    }

    /// Fails on purpose, deep inside: lets an app try how it shows and reports `.internal`. Nothing is harmed.
    public func provokeInternalError() async throws(MailFailure) {
        try await call { [core] in try await core.ffi.provokeInternalError() }
    }
}
