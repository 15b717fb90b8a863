// All accounts with their mailboxes, as one stream.
package org.satchel.ui

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.merge
import org.satchel.mail.AccountId
import org.satchel.mail.AccountView
import org.satchel.mail.MailFailure
import org.satchel.mail.MailboxView
import org.satchel.mail.Satchel

/** An account and its mailboxes, in the core's order. */
internal data class Branch(
    val account: AccountView,
    val mailboxes: List<MailboxView>,
)

/** Now, and whenever an account or a mailbox changes. */
@OptIn(ExperimentalCoroutinesApi::class)
internal fun Satchel.tree(): Flow<List<Branch>> =
    accounts.watch().flatMapLatest { accounts ->
        val branches = accounts.map { account -> counted(account.id).map { Branch(account, it) } }
        if (branches.isEmpty()) flowOf(emptyList()) else combine(branches) { it.toList() }
    }

/** The core tells when a mailbox comes or goes, but not when its counts change: that is after actions and passes. */
private fun Satchel.counted(account: AccountId): Flow<List<MailboxView>> =
    merge(
        mailboxes.watch(account),
        activity
            .watch()
            .map {
                mailboxes.list(account)
            }.catch { if (it !is MailFailure.NotFound) throw it },
    ).distinctUntilChanged()
