// One alias for each record, enum and callback of the generated code, so that an app imports the facade only.

package org.satchel.mail

/** What a person may change of an account; what is absent stays as it is. */
typealias AccountChangeRequest = org.satchel.ffi.AccountChangeRequest

/** IMAP or POP. */
typealias AccountProtocol = org.satchel.ffi.AccountProtocol

/** What an account is made of. */
typealias AccountRequest = org.satchel.ffi.AccountRequest

/** How an account stands. */
typealias AccountStatusView = org.satchel.ffi.AccountStatusView

/** An account. There is no secret in it. */
typealias AccountView = org.satchel.ffi.AccountView

/** What an action did, and the token that takes it back. */
typealias ActionView = org.satchel.ffi.ActionView

/** A name and an address. */
typealias AddressView = org.satchel.ffi.AddressView

/** One part of a message. */
typealias AttachmentView = org.satchel.ffi.AttachmentView

/** When bodies are fetched. */
typealias BodyPolicy = org.satchel.ffi.BodyPolicy

/** How much of a message is on this device. */
typealias BodyState = org.satchel.ffi.BodyState

/** How the connection to a server is made safe. */
typealias ConnectionSecurity = org.satchel.ffi.ConnectionSecurity

/** The place for passwords, which the app provides: the system's own store. */
typealias CredentialVault = org.satchel.ffi.CredentialVault

/** How a message is closed to us. */
typealias EncryptionKind = org.satchel.ffi.EncryptionKind

/** The flags of a message in a mailbox. */
typealias FlagsView = org.satchel.ffi.FlagsView

/** HTML that may be shown in a view without script and network. */
typealias HtmlView = org.satchel.ffi.HtmlView

/** What became of a message of a maildrop. */
typealias LedgerState = org.satchel.ffi.LedgerState

/** One row of a maildrop's ledger. */
typealias LedgerView = org.satchel.ffi.LedgerView

/** How a list of a mailbox is ordered. */
typealias ListOrder = org.satchel.ffi.ListOrder

/** How grave a line of the log is. */
typealias LogLevel = org.satchel.ffi.LogLevel

/** A line of the log. */
typealias LogRecord = org.satchel.ffi.LogRecord

/** Takes the log. */
typealias LogSink = org.satchel.ffi.LogSink

/** Where a mailbox lives. */
typealias MailboxKind = org.satchel.ffi.MailboxKind

/** What a mailbox is for. */
typealias MailboxRole = org.satchel.ffi.MailboxRole

/** A mailbox as a list shows it. */
typealias MailboxView = org.satchel.ffi.MailboxView

/** A message as a person reads it. */
typealias MessageContentView = org.satchel.ffi.MessageContentView

/** A flag that a person sets or clears. */
typealias MessageFlag = org.satchel.ffi.MessageFlag

/** A row of a message list. */
typealias MessageView = org.satchel.ffi.MessageView

/** How the network is. */
typealias NetworkState = org.satchel.ffi.NetworkState

/** Tells how the network is when the core is opened; the app provides it. */
typealias NetworkWatch = org.satchel.ffi.NetworkWatch

/** What was done to mail. */
typealias OperationKind = org.satchel.ffi.OperationKind

/** How far the server knows of it. */
typealias OperationState = org.satchel.ffi.OperationState

/** Something a person did, and how far the server knows of it. */
typealias OperationView = org.satchel.ffi.OperationView

/** One page of a list. */
typealias PageView = org.satchel.ffi.PageView

/** What happens to the server's copy once mail is safe here. */
typealias PopRule = org.satchel.ffi.PopRule

/** How far a download is. */
typealias ProgressView = org.satchel.ffi.ProgressView

/** Whose certificates are believed. */
typealias ServerTrust = org.satchel.ffi.ServerTrust

/** A server of an account. */
typealias ServerView = org.satchel.ffi.ServerView

/** What a slice of background work did for one account. */
typealias SliceView = org.satchel.ffi.SliceView

/** What kept the store from working. */
typealias StorageProblem = org.satchel.ffi.StorageProblem

/** What a pass did. */
typealias SyncReportView = org.satchel.ffi.SyncReportView

/** How much of a mailbox's overview is kept here. */
typealias SyncWindow = org.satchel.ffi.SyncWindow

/** Why a connection was refused as not safe. */
typealias TlsProblem = org.satchel.ffi.TlsProblem

/** What takes an action back: the core's matter, handed to `Actions.undo` as it is. */
typealias UndoToken = org.satchel.ffi.UndoToken

/** How much room the store takes. */
typealias UsageView = org.satchel.ffi.UsageView

/** What a [CredentialVault] throws: [VaultLocked] or [VaultFailed]. */
typealias VaultFailure = org.satchel.ffi.VaultException
