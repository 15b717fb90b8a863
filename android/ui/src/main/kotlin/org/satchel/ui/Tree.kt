// All accounts with their mailboxes, as one stream.
package org.satchel.ui

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
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
        val branches = accounts.map { account -> branch(account.id).map { Branch(account, it) } }
        if (branches.isEmpty()) flowOf(emptyList()) else combine(branches) { it.toList() }
    }

/** Those of one account. It may be removed while they are read: the next tree is without it. */
private fun Satchel.branch(account: AccountId): Flow<List<MailboxView>> =
    mailboxes.watch(account).catch { if (it !is MailFailure.NotFound) throw it }
