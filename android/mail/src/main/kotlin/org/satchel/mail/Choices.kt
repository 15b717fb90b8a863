// The cases of the choices among the records, which the aliases of the choices do not lead to.

package org.satchel.mail

import org.satchel.ffi.VaultException

/** The cases of [MessageFlag]. */
object Flag {
    /** Read. */
    typealias Seen = org.satchel.ffi.MessageFlag.Seen

    /** Starred. */
    typealias Flagged = org.satchel.ffi.MessageFlag.Flagged

    /** Answered. */
    typealias Answered = org.satchel.ffi.MessageFlag.Answered

    /** A draft. */
    typealias Draft = org.satchel.ffi.MessageFlag.Draft

    /** A keyword, such as `$Junk`. */
    typealias Keyword = org.satchel.ffi.MessageFlag.Keyword
}

/** The cases of [ServerTrust]. */
object Trust {
    /** The device's authorities, those the person or the employer added included. */
    typealias Platform = org.satchel.ffi.ServerTrust.Platform

    /** The device's, and these. */
    typealias PlatformAnd = org.satchel.ffi.ServerTrust.PlatformAnd

    /** Exactly one certificate, whoever signed it and whatever host it names. */
    typealias Pinned = org.satchel.ffi.ServerTrust.Pinned
}

/** The cases of [PopRule]: what happens to the server's copy. This version of the core takes only [Leave]. */
object ServerCopy {
    /** It stays. */
    typealias Leave = org.satchel.ffi.PopRule.Leave

    /** It is deleted as soon as the copy here is durable. */
    typealias DeleteAfterDownload = org.satchel.ffi.PopRule.DeleteAfterDownload

    /** It is deleted so many days after it was first seen. */
    typealias DeleteAfterDays = org.satchel.ffi.PopRule.DeleteAfterDays

    /** It is deleted when the message is deleted here. */
    typealias DeleteWhenDeleted = org.satchel.ffi.PopRule.DeleteWhenDeleted
}

/** The cases of [SyncWindow]: how much of a mailbox's overview is kept here. */
object Window {
    /** Everything. */
    typealias All = org.satchel.ffi.SyncWindow.All

    /** What was received within so many days. */
    typealias Days = org.satchel.ffi.SyncWindow.Days

    /** The newest messages of each mailbox. */
    typealias Newest = org.satchel.ffi.SyncWindow.Newest
}

/** A [CredentialVault] throws it while the device is locked: nothing is wrong, later it works. */
typealias VaultLocked = VaultException.Locked

/** A [CredentialVault] throws it if it is not there or failed; the reason holds no secret. */
typealias VaultFailed = VaultException.Failed
