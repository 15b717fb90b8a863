// Accounts: listing, adding, changing, removing.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow

/** The accounts of this device. */
class Accounts internal constructor(
    private val core: Core,
) {
    /** All accounts, oldest first. */
    suspend fun list(): List<AccountView> = core.ask { accounts() }

    /** All accounts, now and whenever one is added, changed or removed. */
    fun watch(): Flow<List<AccountView>> = observe(core, { it.accounts.isNotEmpty() }, ::list)

    /**
     * Adds an account. Nothing is kept unless the server took the password (with `prove`).
     *
     * @throws MailFailure `InvalidInput`, `Authentication`, `Network`, `Tls`, `ServerRejected`, `Storage`.
     */
    suspend fun add(request: AccountRequest): AccountView = core.ask { addAccount(request) }

    /**
     * Changes settings; they apply from the next pass on. A new password is proved by a login before it is kept, unless
     * there is no network.
     *
     * @throws MailFailure `InvalidInput`, `NotFound`, `Storage`; for a new password also those of [add].
     */
    suspend fun change(
        id: AccountId,
        change: AccountChangeRequest,
    ): AccountView = core.ask { changeAccount(id, change) }

    /** How many messages exist on this device only: what [remove] would take away for good. Tell the person. */
    suspend fun soleCopies(id: AccountId): Int = core.ask { soleCopies(id) }.toInt()

    /**
     * Removes an account, its mail on this device and its password. The server is not touched.
     *
     * @throws MailFailure `InvalidInput` while there is mail that exists only here, unless [discardSoleCopies].
     */
    suspend fun remove(
        id: AccountId,
        discardSoleCopies: Boolean,
    ): Unit = core.ask { removeAccount(id, discardSoleCopies) }
}
