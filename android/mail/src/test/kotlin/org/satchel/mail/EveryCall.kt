// Each call of the facade that waits for the core, to try all of them in a state where none may work.

package org.satchel.mail

import java.io.File
import kotlin.time.Duration.Companion.seconds

internal fun everyCall(
    mail: Satchel,
    account: AccountView,
    row: MessageView,
    file: File,
): Map<String, suspend () -> Any> =
    onAccounts(mail, account) + onMessages(mail, row, file) + onActions(mail, row) +
        mapOf(
            "activity.status" to { mail.activity.status() },
            "activity.sync" to { mail.activity.sync(account.id) },
            "activity.runUntil" to { mail.activity.runUntil(1.seconds) },
            "activity.told" to { mail.activity.told("1") },
            "activity.toldEverything" to { mail.activity.toldEverything() },
            "activity.settle" to { mail.activity.settle() },
            "search.page" to { mail.search.page("hello", limit = 1) },
            "pending.list" to { mail.pending.list() },
            "storage.usage" to { mail.storage.usage() },
            "storage.popState" to { mail.storage.popState(account.id) },
            "network.state" to { mail.network.state() },
            "provokeInternalError" to { mail.provokeInternalError() },
        )

private val nowhere =
    AccountRequest(ANN, "imaps://localhost:1", null, Secret(PASSWORD), Trust.Platform, ServerCopy.Leave)

private fun onAccounts(
    mail: Satchel,
    account: AccountView,
): Map<String, suspend () -> Any> =
    mapOf(
        "accounts.list" to { mail.accounts.list() },
        "accounts.add" to { mail.accounts.add(nowhere) },
        "accounts.change" to { mail.accounts.change(account.id, AccountChangeRequest()) },
        "accounts.soleCopies" to { mail.accounts.soleCopies(account.id) },
        "accounts.remove" to { mail.accounts.remove(account.id, discardSoleCopies = false) },
        "mailboxes.list" to { mail.mailboxes.list(account.id) },
        "mailboxes.create" to { mail.mailboxes.create(account.id, "Boat") },
    )

private fun onMessages(
    mail: Satchel,
    row: MessageView,
    file: File,
): Map<String, suspend () -> Any> =
    mapOf(
        "messages.page" to { mail.messages.page(row.mailbox, ListOrder.MESSAGES, limit = 1) },
        "messages.thread" to { mail.messages.thread(row.thread) },
        "messages.row" to { mail.messages.row(row.id) },
        "messages.open" to { mail.messages.open(row.id) },
        "messages.raw" to { mail.messages.raw(row.id) },
        "messages.headers" to { mail.messages.headers(row.id) },
        "messages.attachments" to { mail.messages.attachments(row.id) },
        "messages.part" to { mail.messages.part(row.id, "1") },
        "messages.download" to { mail.messages.download(row.id, "1", file).finished() },
    )

private fun onActions(
    mail: Satchel,
    row: MessageView,
): Map<String, suspend () -> Any> {
    val ids = listOf(row.id)
    return mapOf(
        "actions.flag" to { mail.actions.flag(ids, add = listOf(Flag.Seen)) },
        "actions.star" to { mail.actions.star(ids, on = true) },
        "actions.markSeen" to { mail.actions.markSeen(ids, on = true) },
        "actions.move" to { mail.actions.move(ids, row.mailbox) },
        "actions.copy" to { mail.actions.copy(ids, row.mailbox) },
        "actions.archive" to { mail.actions.archive(ids) },
        "actions.delete" to { mail.actions.delete(ids) },
        "actions.junk" to { mail.actions.junk(ids) },
        "mailboxes.rename" to { mail.mailboxes.rename(row.mailbox, "Boat") },
        "mailboxes.delete" to { mail.mailboxes.delete(row.mailbox) },
    )
}
