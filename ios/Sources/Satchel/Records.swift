// One name for each record of the boundary, so that screens import the facade only.
import SatchelCore

/// An account's id.
public typealias AccountId = SatchelCore.AccountId
/// A mailbox's id.
public typealias MailboxId = SatchelCore.MailboxId
/// A message's id, wherever it is shown.
public typealias MessageId = SatchelCore.MessageId
/// The id of a message in a mailbox: what rows are keyed by.
public typealias PlacementId = SatchelCore.PlacementId
/// A conversation's id.
public typealias ThreadId = SatchelCore.ThreadId
/// The id of something a person did.
public typealias OperationId = SatchelCore.OperationId
/// A number of bytes.
public typealias ByteCount = SatchelCore.ByteCount
/// Words a server said, for the person only.
public typealias ServerText = SatchelCore.ServerText
/// A password or token on its way through.
public typealias Secret = SatchelCore.Secret

/// What may be changed of an account.
public typealias AccountChangeRequest = SatchelCore.AccountChangeRequest
/// IMAP or POP.
public typealias AccountProtocol = SatchelCore.AccountProtocol
/// What an account is made of.
public typealias AccountRequest = SatchelCore.AccountRequest
/// How an account stands.
public typealias AccountStatusView = SatchelCore.AccountStatusView
/// An account.
public typealias AccountView = SatchelCore.AccountView
/// What an action did, and what takes it back.
public typealias ActionView = SatchelCore.ActionView
/// A name and an address.
public typealias AddressView = SatchelCore.AddressView
/// One part of a message.
public typealias AttachmentView = SatchelCore.AttachmentView
/// When bodies are fetched.
public typealias BodyPolicy = SatchelCore.BodyPolicy
/// How much of a message is on this device.
public typealias BodyState = SatchelCore.BodyState
/// What a callback ends in when it fails.
public typealias CallbackError = SatchelCore.CallbackError
/// How a connection is made safe.
public typealias ConnectionSecurity = SatchelCore.ConnectionSecurity
/// The app's place for passwords.
public typealias CredentialVault = SatchelCore.CredentialVault
/// How far a download is. (SwiftUI has a `ProgressView` of its own.)
public typealias DownloadProgressView = SatchelCore.ProgressView
/// How a message is closed to us.
public typealias EncryptionKind = SatchelCore.EncryptionKind
/// The flags of a message in a mailbox.
public typealias FlagsView = SatchelCore.FlagsView
/// HTML that may be shown without script and network.
public typealias HtmlView = SatchelCore.HtmlView
/// What became of a message of a maildrop.
public typealias LedgerState = SatchelCore.LedgerState
/// One row of a maildrop's ledger.
public typealias LedgerView = SatchelCore.LedgerView
/// Messages or conversations.
public typealias ListOrder = SatchelCore.ListOrder
/// How grave a line of the log is.
public typealias LogLevel = SatchelCore.LogLevel
/// A line of the log.
public typealias LogRecord = SatchelCore.LogRecord
/// Where a mailbox lives.
public typealias MailboxKind = SatchelCore.MailboxKind
/// What a mailbox is for.
public typealias MailboxRole = SatchelCore.MailboxRole
/// A mailbox as a list shows it.
public typealias MailboxView = SatchelCore.MailboxView
/// A message as a person reads it.
public typealias MessageContentView = SatchelCore.MessageContentView
/// A flag that a person sets or clears.
public typealias MessageFlag = SatchelCore.MessageFlag
/// A row of a message list.
public typealias MessageView = SatchelCore.MessageView
/// How the network is.
public typealias NetworkState = SatchelCore.NetworkState
/// Tells how the network is when the core is opened.
public typealias NetworkWatch = SatchelCore.NetworkWatch
/// What was done to mail.
public typealias OperationKind = SatchelCore.OperationKind
/// How far an operation is.
public typealias OperationState = SatchelCore.OperationState
/// An operation as a list shows it.
public typealias OperationView = SatchelCore.OperationView
/// One page of a list.
public typealias PageView = SatchelCore.PageView
/// What happens to the server's copy once POP mail is safe here.
public typealias PopRule = SatchelCore.PopRule
/// Whose certificates are believed.
public typealias ServerTrust = SatchelCore.ServerTrust
/// A server of an account.
public typealias ServerView = SatchelCore.ServerView
/// What a slice of background work did for one account.
public typealias SliceView = SatchelCore.SliceView
/// What kept the store from working.
public typealias StorageProblem = SatchelCore.StorageProblem
/// What a pass did.
public typealias SyncReportView = SatchelCore.SyncReportView
/// How much of a mailbox's overview is kept here.
public typealias SyncWindow = SatchelCore.SyncWindow
/// Why TLS was refused.
public typealias TlsProblem = SatchelCore.TlsProblem
/// What takes an action back.
public typealias UndoToken = SatchelCore.UndoToken
/// How much room the store takes.
public typealias UsageView = SatchelCore.UsageView
/// Why a password could not be had or kept.
public typealias VaultError = SatchelCore.VaultError
