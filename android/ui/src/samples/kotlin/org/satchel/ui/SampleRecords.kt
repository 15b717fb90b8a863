// The core's records as samples have them; what a sample does not care about is filled in here.
// A sample names what it cares about and nothing else.
@file:Suppress(
    "MagicNumber",
    "MaxLineLength",
    "DestructuringDeclarationWithTooManyEntries",
    "LongParameterList",
    "UndocumentedPublicFunction",
    "UndocumentedPublicProperty",
)

package org.satchel.ui

import org.satchel.mail.AccountId
import org.satchel.mail.AccountProtocol
import org.satchel.mail.AccountStatusView
import org.satchel.mail.AccountView
import org.satchel.mail.AddressView
import org.satchel.mail.AttachmentView
import org.satchel.mail.BodyPolicy
import org.satchel.mail.BodyState
import org.satchel.mail.ByteCount
import org.satchel.mail.ConnectionSecurity
import org.satchel.mail.FlagsView
import org.satchel.mail.MailboxId
import org.satchel.mail.MailboxKind
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.mail.MessageId
import org.satchel.mail.MessageView
import org.satchel.mail.OperationId
import org.satchel.mail.PlacementId
import org.satchel.mail.ServerView
import org.satchel.mail.ThreadId
import org.satchel.mail.UndoToken
import java.time.Clock
import java.time.Instant
import java.time.ZoneOffset

/** The samples' now: a Tuesday in May, in the morning. */
val SAMPLE_NOW: Instant = Instant.parse("2026-05-12T09:41:00Z")

/** Stands still at [SAMPLE_NOW]. */
val SAMPLE_CLOCK: Clock = Clock.fixed(SAMPLE_NOW, ZoneOffset.UTC)

val SAMPLE_ACCOUNT = AccountId(1)
val SAMPLE_INBOX = MailboxId(1)
val SAMPLE_UNDO = UndoToken(listOf(OperationId(1)))

fun sampleFlags(
    seen: Boolean = true,
    answered: Boolean = false,
    flagged: Boolean = false,
) = FlagsView(seen, answered, flagged, deleted = false, draft = false, keywords = emptyList())

fun sampleRow(
    id: Long,
    letter: SampleLetter,
    to: List<AddressView>,
    at: Instant = SAMPLE_NOW,
    flags: FlagsView = sampleFlags(),
    attachments: Boolean = false,
    thread: UInt = 1u,
) = MessageView(
    id = PlacementId(id),
    message = MessageId(id),
    mailbox = SAMPLE_INBOX,
    thread = ThreadId(id),
    receivedAt = at,
    date = at,
    dateOffsetMinutes = 0,
    from = listOf(letter.from),
    to = to,
    subject = letter.subject,
    preview = letter.preview,
    flags = flags,
    size = ByteCount(4_096),
    hasAttachments = attachments,
    body = BodyState.PRESENT,
    onServer = true,
    threadCount = thread,
    threadUnread = 0u,
)

fun sampleMailbox(
    id: Long = SAMPLE_INBOX.value,
    name: String = "INBOX",
    role: MailboxRole? = MailboxRole.INBOX,
    unread: UInt = 0u,
    total: UInt = 9u,
    depth: UInt = 0u,
    onServer: UInt? = total,
    account: AccountId = SAMPLE_ACCOUNT,
    selectable: Boolean = true,
) = MailboxView(
    id = MailboxId(id),
    account = account,
    name = name,
    title = name,
    depth = depth,
    role = role,
    kind = MailboxKind.SERVER,
    selectable = selectable,
    total = total,
    unread = unread,
    onServer = onServer,
    hasOlder = onServer != null && onServer > total,
)

fun sampleAccount(
    id: AccountId,
    address: String,
): AccountView =
    AccountView(
        id = id,
        address = address,
        protocol = AccountProtocol.IMAP,
        incoming = ServerView("imap.example.org", 993u, ConnectionSecurity.IMPLICIT_TLS, address),
        submission = null,
        window = org.satchel.mail.Window.All,
        bodies = BodyPolicy.ON_OPEN,
        popRule = org.satchel.mail.ServerCopy.Leave,
    )

fun sampleStatus(
    account: AccountView,
    success: Instant?,
    problem: String? = null,
    waiting: UInt = 0u,
    failed: UInt = 0u,
) = AccountStatusView(account.id, account.address, account.protocol, success, SAMPLE_NOW, problem, waiting, failed)

fun samplePart(
    section: String,
    name: String,
    type: String,
    size: Long,
) = AttachmentView(section, type, name, ByteCount(size), present = false, contentId = null, listed = true)
